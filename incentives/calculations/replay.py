"""A draft of a rule on a past month: the frozen inputs with the draft in the place of what held then.

The draft holds in the whole month, whatever day it is to begin on, and for campaigns that were approved
with another method as well.  Balances of the funds stay those that were frozen, as nobody's pay depends on
them.  Rule: KQ-04, HT-08; calculation.md §1 … §4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from campaigns.calculations.methods import MethodRow
from campaigns.calculations.month import CampaignFacts, UpliftFacts, method_of, uplifts
from core.money import ZERO
from core.months import Month
from incentives.calculations.findings import Finding, Mode, Scope
from incentives.calculations.frozen import MonthFacts
from incentives.calculations.month import PoolFacts, SchemeTerms, settle
from incentives.calculations.score_trial import ScoreLine, score_lines
from incentives.calculations.what_if import Moved, PoolTrial, compared
from kpi.calculations.month import AssessmentFacts, SchemeVersion, assess
from kpi.calculations.rules import RuleVersion

ALWAYS = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class FindingTerms:
    """What a draft says about a kind of finding."""

    role: str
    scope: Scope
    mode: Mode
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A draft as the calculations read it: exactly one of the four is given.

    ``findings`` belong to ``pool``: the kinds of findings by code.
    """

    quota: RuleVersion | None = None
    scheme: SchemeVersion | None = None
    pool: SchemeTerms | None = None
    findings: Mapping[str, FindingTerms] = field(default_factory=dict)
    method: MethodRow | None = None

    @property
    def about_pools(self) -> bool:
        return self.pool is not None or self.method is not None


@dataclass(frozen=True, slots=True)
class MonthReplay:
    """One month under the draft.  ``people``: what each is paid by what the draft touches: pools or bonus.

    ``lacking``: campaigns or people that have no figure under the draft and had one: code → why.
    """

    month: Month
    people: Mapping[str, Moved]
    before: Decimal
    after: Decimal
    scores: tuple[ScoreLine, ...]
    pools: PoolTrial | None
    lacking: Mapping[str, tuple[str, ...]]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def replay(facts: MonthFacts, draft: DraftRule) -> MonthReplay:
    """The month under the draft beside the month as it was.

    Raises ``ValueError`` when a finding of the month lacks what the draft's rule for it needs.
    """
    if draft.about_pools:
        return _pools(facts, draft)
    lines = score_lines(assess(facts.assessment), assess(_assessment(facts.assessment, draft)))
    people = {
        one.staff_no: one.bonus
        for one in lines
        if one.bonus.before is not None or one.bonus.after is not None
    }
    return _month(
        facts.pool.month,
        people,
        lines,
        None,
        {
            one.staff_no: one.missing
            for one in lines
            if one.total.after is None and one.total.before is not None
        },
    )


def _pools(facts: MonthFacts, draft: DraftRule) -> MonthReplay:
    found = uplifts(facts.uplift)
    under = found if draft.method is None else uplifts(_uplift(facts.uplift, draft.method))
    trial = compared(settle(facts.pool, found), settle(_pool(facts.pool, draft), under))
    return _month(
        facts.pool.month,
        {one.staff_no: one.amount for one in trial.people},
        (),
        trial,
        {
            one.campaign: one.missing
            for one in trial.pools
            if one.amount.before is not None and one.amount.after is None
        },
    )


def _month(
    month: Month,
    people: Mapping[str, Moved],
    scores: tuple[ScoreLine, ...],
    pools: PoolTrial | None,
    lacking: Mapping[str, tuple[str, ...]],
) -> MonthReplay:
    before = sum((one.before or ZERO for one in people.values()), ZERO)
    after = sum((one.after or ZERO for one in people.values()), ZERO)
    return MonthReplay(month, people, before, after, scores, pools, lacking)


def _assessment(facts: AssessmentFacts, draft: DraftRule) -> AssessmentFacts:
    if draft.quota is not None:
        held = draft.quota
        others = (one for one in facts.rules if (one.unit, one.rule.code) != (held.unit, held.rule.code))
        return replace(facts, rules=(*others, replace(held, valid_from=ALWAYS, valid_to=None)))
    if draft.scheme is not None:
        code = draft.scheme.scheme.code
        kept = (one for one in facts.schemes if one.scheme.code != code)
        return replace(facts, schemes=(*kept, replace(draft.scheme, valid_from=ALWAYS)))
    return facts


def _uplift(facts: UpliftFacts, method: MethodRow) -> UpliftFacts:
    about = (method.unit, method.type, method.scale)
    others = (one for one in facts.methods if (one.unit, one.type, one.scale) != about)
    held = replace(method, valid_from=ALWAYS)
    under = replace(facts, methods=(*others, held))
    return replace(under, campaigns=tuple(_freed(under, one, held) for one in facts.campaigns))


def _freed(facts: UpliftFacts, one: CampaignFacts, draft: MethodRow) -> CampaignFacts:
    """A campaign that the draft would have decided about is not bound to the method it was approved with."""
    free = replace(one, campaign=replace(one.campaign, method=""))
    return free if method_of(facts, free).row is draft else one


def _pool(facts: PoolFacts, draft: DraftRule) -> PoolFacts:
    terms = draft.pool
    if terms is None:
        return facts
    judged = (_judged(one, draft.findings, facts.month) for one in facts.findings.get(terms.code, ()))
    return replace(
        facts,
        schemes=(*(one for one in facts.schemes if one.code != terms.code), terms),
        findings={**facts.findings, terms.code: tuple(one for one in judged if one is not None)},
    )


def _judged(finding: Finding, rules: Mapping[str, FindingTerms], month: Month) -> Finding | None:
    """The finding under the draft's rule for it; ``None`` when the draft has none.

    A yearly one of the year before is judged by the rule of its own year.
    """
    if finding.scope == "year" and finding.date.year < month.year:
        return finding
    terms = rules.get(finding.rule)
    if terms is None:
        return None
    return replace(finding, role=terms.role, scope=terms.scope, mode=terms.mode, value=terms.value)
