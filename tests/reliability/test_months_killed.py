"""Killed at every SQL statement of a roll-up, a lock and an import: one retry gives the undisturbed state."""

import pytest

from core import jobs
from core.interchange.importer import import_sheets
from core.models import Job
from core.models.jobs import JobState
from core.spreadsheets.csv_reader import read_csv_folder
from departments.models import Period, Unit
from incentives.models import Settlement
from incentives.services.closing import month_lock
from incentives.services.roll_up import month_roll_up
from incentives.services.verification import settlement_problems
from tests.reliability import harness, months
from tests.roll_up.deployments import PRESETS, load_test_preset

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # Every statement in the long run, a part of them in the fast one.
    pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)]),
]


def retried_job(name: str, arguments: dict[str, str]) -> None:
    """Ask as the nightly clock does, so that a second asking finds the first job."""
    harness.expire_leases()
    jobs.enqueue(name, arguments=arguments, dedupe_key="kill", once=True)
    jobs.run_due()


def assert_all_alike(report: harness.KillReport, least: int) -> None:
    assert report.different == []
    assert report.points >= least


def test_roll_up_killed_anywhere_ends_as_if_undisturbed(shared_database: None, step: int) -> None:
    load_test_preset("alpha")
    restore = months.snapshot()
    arguments = {"month": "2024-05", "unit": "al-company"}

    def act() -> None:
        retried_job("roll_up", arguments)

    def state() -> list[str]:
        return [*months.month_state(), *harness.dump(Job)]

    assert_all_alike(
        harness.every_kill_point(prepare=restore, act=act, again=act, state=state, step=step), 80 // step
    )
    assert Job.objects.get(kind="roll_up").state == JobState.DONE


def test_lock_killed_anywhere_ends_as_if_undisturbed(shared_database: None, step: int) -> None:
    load_test_preset("alpha")
    month_roll_up(actor=None, root=months.alpha(), month=months.MAY)
    restore = months.snapshot()

    def act() -> None:
        if not Period.objects.get().is_frozen:
            month_lock(actor=None, root=months.alpha(), month=months.MAY, force=True, reason="year end")

    assert_all_alike(
        harness.every_kill_point(prepare=restore, act=act, again=act, state=months.month_state, step=step),
        100 // step,
    )
    assert settlement_problems(Settlement.objects.get()) == []


def test_import_killed_anywhere_ends_as_if_undisturbed(shared_database: None, step: int) -> None:
    restore = months.snapshot()

    def act() -> None:
        assert import_sheets(read_csv_folder(PRESETS / "alpha")).accepted

    def again() -> None:
        if not Unit.objects.exists():
            act()

    assert_all_alike(
        harness.every_kill_point(prepare=restore, act=act, again=again, state=months.tables_state, step=step),
        150 // step,
    )
