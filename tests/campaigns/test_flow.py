"""The way of plans and campaigns: who takes which step when, and what is refused."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from campaigns.models import Campaign, CampaignState, DocumentKind, Plan, ResearchNote
from campaigns.selectors.plans import lessons_for, plan_tree
from campaigns.services.documents import document_write
from campaigns.services.drafting import campaign_draft, draft_edit, note_add
from campaigns.services.flow import step_take
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from departments.models import Period, Unit
from tests.campaigns.planning import approved, campaign_terms, drafted, plan_terms, planned, take

SATURDAY = datetime(2024, 5, 18, 2, 0, tzinfo=UTC)
MONDAY = datetime(2024, 5, 20, 2, 0, tzinfo=UTC)


def status(subject):
    return type(subject).objects.get(pk=subject.pk).status


@pytest.mark.clause("KQ-03")
@pytest.mark.clause("YJ-23")
@pytest.mark.clause("YJ-31")
def test_campaign_goes_from_draft_to_closed_by_different_people(people):
    campaign = approved(people)
    assert (campaign.status, campaign.approved_by) == ("approved", people.user("manager"))
    with time_machine.travel(SATURDAY):
        take(people, "other-leader", campaign, "run")
    with time_machine.travel(MONDAY):
        take(people, "other-leader", campaign, "review", review="客流增加三成", lessons="提前一周备货")
        with pytest.raises(RuleViolation) as refusal:
            take(people, "manager", campaign, "close")
        assert refusal.value.code == "summary_needed"
        assert status(campaign) == "reviewed"
        document_write(
            actor=people.user("other-leader"),
            campaign_id=campaign.pk,
            kind=DocumentKind.SUMMARY,
            text="活动总结",
            key=uuid4(),
        )
        take(people, "manager", campaign, "close")
    closed = Campaign.objects.get(pk=campaign.pk)
    assert (closed.status, closed.reviewed_by, closed.closed_by) == (
        "closed",
        people.user("other-leader"),
        people.user("manager"),
    )
    taken = AuditEvent.objects.filter(action__startswith="campaign.", target_id=str(campaign.pk)).order_by(
        "pk"
    )
    assert [event.action for event in taken] == [
        "campaign.drafted",
        "campaign.submit",
        "campaign.approve",
        "campaign.run",
        "campaign.review",
        "campaign.document_written",
        "campaign.close",
    ]


def test_author_does_not_approve_their_own(people):
    campaign = drafted(people, who="manager")
    take(people, "manager", campaign, "submit")
    with pytest.raises(NotAllowed) as refusal:
        take(people, "manager", campaign, "approve")
    assert refusal.value.code == "same_person"
    assert status(campaign) == "submitted"
    assert take(people, "director", campaign, "approve").approved_by == people.user("director")


def test_who_changed_or_submitted_it_does_not_approve_it(people):
    edited = drafted(people, code="c-1")
    draft_edit(Campaign, actor=people.user("manager"), pk=edited.pk, terms=campaign_terms(name="改过"))
    take(people, "other-leader", edited, "submit")
    sent = drafted(people, code="c-2")
    take(people, "manager", sent, "submit")
    for campaign in (edited, sent):
        with pytest.raises(NotAllowed):
            take(people, "manager", campaign, "approve")
        assert status(campaign) == "submitted"


def test_database_refuses_an_approval_by_the_author(people):
    campaign = drafted(people)
    for name in ("author", "edited_by", "submitted_by"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(
                **{name: people.user("leader"), "approved_by": people.user("leader")}
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(
            reviewed_by=people.user("leader"), closed_by=people.user("leader")
        )
    plan = planned(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(status="approved")


def test_reviewer_does_not_close(people):
    campaign = approved(people)
    Campaign.objects.filter(pk=campaign.pk).update(
        status="reviewed", reviewed_by=people.user("director"), summary=True
    )
    with pytest.raises(NotAllowed):
        take(people, "director", campaign, "close")
    assert status(campaign) == "reviewed"
    assert take(people, "manager", campaign, "close").status == "closed"


@pytest.mark.parametrize(
    ("who", "error"),
    [("other", NotVisible), ("leader", NotVisible), ("outsider", NotVisible), ("other-leader", NotAllowed)],
)
def test_approval_is_refused_without_the_right(people, who, error):
    campaign = drafted(people)
    take(people, "other-leader", campaign, "submit")
    with pytest.raises(error):
        take(people, who, campaign, "approve")
    assert status(campaign) == "submitted"


def test_step_taken_twice_changes_nothing(people):
    campaign = drafted(people)
    take(people, "other-leader", campaign, "submit")
    events = AuditEvent.objects.count()
    with pytest.raises(Conflict):
        take(people, "other-leader", campaign, "submit")
    assert (status(campaign), AuditEvent.objects.count()) == ("submitted", events)


def test_returned_with_a_reason_is_changed_and_submitted_again(people):
    campaign = drafted(people)
    take(people, "other-leader", campaign, "submit")
    with pytest.raises(RuleViolation):
        take(people, "manager", campaign, "return")
    assert take(people, "manager", campaign, "return", reason="预算太高").status == "returned"
    assert AuditEvent.objects.get(action="campaign.return").reason == "预算太高"
    draft_edit(Campaign, actor=people.user("other-leader"), pk=campaign.pk, terms=campaign_terms(budget=None))
    take(people, "other-leader", campaign, "submit")
    assert take(people, "manager", campaign, "approve").status == "approved"


def test_paying_campaign_is_approved_before_its_first_day_only(people):
    campaign = drafted(people)
    free = drafted(people, code="c-2", pays=False)
    take(people, "other-leader", campaign, "submit")
    take(people, "other-leader", free, "submit")
    with time_machine.travel(SATURDAY):
        with pytest.raises(RuleViolation) as refusal:
            take(people, "manager", campaign, "approve")
        assert take(people, "manager", free, "approve").status == "approved"
    assert refusal.value.code == "too_late"
    assert status(campaign) == "submitted"


def test_steps_wait_for_their_day(people):
    campaign = approved(people)
    with pytest.raises(RuleViolation):
        take(people, "other-leader", campaign, "run")
    with time_machine.travel(SATURDAY):
        take(people, "other-leader", campaign, "run")
        with pytest.raises(RuleViolation):
            take(people, "other-leader", campaign, "review", review="好", lessons="好")
    assert status(campaign) == "running"


@pytest.mark.clause("KQ-05")
def test_review_needs_text_and_the_next_plan_starts_from_its_lessons(people):
    plan = planned(people)
    take(people, "leader", plan, "submit")
    take(people, "manager", plan, "approve")
    take(people, "leader", plan, "run")
    for missing in ({"review": "", "lessons": "x"}, {"review": "x", "lessons": " "}):
        with pytest.raises(RuleViolation):
            take(people, "leader", plan, "review", **missing)
    assert status(plan) == "running"
    assert lessons_for(people.user("leader"), Plan) is None
    take(people, "leader", plan, "review", review="完成九成", lessons="社群转化最好")
    assert lessons_for(people.user("leader"), Plan).lessons == "社群转化最好"
    page = people.client("leader").get("/campaigns/plans/new/")
    assert "社群转化最好" in page.content.decode()


@pytest.mark.clause("KQ-03")
def test_plans_stand_under_plans_for_a_longer_time(people):
    year = planned(people, start=date(2024, 1, 1), end=date(2024, 12, 31), horizon="year", name="年度")
    quarter = planned(
        people, start=date(2024, 4, 1), end=date(2024, 6, 30), horizon="quarter", parent=year, name="二季度"
    )
    month = planned(people, parent=quarter, name="五月")
    campaign = drafted(people, who="manager", planned_in=month)
    (top,) = plan_tree(people.user("manager"), 2024).top
    assert top.plan == year
    assert top.parts[0].plan == quarter
    assert top.parts[0].parts[0].plan == month
    assert top.parts[0].parts[0].campaigns == [campaign]
    wrong = [
        {"parent": month, "horizon": "month"},
        {"parent": quarter, "end": date(2024, 7, 1)},
    ]
    for terms in wrong:
        with pytest.raises(RuleViolation):
            planned(people, **terms)
    assert Plan.objects.count() == 3


@pytest.mark.clause("KQ-02")
def test_research_is_noted_once_and_kept(people):
    plan = planned(people)
    key = uuid4()
    for _again in range(2):
        note_add(
            actor=people.user("leader"),
            plan_id=plan.pk,
            subject="competitor",
            text="竞品主打满减，份额约三成",
            source="门店走访",
            key=key,
        )
    (note,) = ResearchNote.objects.all()
    assert (note.plan, note.author) == (plan, people.user("leader"))
    with pytest.raises(NotVisible):
        note_add(
            actor=people.user("other-leader"),
            plan_id=plan.pk,
            subject="market",
            text="x",
            source="",
            key=uuid4(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ResearchNote.objects.update(text="改写")
    assert "竞品主打满减" in people.client("leader").get(f"/campaigns/plans/{plan.pk}/").content.decode()


def test_form_sent_twice_drafts_once(people):
    key, unit = uuid4(), Unit.objects.get(code="co-b")
    first, second = (
        campaign_draft(actor=people.user("manager"), code="c-9", unit=unit, terms=campaign_terms(), key=key)
        for _again in range(2)
    )
    assert first == second
    assert Campaign.objects.count() == 1
    with pytest.raises(RuleViolation):
        campaign_draft(
            actor=people.user("manager"), code="c-9", unit=unit, terms=campaign_terms(), key=uuid4()
        )
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"end": date(2024, 5, 17)}, "end"),
        ({"stores": []}, "stores"),
        ({"stores": ["st-9"]}, "stores"),
        ({"baseline": "fixed_dates"}, "baseline_dates"),
        ({"baseline": "fixed_dates", "baseline_dates": ["2024-05-18"]}, "baseline_dates"),
        ({"channels": ["nowhere"]}, "channels"),
        ({"name": " "}, "name"),
        ({"goals": [{"measure": "clicks", "name": "", "target": "", "actual": ""}]}, "goals"),
    ],
)
def test_wrong_terms_are_told_by_field(people, terms, field):
    with pytest.raises(RuleViolation) as refusal:
        drafted(people, **terms)
    assert [error["field"] for error in refusal.value.errors] == [field]
    assert not Campaign.objects.exists()


def test_staff_and_other_units_leaders_draft_nothing(people):
    for who in ("other", "leader", "finance", "outsider"):
        with pytest.raises(NotAllowed):
            drafted(people, who=who)
    assert not Campaign.objects.exists()


def test_locked_month_takes_no_step(people):
    campaign = approved(people)
    Period.objects.update_or_create(root=people.root, month=date(2024, 5, 1), defaults={"state": "locked"})
    with time_machine.travel(SATURDAY), pytest.raises(Conflict) as refusal:
        take(people, "other-leader", campaign, "run")
    assert refusal.value.code == "month_locked"
    assert status(campaign) == "approved"


def test_submitted_is_not_edited(people):
    campaign = drafted(people)
    take(people, "other-leader", campaign, "submit")
    with pytest.raises(Conflict):
        draft_edit(
            Campaign, actor=people.user("other-leader"), pk=campaign.pk, terms=campaign_terms(name="新")
        )
    assert Campaign.objects.get(pk=campaign.pk).name == "春季会员周"


def test_imported_campaign_is_approved_and_can_be_run_and_closed(people):
    """The default of a workbook's row stays approved; nobody is its author."""
    row = Campaign.objects.create(
        code="c-i",
        name="导入",
        unit=Unit.objects.get(code="co-b"),
        root=people.root,
        month=date(2024, 5, 1),
        type="weekend",
        scale="small",
        start=date(2024, 5, 11),
        end=date(2024, 5, 11),
        stores=["*"],
        summary=True,
    )
    assert row.status == CampaignState.APPROVED
    take(people, "other-leader", row, "run")
    take(people, "other-leader", row, "review", review="好", lessons="好")
    assert step_take(Campaign, actor=people.user("manager"), pk=row.pk, name="close").status == "closed"


def test_plan_form_terms_reach_the_plan(people):
    plan = planned(people, **plan_terms(name="五月计划", content="两场活动"))
    assert (plan.name, plan.content, plan.horizon, plan.status) == ("五月计划", "两场活动", "month", "draft")
