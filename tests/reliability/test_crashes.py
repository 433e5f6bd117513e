"""Kills at every statement of a job, and of a worker: one retry gives the state of an undisturbed run."""

import random
import time
from pathlib import Path

import pytest
from django.db import connection, models

from core import audit, jobs
from core.guards import triggers
from core.models import AuditEvent, CalendarDay, Job
from core.models.jobs import JobState
from tests.reliability import harness, job_kinds

pytestmark = pytest.mark.django_db(transaction=True)


def empty() -> None:
    triggers.uninstall(connection)
    for model in (Job, AuditEvent, CalendarDay):
        models.QuerySet(model).delete()
    triggers.install(connection)


def state() -> list[str]:
    return harness.dump(Job, AuditEvent, CalendarDay)


def kills(kind: str, number: int) -> harness.KillReport:
    def act() -> None:
        jobs.enqueue(kind, arguments={"number": number}, dedupe_key="one", once=True)
        jobs.run_due()
        audit.chain()

    def again() -> None:
        harness.expire_leases()
        act()

    return harness.every_kill_point(prepare=empty, act=act, again=again, state=state)


def test_job_killed_at_every_statement_ends_as_if_undisturbed(shared_database: None) -> None:
    report = kills("test.days", 3)
    assert report.different == []
    assert report.points >= 40
    assert audit.verify() == []


def test_torn_job_is_found(shared_database: None) -> None:
    """The control: an audit row outside the transaction of its act must be noticed."""
    assert kills("test.torn", 1).different


@pytest.mark.postgres
@pytest.mark.celery
def test_killed_worker_is_replaced_and_ends_as_if_undisturbed(
    transactional_db: None, redis_url: str, tmp_path: Path
) -> None:
    """A worker group over Redis killed at random moments of the job; another one finishes, each row once."""
    arguments = {"number": 20, "pause_ms": 100}
    module = job_kinds.write_days.__module__
    environment = {"JOB_LEASE_SECONDS": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    jobs.enqueue("test.days", arguments=arguments, dedupe_key="kill")
    undisturbed = state()
    assert len(undisturbed) == 22
    log = tmp_path / "worker.log"
    worker = harness.start_worker(redis_url, log, module, **environment)
    draw = random.Random(7)
    try:
        with harness.publishing_to(redis_url):
            for _ in range(3):
                empty()
                jobs.enqueue("test.days", arguments=arguments, dedupe_key="kill")
                harness.wait_for(lambda: Job.objects.filter(state=JobState.RUNNING).exists())
                time.sleep(draw.uniform(0, 1.5))
                harness.kill(worker)
                killed = time.monotonic()
                assert Job.objects.get().state == JobState.RUNNING
                assert not CalendarDay.objects.exists()
                worker = harness.start_worker(redis_url, log, module, **environment)
                harness.wait_for(lambda: Job.objects.get().state == JobState.DONE, meanwhile=jobs.sweep)
                assert time.monotonic() - killed < 30
                assert state() == undisturbed
                assert Job.objects.get().attempts == 2
    except TimeoutError:
        pytest.fail(log.read_text(errors="replace")[-3000:])
    finally:
        harness.kill(worker)
