"""Everything a month is computed from, and the computation from it alone.

Rule: calculation.md, "General": a recomputation from the stored inputs gives the same bytes.
"""

from dataclasses import dataclass

from campaigns.calculations.month import UpliftFacts, uplifts
from incentives.calculations.month import PoolFacts, settle
from incentives.calculations.result import month_result
from kpi.calculations.month import AssessmentFacts, assess


@dataclass(frozen=True)
class MonthFacts:
    """The facts and rules of one organisation and month: what a settlement freezes."""

    assessment: AssessmentFacts
    uplift: UpliftFacts
    pool: PoolFacts


def recompute(facts: MonthFacts) -> str:
    """The text of the month's result, from its facts and nothing else: no database, clock or setting."""
    settlement = settle(facts.pool, uplifts(facts.uplift))
    return month_result(facts.pool, assess(facts.assessment), settlement, str).text()
