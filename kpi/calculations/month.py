"""A month of a whole organisation: everybody's attainment under every rule, and everybody's score.

Rule: calculation.md §1 and §2.  ``AssessmentFacts`` is all that enters; it is what a settlement freezes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.months import Month
from core.workdays import WorkCalendar
from kpi.calculations.attainment import Attainment, RuleMonth, attain
from kpi.calculations.rules import Platform, RuleBook, RuleVersion, applicable_rules
from kpi.calculations.schemes import Scheme
from kpi.calculations.scores import MetricValue, Point, Score, score
from kpi.calculations.service import (
    Assignment,
    Leave,
    Path,
    Service,
    employed_span,
    in_service,
    leave_days,
    placements,
    proration,
)
from kpi.calculations.slots import MonthDays
from kpi.calculations.subjects import Output, PersonMonth


@dataclass(frozen=True, slots=True)
class PlacedAssignment:
    """Where somebody works from ``start`` to ``end``; ``position`` is a code."""

    start: date
    end: date | None
    unit: int
    position: str = ""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person of the month.  ``unit`` and ``position`` hold without assignments;
    leave is what reduces targets.
    """

    key: int
    staff_no: str
    unit: int
    position: str
    joined: date
    left: date | None
    bonus_base: Decimal | None
    assignments: tuple[PlacedAssignment, ...] = ()
    leaves: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    """A scheme as set by a unit, for one position or (empty) for all."""

    key: int
    scheme: Scheme
    unit: int
    valid_from: date
    position: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """Facts and rules of one organisation and month.  ``paths``: unit → itself and the units above it.

    ``outputs`` are the counted log rows by person; ``named_by`` those of others that name the person as
    partner.  Ratings (scheme, item) and points go by staff number, metrics by staff number or unit.
    """

    month: Month
    calendar: WorkCalendar
    paths: dict[int, Path]
    people: tuple[PersonFacts, ...]
    platforms: dict[str, Platform]
    rules: tuple[RuleVersion, ...]
    outputs: Mapping[str, Sequence[Output]]
    named_by: Mapping[str, Sequence[Output]]
    schemes: tuple[SchemeVersion, ...] = ()
    metrics: dict[str | int, dict[str, MetricValue]] = field(default_factory=dict)
    ratings: dict[str, dict[tuple[str, str], Decimal]] = field(default_factory=dict)
    points: dict[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonScore:
    """A person's score with the scheme and the unit it was given under."""

    scheme: SchemeVersion
    unit: int
    bonus_base: Decimal | None
    score: Score


@dataclass(frozen=True, slots=True)
class PersonResult:
    """One person's month.  ``unit``: where they were on their last day of employment in it (``None``:
    nowhere).  ``services``: the days in service for the rule of each attainment.
    """

    person: PersonFacts
    unit: int | None
    attainments: tuple[Attainment, ...]
    score: PersonScore | None
    services: tuple[Service, ...]


def assess(facts: AssessmentFacts) -> Iterator[PersonResult]:
    """The results, person by person in the order of the facts."""
    month_days = MonthDays.of(facts.month, facts.calendar)
    book = RuleBook(facts.rules, month_days)
    schemes = SchemeBook(facts.schemes, facts.month)
    rule_months: dict[int, RuleMonth] = {}
    for person in facts.people:
        span = employed_span(person.joined, person.left, month_days)
        if span is None:
            continue
        leaves = [Leave(*leave) for leave in person.leaves]
        placed = placements(
            [Assignment(row.start, row.end, facts.paths[row.unit]) for row in person.assignments],
            facts.paths[person.unit],
        )
        holdings = applicable_rules(book, person.joined, person.left, placed, leave_days(leaves, month_days))
        output = PersonMonth(
            person.staff_no, facts.outputs.get(person.staff_no, ()), facts.named_by.get(person.staff_no, ())
        )
        attainments = []
        for holding in holdings:
            rule_month = rule_months.get(holding.rule.key)
            if rule_month is None:
                rule_month = RuleMonth.of(holding.rule, month_days, facts.platforms)
                rule_months[holding.rule.key] = rule_month
            attainments.append(attain(rule_month, output, holding.service))
        unit, position = place(person, span[1])
        version = schemes.of(facts.paths[unit], position) if unit is not None else None
        scored = None
        if version is not None and unit is not None:
            service = in_service(person.joined, person.left, leaves, month_days)
            scored = PersonScore(
                version,
                unit,
                person.bonus_base,
                score(
                    version.scheme,
                    attainments=attainments,
                    metrics=_metrics(facts, person, facts.paths[unit]),
                    ratings=_ratings(facts, person, version),
                    points=facts.points.get(person.staff_no, ()),
                    bonus_base=person.bonus_base,
                    proration=proration(service, month_days),
                ),
            )
        services = tuple(holding.service for holding in holdings)
        yield PersonResult(person, unit, tuple(attainments), scored, services)


def place(person: PersonFacts, day: date) -> tuple[int | None, str]:
    """Unit and position of a person on a day; of several assignments the one that began last."""
    if not person.assignments:
        return person.unit, person.position
    for row in sorted(person.assignments, key=lambda row: row.start, reverse=True):
        if row.start <= day and (row.end is None or day <= row.end):
            return row.unit, row.position or person.position
    return None, ""


def _metrics(facts: AssessmentFacts, person: PersonFacts, path: Path) -> dict[str, MetricValue]:
    """The person's own figures, else those of the nearest unit upward that has one."""
    found: dict[str, MetricValue] = {}
    subjects: tuple[str | int, ...] = (person.staff_no, *path)
    for subject in subjects:
        for code, value in facts.metrics.get(subject, {}).items():
            found.setdefault(code, value)
    return found


def _ratings(facts: AssessmentFacts, person: PersonFacts, version: SchemeVersion) -> dict[str, Decimal]:
    given = facts.ratings.get(person.staff_no, {})
    return {item: value for (scheme, item), value in given.items() if scheme == version.scheme.code}


class SchemeBook:
    """The scheme of a path and a position: nearest unit, there one for the position before one for all."""

    def __init__(self, versions: Iterable[SchemeVersion], month: Month) -> None:
        latest: dict[str, SchemeVersion] = {}
        for version in sorted(versions, key=lambda version: (version.valid_from, version.key)):
            if version.valid_from <= month.last and version.scheme.items:
                latest[version.scheme.code] = version
        self._by_unit: dict[int, list[SchemeVersion]] = {}
        for code in sorted(latest):
            self._by_unit.setdefault(latest[code].unit, []).append(latest[code])

    def of(self, path: Path, position: str) -> SchemeVersion | None:
        for unit in path:
            here = self._by_unit.get(unit, ())
            for wanted in (position, ""):
                for version in here:
                    if version.position == wanted and (wanted or not version.position):
                        return version
        return None
