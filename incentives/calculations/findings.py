"""What the assessed findings take from a role: the effect of one, and which findings act on which pool.

Effects are exact fractions, so that three thirds are 1.  Rule: HT-09 … HT-20, calculation.md §4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from core.money import Exact, fraction
from core.months import Month

Scope = Literal["campaign", "month", "year"]
Mode = Literal["per_case", "percent", "share", "all"]
ONE = Fraction(1)


@dataclass(frozen=True)
class Finding:
    """A confirmed finding together with its rule (role, scope, mode, value).

    ``occurrences`` blank means 1; ``percent`` is a share of 1 (0.25 = 25 %).
    """

    id: str
    rule: str
    role: str
    scope: Scope
    mode: Mode
    date: date
    value: Decimal | None = None
    occurrences: Exact | None = None
    percent: Decimal | None = None
    campaign: str = ""


def effect(finding: Finding) -> Fraction:
    """The part of the role's coefficient that one finding takes, exact and not capped.

    ``per_case``: value × occurrences · ``percent``: the finding's own percent · ``share``: occurrences ÷
    value, the value being the number of the role's items · ``all``: the whole.
    Raises ``ValueError`` when the mode lacks its number or a number is below zero.
    """
    if finding.mode == "all":
        return ONE
    if finding.mode == "percent":
        return _required(finding, finding.percent, "a percent")
    occurrences = ONE if finding.occurrences is None else fraction(finding.occurrences)
    if occurrences < 0:
        raise ValueError(f"finding {finding.id}: occurrences must not be below zero")
    value = _required(finding, finding.value, "the value of its rule")
    if finding.mode == "per_case":
        return value * occurrences
    if not value:
        raise ValueError(f"finding {finding.id}: a share needs the number of items, not zero")
    return occurrences / value


def _required(finding: Finding, number: Decimal | None, what: str) -> Fraction:
    if number is None:
        raise ValueError(f"finding {finding.id}: the mode {finding.mode} needs {what}")
    exact = fraction(number)
    if exact < 0:
        raise ValueError(f"finding {finding.id}: {what} must not be below zero")
    return exact


def acting_as(finding: Finding, *, campaign: str, month: Month) -> Literal["yearly", "current"] | None:
    """Whether and how a finding acts on the pool of ``campaign``, which belongs to ``month``.

    ``campaign`` acts on its own campaign whatever its date, ``month`` on all pools of its month, ``year`` on
    every month of the calendar year after its date.  Raises ``ValueError`` for a campaign finding without
    campaign.
    """
    if finding.scope == "campaign":
        if not finding.campaign:
            raise ValueError(f"finding {finding.id}: a finding of scope campaign must name its campaign")
        return "current" if finding.campaign == campaign else None
    if finding.scope == "month":
        return "current" if finding.date in month else None
    return "yearly" if finding.date.year + 1 == month.year else None


def acting_span(scope: Scope, day: date) -> tuple[date, date]:
    """First and last day that a finding of ``day`` touches: its month; a yearly one the following year.

    A campaign finding follows its campaign, which is looked at in the month of its date.
    """
    if scope == "year":
        return date(day.year + 1, 1, 1), date(day.year + 1, 12, 31)
    return day.replace(day=1), day.replace(day=1)


def remaining(findings: Iterable[Finding]) -> Fraction:
    """``max(0, 1 − Σ effects)``: what the findings leave of the coefficient, exact."""
    return max(Fraction(0), ONE - sum(map(effect, findings), Fraction(0)))
