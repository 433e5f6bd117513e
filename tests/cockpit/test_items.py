"""What stands before the lock: each thing once, with its level, its owner and the page where it is done."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from campaigns.models import Campaign
from core.models import AuditEvent, User
from departments.models import Period
from finance.models import FundMonth
from incentives.models import Adjustment, Finding, Manuscript, Settlement
from incentives.services.closing import month_lock
from incentives.services.roll_up import month_roll_up
from kpi.models import Appeal, LogEntry, LogStatus, Rating, ScorePoint
from opscenter.cockpit.counts import changes_since, read_campaigns, read_open
from opscenter.cockpit.duties import Duties
from opscenter.cockpit.items import Item, Items
from opscenter.dashboards.scope import month_scope
from tests.people import APRIL, MONTH

pytestmark = pytest.mark.django_db


def items(people: Any, who: str = "director", month: Any = APRIL, pending: int = 0) -> list[Item]:
    scope = month_scope(User.objects.get(username=who), month, "co")
    changed = changes_since(scope.root.pk, scope.settlement.computed_at if scope.settlement else None)
    duties = Duties(scope.root.pk, scope.tree)
    return Items(scope, duties, read_open(scope), read_campaigns(scope)).all(pending, changed)


def by_code(found: list[Item], code: str) -> list[Item]:
    return [one for one in found if one.code == code]


def only(found: list[Item], code: str) -> Item:
    (one,) = by_code(found, code)
    return one


def owners(item: Item) -> list[str]:
    return [one.name for one in item.owners.people]


def campaign(code: str, status: str, unit: Any, **other: Any) -> Campaign:
    return Campaign.objects.create(
        code=code,
        name=f"活动{code}",
        month=APRIL.first,
        root=unit.root or unit,
        unit=unit,
        type="weekend",
        scale="small",
        start=date(2024, 4, 6),
        end=date(2024, 4, 7),
        stores=["st-1"],
        status=status,
        **other,
    )


def test_month_without_a_result_is_to_be_computed_first(people: Any) -> None:
    found = items(people, month=MONTH)
    assert (found[0].code, found[0].level) == ("not_computed", "stops")
    assert owners(found[0]) == ["管理员", "总监", "财务", "人事", "经理"]
    assert found[0].url == "/month/2024-05/?unit=co"


def test_unverified_logs_are_named_by_unit_with_the_leader(people: Any) -> None:
    # 14 May: own, peer and leader in co-a (6 rows with 1 of 13 May valid), below in co-a1, other in co-b.
    found = by_code(items(people, month=MONTH), "logs")
    told = {owners(one)[0]: one.text for one in found}
    assert len(found) == 3
    assert owners(found[0]) == ["组长甲"]
    assert "推广部" in found[0].text
    assert "3" in found[0].text
    assert "内容部" in told["组长乙"]
    assert "unit=co-a&first=2024-05-01&last=2024-05-31" in found[0].url
    assert not by_code(items(people), "logs")


def test_those_who_cannot_do_it_get_no_dead_link(people: Any) -> None:
    assert all(one.url == "" for one in by_code(items(people, "finance", MONTH), "logs"))
    assert all(one.url for one in by_code(items(people, "director", MONTH), "logs"))


def test_rows_of_other_months_and_rejected_rows_do_not_count(people: Any) -> None:
    LogEntry.objects.filter(status=LogStatus.SUBMITTED).update(status=LogStatus.REJECTED)
    assert by_code(items(people, month=MONTH), "logs") == []


def test_missing_ratings_are_the_leaders(people: Any) -> None:
    found = by_code(items(people), "ratings")
    assert owners(found[0]) == ["组长甲"]
    assert "员小二" in found[0].detail
    Rating.objects.filter(staff=people.staff("staff")).delete()
    month_roll_up(actor=None, root=people.root, month=APRIL)
    again = by_code(items(people), "ratings")
    assert "员小一" in again[0].detail


def test_campaigns_are_to_be_closed_before_the_lock(people: Any) -> None:
    unit = people.staff("other").unit
    campaign("c-run", "running", unit)
    campaign("c-seen", "reviewed", unit, summary=True)
    campaign("c-draft", "draft", unit)
    campaign("c-done", "closed", unit, summary=True)
    found = items(people)

    still = {one.text: one for one in by_code(found, "campaign_open")}
    assert len(still) == 2
    running = next(one for text, one in still.items() if "活动c-run" in text)
    seen = next(one for text, one in still.items() if "活动c-seen" in text)
    assert running.url == "/campaigns/show/c-run/"
    assert (running.level, owners(running), owners(seen)) == ("before", ["组长乙"], ["总监", "经理"])
    assert len(running.detail) > len(seen.detail)  # its summary is missing, too
    assert "活动c-draft" in only(found, "campaign_draft").text
    assert not any("c-done" in one.text for one in found)


def test_many_campaigns_end_in_one_line(people: Any) -> None:
    unit = people.staff("other").unit
    for number in range(5):
        campaign(f"c-{number}", "running", unit)
    found = items(people)
    assert len(by_code(found, "campaign_open")) == 3
    assert "2" in only(found, "campaigns").text


def test_unsettled_campaign_says_what_lacks(people: Any) -> None:
    campaign("c-run", "running", people.staff("other").unit)
    month_roll_up(actor=None, root=people.root, month=APRIL)
    one = only(items(people), "campaign_missing")
    assert one.detail
    assert one.url == "/month/2024-04/campaigns/c-run/"
    assert "财务" in owners(one)


def test_proposals_and_objections_are_counted(people: Any) -> None:
    root, staff = people.root, people.staff("staff")
    assert by_code(items(people), "findings") == []
    Finding.objects.filter(ident="fi-1").update(
        date=date(2024, 4, 10), acts_from=APRIL.first, acts_to=APRIL.last
    )
    ScorePoint.objects.create(
        root=root, month=APRIL.first, staff=staff, code="x", kind="deduction", points=Decimal(1),
        reason="迟到", proposed_by="leader",
    )  # fmt: skip
    Appeal.objects.create(
        root=root, month=APRIL.first, staff=staff, kind="item", reference="i-team", title="t", text="?"
    )
    Adjustment.objects.create(
        root=root,
        month=APRIL.first,
        about_month=date(2024, 3, 1),
        staff=staff,
        amount=Decimal(5),
        reason="补",
    )
    Manuscript.objects.create(
        ident="m-1", date=date(2024, 4, 2), root=root, title="稿", author_kind="employee", author="员小一",
        status="accepted", scheme_code="ps-1",
    )  # fmt: skip
    found = {one.code: one for one in items(people)}

    assert (found["findings"].level, owners(found["findings"])) == ("before", ["总监", "经理"])
    assert found["findings"].url == "/findings/?status=proposed"
    assert (found["points"].level, found["points"].url) == ("before", "/assessment/points/?state=proposed")
    assert (found["appeals"].level, found["appeals"].url) == ("note", "/assessment/appeals/?state=open")
    assert (found["adjustments"].level, owners(found["adjustments"])) == ("note", ["总监", "财务"])
    assert found["manuscripts"].level == "note"


def test_what_waits_for_money_is_the_fund_keepers(people: Any) -> None:
    one = only(items(people, pending=2), "overdraft")
    assert (one.level, owners(one)) == ("note", ["财务"])
    assert "2" in one.text


def test_month_before_that_is_open_is_shown(people: Any) -> None:
    Period.objects.create(root=people.root, month=date(2024, 3, 1))
    one = only(items(people), "months_before")
    assert one.url == "/incentives/2024-03/?unit=co"
    Period.objects.filter(month=date(2024, 3, 1)).delete()
    month_roll_up(actor=None, root=people.root, month=MONTH)
    assert "2024-04" in only(items(people, month=MONTH), "months_before").text


def test_changes_of_facts_are_counted_since_the_computation(people: Any) -> None:
    assert by_code(items(people), "changed") == []
    for action, actor in (
        ("rating.entered", "leader"),
        ("log.added", "outsider"),
        ("month.export", "finance"),
    ):
        AuditEvent.objects.create(action=action, actor=people.user(actor), actor_name=actor)
    one = only(items(people), "changed")
    assert "1" in one.text  # neither another organisation's nor an act that changes no fact
    assert one.url == "/incentives/2024-04/dry-run/?unit=co"
    month_roll_up(actor=None, root=people.root, month=APRIL)
    assert by_code(items(people), "changed") == []


def test_locked_month_shows_only_what_still_can_be_done(people: Any) -> None:
    staff = people.staff("staff")
    campaign("c-run", "running", people.staff("other").unit)
    Appeal.objects.create(
        root=people.root, month=APRIL.first, staff=staff, kind="item", reference="i-team", title="t", text="?"
    )
    month_lock(actor=None, root=people.root, month=APRIL, reason="x", force=True)
    assert [one.code for one in items(people)] == ["appeals"]
    assert Settlement.objects.get(period__root=people.root, period__month=APRIL.first).locked_at
    assert FundMonth.objects.filter(root=people.root).exists()
