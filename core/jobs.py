"""Jobs: asked for in the business transaction, claimed by one UPDATE, finished together with their work.

The row is the truth.  The queue only wakes a worker, so a lost or doubled message changes nothing: ``sweep``
finds what nobody woke, and the fence lets one worker finish.  Without a queue a job runs in the process that
asked for it, right after the commit.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.exceptions import Conflict, DomainError
from core.job_context import Fenced, JobContext
from core.models import Job, User
from core.models.jobs import JobState
from core.registry import job_kinds

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# Attempt n waits n times this long after an error that may pass.
RETRY_DELAY = timedelta(seconds=10)
# A waiting job is woken again only when its own message had time to arrive.
WAKE_GRACE = timedelta(seconds=30)
SWEEP_LIMIT = 500
# After a broker did not answer, nobody waits for it again for so long (seconds); the sweep wakes the jobs.
BROKER_PAUSE = 15
CANCELLED = audit.register_action("job.cancel", translation.gettext_lazy("job cancelled"))

_broker_quiet_until = 0


def lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def kind(name: str) -> Callable[[Callable[[JobContext], Any]], Callable[[JobContext], Any]]:
    """Register the decorated function as the handler of a kind of job."""

    def decorate(handler: Callable[[JobContext], Any]) -> Callable[[JobContext], Any]:
        job_kinds.register(name, handler)
        return handler

    return decorate


# --- asking ------------------------------------------------------------------------------------------


def enqueue(
    name: str,
    *,
    arguments: dict[str, Any] | None = None,
    dedupe_key: str = "",
    requested_by: User | None = None,
    due_at: datetime | None = None,
    once: bool = False,
) -> Job:
    """Ask for a job in the caller's transaction; it starts after the commit.

    While a job with the same kind and key waits or runs, that one is returned.  With ``once`` also one that
    has ended, however it did: a key that names a day is then worked off once.
    Raises ``KeyError`` for an unknown kind.
    """
    if name not in job_kinds:
        raise KeyError(f"job kind {name!r} is not registered")
    with transaction.atomic():
        if once and connection.vendor == "postgresql":
            # Another process may enqueue *and finish* between our look and our insert.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_number(f"{name}:{dedupe_key}")])
        job = _insert_or_find(name, arguments or {}, dedupe_key, requested_by, due_at, once)
        if due_at is None or due_at <= timezone.now():
            transaction.on_commit(lambda: wake(job.pk))
    return job


def _lock_number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def _insert_or_find(
    name: str,
    arguments: dict[str, Any],
    dedupe_key: str,
    requested_by: User | None,
    due_at: datetime | None,
    once: bool,
) -> Job:
    same = Job.objects.filter(kind=name, dedupe_key=dedupe_key)
    if not once:
        same = same.filter(state__in=(JobState.QUEUED, JobState.RUNNING))
    while True:
        if dedupe_key and (found := same.first()):
            return found
        try:
            with transaction.atomic():
                return Job.objects.create(
                    kind=name,
                    arguments=arguments,
                    dedupe_key=dedupe_key,
                    requested_by=requested_by,
                    language=translation.get_language() or "",
                    due_at=due_at,
                )
        except IntegrityError:
            # Somebody else's was committed between our look and our insert; it may have ended by now.
            if not dedupe_key or not same.exists():
                open_ones = Job.objects.filter(kind=name, dedupe_key=dedupe_key)
                if not open_ones.exists():
                    raise


def wake(job_id: int) -> None:
    """Tell a worker, or run the job here when there is no queue.  Never raises; costs less than 2 seconds."""
    global _broker_quiet_until
    if current_app.conf.task_always_eager:
        run(job_id)
        return
    if time.monotonic() < _broker_quiet_until:
        return
    try:
        # A connection of its own: the workers' may wait 30 s for an answer, a request must not.
        options = {
            **current_app.conf.broker_transport_options,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "max_retries": 0,
        }
        with current_app.connection_for_write(connect_timeout=1, transport_options=options) as broker:
            current_app.signature("core.run_job", args=[job_id]).apply_async(
                connection=broker, retry=False, ignore_result=True
            )
    except Exception as error:  # whatever a broker does, the job row is safe
        _broker_quiet_until = int(time.monotonic()) + BROKER_PAUSE
        logger.warning("job %s waits for the sweep, the queue does not answer: %s", job_id, error)


# --- running -----------------------------------------------------------------------------------------


def _claimable(now: datetime) -> Q:
    waiting = Q(state=JobState.QUEUED) & (Q(due_at__isnull=True) | Q(due_at__lte=now))
    return waiting | Q(state=JobState.RUNNING, lease_until__lt=now)


def run(job_id: int) -> bool:
    """Claim and do a job; False when there was nothing to claim.  Never raises for what the handler does."""
    now = timezone.now()
    with transaction.atomic():
        claimed = (
            Job.objects.filter(_claimable(now), pk=job_id, attempts__lt=MAX_ATTEMPTS)
            # The language may be changed and the lease taken only here: one UPDATE, one winner.
            .update(
                state=JobState.RUNNING,
                attempts=F("attempts") + 1,
                fence=F("fence") + 1,
                lease_until=now + lease(),
                started_at=now,
                error="",
            )
        )
        if not claimed:
            return False
        job = Job.objects.get(pk=job_id)
    with JobContext(job, lease()) as context, translation.override(job.language or settings.LANGUAGE_CODE):
        _handle(job, context)
    return True


def _handle(job: Job, context: JobContext) -> None:
    try:
        result = job_kinds[job.kind](context)
        if not context.finished:
            with transaction.atomic():
                context.finish(result)
    except Fenced:
        logger.warning("job %s was taken over or cancelled, attempt %s is dropped", job.pk, job.attempts)
    except DomainError as error:
        _end(
            context,
            state=JobState.FAILED,
            error=str(error),
            result={"code": error.code, "errors": _texts(error)},
        )
    except Exception as error:
        logger.exception("job %s (%s), attempt %s", job.pk, job.kind, job.attempts)
        text = _("Something went wrong (%(error)s).") % {"error": type(error).__name__}
        if job.attempts >= MAX_ATTEMPTS:
            _end(context, state=JobState.FAILED, error=text)
        else:
            due_at = timezone.now() + RETRY_DELAY * job.attempts
            _mine(context).update(state=JobState.QUEUED, error=text, due_at=due_at, lease_until=None)


def _mine(context: JobContext) -> "models.QuerySet[Job]":
    return Job.objects.filter(pk=context.job_id, fence=context.fence, state=JobState.RUNNING)


def _end(context: JobContext, **values: Any) -> None:
    _mine(context).update(finished_at=timezone.now(), lease_until=None, **values)


def _texts(error: DomainError) -> list[dict[str, Any]]:
    return [
        {key: value if value is None or isinstance(value, int) else str(value) for key, value in item.items()}
        for item in error.errors
    ]


# --- keeping things going ----------------------------------------------------------------------------


def give_up() -> int:
    """End the jobs whose last attempt broke off without a word; returns how many."""
    now = timezone.now()
    return Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        error=_("Broken off %(times)s times; nothing was changed.") % {"times": MAX_ATTEMPTS},
        finished_at=now,
        lease_until=None,
        fence=F("fence") + 1,
    )


def due(*, grace: timedelta = timedelta(0)) -> list[int]:
    """The jobs to be started now, oldest first, at most ``SWEEP_LIMIT``."""
    now = timezone.now()
    fresh = Q(state=JobState.QUEUED, due_at__isnull=True, created_at__gt=now - grace)
    jobs = Job.objects.filter(_claimable(now), attempts__lt=MAX_ATTEMPTS)
    if grace:
        jobs = jobs.exclude(fresh)
    return list(jobs.order_by("pk").values_list("pk", flat=True)[:SWEEP_LIMIT])


def sweep() -> list[int]:
    """Wake what waits for nobody: messages that were lost, retries, jobs whose worker died."""
    if given_up := give_up():
        logger.error("%s jobs were given up after %s attempts", given_up, MAX_ATTEMPTS)
    jobs = due(grace=WAKE_GRACE)
    for job_id in jobs:
        wake(job_id)
    return jobs


def run_due() -> int:
    """Run every due job in this process until none is left; returns how many ran."""
    give_up()
    ran = 0
    while jobs := [job_id for job_id in due() if run(job_id)]:
        ran += len(jobs)
    return ran


def cancel(job: Job, actor: User | None) -> Job:
    """Cancel a waiting or running job; a worker at it cannot finish.  ``Conflict`` if it has ended."""
    with transaction.atomic():
        changed = Job.objects.filter(pk=job.pk, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
            state=JobState.CANCELLED, fence=F("fence") + 1, finished_at=timezone.now(), lease_until=None
        )
        if not changed:
            raise Conflict("job_ended", _("The job has already ended."))
        audit.record(actor=actor, action=CANCELLED, target=job)
    job.refresh_from_db()
    return job
