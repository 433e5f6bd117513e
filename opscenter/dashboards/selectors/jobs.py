"""Which jobs a person sees, and what the page of one shows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.exports.jobs import PLATFORM_EXPORT
from core.exceptions import NotVisible
from core.interchange.jobs import IMPORT
from core.jobs import MAX_ATTEMPTS
from core.models import Job, User
from core.models.jobs import JobState
from core.money import ratio, round_rate
from core.months import Month
from departments.models import Unit
from departments.permissions import reach_of
from incentives.jobs import ROLL_UP

ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
TABLE_EXPORT = "table_export"
REMIND = "remind"
RULE_REPLAY = "rule_replay"
MONTH_VERIFY, MONTH_COMPARE = "month_verify", "month_compare"
IMPORT_KINDS = (IMPORT, PLATFORM_EXPORT)


@dataclass(frozen=True)
class KindWords:
    """A kind of job in words: its name, what one of its steps is, and what has happened when it is done."""

    name: str | Promise
    step: str | Promise
    done: str | Promise


OTHER_KIND = KindWords(_("Job"), _("steps"), _("The job is done."))
WORDS = {
    ROLL_UP: KindWords(
        _("Computation"), _("people"), _("The month is computed; every figure is up to date.")
    ),
    IMPORT: KindWords(_("Import"), _("tables"), _("The file has been read.")),
    PLATFORM_EXPORT: KindWords(_("Import of a platform export"), _("tables"), _("The file has been read.")),
    TABLE_EXPORT: KindWords(_("Export"), _("tables"), _("The workbook is ready.")),
    RULE_REPLAY: KindWords(
        _("Replay of a draft"), _("months"), _("The draft was replayed; nothing was changed.")
    ),
    MONTH_VERIFY: KindWords(
        _("Verification of a month"), _("checks"), _("The month was checked; nothing was changed.")
    ),
    MONTH_COMPARE: KindWords(
        _("A month beside its facts now"), _("steps"), _("The month was compared; nothing was changed.")
    ),
    REMIND: KindWords(_("Reminders"), _("messages"), _("The reminders were sent.")),
}


def words_of(job: Job) -> KindWords:
    return WORDS.get(job.kind, OTHER_KIND)


def job_rows(user: User) -> "QuerySet[Job]":
    """One's own jobs, and those asked for by people on whose units one looks after the system."""
    rows = Job.objects.select_related("requested_by")
    reach = reach_of(user)
    if reach.everything:
        return rows
    return rows.filter(
        Q(requested_by=user) | Q(requested_by__staff__unit_id__in=reach.units_for("jobs.read"))
    )


def job_shown(user: User, pk: int) -> Job:
    """A job of the list, or a computation of an organisation the person may compute themselves."""
    job = Job.objects.select_related("requested_by").filter(pk=pk).first()
    if job is None or not (_may_compute(user, job) or job_rows(user).filter(pk=pk).exists()):
        raise NotVisible("job")
    return job


def _may_compute(user: User, job: Job) -> bool:
    code = job.arguments.get("unit")
    if job.kind != ROLL_UP or not code:
        return False
    root = Unit.objects.without_tree_fields().visible_to(user).filter(code=code).first()
    return root is not None and reach_of(user).allows("month.roll_up", root.pk)


def duration(job: Job) -> timedelta | None:
    """From its last start to its end, to the second; ``None`` while it has not ended."""
    if job.started_at is None or job.finished_at is None:
        return None
    return timedelta(seconds=int((job.finished_at - job.started_at).total_seconds()))


def job_context(job: Job) -> dict[str, Any]:
    """What the page of a job shows; ``back_url`` leads to what it is about."""
    share = ratio(job.progress, job.total) if job.total else None
    text = str(job.arguments.get("month", "")) if job.kind == ROLL_UP else ""
    try:
        month = Month.parse(text) if text else None
    except ValueError:
        month = None
    unit_code = str(job.arguments.get("unit", ""))
    back_url = ""
    back_label: str | Promise = ""
    if month:
        back_url = f"{reverse('month:show', args=[month])}?unit={unit_code}"
        back_label = _("To the month")
    elif job.kind in IMPORT_KINDS:
        back_url, back_label = reverse("data:import_show", args=[job.pk]), _("To the import")
    elif job.kind == RULE_REPLAY and job.state == JobState.DONE:
        back_url, back_label = reverse("whatif:replayed", args=[job.pk]), _("To the result")
    elif job.kind == MONTH_VERIFY:
        back_url = f"{reverse('explain:verify', args=[job.arguments['month']])}?unit={unit_code}"
        back_label = _("To the month")
    elif job.kind == MONTH_COMPARE:
        query = f"?unit={unit_code}&before={job.arguments['month']}&after=now"
        back_url, back_label = reverse("explain:compare") + query, _("To the result")
    elif job.kind == TABLE_EXPORT and job.state == JobState.DONE:
        back_url, back_label = reverse("file", args=[job.result["file"]]), _("Download")
    return {
        "job": job,
        "words": words_of(job),
        "ended": job.state in ENDED,
        "share": None if share is None else round_rate(share),
        "duration": duration(job),
        "retrying": job.state == JobState.QUEUED and job.attempts > 0,
        "max_attempts": MAX_ATTEMPTS,
        "month": month,
        "back_url": back_url,
        "back_label": back_label,
    }
