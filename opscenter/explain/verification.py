"""Checking again: a whole frozen month, an open month against its facts, or a single figure.

A frozen month is recomputed from its frozen inputs, an open one from the facts as they are now; nothing is
written.  What a whole month gave is plain data, which a job keeps.  Rule: calculation.md, "General".
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
    Told,
    inputs_problems,
    lock_problems,
    month_proofs,
    result_problems,
)
from kpi.calculations.month import AssessmentFacts, assess
from kpi.models import Score
from opscenter.dashboards.facts import assessment_inputs, frozen_person, frozen_settlement, pool_inputs
from opscenter.dashboards.scope import MonthScope
from opscenter.explain.compare import Moved, MovedCampaign, campaigns_moved, people_moved
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
class Checked:
    """One thing that was checked of a month, by name; ``problems``: what differs, a sentence each."""

    name: str
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class MonthCheck:
    """A month checked again.  ``digest``: of the result that was checked; ``movers``: whose money computing
    it again would move most, of ``moved`` people.
    """

    frozen: bool
    digest: str
    proofs: tuple[Checked, ...]
    movers: tuple[Moved, ...] = ()
    moved: int = 0
    campaigns: tuple[MovedCampaign, ...] = ()

    @property
    def equal(self) -> bool:
        return all(proof.holds for proof in self.proofs)


@dataclass(frozen=True)
class NowCompared:
    """A month as it was last computed beside what its facts give; sums of all payouts in yuan."""

    digest: str
    before: Decimal
    after: Decimal
    people: tuple[Moved, ...]
    campaigns: tuple[MovedCampaign, ...]


def _quiet(done: int, total: int, message: str) -> None:
    """Nobody waits for news of the computation."""


def month_check(root: Unit, month: Month, told: Told = _quiet) -> MonthCheck:
    """Check the whole month; for those who read its money.  ``told`` hears how far it is."""
    settlement = Settlement.objects.select_related("period__root").get(
        period__root=root, period__month=month.first
    )
    if settlement.period.is_frozen:
        proofs = tuple(Checked(one.name, tuple(one.problems)) for one in month_proofs(settlement, told))
        return MonthCheck(True, settlement.digest, proofs)
    told(0, 3, _("reading the facts"))
    tree = unit_tree(month.last)
    facts = month_facts(root, month, tree)
    told(1, 3, _("computing"))
    uplifted = settle(facts.pool, uplifts(facts.uplift))
    result = month_result(facts.pool, assess(facts.assessment), uplifted, lambda unit: tree.codes[unit])
    same = digest_of(result.text()) == settlement.digest
    problems = () if same else (_("Facts have changed since the month was computed; compute it again."),)
    both = (Checked("result", tuple(result_problems(settlement))), Checked("facts", problems))
    if same:
        return MonthCheck(False, settlement.digest, both)
    told(2, 3, _("comparing"))
    before, after = stored_figures(root.pk, month), computed_figures(facts)
    moved = people_moved(before, after)
    return MonthCheck(
        False,
        settlement.digest,
        both,
        tuple(moved[:MOVERS_SHOWN]),
        len(moved),
        tuple(campaigns_moved(before.campaigns, after.campaigns)),
    )


def now_compared(root: Unit, month: Month, told: Told = _quiet) -> NowCompared:
    """The month as stored beside what its facts give now; for those who read its money."""
    told(0, 3, _("reading the facts"))
    digest = Settlement.objects.values_list("digest", flat=True).get(
        period__root=root, period__month=month.first
    )
    facts = month_facts(root, month, unit_tree(month.last))
    told(1, 3, _("computing"))
    after = computed_figures(facts)
    told(2, 3, _("comparing"))
    before = stored_figures(root.pk, month)
    return NowCompared(
        digest=digest,
        before=_paid(before),
        after=_paid(after),
        people=tuple(people_moved(before, after)),
        campaigns=tuple(campaigns_moved(before.campaigns, after.campaigns)),
    )


def _paid(figures: MonthFigures) -> Decimal:
    return sum((one.amount for one in figures.people.values()), ZERO)


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
        frozen = frozen_settlement(scope)
        facts = frozen_person(frozen, staff_no) if frozen else assessment_inputs(scope, score.staff_id)
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
