"""The baseline method is fixed by the approval: rules that come later change only what is not approved yet.

The campaign is Saturday, 18 May 2024.  Saturdays bring 1,000.00 and other days off 400.00, the day itself
2,000.00.  By the weekends before: 27, 20 and 13 April (4 May is a holiday, 11 May a working day), 1,000.00
above the mean of 1,000.00.  By ordinary days off: 12 May, 27 and 21 April, mean 600.00, 1,400.00 above.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.translation import override

from campaigns.calculations.methods import MethodRow, choose_method, fixed_method
from campaigns.models import Campaign, StoreUplift, Uplift
from campaigns.selectors.changes import changes_printed
from campaigns.services.changes import change_decide, change_propose
from core.exceptions import Conflict
from core.interchange.importer import import_sheets
from core.models import AuditEvent
from core.spreadsheets.reader import Sheet, sheet_of_rows
from departments.models import RuleDraft
from incentives.services.roll_up import month_roll_up
from opscenter.rules.kinds import KINDS
from opscenter.rules.services import draft_activate, draft_create, draft_submit
from opscenter.rules.sheets import digest_of
from tests.campaigns.planning import approved, campaign_terms, drafted, take
from tests.people import MONTH, People

WEEKENDS = ["prev_weekends_same_weekday", "3", "date"]
ORDINARY = ["nearest_ordinary_days", "3", "date"]
ENGLISH = {"accept-language": "en"}
RULE = {
    "unit": "co", "type": "weekend", "scale": "small", "valid_from": "2024-05-01",
    "method": "nearest_ordinary_days", "n": "3", "align": "date", "clause": "",
}  # fmt: skip


def sheet(name: str, *rows: dict[str, Any]) -> Sheet:
    lines = [tuple(rows[0]), *(tuple(row.values()) for row in rows)]
    return sheet_of_rows(name, iter(list(enumerate(lines, 1))))


def load(*sheets: Sheet) -> None:
    report = import_sheets(list(sheets))
    assert report.accepted, [error.as_dict() for error in report.errors]


def imported_rule(people: People) -> None:
    load(sheet("baseline_methods", RULE))


def activated_rule(people: People) -> RuleDraft:
    kind = KINDS["baseline_methods"]
    manager = people.user("manager")
    draft = draft_create(actor=manager, kind=kind, rows={"baseline_methods": [dict(RULE)]})
    draft = draft_submit(actor=manager, pk=draft.pk)
    return draft_activate(
        actor=people.user("director"), pk=draft.pk, reason="新规定", digest=digest_of(draft.rows)
    )


def store_days() -> None:
    days = (date(2024, 4, 1) + timedelta(days=n) for n in range(48))
    load(
        sheet(
            "store_days",
            *(
                {
                    "date": day.isoformat(),
                    "store": "st-1",
                    "gross_profit": "2000" if day.day == 18 and day.month == 5
                    else "1000" if day.isoweekday() == 6 else "400",
                }
                for day in days
            ),
        )
    )  # fmt: skip


def kept(campaign: Campaign) -> list[str]:
    row = Campaign.objects.get(pk=campaign.pk)
    return [row.fixed_method, str(row.fixed_n), row.fixed_align] if row.fixed_method else []


def rolled_up(people: People, code: str) -> Uplift:
    with time_machine.travel(datetime(2024, 6, 3, 2, 0, tzinfo=UTC)):
        month_roll_up(actor=None, root=people.root, month=MONTH)
    return Uplift.objects.get(campaign__code=code)


@pytest.mark.clause("HT-25")
@pytest.mark.clause("KQ-04")
@pytest.mark.parametrize("later", [imported_rule, activated_rule])
def test_rule_that_comes_after_the_approval_changes_nothing(people: People, later: Any) -> None:
    campaign = approved(people)
    assert kept(campaign) == WEEKENDS
    event = AuditEvent.objects.get(action="campaign.approve")
    assert event.change["fixed_method"] == WEEKENDS
    store_days()
    before = rolled_up(people, "c-1")
    assert (before.method, before.uplift) == ("prev_weekends_same_weekday", Decimal("1000.0000"))
    later(people)
    after = rolled_up(people, "c-1")
    assert (after.method, after.uplift) == ("prev_weekends_same_weekday", Decimal("1000.0000"))
    assert kept(campaign) == WEEKENDS
    steps = StoreUplift.objects.get(result=after).steps["method"]
    assert (steps["method"], steps["source"]) == ("prev_weekends_same_weekday", "approval")


@pytest.mark.clause("HT-25")
@pytest.mark.parametrize("later", [imported_rule, activated_rule])
def test_campaign_that_nobody_approved_yet_follows_the_new_rule(people: People, later: Any) -> None:
    campaign = drafted(people)
    take(people, "other-leader", campaign, "submit")
    later(people)
    assert kept(campaign) == []
    page = people.client("manager").get("/campaigns/show/c-1/acts/approve/", headers=ENGLISH).content.decode()
    assert "nearest ordinary days × 3" in page
    take(people, "manager", campaign, "approve")
    assert kept(campaign) == ORDINARY
    store_days()
    found = rolled_up(people, "c-1")
    assert (found.method, found.uplift) == ("nearest_ordinary_days", Decimal("1400.0000"))


def test_returned_campaign_is_fixed_anew_by_its_next_approval(people: People) -> None:
    campaign = drafted(people)
    take(people, "other-leader", campaign, "submit")
    take(people, "manager", campaign, "return", reason="缺预算")
    imported_rule(people)
    take(people, "other-leader", campaign, "submit")
    take(people, "manager", campaign, "approve")
    assert kept(campaign) == ORDINARY


# --- workbooks -------------------------------------------------------------------------------------------

ROW = {
    "code": "c-w", "name": "会员周末", "unit": "co-b", "type": "weekend", "scale": "small",
    "start": "2024-05-18", "end": "2024-05-18", "stores": "st-1", "status": "approved",
}  # fmt: skip


@pytest.mark.clause("HT-25")
def test_imported_campaign_is_fixed_by_the_rules_of_its_own_file(people: People) -> None:
    load(sheet("campaigns", ROW), sheet("baseline_methods", RULE))
    campaign = Campaign.objects.get(code="c-w")
    assert kept(campaign) == ORDINARY
    earlier = {**RULE, "valid_from": "2024-05-10", "method": "last_year_same_dates", "align": "weekday"}
    # The same campaign once more, beside a rule that begins before it.
    load(sheet("campaigns", ROW), sheet("baseline_methods", earlier))
    load(sheet("campaigns", {**ROW, "name": "会员周六"}))
    assert kept(campaign) == ORDINARY
    # Other terms by the command line are an approval of their own.
    load(sheet("campaigns", {**ROW, "start": "2024-05-17"}))
    assert kept(campaign) == ["last_year_same_dates", "3", "weekday"]
    load(sheet("campaigns", {**ROW, "status": "returned"}))
    assert kept(campaign) == []


def test_imported_draft_is_not_fixed(people: People) -> None:
    load(sheet("campaigns", {**ROW, "status": "draft"}))
    assert kept(Campaign.objects.get(code="c-w")) == []


def test_workbook_of_one_person_moves_no_approved_campaign_to_another_unit(people: People) -> None:
    approved(people)
    sent = sheet("campaigns", {**ROW, "code": "c-1", "name": "春季会员周", "unit": "co-a"})
    report = import_sheets([sent], user=people.user("manager"))
    assert [(error.column, error.code) for error in report.errors] == [("unit", "approved_terms")]
    assert Campaign.objects.get().unit.code == "co-b"


def test_export_of_campaigns_is_the_table_of_the_interchange(people: People) -> None:
    from core import registry

    columns = [column.name for column in registry.tables["campaigns"].columns]
    assert columns == [
        "code", "name", "unit", "type", "scale", "start", "end", "stores", "products", "pays", "status",
        "baseline", "baseline_dates", "plan", "summary",
    ]  # fmt: skip


# --- changes ---------------------------------------------------------------------------------------------


def propose(people: People, campaign: Campaign, **terms: Any) -> Any:
    return change_propose(
        Campaign, actor=people.user("other-leader"), pk=campaign.pk, terms=campaign_terms(**terms),
        reason="门店装修", key=uuid4(),
    )  # fmt: skip


def decide(people: People, change: Any) -> Any:
    return change_decide(type(change), actor=people.user("manager"), pk=change.pk, approve=True)


@pytest.mark.clause("KQ-04")
def test_change_that_decides_about_the_method_says_so_and_is_printed(people: People) -> None:
    campaign = approved(people)
    change = propose(people, campaign, type="other")
    assert change.terms == {"type": ["weekend", "other"], "fixed_method": [WEEKENDS, ORDINARY]}
    assert kept(campaign) == WEEKENDS
    decide(people, change)
    assert kept(campaign) == ORDINARY
    with override("en"):
        (line,) = changes_printed([campaign.pk])[campaign.pk]
    assert [(term.before, term.after, term.fixed) for term in line.terms] == [
        ("weekend", "other", True),
        ("same weekday of the weekends before × 3", "nearest ordinary days × 3", True),
    ]


def test_change_of_other_terms_keeps_the_method_whatever_the_rules_say_now(people: People) -> None:
    campaign = approved(people)
    imported_rule(people)
    change = propose(people, campaign, end=date(2024, 5, 19), name="春季两天")
    assert set(change.terms) == {"end", "name"}
    decide(people, change)
    assert kept(campaign) == WEEKENDS


def test_rule_between_proposal_and_decision_asks_for_a_new_proposal(people: People) -> None:
    campaign = approved(people)
    change = propose(people, campaign, scale="medium")
    assert set(change.terms) == {"scale"}
    load(sheet("baseline_methods", {**RULE, "scale": "medium"}))
    with pytest.raises(Conflict) as refusal:
        decide(people, change)
    assert refusal.value.code == "stale"
    assert kept(campaign) == WEEKENDS
    assert Campaign.objects.get().scale == "small"


def test_page_tells_that_the_method_is_fixed(people: People) -> None:
    approved(people)
    imported_rule(people)
    page = people.client("manager").get("/campaigns/show/c-1/", headers=ENGLISH).content.decode()
    assert "fixed when it was approved" in page
    assert "same weekday of the weekends before × 3" in page


def test_method_is_kept_as_a_whole(people: People) -> None:
    campaign = approved(people)
    for fields in ({"fixed_n": None}, {"fixed_align": ""}, {"fixed_method": ""}, {"fixed_n": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(**fields)


# --- the choice itself -----------------------------------------------------------------------------------

DAY = date(2024, 5, 18)


def test_fixed_method_tells_who_chose_it() -> None:
    old = MethodRow("1", "weekend", "small", date(2024, 1, 1), "last_year_same_dates", 1, "weekday")
    new = MethodRow("1", "weekend", "small", date(2024, 5, 1), "nearest_ordinary_days")
    fixed: Any = {"own": "", "code": "last_year_same_dates", "n": 1, "align": "weekday"}
    then = fixed_method([old], ["2", "1"], "weekend", "small", DAY, **fixed)
    assert then == choose_method([old], ["2", "1"], "weekend", "small", DAY)
    now = fixed_method([old, new], ["2", "1"], "weekend", "small", DAY, **fixed)
    assert (now.code, now.n, now.align, now.source, now.row) == (
        "last_year_same_dates", 1, "weekday", "approval", old,
    )  # fmt: skip
    gone = fixed_method([new], ["2", "1"], "weekend", "small", DAY, **fixed)
    assert (gone.code, gone.source, gone.row) == ("last_year_same_dates", "approval", None)
    with pytest.raises(ValueError, match="no baseline method"):
        fixed_method([], ["1"], "weekend", "small", DAY, **{**fixed, "code": "guess"})
