"""What the handler of a job is given: arguments, a way to tell progress, and the fence it finishes behind."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from django.db import connection, models, transaction
from django.utils import timezone

from core.models import Job, User
from core.models.jobs import JobState


class Fenced(Exception):
    """The job is no longer this worker's: it was cancelled, or its lease ran out and another one has it."""


class JobContext:
    """One attempt at a job.

    On PostgreSQL a thread with its own connection extends the lease and writes the progress, so both work
    while the handler's transaction is open.  On SQLite, where that transaction holds the only write lock, and
    inside somebody else's transaction, there is no thread: progress is written on the handler's own
    connection (seen by others when the handler commits) and extends the lease; the lease is longer instead.
    """

    def __init__(self, job: Job, lease: timedelta) -> None:
        self.job_id = job.pk
        self.arguments: dict[str, Any] = job.arguments
        self.requested_by: User | None = job.requested_by
        self.attempt = job.attempts
        self.fence = job.fence
        self.finished = False
        self._lease = lease
        self._told: dict[str, Any] = {}
        self._wake, self._stop = threading.Event(), threading.Event()
        aside = connection.vendor == "postgresql" and not connection.in_atomic_block
        self._thread = threading.Thread(target=self._keep, daemon=True) if aside else None

    def __enter__(self) -> Self:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread:
            self._stop.set()
            self._wake.set()
            self._thread.join()

    def _mine(self) -> "models.QuerySet[Job]":
        return Job.objects.filter(pk=self.job_id, fence=self.fence, state=JobState.RUNNING)

    def _keep(self) -> None:
        """The thread: extend the lease three times before it ends, write progress at most twice a second."""
        try:
            while not self._stop.wait(0.5):
                self._wake.wait(self._lease.total_seconds() / 3 - 0.5)
                self._wake.clear()
                told, self._told = self._told, {}
                if self._stop.is_set() or not self._extend(told):
                    return
        finally:
            connection.close()

    def _extend(self, told: dict[str, Any]) -> int:
        return self._mine().update(lease_until=timezone.now() + self._lease, **told)

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Tell how far the job is.  Raises ``Fenced`` where it is noticed that the job was taken away."""
        told = {"progress": done, "total": total, "message": str(message)[:300]}
        if self._thread:
            self._told = told
            self._wake.set()
            if not self._thread.is_alive() and self.cancelled():
                raise Fenced
        elif not self._extend(told):
            raise Fenced

    def cancelled(self) -> bool:
        """Whether the job was cancelled or taken over; a long handler asks now and then."""
        return not self._mine().exists()

    @contextmanager
    def fenced(self) -> Iterator[None]:
        """A transaction that commits only while the job is ours: for handlers that write in several steps."""
        with transaction.atomic():
            yield
            if not self.finished and not self._extend({}):
                raise Fenced

    def finish(self, result: Any = None) -> None:
        """Mark the job done in the handler's transaction, as its last write.

        The work and the mark are committed together or not at all.  Raises ``Fenced`` (let it roll back) when
        the job was taken away, ``RuntimeError`` outside a transaction.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("a job is finished inside the transaction of its work")
        if result is not None and not isinstance(result, dict):
            result = {"value": result}
        told, self._told = self._told, {}
        done = self._mine().update(
            **{**told, "state": JobState.DONE, "result": result or {}, "error": ""},
            finished_at=timezone.now(),
            lease_until=None,
        )
        if not done:
            raise Fenced
        self.finished = True
