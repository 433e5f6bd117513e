"""Who reads which rules, in plain words, and who has said that they have."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from core.exceptions import Conflict, NotVisible
from core.models import AuditEvent, User
from departments.models import RuleAcknowledgement, Unit
from incentives.models import FindingRule, PoolScheme
from kpi.models import Platform, QuotaRule
from opscenter.rules.pages import rule_lines
from opscenter.rules.selectors import bound_by, my_rules, reader_lines, unacknowledged
from opscenter.rules.services import rules_acknowledge
from tests.departments.test_org_pages import more_people, text_of
from tests.people import APRIL, MONTH
from tests.people.pages import assert_bounded

TODAY = date(2024, 5, 15)


def read(people: Any, name: str) -> RuleAcknowledgement:
    """The person acknowledges what holds for them now."""
    user = people.user(name)
    return rules_acknowledge(actor=user, month=MONTH, digest=my_rules(user, MONTH).bound.digest)


def codes(people: Any, name: str) -> set[str]:
    return {line.code for line in rule_lines(people.user(name), TODAY)}


QUOTAS = {"co-a:q-post", "co-a:q-answer", "co-a:q-blog", "co-a:q-pair"}


def test_people_read_the_rules_that_hold_for_them_and_leaders_those_of_their_units(people: Any) -> None:
    assert codes(people, "staff") == {*QUOTAS, "s-main", "ps-1"}
    assert codes(people, "below") == {*QUOTAS, "s-main", "ps-1"}
    assert codes(people, "other") == {"ps-1"}
    assert codes(people, "other-leader") == {"ps-1"}
    assert codes(people, "manager") == {*QUOTAS, "s-main", "ps-1"}
    assert codes(people, "outsider") == set()
    for name, status in (("staff", 200), ("other", 404), ("other-leader", 404), ("outsider", 404)):
        assert people.client(name).get("/rules/quota_rules/co-a:q-post/").status_code == status, name
    assert people.client("staff").get("/rules/quota_rules/co-a:nothing/").status_code == 404
    assert people.client("staff").get("/rules/nothing/x/").status_code == 404


def test_rule_page_names_people_to_those_responsible_only(people: Any) -> None:
    assert "员小二" in text_of(people.client("leader"), "/rules/quota_rules/co-a:q-post/")
    page = text_of(people.client("staff"), "/rules/quota_rules/co-a:q-post/")
    assert "4 people" in page
    assert "员小二" not in page
    assert "rules/drafts/new" not in page


@pytest.mark.clause("YJ-20")
def test_closed_platform_says_so_in_the_rules(people: Any) -> None:
    QuotaRule.objects.filter(code="q-post").update(platforms=["t-bar", "t-old"])
    assert "老论坛 (closed 2023-12-31)" in text_of(people.client("staff"), "/rules/quota_rules/co-a:q-post/")
    assert "老论坛 (closed 2023-12-31)" in text_of(people.client("staff"), "/rules/mine/")
    Platform.objects.filter(code="t-bar").update(closed=date(2024, 5, 31))
    assert "某贴吧 (closed 2024-05-31)" in text_of(people.client("staff"), "/rules/mine/")


def test_my_rules_say_in_words_what_holds_with_the_clause(people: Any) -> None:
    page = text_of(people.client("staff"), "/rules/mine/")
    for part in ("100 a month", "第一条", "运营手册", "rated by your manager", "文案", "30.00%", "交稿迟"):
        assert part in page, part
    assert "0.1 of the share per case" in page
    assert "没有方案" not in page  # a deduction of the planner, not of the editor
    nothing = text_of(people.client("manager"), "/rules/mine/")
    assert "No rules hold for you this month" in nothing
    assert "I have read these rules" not in nothing


def test_rules_are_acknowledged_once_and_asked_about_again_when_they_change(people: Any) -> None:
    client, user = people.client("staff"), people.user("staff")
    assert unacknowledged(user, MONTH)
    digest = my_rules(user, MONTH).bound.digest
    for _time in range(2):
        answer = client.post("/rules/mine/acknowledge/", {"month": "2024-05", "digest": digest})
        assert answer.status_code == 302
    row = RuleAcknowledgement.objects.get()
    assert (row.staff, row.month, row.digest) == (people.staff("staff"), MONTH.first, digest)
    assert AuditEvent.objects.filter(action="rule.acknowledged").count() == 1
    assert not unacknowledged(user, MONTH)
    assert "I have read these rules" not in client.get("/rules/mine/").content.decode()
    rule = QuotaRule.objects.get(code="q-post")
    rule.pk, rule.valid_from, rule.amount = None, date(2024, 5, 10), Decimal(120)
    rule.save(force_insert=True)
    cache.clear()
    assert unacknowledged(user, MONTH)
    assert not unacknowledged(user, APRIL)
    with pytest.raises(Conflict):
        rules_acknowledge(actor=user, month=MONTH, digest=digest)
    assert client.post("/rules/mine/acknowledge/", {"digest": digest}).status_code == 409
    assert RuleAcknowledgement.objects.count() == 1


def test_what_does_not_concern_a_person_asks_them_nothing(people: Any) -> None:
    staff = people.staff("staff")
    from departments.selectors import unit_tree

    before = bound_by(staff, MONTH, unit_tree(TODAY)).digest
    PoolScheme.objects.update(monthly_fund=Decimal(1))
    FindingRule.objects.filter(role="planner").update(name="别的")
    assert bound_by(staff, MONTH, unit_tree(TODAY)).digest == before
    FindingRule.objects.filter(role="editor").update(name="别的")
    assert bound_by(staff, MONTH, unit_tree(TODAY)).digest != before


def test_log_in_without_a_person_has_no_rules(people: Any) -> None:
    root = User.objects.create_superuser("root", password="x")
    with pytest.raises(NotVisible):
        my_rules(root, MONTH)
    assert not unacknowledged(root, MONTH)


def test_leaders_see_who_has_not_read_their_rules(people: Any) -> None:
    read(people, "peer")
    lines = reader_lines(people.user("leader"), MONTH)
    assert [(line.staff_no, line.read) for line in lines] == [
        ("p-leader", False),
        ("p-staff", False),
        ("p-below", False),
        ("p-peer", True),
    ]
    assert {line.staff_no for line in reader_lines(people.user("manager"), MONTH)} == {
        "p-leader",
        "p-staff",
        "p-below",
        "p-peer",
        "p-other",
    }
    page = text_of(people.client("leader"), "/rules/acknowledgements/?state=open")
    assert "员小一" in page
    assert "员小二" not in page
    assert [line.staff_no for line in reader_lines(people.user("other-leader"), MONTH)] == ["p-other"]
    for name in ("staff", "peer"):
        assert people.client(name).get("/rules/acknowledgements/").status_code == 404


def test_acknowledgements_are_never_changed(people: Any) -> None:
    from django.db import DatabaseError, transaction

    row = read(people, "peer")
    with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
        RuleAcknowledgement.objects.filter(pk=row.pk).update(digest="0" * 64)


@pytest.mark.parametrize(
    ("name", "url"), [("staff", "/rules/mine/"), ("manager", "/rules/acknowledgements/")]
)
def test_pages_of_readers_need_equally_many_queries(people: Any, name: str, url: str) -> None:
    def grow() -> None:
        more_people(people.root)
        rule = QuotaRule.objects.filter(code="q-post").get()
        for number in range(18):
            rule.pk, rule.code = None, f"q-{number}"
            rule.save(force_insert=True)
        assert Unit.objects.filter(code="co-a").exists()

    assert_bounded(people.client(name), url, grow, 25)
