"""A month's pools and funds of a whole organisation.

Rule: calculation.md §4.  ``PoolFacts`` is all that enters beside the uplifts; it is what a settlement
freezes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from campaigns.calculations.month import CampaignResult
from core.money import ZERO
from core.months import Month
from finance.calculations.funds import FUNDS, Fund, FundMonth, Payable, fund_month
from incentives.calculations.findings import Finding
from incentives.calculations.pool import Pool, Post, Scheme, Withheld, fund_credits, pool
from incentives.calculations.reach import ArticleReach, Combine, Kind, Reach, reach, reach_target

AuthorKind = Literal["employee", "pharmacist", "customer"]


@dataclass(frozen=True, slots=True)
class SchemeTerms:
    """The version of a scheme that holds in the month.  Without roles no pool of it can be settled.

    ``role_keys``: role → the id of its stored row.
    """

    key: int
    code: str
    unit: int
    rate: Decimal
    reserve_share: Decimal
    pool: Scheme | None
    withheld: Withheld
    base_year: int
    growth: Decimal
    activity_reach: int
    welfare_reach: int
    combine: Combine
    reach_days: int
    monthly_fund: Decimal
    account_fee: Decimal
    account_fee_month: int
    fees: dict[AuthorKind, Decimal]
    role_keys: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """An article of the month.  ``unit`` is its own or its campaign's; ``None`` counts for every scheme.

    ``readers`` is the typed figure; ``readings`` are those counted later, by date.
    """

    code: str
    kind: Kind
    unit: int | None
    published: date
    readers: int | None
    readings: dict[date, int]

    def readers_after(self, days: int) -> int | None:
        """The readers at publish + ``days``; the typed figure wins."""
        if self.readers is not None:
            return self.readers
        return self.readings.get(date.fromordinal(self.published.toordinal() + days))


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """``posts``, ``findings``, ``manuscripts`` (date, id, author kind), ``payables``, ``openings`` and
    ``pending`` go by scheme code; ``findings`` are the confirmed ones with their rules."""

    month: Month
    paths: dict[int, tuple[int, ...]]
    schemes: tuple[SchemeTerms, ...]
    posts: dict[str, tuple[Post, ...]]
    findings: dict[str, tuple[Finding, ...]]
    articles: tuple[ArticleFacts, ...]
    manuscripts: dict[str, tuple[tuple[date, str, AuthorKind], ...]]
    payables: dict[str, tuple[Payable, ...]]
    openings: dict[str, dict[Fund, Decimal]]
    pending: dict[str, tuple[Payable, ...]]


@dataclass(frozen=True, slots=True)
class CampaignSettlement:
    """A campaign of the month: its uplift, and its pool when it pays and nothing is missing."""

    result: CampaignResult
    scheme: SchemeTerms | None
    reach: Reach | None
    missing: tuple[str, ...]
    pool: Pool | None


@dataclass(frozen=True, slots=True)
class MonthSettlement:
    """Campaigns by code, and the funds of each scheme by scheme code."""

    campaigns: tuple[CampaignSettlement, ...]
    funds: dict[str, FundMonth]


def settle(facts: PoolFacts, uplifts: Sequence[CampaignResult]) -> MonthSettlement:
    """The pools of the month's campaigns and what they leave in the funds."""
    by_unit = {terms.unit: terms for terms in facts.schemes}
    reaches = {terms.code: _reach(facts, terms) for terms in facts.schemes}
    campaigns = tuple(_settle_campaign(facts, one, by_unit, reaches) for one in uplifts)
    funds = {
        terms.code: _funds(facts, terms, [one.pool for one in campaigns if one.scheme is terms and one.pool])
        for terms in facts.schemes
    }
    return MonthSettlement(campaigns, funds)


def _settle_campaign(
    facts: PoolFacts,
    one: CampaignResult,
    by_unit: Mapping[int, SchemeTerms],
    reaches: Mapping[str, Reach],
) -> CampaignSettlement:
    missing = list(one.uplift.missing)
    terms = next((by_unit[unit] for unit in facts.paths[one.facts.unit] if unit in by_unit), None)
    found = reaches[terms.code] if terms else None
    if one.facts.pays:
        if terms is None:
            missing.append("pool_scheme")
        else:
            if terms.pool is None:
                missing.append("pool_roles")
            if found is not None:
                missing += found.missing
    settled = None
    if one.facts.pays and not missing and terms and terms.pool and found and found.shortfall is not None:
        if one.uplift.uplift is None:
            raise RuntimeError(f"{one.uplift.campaign} has neither an uplift nor a reason")
        settled = pool(
            campaign=one.uplift.campaign,
            month=facts.month,
            uplift=one.uplift.uplift,
            scheme=terms.pool,
            posts=facts.posts.get(terms.code, ()),
            findings=facts.findings.get(terms.code, ()),
            shortfall=found.shortfall,
        )
    return CampaignSettlement(one, terms, found, tuple(dict.fromkeys(missing)), settled)


def _reach(facts: PoolFacts, terms: SchemeTerms) -> Reach:
    """R of the month for one scheme: the articles of its unit and below, and those of no unit.  Rule:
    HT-21.
    """
    targets: dict[Kind, int] = {
        "activity": reach_target(terms.activity_reach, terms.growth, facts.month.year, terms.base_year),
        "welfare": reach_target(terms.welfare_reach, terms.growth, facts.month.year, terms.base_year),
    }
    counted = [
        ArticleReach(one.code, one.kind, one.readers_after(terms.reach_days))
        for one in facts.articles
        if one.unit is None or terms.unit in facts.paths.get(one.unit, ())
    ]
    return reach(counted, targets, terms.combine)


def _funds(facts: PoolFacts, terms: SchemeTerms, pools: Iterable[Pool]) -> FundMonth:
    fees = [
        Payable("fee", day, ident, terms.fees[kind])
        for day, ident, kind in facts.manuscripts.get(terms.code, ())
    ]
    return fund_month(
        month=facts.month,
        opening={fund: facts.openings.get(terms.code, {}).get(fund, ZERO) for fund in FUNDS},
        monthly_fund=terms.monthly_fund,
        account_fee=terms.account_fee if facts.month.number == terms.account_fee_month else ZERO,
        credits=[credit for one in pools for credit in fund_credits(one, terms.withheld)],
        payables=[*fees, *facts.payables.get(terms.code, ())],
        pending=facts.pending.get(terms.code, ()),
    )
