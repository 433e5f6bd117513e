"""The job that replays a draft on many months; its result is shown on a page and changes no fact."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import jobs
from core.exceptions import NotVisible, RuleViolation
from core.job_context import JobContext
from core.models import Job, User
from core.months import Month
from departments.models import RuleDraft
from opscenter.dashboards.selectors.jobs import RULE_REPLAY
from opscenter.whatif.replays import draft_to_replay, replayed


def replay_request(user: User, draft: RuleDraft, months: list[Month]) -> Job:
    """Ask for the replay; one that waits or runs with the same months is given back."""
    names = [str(month) for month in sorted(months)]
    return jobs.enqueue(
        RULE_REPLAY,
        arguments={"draft": draft.pk, "months": names, "name": draft.name},
        dedupe_key=f"{RULE_REPLAY}:{draft.pk}:{user.pk}:{','.join(names)}",
        requested_by=user,
    )


def replay_draft(context: JobContext) -> None:
    """Replay the draft with the rights of whoever asked."""
    if context.requested_by is None:
        raise RuleViolation("no_reader", _("A replay is made for a person, who may see it."))
    draft = draft_to_replay(context.requested_by, int(context.arguments["draft"]))
    months = [Month.parse(text) for text in context.arguments["months"]]
    found = replayed(context.requested_by, draft, months, context.progress)
    with transaction.atomic():
        context.finish(found)


def replay_job(user: User, pk: int) -> Job:
    """A replay that the person asked for.  Raises ``NotVisible``."""
    rows: Any = Job.objects.filter(kind=RULE_REPLAY, requested_by=user)
    job: Job | None = rows.filter(pk=pk).first()
    if job is None:
        raise NotVisible("job")
    return job
