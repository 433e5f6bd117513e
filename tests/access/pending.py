"""What waits in the world for somebody's decision, or was worked out for one person alone."""

from datetime import date
from typing import Any
from uuid import UUID

from campaigns.models import Campaign, Plan
from campaigns.services.changes import change_propose
from campaigns.services.terms import names_of
from core.models import Job
from core.models.jobs import JobState
from core.months import Month
from departments.models import RuleDraft, Unit
from opscenter.dashboards.selectors.jobs import RULE_REPLAY
from opscenter.whatif.replays import draft_to_replay, replayed
from tests.people import People

SEPTEMBER = {"start": date(2024, 9, 1), "end": date(2024, 9, 30)}


def changes(people: People) -> dict[str, Any]:
    """An approved plan and an approved campaign of co-a, each with a change by its leader.  Ids by name."""
    leader = people.user("leader")
    made: dict[str, Any] = {
        "root": people.root, "unit": Unit.objects.get(code="co-a"), "author": leader, "status": "approved",
        "submitted_by": leader, "approved_by": people.user("director"), **SEPTEMBER,
    }  # fmt: skip
    plan = Plan.objects.create(name="九月", horizon="month", **made)
    campaign = Campaign.objects.create(
        code="c-held", name="九月活动", month=SEPTEMBER["start"], type="weekend", scale="small",
        stores=["st-a"], **made,
    )  # fmt: skip
    ids: dict[str, Any] = {"plan-held": plan.pk}
    for name, subject in (("plan-change", plan), ("campaign-change", campaign)):
        key = UUID("99999999-9999-4999-8999-999999999999")
        change: Any = change_propose(
            type(subject),
            actor=leader,
            pk=subject.pk,
            terms={**{term: getattr(subject, term) for term in names_of(subject)}, "end": date(2024, 9, 29)},
            reason="场地只到 29 日",
            key=key,
        )
        ids[name] = change.pk
    return ids


def replay(people: People, draft_id: int, month: Month) -> dict[str, Any]:
    """A replay that the director asked for, as its job leaves it."""
    director = people.user("director")
    draft: RuleDraft = draft_to_replay(director, draft_id)
    job = Job.objects.create(
        kind=RULE_REPLAY,
        arguments={"draft": draft.pk, "months": [str(month)], "name": draft.name},
        requested_by=director,
        state=JobState.DONE,
        result=replayed(director, draft, [month], lambda _done, _total: None),
    )
    return {"replay": job.pk}
