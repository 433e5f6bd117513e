"""The jobs that check a whole month again, or compute it beside what is stored; both change no fact.

What they found is kept as a file that no address hands out: it holds everybody's money, and a job's row is
also read by those who look after the system.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core import canonical, jobs
from core.exceptions import NotVisible
from core.files import content_of, file_store, register_kind
from core.job_context import JobContext
from core.models import Job, StoredFile, User
from core.models.jobs import JobState
from core.months import Month
from departments.models import Unit
from opscenter.dashboards.scope import MonthScope, month_scope
from opscenter.dashboards.selectors.jobs import MONTH_COMPARE, MONTH_VERIFY
from opscenter.explain.verification import MonthCheck, NowCompared, month_check, now_compared

#: nobody reads the file by its address
FOUND = register_kind("month_found", lambda reader, stored: False)
KINDS: dict[str, tuple[Any, Callable[..., Any]]] = {
    MONTH_VERIFY: (MonthCheck, month_check),
    MONTH_COMPARE: (NowCompared, now_compared),
}


def _key(kind: str, root: Unit, month: Month) -> str:
    return f"{kind}:{root.pk}:{month}"


def month_job(scope: MonthScope, month: Month, kind: str) -> Job:
    """Ask for the work; one that waits or runs for the same month is given back, whoever asked for it.

    Raises ``NotVisible`` for those who do not read the money of the whole organisation.
    """
    if not scope.sees_money or month not in scope.computed_months:
        raise NotVisible("month")
    return jobs.enqueue(
        kind,
        arguments={"month": str(month), "unit": scope.root.code, "name": f"{scope.root.name} {month}"},
        dedupe_key=_key(kind, scope.root, month),
        requested_by=scope.user,
    )


def month_verify(context: JobContext) -> None:
    """Check the whole month again."""
    _work(context, MONTH_VERIFY)


def month_compare(context: JobContext) -> None:
    """Compute the month from its facts as they are now, beside what is stored."""
    _work(context, MONTH_COMPARE)


def _work(context: JobContext, kind: str) -> None:
    """With the rights that whoever asked has now; the file and the end of the job are one transaction."""
    user, month = context.requested_by, Month.parse(str(context.arguments["month"]))
    if user is None:
        raise NotVisible("month")
    scope = month_scope(user, month, str(context.arguments["unit"]))
    if not scope.sees_money or not scope.computed:
        raise NotVisible("month")
    found = KINDS[kind][1](scope.root, month, context.progress)
    with transaction.atomic():
        stored = file_store(
            owner=None,
            kind=FOUND,
            name=f"{kind}-{scope.root.code}-{month}",
            content=canonical.dump(found),
            content_type="application/octet-stream",
        )
        context.finish({"file": str(stored.key)})


@dataclass(frozen=True)
class Work:
    """The newest job about a month, and what the newest one that ended well found, with its job.

    ``found`` is a ``MonthCheck`` or a ``NowCompared``.
    """

    newest: Job | None
    done: Job | None
    found: Any = None

    @property
    def running(self) -> bool:
        return self.newest is not None and self.newest.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def broken(self) -> Job | None:
        """The newest job, if it failed or was cancelled."""
        ended = self.newest is not None and self.newest.state in (JobState.FAILED, JobState.CANCELLED)
        return self.newest if ended else None

    def asked_by(self, user: User) -> bool:
        """Whether the newest job is the person's own."""
        return self.newest is not None and self.newest.requested_by_id == user.pk


def month_found(scope: MonthScope, month: Month, kind: str) -> Work:
    """What is known of a month, for those who read its money: three queries at most.

    Raises ``NotVisible``.
    """
    if not scope.sees_money:
        raise NotVisible("month")
    rows = Job.objects.filter(kind=kind, dedupe_key=_key(kind, scope.root, month)).select_related(
        "requested_by"
    )
    newest = rows.order_by("-pk").first()
    done = newest
    if newest is not None and newest.state != JobState.DONE:
        done = rows.filter(state=JobState.DONE).order_by("-pk").first()
    stored = StoredFile.objects.filter(kind=FOUND, key=done.result["file"]).first() if done else None
    if stored is None:
        return Work(newest, None)
    try:
        return Work(newest, done, canonical.load(content_of(stored), KINDS[kind][0]))
    except (OSError, NotVisible, ValueError, TypeError):
        # Kept by an earlier version, or gone from the disk: it is asked for again.
        return Work(newest, None)
