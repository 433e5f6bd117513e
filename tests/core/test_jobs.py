"""Jobs: one open job per key, one winner per claim, work and mark together, failures that end."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from core import jobs, schedule
from core.exceptions import Conflict, RuleViolation
from core.job_context import Fenced, JobContext
from core.models import AuditEvent, CalendarDay, Job, User
from core.models.jobs import JobState
from core.registry import job_kinds
from core.tasks import run_job, tick

pytestmark = pytest.mark.django_db

Handler = Callable[[JobContext], Any]


@pytest.fixture
def kind() -> Iterator[Callable[[Handler], str]]:
    """Registers a handler as the kind ``test`` for one test."""

    def register(handler: Handler) -> str:
        job_kinds.register("test", handler)
        return "test"

    yield register
    job_kinds._items.pop("test", None)


def mark(context: JobContext) -> dict[str, Any]:
    """A handler with one visible effect, written together with the mark of being done."""
    with transaction.atomic():
        CalendarDay.objects.create(date=context.arguments["day"], kind="workday")
        context.finish({"days": 1})
    return {}


def test_enqueue_keeps_one_open_job_per_key(kind: Any) -> None:
    kind(mark)
    first = jobs.enqueue("test", arguments={"day": "2018-11-01"}, dedupe_key="k")
    assert jobs.enqueue("test", arguments={"day": "2018-11-02"}, dedupe_key="k").pk == first.pk
    assert jobs.enqueue("test", dedupe_key="other").pk != first.pk
    assert jobs.enqueue("test").pk != jobs.enqueue("test").pk
    assert Job.objects.count() == 4


def test_enqueue_after_the_end_asks_again_unless_once(kind: Any) -> None:
    kind(mark)
    first = jobs.enqueue("test", arguments={"day": "2018-11-01"}, dedupe_key="k")
    assert jobs.run(first.pk)
    assert jobs.enqueue("test", dedupe_key="k", once=True).pk == first.pk
    assert jobs.enqueue("test", dedupe_key="k").pk != first.pk


def test_enqueue_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        jobs.enqueue("nothing")


def test_enqueue_is_rolled_back_with_the_business(kind: Any, django_capture_on_commit_callbacks: Any) -> None:
    kind(mark)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.enqueue("test", arguments={"day": "2018-11-01"})
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not CalendarDay.objects.exists()


def test_job_runs_in_the_process_after_commit_when_there_is_no_queue(
    kind: Any, django_capture_on_commit_callbacks: Any
) -> None:
    kind(mark)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("test", arguments={"day": "2018-11-01"})
        assert Job.objects.get().state == JobState.QUEUED
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts, job.fence) == (JobState.DONE, {"days": 1}, 1, 1)
    assert job.finished_at is not None
    assert job.lease_until is None


def test_job_runs_once_however_often_it_is_called(kind: Any) -> None:
    kind(mark)
    job = jobs.enqueue("test", arguments={"day": "2018-11-01"})
    for _ in range(3):
        run_job(job.pk)
    assert CalendarDay.objects.count() == 1
    assert jobs.run(job.pk) is False


def test_running_job_is_left_alone_until_its_lease_ends(kind: Any) -> None:
    kind(mark)
    job = jobs.enqueue("test", arguments={"day": "2018-11-01"})
    Job.objects.update(state=JobState.RUNNING, lease_until=timezone.now() + timedelta(seconds=5))
    assert jobs.run(job.pk) is False
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.run(job.pk) is True


def test_job_is_not_started_before_it_is_due(kind: Any) -> None:
    kind(mark)
    job = jobs.enqueue("test", arguments={"day": "2018-11-01"}, due_at=timezone.now() + timedelta(hours=1))
    assert jobs.run(job.pk) is False
    assert jobs.run_due() == 0
    Job.objects.update(due_at=timezone.now())
    assert jobs.run_due() == 1


def test_late_worker_cannot_finish_and_leaves_nothing(kind: Any) -> None:
    """Its lease ended and another one claimed the job, while it was at work."""

    def slow(context: JobContext) -> None:
        if context.attempt == 1:
            Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            assert jobs.run(context.job_id)
        mark(context)

    kind(slow)
    job = jobs.enqueue("test", arguments={"day": "2018-11-01"})
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.fence) == (JobState.DONE, 2, 2)
    assert CalendarDay.objects.count() == 1


def test_steps_are_committed_only_behind_the_fence(kind: Any) -> None:
    def stepwise(context: JobContext) -> None:
        with context.fenced():
            CalendarDay.objects.create(date="2018-11-01", kind="workday")
        jobs.cancel(Job.objects.get(), None)
        assert context.cancelled()
        with context.fenced():
            CalendarDay.objects.create(date="2018-11-02", kind="workday")

    kind(stepwise)
    jobs.run(jobs.enqueue("test").pk)
    assert [str(day.date) for day in CalendarDay.objects.all()] == ["2018-11-01"]
    assert Job.objects.get().state == JobState.CANCELLED


def test_finish_stands_in_a_transaction(kind: Any) -> None:
    context = JobContext(Job.objects.create(kind="test", state=JobState.RUNNING), timedelta(seconds=60))
    if not connection.in_atomic_block:
        with pytest.raises(RuntimeError):
            context.finish()
    context.finish({"a": 1})
    with pytest.raises(Fenced):
        context.finish()


def test_returned_value_is_the_result(kind: Any) -> None:
    kind(lambda context: 3)
    job = jobs.enqueue("test")
    jobs.run(job.pk)
    assert Job.objects.get().result == {"value": 3}


def test_refusal_ends_the_job_with_its_sentence(kind: Any) -> None:
    def refuse(context: JobContext) -> None:
        with transaction.atomic():
            CalendarDay.objects.create(date="2018-11-01", kind="workday")
            raise RuleViolation("bad", "Row %(row)s is wrong.", [{"field": "a", "message": "b"}], row=3)

    kind(refuse)
    job = jobs.enqueue("test")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (JobState.FAILED, "Row 3 is wrong.", 1)
    assert job.result == {"code": "bad", "errors": [{"field": "a", "message": "b"}]}
    assert not CalendarDay.objects.exists()
    assert jobs.run_due() == 0


def test_accident_is_tried_again_and_then_given_up(kind: Any) -> None:
    def break_off(context: JobContext) -> None:
        raise ZeroDivisionError

    kind(break_off)
    job = jobs.enqueue("test")
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        Job.objects.update(due_at=None)
        assert jobs.run(job.pk)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.state == (JobState.FAILED if attempt == jobs.MAX_ATTEMPTS else JobState.QUEUED)
    assert jobs.run(job.pk) is False
    assert "ZeroDivisionError" in job.error


def test_job_whose_worker_always_dies_is_given_up(kind: Any) -> None:
    kind(mark)
    lapsed = timezone.now() - timedelta(seconds=1)
    dead = Job.objects.create(
        kind="test", state=JobState.RUNNING, attempts=jobs.MAX_ATTEMPTS, lease_until=lapsed
    )
    other = jobs.enqueue("test", arguments={"day": "2018-11-01"})
    assert jobs.run_due() == 1
    dead.refresh_from_db()
    other.refresh_from_db()
    assert (dead.state, other.state) == (JobState.FAILED, JobState.DONE)


def test_progress_is_told_in_the_row_and_kept(kind: Any) -> None:
    seen = []

    def count(context: JobContext) -> None:
        context.progress(2, 5, "two")
        seen.append(Job.objects.get().progress)

    kind(count)
    job = jobs.enqueue("test")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.progress, job.total, job.message) == (2, 5, "two")
    assert seen == [2]


def test_job_speaks_the_language_of_who_asked(kind: Any) -> None:
    kind(lambda context: translation.get_language())
    with translation.override("en"):
        job = jobs.enqueue("test")
    with translation.override("zh-hans"):
        jobs.run(job.pk)
    assert Job.objects.get().result == {"value": "en"}


def test_cancel_is_recorded_and_possible_once(kind: Any) -> None:
    kind(mark)
    actor = User.objects.create_user("boss")
    job = jobs.enqueue("test", arguments={"day": "2018-11-01"})
    assert jobs.cancel(job, actor).state == JobState.CANCELLED
    assert jobs.run(job.pk) is False
    with pytest.raises(Conflict) as refusal:
        jobs.cancel(job, actor)
    assert refusal.value.code == "job_ended"
    assert [(row.action, row.actor_id) for row in AuditEvent.objects.all()] == [("job.cancel", actor.pk)]


def test_sweep_wakes_what_was_left(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kind(mark)
    woken: list[int] = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    now = timezone.now()
    fresh = jobs.enqueue("test", dedupe_key="fresh")
    old, lapsed, later, retry = (
        jobs.enqueue("test", dedupe_key=key) for key in ("old", "lapsed", "later", "retry")
    )
    rows = Job.objects
    rows.filter(pk=old.pk).update(created_at=now - timedelta(minutes=2))
    rows.filter(pk=lapsed.pk).update(state=JobState.RUNNING, lease_until=now - timedelta(seconds=1))
    rows.filter(pk=later.pk).update(due_at=now + timedelta(minutes=2))
    rows.filter(pk=retry.pk).update(due_at=now - timedelta(seconds=1))
    assert jobs.sweep() == woken == [old.pk, lapsed.pk, retry.pk]
    assert fresh.pk not in woken


@pytest.mark.parametrize("listens", [False, True])
def test_broker_that_does_not_answer_costs_little_and_is_no_error(
    kind: Any, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    """A refused port answers at once; one that takes the connection and stays silent is left in a second."""
    from opscenter.celery import app

    kind(mark)
    monkeypatch.setattr(jobs, "_broker_quiet_until", 0)
    job = jobs.enqueue("test")
    before = app.conf.task_always_eager, app.conf.broker_url
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        app.conf.task_always_eager = False
        app.conf.broker_url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        try:
            started = time.monotonic()
            jobs.wake(job.pk)
            first = time.monotonic() - started
            jobs.wake(job.pk)
            second = time.monotonic() - started - first
        finally:
            app.conf.task_always_eager, app.conf.broker_url = before
    assert first < 2
    assert second < 0.1
    assert Job.objects.get().state == JobState.QUEUED


# --- the clock ---------------------------------------------------------------------------------------


def test_nightly_job_is_asked_for_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clocks, a clock that stood still, and a job that has ended already: still one a day."""
    monkeypatch.setitem(job_kinds._items, "roll_up", lambda context: None)
    nightly = {"nightly_roll_up": schedule.dailies["nightly_roll_up"]}
    monkeypatch.setattr(schedule.dailies, "_items", nightly)
    # 01:30 and 02:30 in Shanghai, which is 8 hours ahead of UTC.
    before, after = datetime(2018, 11, 30, 17, 30, tzinfo=UTC), datetime(2018, 11, 30, 18, 30, tzinfo=UTC)
    (yesterdays,) = schedule.plan(before)
    assert (yesterdays.dedupe_key, yesterdays.arguments) == (
        "roll_up:2018-11:2018-11-30",
        {"month": "2018-11"},
    )
    (first,) = schedule.plan(after)
    # On the first of a month the month before is rolled up: its last day has just ended.
    assert (first.dedupe_key, first.arguments) == ("roll_up:2018-11:2018-12-01", {"month": "2018-11"})
    assert schedule.plan(after) == [first]
    assert jobs.run(first.pk)
    assert schedule.plan(after + timedelta(hours=20)) == [first]
    (second,) = schedule.plan(after + timedelta(days=1))
    assert second.arguments == {"month": "2018-12"}
    assert Job.objects.count() == 3


def test_run_due_does_all_without_a_queue(kind: Any, capsys: pytest.CaptureFixture[str]) -> None:
    kind(mark)
    jobs.enqueue("test", arguments={"day": "2018-11-01"})
    AuditEvent.objects.create(action="x")
    call_command("run_due")
    assert "ran" in capsys.readouterr().out
    assert not Job.objects.exclude(state=JobState.DONE).filter(kind="test").exists()
    assert not AuditEvent.objects.filter(hash=None).exists()


def test_tick_plans_and_sweeps() -> None:
    tick()


def test_worker_settings_are_those_that_lose_nothing() -> None:
    """Each of them was found by killing workers and brokers; one that drifts loses work."""
    from opscenter.celery import app

    wanted = {
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_backend": None,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_retry_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
    }
    assert {name: app.conf[name] for name in wanted} == wanted
    options = app.conf.broker_transport_options
    assert options["visibility_timeout"] > app.conf.task_time_limit
    assert (options["unacked_restore_interval"], options["unacked_restore_throttle"]) == (10, 1)
    assert set(app.conf.beat_schedule) == {"tick", "chain-audit"}
