"""Checking again: a whole frozen month, an open month against its facts, or a single figure.

A frozen month is recomputed from its frozen inputs, an open one from the facts as they are now; nothing is
written.  Rule: calculation.md, "General".
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.calculations.month import uplifts
from core.exceptions import Conflict
from core.money import ZERO
from core.months import Month
from departments.models import Unit
from departments.selectors import unit_tree
from incentives.calculations.month import settle
from incentives.calculations.result import month_result
from incentives.models import Payout, Settlement
from incentives.services.roll_up import digest_of, month_facts
from incentives.services.verification import (
    Proof,
    inputs_problems,
    lock_problems,
    month_proofs,
    result_problems,
)
from kpi.calculations.month import AssessmentFacts, assess
from kpi.models import Score
from opscenter.dashboards.facts import assessment_inputs, frozen_settlement, pool_inputs
from opscenter.dashboards.scope import MonthScope
from opscenter.explain.compare import CampaignMover, Mover, campaigns_moved, people_moved
from opscenter.explain.figures import MonthFigures, computed_figures, stored_figures

MOVERS_SHOWN = 20


@dataclass(frozen=True)
class FigureCheck:
    """One figure computed again.  ``again`` is ``None`` when its inputs cannot be read or it is not there."""

    shown: Decimal | None
    again: Decimal | None
    frozen: bool
    problems: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        return not self.problems and self.again is not None and self.shown == self.again


@dataclass(frozen=True)
class MonthCheck:
    """A month checked again.  ``proofs`` of a frozen one; of an open one whether its facts give it still."""

    frozen: bool
    proofs: list[Proof]
    movers: tuple[Mover, ...] = ()
    moved: int = 0
    campaigns: tuple[CampaignMover, ...] = ()

    @property
    def equal(self) -> bool:
        return all(proof.holds for proof in self.proofs)


def month_check(scope: MonthScope) -> MonthCheck:
    """Check the whole month; for those who read its money."""
    settlement = Settlement.objects.select_related("period__root").get(
        period__root=scope.root, period__month=scope.month.first
    )
    if settlement.period.is_frozen:
        return MonthCheck(True, month_proofs(settlement))
    tree = unit_tree(scope.month.last)
    facts = month_facts(scope.root, scope.month, tree)
    uplifted = settle(facts.pool, uplifts(facts.uplift))
    result = month_result(facts.pool, assess(facts.assessment), uplifted, lambda unit: tree.codes[unit])
    same = digest_of(result.text()) == settlement.digest
    problems = [] if same else [_("Facts have changed since the month was computed; compute it again.")]
    proofs = [
        Proof("result", _("The result gives its digest"), result_problems(settlement)),
        Proof("facts", _("The facts as they are now give the same result"), problems),
    ]
    if same:
        return MonthCheck(False, proofs)
    before, after = stored_figures(scope.root.pk, scope.month), computed_figures(facts)
    movers, count = people_moved(before, after, MOVERS_SHOWN)
    return MonthCheck(
        False, proofs, tuple(movers), count, tuple(campaigns_moved(before.campaigns, after.campaigns))
    )


def figures_now(root: Unit, month: Month) -> MonthFigures:
    """The month as its facts give it now."""
    return computed_figures(month_facts(root, month, unit_tree(month.last)))


def payout_check(scope: MonthScope, payout: Payout, staff_no: str) -> FigureCheck:
    """A part of a pool computed again, with the uplift and the whole pool under it."""
    share = payout.share
    if share is None:
        raise ValueError("a bonus is not part of a pool")
    try:
        uplift, pool = pool_inputs(scope)
    except Conflict:
        return _unreadable(scope, payout.amount)
    code, role = share.pool.campaign.code, share.role.role
    again: Decimal | None = None
    for one in settle(pool, uplifts(uplift)).campaigns:
        if one.pool is not None and one.pool.campaign == code:
            again = sum(
                (
                    holder.amount
                    for line in one.pool.roles
                    for holder in line.holders
                    if (line.role, holder.staff_no) == (role, staff_no)
                ),
                ZERO,
            )
    return FigureCheck(payout.amount, again, not scope.provisional, _frozen_problems(scope))


def score_check(scope: MonthScope, score: Score, staff_no: str, *, bonus: bool) -> FigureCheck:
    """A person's total, or bonus, computed again from their logs, ratings, metrics and points."""
    shown = score.bonus if bonus else score.total
    try:
        facts = assessment_inputs(scope, score.staff_id)
    except Conflict:
        return _unreadable(scope, shown)
    own = replace(facts, people=tuple(one for one in facts.people if one.staff_no == staff_no))
    again = _again(own, bonus=bonus)
    return FigureCheck(shown, again, not scope.provisional, _frozen_problems(scope))


def _again(facts: AssessmentFacts, *, bonus: bool) -> Decimal | None:
    found = next(iter(assess(facts)), None)
    if found is None or found.score is None:
        return None
    return found.score.score.bonus if bonus else found.score.score.total


def _unreadable(scope: MonthScope, shown: Decimal | None) -> FigureCheck:
    return FigureCheck(shown, None, not scope.provisional, (_("The inputs cannot be read."),))


def _frozen_problems(scope: MonthScope) -> tuple[str, ...]:
    """Whether the inputs are those that were frozen, and the lock's record names them."""
    shown = frozen_settlement(scope)
    if shown is None:
        return ()
    settlement = Settlement.objects.defer("scope").get(pk=shown.pk)
    return (*inputs_problems(settlement), *lock_problems(settlement))
