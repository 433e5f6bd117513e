"""How the people of a unit stand against their quotas: cells in colour, means, places.

Rule: KQ-15, KQ-17.  What is done and owed comes from ``attain``, what is to be expected from ``pace``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.money import fraction, round_rate
from kpi.calculations.attainment import Attainment
from kpi.calculations.pace import Status, elapsed_share, expected_by, owed_slots
from kpi.calculations.rules import QuotaRule
from kpi.calculations.service import Service
from kpi.calculations.slots import MonthDays, month_slots

#: below so much of what was to be expected a cell is coloured as far behind; for the eye only
FAR = Fraction(6, 10)
#: so many rules of a person stand on a phone before all of them are asked for
WORST = 3
TONES = {Status.REACHED: "full", Status.ON_PACE: "near"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A person under one rule.  ``expected``: what the days that passed ask for, of ``target``."""

    code: str
    target: Decimal
    done: Decimal
    expected: Decimal
    rate: Decimal
    status: Status

    @property
    def tone(self) -> str:
        """``full``, ``near``, ``low`` or ``far``."""
        known = TONES.get(self.status)
        if known:
            return known
        return "low" if fraction(self.done) >= fraction(self.expected) * FAR else "far"


def cell(code: str, target: Decimal, done: Decimal, rate: Decimal, share: Fraction) -> Cell:
    """``share``: the part of the month that has passed, 1 for a month that is over."""
    expected, status = expected_by(target, done, share)
    return Cell(code, target, done, expected, rate, status)


class Shares:
    """The part of the month that has passed for each rule and service, each worked out once."""

    def __init__(self, month_days: MonthDays, day: date) -> None:
        self.month_days, self.day = month_days, day
        self._known: dict[tuple[str, str, Service], Fraction] = {}

    def of(self, found: Attainment, service: Service) -> Fraction:
        key = (found.rule.period, found.rule.day_basis, service)
        if key not in self._known:
            slots = owed_slots(found, self.month_days)
            self._known[key] = elapsed_share(slots, self.month_days, service, self.day)
        return self._known[key]


def shares_on(rules: Iterable[QuotaRule], month_days: MonthDays, day: date) -> dict[int, Fraction]:
    """The part of the month that has passed on a day, by rule, for somebody in service all the month."""
    everybody = Service.of(frozenset(month_days.days), month_days)
    known: dict[tuple[str, str], Fraction] = {}
    shares = {}
    for rule in rules:
        kind = (rule.period, rule.day_basis)
        if kind not in known:
            slots = month_slots(rule.period, rule.day_basis, month_days)
            known[kind] = elapsed_share(slots, month_days, everybody, day)
        shares[rule.key] = known[kind]
    return shares


@dataclass(frozen=True, slots=True)
class Standing:
    """A person under all their rules: the sum of the rates, how many rules, and of those how many reached and
    behind.
    """

    rates: Fraction
    rules: int
    reached: int
    behind: int

    @property
    def mean(self) -> Decimal | None:
        """The mean rate, 4 decimals; ``None`` without a rule."""
        return round_rate(self.rates / self.rules) if self.rules else None

    @property
    def order(self) -> tuple[int, Fraction]:
        """Those behind with most rules first, then the lowest mean; without a rule last."""
        if not self.rules:
            return (1, Fraction(0))
        return (-self.behind, self.rates / self.rules)


NOBODY = Standing(Fraction(0), 0, 0, 0)


def standing(cells: Iterable[Cell]) -> Standing:
    rows = list(cells)
    return Standing(
        sum((fraction(row.rate) for row in rows), Fraction(0)),
        len(rows),
        sum(row.status is Status.REACHED for row in rows),
        sum(row.status is Status.BEHIND for row in rows),
    )


def worst(cells: Iterable[Cell]) -> frozenset[str]:
    """The rules on which the person is furthest from what was to be expected."""

    def distance(row: Cell) -> tuple[Fraction, str]:
        expected = fraction(row.expected)
        return fraction(row.done) / expected if expected else Fraction(1), row.code

    return frozenset(row.code for row in sorted(cells, key=distance)[:WORST])


def places(standings: Mapping[int, Standing]) -> list[tuple[int, int]]:
    """(place, person), best mean first; equal means share a place, and those without a rule have none."""
    means = {key: one.mean for key, one in standings.items() if one.mean is not None}
    ordered: Sequence[int] = sorted(means, key=lambda key: (-means[key], key))
    found: list[tuple[int, int]] = []
    for at, key in enumerate(ordered):
        same = found and means[found[-1][1]] == means[key]
        found.append((found[-1][0] if same else at + 1, key))
    return found


def change(now: int, before: int) -> Decimal | None:
    """By what part ``now`` is more than ``before``, 4 decimals; ``None`` (undefined) over zero."""
    return round_rate(Fraction(now - before, before)) if before else None
