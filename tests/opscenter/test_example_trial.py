"""What the people of the examples have planned and arranged before a trial begins."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command

from campaigns.models import Campaign, CampaignChange, CampaignDocument, CampaignTask, Plan, TaskTemplate
from core.models import AuditEvent, User
from departments.models import Staff
from departments.permissions import reach_of
from incentives.models import BankAccount, Manuscript, ManuscriptRule
from opscenter.example.trial import arrange
from opscenter.example.window import Quarter, Window, quarters_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLES = (
    Plan,
    Campaign,
    CampaignChange,
    CampaignDocument,
    CampaignTask,
    TaskTemplate,
    BankAccount,
    AuditEvent,
)


def at(day: date) -> Any:
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI), tick=False)


def arranged(day: date) -> None:
    with at(day):
        call_command("load_preset", "haitang", example=True, stdout=StringIO())
        call_command("load_preset", "dental", example=True, stdout=StringIO())
        arrange(Window(day))


def counts() -> dict[str, int]:
    return {table.__name__: table._default_manager.count() for table in TABLES}


# The second is a January: plans of two years.  The third is a first of the month.
@pytest.mark.django_db
@pytest.mark.clause("KQ-03")
@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 1, 15), date(2026, 10, 1)])
def test_plans_stand_from_the_year_down_to_the_coming_month(day: date) -> None:
    arranged(day)
    months = Window(day).planned
    for root in ("ht-company", "kq-ops"):
        plans = list(Plan.objects.filter(root__code=root).select_related("parent"))
        kinds = Counter(plan.horizon for plan in plans)
        years, quarters = {month.year for month in months}, {Quarter.of(month) for month in months}
        assert kinds == {"year": len(years), "quarter": len(quarters), "month": 3}
        for plan in plans:
            assert (plan.parent is None) == (plan.horizon == "year")
            assert plan.goals, plan
            assert plan.approved_by_id is None or plan.approved_by_id != plan.author_id
        states = [
            plan.status for plan in sorted(plans, key=lambda plan: plan.start) if plan.horizon == "month"
        ]
        assert states == {
            "ht-company": ["reviewed", "running", "submitted"], "kq-ops": ["closed", "running", "draft"]
        }[root]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.clause("HT-03")
def test_campaigns_have_goals_tasks_documents_and_a_plan() -> None:
    arranged(date(2026, 11, 22))
    campaigns = {one.code: one for one in Campaign.objects.filter(root__code="ht-company")}
    # Last month's and the running month's by the tables, one of the coming month by its planner.
    assert {code: one.status for code, one in campaigns.items()} == {
        "ht-m2610": "reviewed", "ht-w2610": "closed", "ht-m2611": "approved", "ht-w2611": "approved",
        "ht-p2612": "submitted",
    }  # fmt: skip
    for code, one in campaigns.items():
        assert one.goals, code
        assert one.budget, code
        assert one.planned_in is not None, code
        assert one.planned_in.start <= one.end <= one.planned_in.end
        tasks = CampaignTask.objects.filter(campaign=one)
        assert tasks.filter(kind="hand_over").exists(), code
        assert all((task.done_at is not None) == (task.due < date(2026, 11, 22)) for task in tasks)
        kinds = set(CampaignDocument.objects.filter(campaign=one).values_list("kind", flat=True))
        assert kinds == ({"plan", "summary"} if code.endswith("2610") else {"plan"})
    # What was added later touched nothing that a baseline rests on.
    fixed = {"start", "end", "type", "scale", "stores", "pays", "baseline", "baseline_dates"}
    assert all(not fixed & set(change.terms) for change in CampaignChange.objects.all())


@pytest.mark.django_db
def test_a_second_time_changes_nothing_and_the_next_month_adds_its_own() -> None:
    arranged(date(2026, 11, 22))
    before = counts()
    with at(date(2026, 11, 22)):
        arrange(Window(date(2026, 11, 22)))
    assert counts() == before
    Plan.objects.filter(horizon="month", root__code="kq-ops", start=date(2026, 12, 1)).update(name="改名")
    arranged(date(2026, 12, 3))
    assert Plan.objects.get(root__code="kq-ops", start=date(2026, 12, 1), horizon="month").name == "改名"
    assert Plan.objects.filter(start=date(2027, 1, 1), horizon="month").count() == 2


@pytest.mark.django_db
def test_a_trial_that_changed_an_organisation_still_starts() -> None:
    """Without the right nothing is arranged, and nothing is half arranged."""
    with at(date(2026, 11, 22)):
        call_command("load_preset", "haitang", example=True, stdout=StringIO())
        Staff.objects.filter(staff_no="HT001").update(role="staff")
        arrange(Window(date(2026, 11, 22)))
    director = User.objects.get(username="shen.guodong")
    assert not reach_of(director).allows("campaign.approve")
    # A plan that needs the director is not left as a draft; the one that only waits for a decision is there.
    assert set(Plan.objects.values_list("status", flat=True)) == {"submitted"}
    assert not CampaignChange.objects.exists()


@pytest.mark.django_db
def test_people_are_paid_somewhere_but_for_one() -> None:
    arranged(date(2026, 11, 22))
    people = Staff.objects.filter(root__code="ht-company")
    without = set(people.filter(bank_account__isnull=True).values_list("staff_no", flat=True))
    # The one that is missing, and whoever entered the others: nobody enters their own.
    assert without == {"HT042", "HT003"}
    assert all(one.holder == one.staff.name for one in BankAccount.objects.select_related("staff"))


@pytest.mark.django_db
@pytest.mark.clause("HT-22")
def test_manuscripts_are_as_long_as_their_rule_wants() -> None:
    arranged(date(2026, 11, 22))
    rules = {rule.author_kind: rule for rule in ManuscriptRule.objects.all()}
    assert rules["employee"].min_characters == 300
    for one in Manuscript.objects.exclude(status="refused"):
        rule = rules[one.author_kind]
        assert (rule.min_characters or 0) <= one.characters <= (rule.max_characters or 10**6), one


def test_quarters_of_months_over_a_new_year() -> None:
    found = quarters_of(Window(date(2027, 1, 15)).planned)
    assert found == [Quarter(2026, 4), Quarter(2027, 1)]
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 10, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 3, 31))
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_demo_on_a_database_without_tables_says_what_to_do(settings: Any, tmp_path: Path) -> None:
    """In a process of its own: this one's database has its tables."""
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--prepare"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "migrate" in done.stderr
