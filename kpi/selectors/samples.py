"""Samples of log rows: what could be drawn, what was drawn, what it says."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from core.exceptions import NotVisible
from core.models import User
from core.months import Month
from departments.models import Unit
from departments.permissions import reach_of
from departments.selectors import UnitTree, unit_tree
from kpi.calculations.risk import Risk
from kpi.calculations.sampling import Conclusion, conclusion, sample_size
from kpi.models import LogEntry, LogSample, LogStatus, MonthPolicy
from kpi.selectors import month_policies
from kpi.selectors.verification import ACT, rows_waiting

#: so many rows a sample speaks for at most; a larger unit draws one for each of its parts
MOST_ROWS = 20_000


def verified_unit(user: User, code: str) -> Unit:
    """A unit in which the person verifies.  Raises ``NotVisible`` for any other."""
    units: Any = Unit.objects.without_tree_fields().visible_to(user)
    unit: Unit | None = units.filter(code=code).select_related("root").first()
    if unit is None or not reach_of(user).allows(ACT, unit.pk):
        raise NotVisible("unit")
    return unit


def policy_of(unit: Unit, day: date) -> MonthPolicy:
    """The month settings that hold for a unit on a day."""
    return month_policies(unit_tree(day), [unit.pk], day)[unit.pk]


def open_population(
    user: User, unit: Unit, month: Month, tree: UnitTree | None = None
) -> "QuerySet[LogEntry]":
    """The waiting rows of a unit and month, whatever their risk."""
    below = (tree or unit_tree(month.last)).subtree(unit.pk)
    return rows_waiting(user).filter(
        root_id=unit.root_id or unit.pk, month=month.first, staff__unit_id__in=below
    )


def quiet_rows(rows: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
    """Those that were looked at without finding anything: what a sample may speak for."""
    return rows.filter(risk=int(Risk.LOOKED))


@dataclass(frozen=True)
class Proposal:
    """What could be drawn now: ``flagged`` rows have to be looked at one by one, ``fresh`` ones of the
    population were not looked at yet.  ``too_many``: the counts end at ``MOST_ROWS``.
    """

    population: int
    flagged: int
    fresh: int
    size: int

    @property
    def too_many(self) -> bool:
        return self.population > MOST_ROWS


def proposal(user: User, unit: Unit, month: Month) -> Proposal:
    """Counted as far as a sample may reach; rows not looked at yet are looked at when it is drawn."""
    tree = unit_tree(month.last)
    policy = month_policies(tree, [unit.pk], month.last)[unit.pk]
    rows = open_population(user, unit, month, tree).order_by()
    counted = (
        rows.filter(risk__lte=int(Risk.LOOKED))
        .values("pk", "risk")[: MOST_ROWS + 1]
        .aggregate(all=Count("pk"), fresh=Count("pk", filter=Q(risk=0)))
    )
    flagged = rows.filter(risk__gt=int(Risk.LOOKED)).values("pk")[: MOST_ROWS + 1].count()
    population, fresh = counted["all"], counted["fresh"]
    size = sample_size(population, policy.sample_rate, policy.sample_min) if population else 0
    return Proposal(population, flagged, fresh, size)


@dataclass(frozen=True)
class SamplePage:
    """A sample with its rows; ``left`` rows of it wait; ``conclusion`` once none does."""

    sample: LogSample
    rows: list[LogEntry]
    accepted: int
    rejected: int
    left: int
    rest: int
    limit: Any
    conclusion: Conclusion | None


def sample_page(user: User, sample: LogSample) -> SamplePage:
    """Everything a sample's page shows: four queries."""
    rows = list(
        LogEntry.objects.filter(pk__in=sampled(sample).values("entry"))
        .select_related("staff__unit", "platform")
        .order_by("date", "pk")
    )
    states = Counter(row.status for row in rows)
    policy = policy_of(sample.unit, sample.month)
    left = states[LogStatus.SUBMITTED]
    said = None
    if not left:
        said = conclusion(sample.population, len(rows), states[LogStatus.REJECTED], policy.accept_bound)
    return SamplePage(
        sample=sample,
        rows=rows,
        accepted=states[LogStatus.VALID],
        rejected=states[LogStatus.REJECTED],
        left=left,
        rest=rest_of(user, sample).count(),
        limit=policy.accept_bound,
        conclusion=said,
    )


def sampled(sample: LogSample) -> "QuerySet[Any]":
    """The rows that were drawn."""
    return sample.rows.filter(place__lte=F("sample__size"))


def rest_of(user: User, sample: LogSample) -> "QuerySet[LogEntry]":
    """The rows that were not drawn and still wait."""
    others = sample.rows.filter(place__gt=sample.size).values("entry")
    return rows_waiting(user).filter(pk__in=others)


def sample_seen(user: User, pk: int) -> LogSample:
    """Raises ``NotVisible`` for a sample that is missing or of a unit where the person does not verify."""
    reach = reach_of(user)
    sample: LogSample | None = (
        LogSample.objects.select_related("unit", "drawn_by", "concluded_by").filter(pk=pk).first()
    )
    if sample is None or not reach.allows(ACT, sample.unit_id):
        raise NotVisible("sample")
    return sample


def samples_seen(user: User) -> "QuerySet[LogSample]":
    """The samples of the units where the person verifies, newest first."""
    reach = reach_of(user)
    rows = LogSample.objects.select_related("unit", "drawn_by", "concluded_by")
    return rows if reach.everything else rows.filter(unit_id__in=reach.units_for(ACT))
