"""Asking for the computation of a month, and following and cancelling the job."""

from typing import Any

from django.db.models import QuerySet

from core import jobs
from core.exceptions import NotAllowed, NotVisible
from core.models import Job, User
from core.models.jobs import JobState
from core.money import ratio, round_rate
from core.months import Month
from departments.models import Unit
from departments.permissions import reach_of
from incentives.jobs import ROLL_UP
from opscenter.dashboards.acts import may_roll_up
from opscenter.dashboards.scope import MonthScope

ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def roll_up_request(scope: MonthScope) -> Job:
    """Ask for the month to be computed; a job that waits or runs already is returned."""
    if not may_roll_up(scope):
        raise NotAllowed("month.roll_up")
    return jobs.enqueue(
        ROLL_UP,
        arguments={"month": str(scope.month), "unit": scope.root.code},
        dedupe_key=f"{ROLL_UP}:{scope.month}:{scope.root.code}",
        requested_by=scope.user,
    )


def job_shown(user: User, pk: int) -> Job:
    """A job that the person asked for, or a computation of an organisation they may compute themselves."""
    rows: QuerySet[Job] = Job.objects.select_related("requested_by").filter(pk=pk)
    job = rows.first()
    if job is None or not (job.requested_by_id == user.pk or _may_compute(user, job)):
        raise NotVisible("job")
    return job


def _may_compute(user: User, job: Job) -> bool:
    reach = reach_of(user)
    if reach.everything:
        return True
    code = job.arguments.get("unit")
    if job.kind != ROLL_UP or not code:
        return False
    root = Unit.objects.without_tree_fields().visible_to(user).filter(code=code).first()
    return root is not None and reach.allows("month.roll_up", root.pk)


def job_context(job: Job) -> dict[str, Any]:
    """What the page of a job shows; ``unit`` and ``month`` lead back to what it is about."""
    share = ratio(job.progress, job.total) if job.total else None
    text = str(job.arguments.get("month", ""))
    try:
        month = Month.parse(text) if text else None
    except ValueError:
        month = None
    return {
        "job": job,
        "ended": job.state in ENDED,
        "share": None if share is None else round_rate(share),
        "month": month,
        "unit_code": job.arguments.get("unit", ""),
    }
