"""A month's pools under other numbers, line by line beside those of the facts; nothing is stored.

The same calculation as the month's own (``settle``) on facts in which some numbers are replaced.
Amounts in yuan, whole 分; shares of one.  Rule: HT-07, HT-08, HT-13 … HT-21, calculation.md §4.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from campaigns.calculations.month import CampaignResult
from core.money import ZERO
from core.months import Month
from finance.calculations.funds import FUNDS
from incentives.calculations.findings import Finding
from incentives.calculations.month import (
    ArticleFacts,
    CampaignSettlement,
    MonthSettlement,
    PoolFacts,
    SchemeTerms,
    settle,
)
from incentives.calculations.pool import Pool, PoolImbalance, RoleShare

#: ids of findings that exist in a trial only begin with it
ADDED = "what-if"


@dataclass(frozen=True, slots=True)
class SchemeChange:
    """Other numbers of a scheme; ``None`` leaves the number as it is.  ``shares``: role → share of one."""

    rate: Decimal | None = None
    reserve_share: Decimal | None = None
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    activity_reach: int | None = None
    welfare_reach: int | None = None
    monthly_fund: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AddedFinding:
    """A finding that takes ``percent`` (0 … 1) of a role's coefficient, without campaign all month."""

    scheme: str
    role: str
    percent: Decimal
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class PoolChanges:
    """What is tried.  ``schemes``, ``uplifts`` and ``readers`` by code; ``without``: ids of findings."""

    schemes: Mapping[str, SchemeChange] = field(default_factory=dict)
    uplifts: Mapping[str, Decimal] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    added: tuple[AddedFinding, ...] = ()
    readers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure before and after; ``None``: there is none."""

    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal:
        return (self.after or ZERO) - (self.before or ZERO)

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class HolderLine:
    staff_no: str
    amount: Moved


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role of one pool; ``vacant`` after the changes."""

    role: str
    nominal: Moved
    factor: Moved
    payout: Moved
    vacant: bool
    holders: tuple[HolderLine, ...]

    @property
    def differs(self) -> bool:
        return self.nominal.differs or self.payout.differs or self.factor.differs


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A campaign of the month; ``missing``: why it has no pool after the changes."""

    campaign: str
    scheme: str
    uplift: Moved
    amount: Moved
    paid: Moved
    held: Moved
    reserve: Moved
    shortfall: Moved
    missing: tuple[str, ...]
    roles: tuple[RoleLine, ...]

    @property
    def differs(self) -> bool:
        return self.uplift.differs or self.amount.differs or any(role.differs for role in self.roles)


@dataclass(frozen=True, slots=True)
class FundLine:
    scheme: str
    fund: str
    closing: Moved


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What a person gets from all pools of the month."""

    staff_no: str
    amount: Moved


@dataclass(frozen=True, slots=True)
class PoolTrial:
    """Every line of the month; the sums are those of the pools.  Paid + held + reserve = pool, both times."""

    pools: tuple[PoolLine, ...]
    people: tuple[PersonLine, ...]
    funds: tuple[FundLine, ...]
    amount: Moved
    paid: Moved
    held: Moved
    reserve: Moved


def shares_sum(terms: SchemeTerms, change: SchemeChange) -> Decimal:
    """What the shares and the reserve would sum to; only exactly 1 can be computed.  Rule: HT-08."""
    roles = terms.pool.roles if terms.pool else ()
    reserve = terms.reserve_share if change.reserve_share is None else change.reserve_share
    return sum((change.shares.get(role.code, role.share) for role in roles), reserve)


def changed(facts: PoolFacts, changes: PoolChanges) -> PoolFacts:
    """The facts with the numbers replaced.  Raises ``ValueError`` when shares and reserve do not sum to 1."""
    added: dict[str, list[Finding]] = defaultdict(list)
    for place, one in enumerate(changes.added, 1):
        added[one.scheme].append(_added(one, place, facts.month))
    return replace(
        facts,
        schemes=tuple(_terms(terms, changes.schemes.get(terms.code)) for terms in facts.schemes),
        findings={
            scheme: (
                *(one for one in facts.findings.get(scheme, ()) if one.id not in changes.without),
                *added.get(scheme, ()),
            )
            for scheme in {*facts.findings, *added}
        },
        articles=tuple(_article(one, changes.readers) for one in facts.articles),
    )


def _added(one: AddedFinding, place: int, month: Month) -> Finding:
    return Finding(
        id=f"{ADDED}-{place}",
        rule=ADDED,
        role=one.role,
        scope="campaign" if one.campaign else "month",
        mode="percent",
        date=month.first,
        percent=one.percent,
        campaign=one.campaign,
    )


def _terms(terms: SchemeTerms, change: SchemeChange | None) -> SchemeTerms:
    if change is None:
        return terms
    rate = terms.rate if change.rate is None else change.rate
    reserve = terms.reserve_share if change.reserve_share is None else change.reserve_share
    pool = terms.pool
    if pool is not None:
        roles = tuple(replace(role, share=change.shares.get(role.code, role.share)) for role in pool.roles)
        pool = replace(pool, rate=rate, reserve_share=reserve, roles=roles)
    return replace(
        terms,
        rate=rate,
        reserve_share=reserve,
        pool=pool,
        activity_reach=terms.activity_reach if change.activity_reach is None else change.activity_reach,
        welfare_reach=terms.welfare_reach if change.welfare_reach is None else change.welfare_reach,
        monthly_fund=terms.monthly_fund if change.monthly_fund is None else change.monthly_fund,
    )


def _article(one: ArticleFacts, readers: Mapping[str, int]) -> ArticleFacts:
    return replace(one, readers=readers[one.code]) if one.code in readers else one


def uplifts_changed(
    found: Sequence[CampaignResult], uplifts: Mapping[str, Decimal]
) -> tuple[CampaignResult, ...]:
    """The campaigns, some with another uplift: one that had none for want of data has it then."""
    return tuple(
        replace(one, uplift=replace(one.uplift, uplift=uplifts[code], status="settled", missing=()))
        if (code := one.uplift.campaign) in uplifts
        else one
        for one in found
    )


def pool_trial(facts: PoolFacts, found: Sequence[CampaignResult], changes: PoolChanges) -> PoolTrial:
    """The month as it is and as it would be."""
    before = settle(facts, found)
    after = settle(changed(facts, changes), uplifts_changed(found, changes.uplifts))
    return compared(before, after)


def compared(before: MonthSettlement, after: MonthSettlement) -> PoolTrial:
    """Two settlements of the same month, every line.  Raises ``PoolImbalance`` when a sum does not hold."""
    old = {one.result.uplift.campaign: one for one in before.campaigns}
    new = {one.result.uplift.campaign: one for one in after.campaigns}
    pools = tuple(_pool_line(code, old.get(code), new.get(code)) for code in sorted({*old, *new}))
    sums = [_sums(one) for one in (before, after)]
    paid, now = _people(before), _people(after)
    return PoolTrial(
        pools=pools,
        people=tuple(PersonLine(who, Moved(paid.get(who), now.get(who))) for who in sorted({*paid, *now})),
        funds=tuple(
            FundLine(scheme, name, Moved(_closing(before, scheme, name), _closing(after, scheme, name)))
            for scheme in sorted({*before.funds, *after.funds})
            for name in FUNDS
        ),
        amount=Moved(sums[0][0], sums[1][0]),
        paid=Moved(sums[0][1], sums[1][1]),
        held=Moved(sums[0][2], sums[1][2]),
        reserve=Moved(sums[0][3], sums[1][3]),
    )


def _sums(settled: MonthSettlement) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Pool, paid, held, reserve of all campaigns: nothing vanishes (HT-08)."""
    pools = [one.pool for one in settled.campaigns if one.pool]
    amount, paid, held, reserve = (
        sum((getattr(one, name) for one in pools), ZERO) for name in ("amount", "paid", "held", "reserve")
    )
    if paid + held + reserve != amount:
        raise PoolImbalance("payouts, held and reserve do not add up to the pools")
    return amount, paid, held, reserve


def _people(settled: MonthSettlement) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in settled.campaigns:
        for role in one.pool.roles if one.pool else ():
            for holder in role.holders:
                found[holder.staff_no] = found.get(holder.staff_no, ZERO) + holder.amount
    return found


def _closing(settled: MonthSettlement, scheme: str, name: str) -> Decimal | None:
    fund = settled.funds.get(scheme)
    return {str(kind): balance.closing for kind, balance in fund.balances.items()}[name] if fund else None


def _pool_line(code: str, old: CampaignSettlement | None, new: CampaignSettlement | None) -> PoolLine:
    was, now = old.pool if old else None, new.pool if new else None
    terms = next((one.scheme for one in (new, old) if one and one.scheme), None)

    def moved(name: str) -> Moved:
        return Moved(getattr(was, name, None), getattr(now, name, None))

    return PoolLine(
        campaign=code,
        scheme=terms.code if terms else "",
        uplift=Moved(old.result.uplift.uplift if old else None, new.result.uplift.uplift if new else None),
        amount=moved("amount"),
        paid=moved("paid"),
        held=moved("held"),
        reserve=moved("reserve"),
        shortfall=moved("shortfall"),
        missing=new.missing if new else (),
        roles=_role_lines(was, now),
    )


def _role_lines(was: Pool | None, now: Pool | None) -> tuple[RoleLine, ...]:
    old, new = ({role.role: role for role in pool.roles} if pool else {} for pool in (was, now))
    lines = []
    for code in dict.fromkeys([*new, *old]):
        left, right = old.get(code), new.get(code)
        held, got = _held(left), _held(right)
        lines.append(
            RoleLine(
                role=code,
                nominal=Moved(left.nominal if left else None, right.nominal if right else None),
                factor=Moved(left.factor if left else None, right.factor if right else None),
                payout=Moved(left.payout if left else None, right.payout if right else None),
                vacant=bool(right and right.vacant),
                holders=tuple(
                    HolderLine(who, Moved(held.get(who), got.get(who)))
                    for who in dict.fromkeys([*got, *held])
                ),
            )
        )
    return tuple(lines)


def _held(share: RoleShare | None) -> dict[str, Decimal]:
    return {holder.staff_no: holder.amount for holder in share.holders} if share else {}
