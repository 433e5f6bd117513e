"""The tree of plans, one plan, and the lessons that the next one starts from.  Rule: KQ-03, KQ-05."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from campaigns.models import (
    Campaign,
    CampaignState,
    Change,
    Channel,
    Flow,
    Plan,
    PlanChange,
    ResearchNote,
)
from campaigns.selectors.changes import ChangeLine, change_lines
from campaigns.selectors.results import GoalLine, Results, computed_figures, goal_lines, results_of
from campaigns.selectors.returned import returned_because
from core.exceptions import NotVisible
from core.models import AuditEvent, User

LEARNED = (CampaignState.REVIEWED, CampaignState.CLOSED)
MOST = 500


@dataclass
class Branch:
    """A plan with the plans and campaigns below it; ``planned``: the sum of their budgets where known."""

    plan: Plan
    parts: list["Branch"] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)

    @property
    def planned(self) -> Decimal | None:
        below: list[Any] = [
            *(part.plan.budget for part in self.parts),
            *(one.budget for one in self.campaigns),
        ]
        known = [budget for budget in below if budget is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def overspent(self) -> bool:
        """Whether what is planned below needs more than the plan has."""
        planned = self.planned
        return planned is not None and self.plan.budget is not None and planned > self.plan.budget

    def campaign_ids(self) -> list[int]:
        return [one.pk for one in self.campaigns] + [pk for part in self.parts for pk in part.campaign_ids()]


@dataclass(frozen=True)
class PlanTree:
    """The plans of a year, and the campaigns of it that belong to none."""

    top: list[Branch]
    loose: list[Campaign]
    years: list[int]


def _branches(plans: list[Plan], campaigns: list[Campaign]) -> dict[int, Branch]:
    """Every plan's branch; a plan whose parent is not seen stands at the top."""
    branches = {plan.pk: Branch(plan) for plan in plans}
    for plan in plans:
        if plan.parent_id in branches:
            branches[plan.parent_id].parts.append(branches[plan.pk])
    for campaign in campaigns:
        if campaign.planned_in_id in branches:
            branches[campaign.planned_in_id].campaigns.append(campaign)
    return branches


def plan_tree(user: User, year: int) -> PlanTree:
    """The tree of a year: four queries."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    seen: Any = Plan.objects.visible_to(user)
    waiting = PlanChange.objects.filter(plan=OuterRef("pk"), decision__isnull=True)
    plans = list(
        seen.filter(start__lte=last, end__gte=first)
        .annotate(change_waits=Exists(waiting))
        .select_related("unit")[:MOST]
    )
    rows: Any = Campaign.objects.visible_to(user)
    campaigns = list(
        rows.filter(start__lte=last, end__gte=first).select_related("unit").order_by("start", "code")[:MOST]
    )
    branches = _branches(plans, campaigns)
    years = {day.year for day in seen.order_by().values_list("start", flat=True).distinct()[:MOST]}
    return PlanTree(
        top=[branch for branch in branches.values() if branch.plan.parent_id not in branches],
        loose=[one for one in campaigns if one.planned_in_id not in branches],
        years=sorted(years | {year}),
    )


@dataclass(frozen=True)
class PlanPage:
    """A plan with everything on its page.  ``above``: the plans it is part of, the widest first."""

    plan: Plan
    above: list[Plan]
    branch: Branch
    notes: list[ResearchNote]
    changes: list[ChangeLine]
    results: Results
    goals: list[GoalLine]
    channels: list[str]
    returned: AuditEvent | None

    @property
    def waiting(self) -> ChangeLine | None:
        return next((line for line in self.changes if line.waits), None)


PEOPLE = ("author", "edited_by", "submitted_by", "approved_by", "reviewed_by", "closed_by")


def plan_seen(user: User, pk: int) -> Plan:
    """A plan.  Raises ``NotVisible``."""
    plan: Plan | None = (
        Plan.objects.visible_to(user).select_related("unit", "parent", *PEOPLE).filter(pk=pk).first()
    )
    if plan is None:
        raise NotVisible("plan")
    return plan


def plan_page(user: User, pk: int, today: date) -> PlanPage:
    """A plan's page, in a fixed number of queries.  Raises ``NotVisible``."""
    plan = plan_seen(user, pk)
    seen: Any = Plan.objects.visible_to(user).filter(root_id=plan.root_id)
    plans = list(
        seen.filter(Q(start__lte=plan.end, end__gte=plan.start) | Q(pk=plan.pk)).select_related("unit")[:MOST]
    )
    below = _below(plan, plans)
    rows: Any = Campaign.objects.visible_to(user).filter(planned_in_id__in=below)
    branches = _branches(plans, list(rows.select_related("unit").order_by("start", "code")[:MOST]))
    branch = branches[plan.pk]
    campaigns = branch.campaign_ids()
    results = results_of(campaigns)
    known = {one.pk: one for one in plans}
    above: list[Plan] = []
    at = known.get(plan.parent_id or 0)
    while at is not None and at not in above:
        above.insert(0, at)
        at = known.get(at.parent_id or 0)
    changes: list[Change] = list(
        PlanChange.objects.filter(plan=plan).select_related("proposed_by", "decided_by")
    )
    figures = computed_figures(campaigns, results.total)
    return PlanPage(
        plan=plan,
        above=above,
        branch=branch,
        notes=list(ResearchNote.objects.filter(plan=plan).select_related("author")),
        changes=change_lines(changes, Plan, plan.start),
        results=results,
        goals=goal_lines(plan, figures, plan.start, plan.end, today),
        channels=names_of(Channel, plan.channels),
        returned=returned_because(plan),
    )


def names_of(model: type[Any], codes: list[str]) -> list[str]:
    """The names of stores or channels, in the order of their codes; ``*`` is left to the page."""
    if not codes or codes == ["*"]:
        return []
    return list(model.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True))


def _below(plan: Plan, plans: list[Plan]) -> set[int]:
    """The plan and all plans below it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for one in plans:
        children[one.parent_id].append(one.pk)
    found, queue = {plan.pk}, [plan.pk]
    while queue:
        for child in children[queue.pop()]:
            if child not in found:
                found.add(child)
                queue.append(child)
    return found


def lessons_for(user: User, model: type[Flow], **like: Any) -> Any:
    """The latest plan or campaign of the kind that has been reviewed: its lessons are where the next one
    starts.  ``None`` when there is none.  Rule: KQ-05.
    """
    rows: Any = model._default_manager
    return (
        rows.visible_to(user)
        .filter(status__in=LEARNED, **like)
        .exclude(lessons="")
        .order_by("-end", "-pk")
        .first()
    )


def parent_options(user: User, horizons: tuple[str, ...] = ()) -> Any:
    """Plans that a plan or a campaign may be part of: those that are not closed."""
    rows: Any = Plan.objects.visible_to(user).exclude(status=CampaignState.CLOSED)
    return rows.filter(horizon__in=horizons) if horizons else rows
