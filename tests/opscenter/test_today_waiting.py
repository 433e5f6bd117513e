"""What else stands on Today: tasks of campaigns, and the decisions that wait for the person."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from campaigns.models import Campaign, CampaignTask, Plan
from campaigns.services.changes import change_decide, change_propose
from campaigns.services.drafting import plan_draft
from campaigns.services.flow import step_take
from campaigns.services.tasks import TaskTerms, task_add
from departments.models import Period, Unit
from incentives.services.closing import month_review
from kpi.models import LogEntry, LogStatus
from opscenter.today.views import MOST_TASKS
from opscenter.today.waiting import waiting_for
from tests.campaigns.planning import approved, campaign_terms, plan_terms
from tests.people import APRIL
from tests.people.pages import assert_bounded

TODAY = date(2024, 5, 15)
SHOW = "/today/"


def add_tasks(people: Any, many: int, due: date = TODAY, who: str = "other") -> None:
    campaign = approved(people)
    unit = Unit.objects.get(code="co-b")
    for number in range(many):
        terms = TaskTerms(f"海报 {number}", unit, due, people.staff(who))
        task_add(actor=people.user("other-leader"), campaign_id=campaign.pk, terms=terms, key=uuid4())


def text_of(people: Any, who: str, url: str = SHOW) -> str:
    answer = people.client(who).get(url, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.clause("HT-03")
def test_own_tasks_that_are_due_stand_on_today_and_are_ticked_there(people: Any) -> None:
    add_tasks(people, 1)
    assert "海报 0" in text_of(people, "other")
    assert "海报 0" not in text_of(people, "staff")
    task = CampaignTask.objects.get()
    answer = people.client("other").post(
        f"/campaigns/tasks/{task.pk}/done/", {"done": "yes", "page": "today"}
    )
    assert (answer.status_code, answer["Location"]) == (302, SHOW)
    task.refresh_from_db()
    assert task.done_by == people.user("other")
    assert "My tasks" not in text_of(people, "other")


def test_tasks_of_later_and_too_many_of_them_are_left_out(people: Any) -> None:
    add_tasks(people, MOST_TASKS + 2)
    text = text_of(people, "other")
    assert text.count("/done/") == MOST_TASKS
    assert "More tasks are due" in text
    CampaignTask.objects.update(due=date(2024, 5, 23))
    assert "My tasks" not in text_of(people, "other")


def waits(people: Any, who: str) -> list[tuple[str, int | None]]:
    return [(one.icon, one.count) for one in waiting_for(people.user(who), TODAY)]


def test_those_who_decide_see_what_waits_for_them(people: Any) -> None:
    """Rows wait in both departments, one finding is proposed, April is computed."""
    assert waits(people, "staff") == []
    assert waits(people, "leader") == [("list-checks", None)]
    assert waits(people, "manager") == [("clipboard-check", None), ("list-checks", None), ("flag", 1)]
    assert waits(people, "finance") == []
    LogEntry.objects.filter(status=LogStatus.SUBMITTED).update(status=LogStatus.VALID)
    month_review(actor=people.user("hr"), root=people.root, month=APRIL)
    assert waits(people, "manager") == [("megaphone", None), ("flag", 1)]
    assert waits(people, "outsider") == []


@pytest.mark.clause("KQ-03", "KQ-04")
def test_plans_and_changes_wait_for_those_who_approve_but_nobody_for_their_own(people: Any) -> None:
    """The leader of the content department plans; the manager is above, the leader of another beside."""
    planner = people.user("other-leader")
    plan = plan_draft(actor=planner, unit=Unit.objects.get(code="co-b"), terms=plan_terms(), key=uuid4())
    before = waits(people, "manager")
    assert not {icon for icon, _count in before} & {"folder-tree", "pencil"}
    step_take(Plan, actor=planner, pk=plan.pk, name="submit")
    assert waits(people, "manager") == [*before, ("folder-tree", 1)]
    for who in ("other-leader", "leader", "staff"):
        assert "folder-tree" not in {icon for icon, _count in waits(people, who)}, who
    assert "Plans to approve" in text_of(people, "manager")
    step_take(Plan, actor=people.user("manager"), pk=plan.pk, name="approve")
    assert waits(people, "manager") == before

    change = change_propose(
        Plan, actor=planner, pk=plan.pk, terms=plan_terms(aim="续费"), reason="目标调整", key=uuid4()
    )
    campaign = approved(people)
    change_propose(
        Campaign,
        actor=planner,
        pk=campaign.pk,
        terms=campaign_terms(aim="续费"),
        reason="目标调整",
        key=uuid4(),
    )
    assert waits(people, "manager") == [*before, ("pencil", 1), ("pencil", 1)]
    assert waits(people, "other-leader") == [("list-checks", None)]
    assert "change waits" in text_of(people, "manager", "/campaigns/plans/?year=2024")
    change_decide(type(change), actor=people.user("manager"), pk=change.pk, approve=True)
    assert waits(people, "manager") == [*before, ("pencil", 1)]
    assert "change waits" not in text_of(people, "manager", "/campaigns/plans/?year=2024")


def test_own_rows_and_frozen_months_wait_for_nobody(people: Any) -> None:
    mine = LogEntry.objects.get(row_id="l-leader")
    LogEntry.objects.filter(status=LogStatus.SUBMITTED).exclude(pk=mine.pk).update(status=LogStatus.VALID)
    assert waits(people, "leader") == []
    assert ("list-checks", None) in waits(people, "manager")
    Period.objects.create(root=people.root, month=date(2024, 5, 1), state="locked")
    assert ("list-checks", None) not in waits(people, "manager")


@pytest.mark.parametrize("who", ["leader", "manager", "director", "hr", "other"])
def test_today_is_bounded_for_everybody(people: Any, who: str) -> None:
    add_tasks(people, 1)
    assert_bounded(people.client(who), SHOW, lambda: more_tasks(people), 25)


def more_tasks(people: Any) -> None:
    task = CampaignTask.objects.get()
    for number in range(20):
        CampaignTask.objects.create(
            campaign=task.campaign, kind=task.kind, title=f"t{number}", unit=task.unit, due=task.due,
            owner=task.owner, key=uuid4(),
        )  # fmt: skip


def test_today_without_quotas_says_where_to_go_on(people: Any) -> None:
    text = text_of(people, "finance")
    assert "No quota holds for you this month" in text
    assert "0 of 0" not in text
    assert 'href="/rules/mine/"' in text
