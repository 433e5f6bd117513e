"""Quota rules and which of them hold for a person in a month.

Rule: calculation.md §1, "A rule holds for …"; YJ-02 (precedence of documents).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from core.months import ONE_DAY, days
from kpi.calculations.service import Assignment, Path, Service, employed_span
from kpi.calculations.slots import DayBasis, MonthDays, Period

Basis = Literal["person", "account", "platform", "pair"]
Surplus = Literal["none", "month"]


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """What is owed: ``amount`` for each subject of the ``basis`` in each slot of the ``period``.

    ``key`` identifies the stored version.  ``platforms_required`` is used by the bases account and platform,
    ``accounts_required`` by account only.
    """

    key: int
    code: str
    activities: frozenset[str]
    platforms: frozenset[str]
    basis: Basis
    period: Period
    amount: Decimal
    accounts_required: int = 1
    platforms_required: int | None = None
    day_basis: DayBasis = "calendar"
    surplus: Surplus = "none"
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform and the days on which it is open; ``closed`` is its last open day."""

    code: str
    opened: date | None = None
    closed: date | None = None

    def is_active(self, month_days: MonthDays) -> bool:
        """Whether it is open on at least one day of the month."""
        first, last = month_days.days[0], month_days.days[-1]
        opens, closes = self.opened or date.min, self.closed or date.max
        return max(opens, first) <= min(closes, last)


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as set by a unit; ``valid_to`` is included, ``precedence`` is its document's (blank = 0)."""

    rule: QuotaRule
    unit: int
    valid_from: date
    valid_to: date | None = None
    precedence: int = 0


class Holding(NamedTuple):
    """A rule that holds for a person and the days on which the person is in service for it."""

    rule: QuotaRule
    service: Service


Span = tuple[date, date]


class RuleBook:
    """The rules of one month by unit.  Answers are remembered, as most people share a path."""

    def __init__(self, versions: Iterable[RuleVersion], month_days: MonthDays) -> None:
        self.month_days = month_days
        self._by_unit: dict[int, dict[str, RuleVersion]] = {}
        self._winners: dict[Path, tuple[QuotaRule, ...]] = {}
        self._services: dict[tuple[Span, ...], Service] = {}
        first, last = month_days.days[0], month_days.days[-1]
        for version in sorted(versions, key=lambda version: (version.valid_from, version.rule.key)):
            if version.valid_from <= last and (version.valid_to is None or version.valid_to >= first):
                # Sorted by start: a later version of the same code on the same unit takes the place.
                self._by_unit.setdefault(version.unit, {})[version.rule.code] = version

    def winners(self, path: Path) -> tuple[QuotaRule, ...]:
        """The rule of each code for somebody on this path: the document of higher precedence, else nearer."""
        if path not in self._winners:
            best: dict[str, RuleVersion] = {}
            for unit in path:
                for code, version in self._by_unit.get(unit, {}).items():
                    # The nearer unit was met first and stays, unless the farther one's document ranks higher.
                    if code not in best or version.precedence > best[code].precedence:
                        best[code] = version
            self._winners[path] = tuple(version.rule for version in best.values())
        return self._winners[path]

    def service(self, spans: tuple[Span, ...]) -> Service:
        """The service on these spans of days, before leave."""
        if spans not in self._services:
            whole = frozenset(day for span in spans for day in days(*span))
            self._services[spans] = Service.of(whole, self.month_days)
        return self._services[spans]


def applicable_rules(
    book: RuleBook,
    joined: date,
    left: date | None,
    placed: Sequence[Assignment],
    on_leave: frozenset[date] = frozenset(),
) -> list[Holding]:
    """The rules that hold for a person in the month, ordered by code and key.

    ``placed`` comes from :func:`kpi.calculations.service.placements`, ``on_leave`` from ``leave_days``.  Who
    moves inside the month is in service for a rule only on the days on which it is the winning one.  Who is
    employed on no day of the month gets no rules; who is on leave all month gets them without days.
    """
    span = employed_span(joined, left, book.month_days)
    if span is None:
        return []
    spans: dict[int, list[Span]] = {}
    rules: dict[int, QuotaRule] = {}
    for segment, path in _segments(span, placed):
        for rule in book.winners(path):
            rules[rule.key] = rule
            spans.setdefault(rule.key, []).append(segment)
    holdings = []
    for key, rule in rules.items():
        service = book.service(tuple(spans[key]))
        if on_leave:
            service = Service.of(service.days - on_leave, book.month_days)
        holdings.append(Holding(rule, service))
    return sorted(holdings, key=lambda holding: (holding.rule.code, holding.rule.key))


def _segments(span: Span, placed: Sequence[Assignment]) -> list[tuple[Span, Path]]:
    """The span cut where an assignment starts or ends, with the path that counts in each piece."""
    first, last = span
    cuts = {first, last + ONE_DAY}
    for row in placed:
        if first < row.start <= last:
            cuts.add(row.start)
        if row.end is not None and first <= row.end < last:
            cuts.add(row.end + ONE_DAY)
    edges = sorted(cuts)
    pieces = []
    for start, after in pairwise(edges):
        holding = (row for row in placed if row.start <= start and (row.end is None or start <= row.end))
        place = next(holding, None)
        if place is not None:
            pieces.append(((start, after - ONE_DAY), place.path))
    return pieces
