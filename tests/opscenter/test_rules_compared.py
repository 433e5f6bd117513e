"""A draft beside the version it replaces: what differs, who is affected; pages stay bounded."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from departments.selectors import unit_tree
from kpi.models import QuotaRule
from opscenter.rules import services
from opscenter.rules.comparing import compared
from opscenter.rules.kinds import KINDS
from opscenter.rules.versions import names
from tests.departments.test_org_pages import more_people
from tests.opscenter.test_rules_drafts import submitted, version_rows
from tests.people.pages import assert_bounded

TODAY = date(2024, 5, 15)


def test_comparison_names_who_is_affected_with_their_targets(people: Any) -> None:
    rows = version_rows("quota_rules", "co-a:q-post", amount="150")
    draft = services.draft_create(actor=people.user("manager"), kind=KINDS["quota_rules"], rows=rows)
    found = compared(
        people.user("manager"), draft, unit_tree(TODAY), names(KINDS["quota_rules"].refers_to), TODAY
    )
    assert [(cell.old, cell.new) for cell in found.cells if cell.changed][:1] == [("100", "150")]
    # It begins in June: the whole of co-a and of the group below it owes 150 instead of 100.
    assert str(found.affected.month) == "2024-06"
    assert found.affected.count == 4
    assert [(one.staff_no, one.old, one.new) for one in found.affected.people] == [
        (number, Decimal("100.0000"), Decimal("150.0000"))
        for number in ("p-below", "p-leader", "p-peer", "p-staff")
    ]
    assert found.recompute == []


def test_comparison_tells_rows_added_changed_and_removed(people: Any) -> None:
    rows = version_rows("schemes", "s-main")
    rows["scheme_items"][0]["weight"] = "80"
    rows["scheme_items"][2] |= {"code": "i-new", "name": "创新", "weight": "5"}
    draft = services.draft_create(actor=people.user("manager"), kind=KINDS["schemes"], rows=rows)
    found = compared(people.user("manager"), draft, unit_tree(TODAY), names(["units"]), TODAY)
    assert [(row.title, row.state) for row in found.parts[0].rows] == [
        ("任务量", "changed"),
        ("态度", "same"),
        ("创新", "added"),
        ("协作", "removed"),
    ]
    assert found.affected.count == 4
    assert found.changes == 4  # the day and three rows


def test_comparison_of_an_incentive_scheme_names_its_role_holders(people: Any) -> None:
    rows = version_rows("pool_schemes", "ps-1", rate="0.25")
    draft = services.draft_create(actor=people.user("manager"), kind=KINDS["pool_schemes"], rows=rows)
    found = compared(people.user("manager"), draft, unit_tree(TODAY), names(["units"]), TODAY)
    assert [one.staff_no for one in found.affected.people] == ["p-other", "p-staff"]


def test_pages_of_rules_need_equally_many_queries(people: Any) -> None:
    draft = submitted(people, "quota_rules", version_rows("quota_rules", "co-a:q-post", amount="150"))

    def grow() -> None:
        rule = QuotaRule.objects.filter(code="q-post").get()
        for number in range(18):
            rule.pk, rule.code = None, f"q-{number}"
            rule.save(force_insert=True)
        more_people(people.root)

    director = people.client("director")
    assert_bounded(director, f"/rules/drafts/{draft.pk}/compare/", grow, 25)


@pytest.mark.parametrize(
    ("url", "limit"),
    [
        ("/rules/", 15),
        ("/rules/quota_rules/co-a:q-post/", 25),
        ("/rules/schemes/s-main/", 25),
        ("/rules/pool_schemes/ps-1/", 25),
        ("/rules/drafts/new/?kind=pool_schemes&code=ps-1", 25),
    ],
)
def test_rule_pages_need_equally_many_queries(people: Any, url: str, limit: int) -> None:
    def grow() -> None:
        rule = QuotaRule.objects.filter(code="q-post").get()
        for number in range(18):
            rule.pk, rule.code = None, f"q-{number}"
            rule.save(force_insert=True)

    assert_bounded(people.client("director"), url, grow, limit)
