"""Months under several hands at once, on PostgreSQL and through a real worker: one result, the right one."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction

from core import guards, jobs
from core.models import AuditEvent, Job, StoredFile
from core.models.jobs import JobState
from core.months import Month
from departments.models import PeriodState, Staff
from departments.selectors import unit_tree
from incentives.calculations.frozen import recompute
from incentives.models import Settlement
from incentives.services.closing import month_lock
from incentives.services.roll_up import month_facts, month_roll_up
from incentives.services.verification import settlement_problems
from kpi.models import LogEntry, Platform
from tests.oracle.random_month import month_of, random_tables
from tests.oracle.workbook import write_csv_folder, write_workbook
from tests.presets.tables import tables_of
from tests.reliability import harness, months
from tests.roll_up.deployments import PRESETS, load, load_test_preset, sheets

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


def roll_up(month: Month = months.MAY) -> dict[str, Any]:
    return month_roll_up(actor=None, root=months.alpha(), month=month)


def lock(month: Month = months.MAY) -> Settlement:
    return month_lock(actor=None, root=months.alpha(), month=month, force=True, reason="test")


def test_roll_ups_at_once_give_one_result() -> None:
    expected = load_test_preset("alpha")

    found = harness.together(*[roll_up] * 6)

    assert found == [expected] * 6
    assert Settlement.objects.get().revision == 1
    assert AuditEvent.objects.filter(action="month.rolled_up").count() == 1


def test_doubled_task_rolls_up_once() -> None:
    load_test_preset("alpha")
    job = Job.objects.create(kind="roll_up", arguments={"month": "2024-05", "unit": "al-company"})

    assert sorted(harness.together(*[lambda: jobs.run(job.pk)] * 4)) == [False, False, False, True]
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert Settlement.objects.get().revision == 1


def test_roll_up_against_lock_neither_deadlocks_nor_changes_the_locked_month() -> None:
    load_test_preset("alpha")
    roll_up()
    for number in range(8):
        month = months.MAY.plus(number)
        found = harness.together(
            lambda m=month: roll_up(m), lambda m=month: lock(m), lambda m=month: roll_up(m)
        )
        assert not [one for one in found if isinstance(one, Exception)]
        settlement = Settlement.objects.get(period__month=month.first)
        assert settlement.period.state == PeriodState.LOCKED
        assert settlement_problems(settlement) == []
        assert found[0] == found[2] == json.loads(settlement.result)


def test_two_locks_at_once_lock_once() -> None:
    load_test_preset("alpha")

    found = harness.together(lock, lock, lock)

    refused = [one for one in found if isinstance(one, Exception)]
    assert [getattr(one, "code", one) for one in refused] == ["already_locked"] * 2
    assert AuditEvent.objects.filter(action="month.locked").count() == 1


def raced_lock() -> tuple[bool, int]:
    """Lock while four writers add log rows: whether the result is that of the facts, and the rows written."""
    load_test_preset("alpha")
    staff, platform = Staff.objects.get(staff_no="al-1"), Platform.objects.get(code="al-forum")
    root, started = months.alpha(), threading.Event()

    def write(writer: int) -> int:
        for number in range(60):
            try:
                with guards.translate(), transaction.atomic():
                    LogEntry.objects.create(
                        row_key=f"race-{writer}-{number}",
                        root=root,
                        staff=staff,
                        date=months.MAY.last,
                        month=months.MAY.first,
                        platform=platform,
                        activity="al-post",
                        count=1,
                    )
            except guards.Conflict:
                return number
            started.set()
        return 60

    def freeze() -> Settlement:
        started.wait(10)
        return lock()

    *written, frozen = harness.together(*(lambda w=w: write(w) for w in range(4)), freeze)
    assert isinstance(frozen, Settlement), frozen
    text = recompute(month_facts(root, months.MAY, unit_tree(months.MAY.last)))
    return Settlement.objects.get().result == text, sum(written)


def test_writer_racing_the_lock_is_in_the_result_or_refused() -> None:
    same, written = raced_lock()

    assert same
    assert 0 < written < 240
    assert settlement_problems(Settlement.objects.get()) == []


def test_without_holding_the_organisation_a_racing_row_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: neither the lock nor the writers wait, and facts come in after they were read."""
    from core.guards import postgresql

    def check(share: bool) -> None:
        body = postgresql.check_function("departments_period", "departments_unit", share=share)
        with connection.cursor() as cursor:
            cursor.execute(postgresql.create_function("guard_check", body))

    monkeypatch.setattr(guards, "hold_root", lambda root_id: None)
    check(share=False)
    try:
        same, _written = raced_lock()
    finally:
        check(share=True)
    assert not same


# --- the same bytes everywhere ---------------------------------------------------------------------------


def sqlite_bytes(folder: Path, database: Path, month: str) -> str:
    """What a separate process with SQLite prints after loading the tables."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": ""}
    program = (
        "import django, sys; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from pathlib import Path\n"
        "from tests.roll_up.deployments import load\n"
        "from core.spreadsheets.csv_reader import read_csv_folder\n"
        "load(read_csv_folder(Path(sys.argv[1])))\n"
        "call_command('roll_up', sys.argv[2], '--format', 'json')\n"
    )
    environment |= {"DJANGO_SETTINGS_MODULE": "opscenter.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), month],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def printed(month: str) -> str:
    out = StringIO()
    call_command("roll_up", month, "--format", "json", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("seed", range(4))
def test_both_databases_print_the_same_bytes(seed: int, tmp_path: Path) -> None:
    tables, month = random_tables(seed), month_of(seed)
    write_csv_folder(tables, tmp_path / "tables")
    load(sheets(tables))

    assert printed(month) == sqlite_bytes(tmp_path / "tables", tmp_path / "one.sqlite3", month)


@pytest.mark.celery
def test_worker_gives_the_bytes_of_the_same_process(live_worker: Any) -> None:
    expected = load_test_preset("alpha")
    jobs.enqueue("roll_up", arguments={"month": "2024-05"})
    wanted = (JobState.DONE, JobState.FAILED)
    asked = Job.objects.filter(kind="roll_up")
    harness.wait_for(lambda: asked.count() == 2 and not asked.exclude(state__in=wanted).exists(), 60)

    by_worker = Settlement.objects.get().result
    assert set(asked.values_list("state", flat=True)) == {JobState.DONE}
    assert json.loads(by_worker) == expected
    roll_up()
    assert (Settlement.objects.get().result, Settlement.objects.get().revision) == (by_worker, 1)


@pytest.mark.celery
@pytest.mark.parametrize("name", ["roll_up", "import"])
def test_worker_killed_in_a_job_is_replaced_and_ends_as_if_undisturbed(
    transactional_db: None, redis_url: str, tmp_path: Path, name: str, settings: Any
) -> None:
    """The worker is killed while it waits, in the middle of its transaction, for a table that we hold."""
    settings.MEDIA_ROOT = tmp_path
    arguments: dict[str, Any] = {"month": "2024-05", "unit": "al-company"}
    if name == "roll_up":
        load_test_preset("alpha")
        held, state = "finance_fundmonth", months.month_state
    else:
        write_workbook(tables_of(PRESETS / "alpha"), tmp_path / "alpha.xlsx")
        content = (tmp_path / "alpha.xlsx").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        stored = StoredFile(
            kind="import", name="alpha.xlsx", content_type="x", size=len(content), sha256=digest
        )
        stored.file.save("alpha.xlsx", ContentFile(content))
        stored.save()
        arguments = {"file": str(stored.key)}
        held, state = "campaigns_campaign", months.tables_state
    restore = months.snapshot()
    jobs.enqueue(name, arguments=arguments)
    assert Job.objects.get(kind=name).state == JobState.DONE
    undisturbed = state()
    restore()

    environment = {"JOB_LEASE_SECONDS": "2", "MEDIA_ROOT": str(tmp_path)}
    log = tmp_path / "worker.log"
    worker = harness.start_worker(redis_url, log, **environment)
    try:
        with harness.publishing_to(redis_url):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"LOCK TABLE {held} IN EXCLUSIVE MODE")
                aside = threading.Thread(target=_enqueue, args=(name, arguments))
                aside.start()
                aside.join()
                harness.wait_for(_somebody_waits, 60)
                harness.kill(worker)
            assert Job.objects.get(kind=name).state == JobState.RUNNING
            worker = harness.start_worker(redis_url, log, **environment)
            harness.wait_for(
                lambda: Job.objects.get(kind=name).state == JobState.DONE, 60, meanwhile=jobs.sweep
            )
            assert Job.objects.get(kind=name).attempts == 2
            assert state() == undisturbed
    except TimeoutError:
        pytest.fail(log.read_text(errors="replace")[-3000:])
    finally:
        harness.kill(worker)


def _enqueue(name: str, arguments: dict[str, Any]) -> None:
    jobs.enqueue(name, arguments=arguments)
    connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
        return bool(cursor.fetchone()[0])
