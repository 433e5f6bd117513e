"""The board and the calendar of campaigns."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from campaigns.models import (
    COUNTED_STATES,
    Campaign,
    CampaignChange,
    CampaignState,
    CampaignTask,
    Channel,
    ChannelDay,
    ChannelKind,
)
from campaigns.selectors.readable import terms_shown
from core.models import User
from core.months import Month, days
from departments.models import Unit
from departments.permissions import reach_of

#: cards of one column; the list has them all
CARDS = 30
#: rows read for a board or a month of the calendar
MOST = 400

COLUMNS: tuple[tuple[CampaignState, ...], ...] = (
    (CampaignState.DRAFT, CampaignState.RETURNED),
    (CampaignState.SUBMITTED,),
    (CampaignState.APPROVED,),
    (CampaignState.RUNNING,),
    (CampaignState.REVIEWED,),
    (CampaignState.CLOSED,),
)


@dataclass(frozen=True)
class BoardFilter:
    """What a board shows; a blank part leaves all.  ``unit`` is a code, with everything below it."""

    unit: str = ""
    month: Month | None = None
    type: str = ""


@dataclass(frozen=True)
class Column:
    """One state; ``hidden``: how many cards more there are."""

    state: CampaignState
    cards: list[Campaign]
    hidden: int


def _count(rows: "QuerySet[Any]", of: str = "campaign") -> Coalesce:
    counted = rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_counts(campaigns: "QuerySet[Any]", today: date) -> "QuerySet[Any]":
    """Adds ``tasks``, ``done``, ``overdue`` and ``waiting`` (changes that nobody has decided)."""
    return campaigns.annotate(
        tasks_all=_count(CampaignTask.objects.all()),
        tasks_done=_count(CampaignTask.objects.filter(done_at__isnull=False)),
        tasks_overdue=_count(CampaignTask.objects.filter(done_at__isnull=True, due__lt=today)),
        changes_waiting=_count(CampaignChange.objects.filter(decision__isnull=True)),
    )


def campaign_rows(user: User, wanted: BoardFilter) -> "QuerySet[Any]":
    """The campaigns a person sees, filtered."""
    rows: Any = Campaign.objects.visible_to(user).select_related("unit", "author")
    if wanted.unit:
        rows = rows.filter(unit_id__in=units_below(user, wanted.unit))
    if wanted.month:
        rows = in_month(rows, wanted.month)
    if wanted.type:
        rows = rows.filter(type=wanted.type)
    return rows


def in_month(rows: Any, month: Month) -> Any:
    """Those that run on some day of the month."""
    return rows.filter(start__lte=month.last, end__gte=month.first)


def with_text(rows: Any, text: str) -> Any:
    """Those with a text in their name or code."""
    return rows.filter(Q(name__icontains=text) | Q(code__icontains=text))


def units_below(user: User, code: str) -> set[int]:
    """The unit with a code, and everything below it; nothing for a unit the person does not see."""
    units = Unit.objects.without_tree_fields().visible_to(user)
    children: dict[int | None, list[int]] = defaultdict(list)
    top = None
    for pk, parent, own in units.values_list("pk", "parent_id", "code"):
        children[parent].append(pk)
        top = pk if own == code else top
    found: set[int] = set()
    queue = [] if top is None else [top]
    while queue:
        unit = queue.pop()
        found.add(unit)
        queue.extend(child for child in children[unit] if child not in found)
    return found


def board(user: User, wanted: BoardFilter, today: date) -> list[Column]:
    """The campaigns by state: one query beside the filter.

    Without a month: all that need something done, and of the approved and closed ones those that ended in
    the month before, or later.
    """
    rows = campaign_rows(user, wanted)
    if wanted.month is None:
        since = Month.of(today).plus(-1).first
        settled = (CampaignState.APPROVED, CampaignState.CLOSED)
        rows = rows.filter(Q(end__gte=since) | ~Q(status__in=settled))
    by_state: Mapping[str, list[Campaign]] = defaultdict(list)
    for campaign in with_counts(rows, today).order_by("start", "code")[:MOST]:
        by_state[campaign.status].append(campaign)
    columns = []
    for states in COLUMNS:
        cards = [card for state in states for card in by_state[state]]
        columns.append(Column(states[0], cards[:CARDS], max(0, len(cards) - CARDS)))
    return columns


@dataclass(frozen=True)
class CalendarDay:
    """A day of the calendar with the campaigns on it; ``within``: it belongs to the month."""

    day: date
    within: bool
    campaigns: list[Campaign]


def calendar_weeks(user: User, wanted: BoardFilter, month: Month) -> list[list[CalendarDay]]:
    """The weeks of a month, Monday first, with the campaigns of each day: one query beside the filter."""
    first = month.first - timedelta(days=month.first.weekday())
    last = month.last + timedelta(days=6 - month.last.weekday())
    on: dict[date, list[Campaign]] = defaultdict(list)
    rows = campaign_rows(user, BoardFilter(wanted.unit, None, wanted.type))
    for campaign in rows.filter(start__lte=last, end__gte=first).order_by("start", "code")[:MOST]:
        for day in days(max(first, campaign.start), min(last, campaign.end)):
            on[day].append(campaign)
    cells = [CalendarDay(day, day in month, on[day]) for day in days(first, last)]
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def both_ways(user: User, unit: str, month: Month) -> list[Campaign]:
    """The approved campaigns of a month that reach people online and offline: three queries.

    A channel counts when it is planned, or when it has a daily result.  Rule: HT-03, HT-09.
    """
    rows: Any = campaign_rows(user, BoardFilter(unit)).filter(month=month.first, status__in=COUNTED_STATES)
    campaigns = list(rows.order_by("start", "code")[:MOST])
    kinds = dict(Channel.objects.values_list("code", "kind"))
    found: dict[int, set[str]] = {one.pk: {kinds.get(code, "") for code in one.channels} for one in campaigns}
    days = ChannelDay.objects.filter(campaign__in=found).order_by()
    for campaign, kind in days.values_list("campaign_id", "channel__kind").distinct():
        found[campaign].add(kind)
    return [one for one in campaigns if found[one.pk].issuperset(ChannelKind.values)]


def unit_options(user: User, act: str = "") -> list[tuple[str, str]]:
    """Units to choose from, code and name: those one sees, or those on which one may do ``act``."""
    reach = reach_of(user)
    units: Any = Unit.objects.without_tree_fields().visible_to(user)
    if not reach.everything:
        units = units.filter(pk__in=reach.units_for(act) if act else reach.units)
    return list(units.order_by("root__code", "code").values_list("code", "name"))


def list_rows(user: User, today: date) -> "QuerySet[Any]":
    """Every campaign a person sees, with what the list shows of it; ``budget_shown`` as on its page."""
    rows = with_counts(Campaign.objects.visible_to(user), today)
    return rows.select_related("unit", "author").annotate(
        budget_shown=Case(When(terms_shown(user), then=F("budget")))
    )
