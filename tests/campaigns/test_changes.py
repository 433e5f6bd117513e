"""Changes after approval: a reason, another person's decision, a version, and a row that stays."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from campaigns.models import Campaign, CampaignChange, Plan, PlanChange
from campaigns.selectors.changes import change_lines, changes_printed
from campaigns.services.changes import change_decide, change_propose
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.interchange.importer import import_sheets
from core.spreadsheets.reader import sheet_of_rows
from tests.campaigns.planning import approved, campaign_terms, drafted, plan_terms, planned, take


def propose(people, campaign, who="other-leader", reason="门店装修", key=None, **terms):
    return change_propose(
        Campaign,
        actor=people.user(who),
        pk=campaign.pk,
        terms=campaign_terms(**terms),
        reason=reason,
        key=key or uuid4(),
    )


def decide(people, change, who="manager", approve=True, remark=""):
    return change_decide(type(change), actor=people.user(who), pk=change.pk, approve=approve, remark=remark)


@pytest.mark.clause("KQ-04")
def test_baseline_changes_by_a_reason_and_another_persons_approval(people):
    campaign = approved(people)
    change = propose(people, campaign, baseline="fixed_dates", baseline_dates=["2024-05-04", "2024-05-11"])
    assert Campaign.objects.get(pk=campaign.pk).baseline == ""
    decide(people, change)
    after = Campaign.objects.get(pk=campaign.pk)
    assert (after.baseline, after.baseline_dates, after.version) == (
        "fixed_dates",
        ["2024-05-04", "2024-05-11"],
        2,
    )
    (line,) = changes_printed([campaign.pk])[campaign.pk]
    assert (line.change.reason, line.change.proposed_by, line.change.decided_by) == (
        "门店装修",
        people.user("other-leader"),
        people.user("manager"),
    )
    assert set(line.change.terms) == {"baseline", "baseline_dates", "fixed_method"}
    assert all(term.fixed for term in line.terms)
    assert not line.late


def test_change_after_the_start_is_marked(people):
    campaign = approved(people)
    with time_machine.travel(datetime(2024, 5, 18, 2, 0, tzinfo=UTC)):
        change = propose(people, campaign, end=date(2024, 6, 2))
        decide(people, change)
    after = Campaign.objects.get(pk=campaign.pk)
    assert (after.end, after.month) == (date(2024, 6, 2), date(2024, 6, 1))
    assert changes_printed([campaign.pk])[campaign.pk][0].late


def test_proposer_does_not_decide(people):
    campaign = approved(people)
    change = propose(people, campaign, who="director", name="新名")
    with pytest.raises(NotAllowed):
        decide(people, change, who="director")
    assert CampaignChange.objects.get().decision is None
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignChange.objects.update(
            decision="approved", decided_by=people.user("director"), decided_at=change.proposed_at, remark=""
        )
    decide(people, change, who="manager")
    assert Campaign.objects.get(pk=campaign.pk).name == "新名"


def test_refusal_needs_a_remark_and_changes_nothing(people):
    campaign = approved(people)
    change = propose(people, campaign, name="新名")
    with pytest.raises(RuleViolation):
        decide(people, change, approve=False)
    decide(people, change, approve=False, remark="不同意")
    after = Campaign.objects.get(pk=campaign.pk)
    assert (after.name, after.version) == ("春季会员周", 1)
    assert changes_printed([campaign.pk]) == {}
    with pytest.raises(Conflict):
        decide(people, change)


def test_change_row_is_never_rewritten(people):
    campaign = approved(people)
    change = decide(people, propose(people, campaign, name="新名"))
    for rewrite in ({"reason": "别的"}, {"decision": "refused"}, {"terms": {}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CampaignChange.objects.filter(pk=change.pk).update(**rewrite)
    with pytest.raises(IntegrityError), transaction.atomic():
        change.delete()


def test_proposal_is_refused_without_reason_difference_or_right(people):
    campaign = approved(people)
    for given in ({"reason": " ", "name": "新名"}, {}):
        with pytest.raises(RuleViolation):
            propose(people, campaign, **given)
    for who, error in (("leader", NotVisible), ("finance", NotAllowed), ("outsider", NotVisible)):
        with pytest.raises(error):
            propose(people, campaign, who=who, name="新名")
    assert not CampaignChange.objects.exists()


def test_one_change_waits_at_a_time_and_a_form_counts_once(people):
    campaign = approved(people)
    key = uuid4()
    first = propose(people, campaign, name="新名", key=key)
    assert propose(people, campaign, name="新名", key=key) == first
    with pytest.raises(Conflict):
        propose(people, campaign, name="又一个")
    assert CampaignChange.objects.count() == 1


def test_change_of_what_has_moved_since_is_not_applied(people):
    campaign = approved(people)
    change = propose(people, campaign, name="新名")
    Campaign.objects.filter(pk=campaign.pk).update(name="导入改的名")
    with pytest.raises(Conflict) as refusal:
        decide(people, change)
    assert refusal.value.code == "stale"
    assert Campaign.objects.get(pk=campaign.pk).name == "导入改的名"


@pytest.mark.clause("KQ-04")
def test_plan_is_adjusted_by_versions_with_a_reason(people):
    plan = planned(people)
    take(people, "leader", plan, "submit")
    take(people, "manager", plan, "approve")
    change = change_propose(
        Plan,
        actor=people.user("leader"),
        pk=plan.pk,
        terms=plan_terms(budget=Decimal("1500.50")),
        reason="渠道涨价",
        key=uuid4(),
    )
    decide(people, change)
    after = Plan.objects.get(pk=plan.pk)
    assert (after.budget, after.version) == (Decimal("1500.50"), 2)
    (line,) = change_lines(list(PlanChange.objects.all()), Plan, plan.start)
    assert [(term.before, term.after) for term in line.terms] == [("1,000.00", "1,500.50")]
    page = people.client("leader").get(f"/campaigns/plans/{plan.pk}/").content.decode()
    assert "渠道涨价" in page
    assert "1,500.50" in page


def import_campaign(people, who, **cells):
    """Import the campaign's row with other cells, as a person or (None) by the command line."""
    row = {
        "code": "c-1", "name": "春季会员周", "unit": "co-b", "type": "weekend", "scale": "small",
        "start": "2024-05-18", "end": "2024-05-18", "stores": "st-1", "status": "approved", "plan": "否",
        "summary": "否", **cells,
    }  # fmt: skip
    lines = enumerate([tuple(row), tuple(row.values())], 1)
    user = people.user(who) if who else None
    return import_sheets([sheet_of_rows("campaigns", iter(list(lines)))], user=user)


def test_workbook_of_one_person_changes_no_approved_comparison(people):
    campaign = approved(people)
    report = import_campaign(people, "manager", end="2024-05-19")
    assert [(error.column, error.code) for error in report.errors] == [("end", "approved_terms")]
    assert Campaign.objects.get(pk=campaign.pk).end == date(2024, 5, 18)
    assert import_campaign(people, "manager", plan="是").accepted
    assert Campaign.objects.get(pk=campaign.pk).plan is True
    # The command line acts as the system.
    assert import_campaign(people, None, end="2024-05-19").accepted


def test_workbook_does_not_approve_the_importers_own_draft(people):
    drafted(people, who="manager")
    report = import_campaign(people, "manager")
    assert [(error.column, error.code) for error in report.errors] == [("status", "own_approval")]
    assert Campaign.objects.get().status == "draft"
    assert import_campaign(people, "director").accepted
    assert Campaign.objects.get().status == "approved"
