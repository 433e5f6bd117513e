"""What waits for a person besides their own work: decisions that are theirs to make, each with its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignChange, CampaignState, Plan, PlanChange
from core.models import User
from core.months import Month
from departments.models import DraftState, Period, RuleDraft
from departments.permissions import Reach, reach_of
from incentives.models import Finding, FindingStatus
from kpi.models import Appeal, AppealState
from kpi.selectors.points import points_waiting
from kpi.selectors.verification import rows_waiting
from opscenter.dashboards.acts import ACTS

#: an older month is looked for on its page
MONTHS_BACK = 3


@dataclass(frozen=True)
class Waiting:
    """``count``: how many; ``None`` where it is one thing, or where counting would take long."""

    label: str | Promise
    icon: str
    url: str
    count: int | None = None


def waiting_for(user: User, today: date) -> list[Waiting]:
    """The decisions that wait for the person: two queries, none for those without a right to decide."""
    reach = reach_of(user)
    lines = {**_steps(reach, today), **dict(_decisions(user, reach))}
    if not lines:
        return []
    asked = {name: expression for name, (_line, expression) in lines.items()}
    found: dict[str, Any] = User.objects.filter(pk=user.pk).values(**asked).get()  # type: ignore[assignment]
    waiting = []
    for name, (line, _expression) in lines.items():
        if isinstance(found[name], date):
            waiting.append(line(Month.of(found[name])))
        elif found[name]:
            count = None if found[name] is True else found[name]
            waiting.append(line(count))
    return waiting


def _steps(reach: Reach, today: date) -> dict[str, Any]:
    """For each step on a month that the person may take: the oldest of the last months that waits for it."""
    running = Month.of(today)
    rows = Period.objects.filter(month__lt=running.first, month__gte=running.plus(-MONTHS_BACK).first)
    found: dict[str, Any] = {}
    for act in ACTS.values():
        if reach.allows(act.right):
            mine = rows.filter(state=act.source)
            if not reach.everything:
                mine = mine.filter(root_id__in=reach.units_for(act.right))

            def line(month: Month, act: Any = act) -> Waiting:
                label = _("%(month)s: %(step)s") % {"month": month, "step": act.label}
                return Waiting(label, act.icon, reverse("month:show", args=[month]))

            found[f"step_{act.name}"] = line, Subquery(mine.order_by("month").values("month")[:1])
    return found


def _decisions(user: User, reach: Reach) -> Iterator[tuple[str, Any]]:
    if reach.allows("log.verify"):
        # Whether any waits: counting those of a large unit takes long, and the queue tells.
        yield (
            "logs",
            (
                _line(_("Log rows to verify"), "list-checks", reverse("verification:queue")),
                Exists(rows_waiting(user).order_by()),
            ),
        )
    if reach.allows("rating.enter"):
        appeals = Appeal.objects.visible_to(user).filter(state=AppealState.OPEN)
        if reach.staff_id is not None:
            appeals = appeals.exclude(staff_id=reach.staff_id)
        url = f"{reverse('assessment:appeals')}?state=open"
        yield "appeals", (_line(_("Appeals to answer"), "message-square-warning", url), _count(appeals))
    if reach.allows("points.approve"):
        url = reverse("assessment:points")
        yield "points", (_line(_("Points to approve"), "badge-plus", url), _count(points_waiting(user)))
    if reach.allows("finding.confirm"):
        rows = Finding.objects.visible_to(user).filter(status=FindingStatus.PROPOSED)
        url = f"{reverse('findings:list')}?status=proposed"
        yield "findings", (_line(_("Findings to confirm"), "flag", url), _count(rows))
    if reach.allows("rules.edit"):
        drafts = RuleDraft.objects.visible_to(user).filter(state=DraftState.SUBMITTED).exclude(author=user)
        url = f"{reverse('rules:list')}?state=draft"
        yield "drafts", (_line(_("Rules to activate"), "scale", url), _count(drafts))
    if reach.allows("campaign.approve"):
        yield from _approvals(user, reach)


def _approvals(user: User, reach: Reach) -> Iterator[tuple[str, Any]]:
    """Campaigns, plans and changes of either that somebody else submitted.  Rule: KQ-03, KQ-04."""
    plans, board = reverse("campaigns:plans"), reverse("campaigns:board")
    mine = Q() if reach.everything else Q(unit_id__in=reach.units_for("campaign.approve"))
    for name, model, label, icon, url in (
        ("campaigns", Campaign, _("Campaigns to approve"), "megaphone", board),
        ("plans", Plan, _("Plans to approve"), "folder-tree", plans),
    ):
        seen: Any = model.objects.visible_to(user).filter(mine)
        rows = seen.filter(status=CampaignState.SUBMITTED)
        for own in ("author", "edited_by", "submitted_by"):
            rows = rows.exclude(**{own: user})
        yield name, (_line(label, icon, url), _count(rows))
    campaigns = Campaign.objects.visible_to(user).filter(mine).order_by().values("pk")
    changes = CampaignChange.objects.filter(decision__isnull=True, campaign__in=campaigns)
    yield (
        "campaign_changes",
        (
            _line(_("Changes of campaigns to approve"), "pencil", board),
            _count(changes.exclude(proposed_by=user)),
        ),
    )
    of_plans = PlanChange.objects.filter(
        decision__isnull=True, plan__in=Plan.objects.visible_to(user).filter(mine).order_by().values("pk")
    )
    yield (
        "plan_changes",
        (
            _line(_("Changes of plans to approve"), "pencil", plans),
            _count(of_plans.exclude(proposed_by=user)),
        ),
    )


def _line(label: str | Promise, icon: str, url: str) -> Any:
    return lambda count: Waiting(label, icon, url, count)


def _count(rows: "QuerySet[Any]") -> Coalesce:
    """The number of rows as a part of another query."""
    one = rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
    counted = one.annotate(many=Count("pk", distinct=True)).values("many")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
