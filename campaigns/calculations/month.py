"""A month's campaigns of a whole organisation: who feeds which day, and each one's uplift.

Rule: calculation.md §3.  ``UpliftFacts`` is all that enters; it is what a settlement freezes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from campaigns.calculations.facts import (
    Campaign,
    Facts,
    ProductDay,
    Store,
    StoreDay,
    StoreOnDay,
    days_fed,
    days_touched,
    open_during,
)
from campaigns.calculations.methods import ChosenMethod, MethodRow, choose_method, fixed_method
from campaigns.calculations.uplift import CampaignUplift, campaign_uplift
from core.months import Month
from core.workdays import WorkCalendar

EVERY_STORE = "*"


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A store and the unit it belongs to."""

    store: Store
    unit: int


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """An approved campaign as planned.  ``stores`` may be ``("*",)``;
    ``baseline`` is its own method, if any; ``key`` identifies the stored row.

    A ``method`` in the campaign was fixed at its approval, with ``n`` and ``align``; without one the rules
    choose.
    """

    key: int
    campaign: Campaign
    unit: int
    baseline: str
    pays: bool


@dataclass(frozen=True, slots=True)
class UpliftFacts:
    """Facts and rules of one organisation.  ``paths``: unit → itself and those above, nearest first.

    ``campaigns`` are all approved ones that may touch a day in question, not only those of the month.
    ``member_days``: unit (``None``: all units) → date → number of the member day in its month.
    """

    month: Month
    calendar: WorkCalendar
    paths: dict[int, tuple[int, ...]]
    stores: tuple[StoreFacts, ...]
    campaigns: tuple[CampaignFacts, ...]
    methods: tuple[MethodRow, ...]
    member_days: dict[int | None, dict[date, int]]
    store_days: Mapping[str, Mapping[date, StoreDay]]
    product_days: Mapping[str, Mapping[str, Mapping[date, ProductDay]]]


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """A campaign of the month with its chosen method and its uplift."""

    facts: CampaignFacts
    method: ChosenMethod
    uplift: CampaignUplift


@dataclass(frozen=True, slots=True)
class Resolved:
    """The campaigns with their stores and methods, by code, and what their days are read from."""

    known: Facts
    campaigns: dict[str, Campaign]
    methods: dict[str, ChosenMethod]
    fed: dict[StoreOnDay, str]


def resolved(facts: UpliftFacts) -> Resolved:
    """Choose every campaign's method and stores, and say which campaign each store-day feeds."""
    methods: dict[str, ChosenMethod] = {}
    campaigns: dict[str, Campaign] = {}
    for one in facts.campaigns:
        method = method_of(facts, one)
        methods[one.campaign.code] = method
        campaigns[one.campaign.code] = replace(
            one.campaign, stores=_stores(facts, one), method=method.code, n=method.n, align=method.align
        )
    known = Facts(
        stores={row.store.code: row.store for row in facts.stores},
        store_days=facts.store_days,
        touched=days_touched(campaigns.values()),
        member_days={row.store.code: _member_days(facts, row.unit) for row in facts.stores},
        product_days=facts.product_days,
        calendar=facts.calendar,
    )
    return Resolved(known, campaigns, methods, days_fed(campaigns.values()))


def method_of(facts: UpliftFacts, one: CampaignFacts) -> ChosenMethod:
    """The method fixed at the approval; of a campaign without one, what the rules choose."""
    terms, path = one.campaign, [str(unit) for unit in facts.paths[one.unit]]
    if not terms.method:
        return choose_method(facts.methods, path, terms.type, terms.scale, terms.start, own=one.baseline)
    return fixed_method(
        facts.methods,
        path,
        terms.type,
        terms.scale,
        terms.start,
        own=one.baseline,
        code=terms.method,
        n=terms.n,
        align=terms.align,
    )


def uplifts(facts: UpliftFacts) -> list[CampaignResult]:
    """The campaigns that end in the month, by code."""
    found = resolved(facts)
    return [
        CampaignResult(
            one,
            found.methods[one.campaign.code],
            campaign_uplift(found.known, found.campaigns[one.campaign.code], found.fed),
        )
        for one in sorted(facts.campaigns, key=lambda one: one.campaign.code)
        if one.campaign.end in facts.month
    ]


def _stores(facts: UpliftFacts, one: CampaignFacts) -> tuple[str, ...]:
    """``*``: the stores of the campaign's unit and below that are open on some day of it."""
    if EVERY_STORE not in one.campaign.stores:
        return one.campaign.stores
    below = [row.store for row in facts.stores if one.unit in facts.paths[row.unit]]
    return open_during(below, one.campaign.start, one.campaign.end)


def _member_days(facts: UpliftFacts, unit: int) -> dict[date, int]:
    """The member days of a store: those of its unit, of the units above, and of no unit (for all).

    In a month a nearer unit's day of a number replaces a farther unit's.
    """
    nearest: dict[tuple[int, int, int], date] = {}
    for above in (*facts.paths[unit], None):
        for day, number in facts.member_days.get(above, {}).items():
            nearest.setdefault((day.year, day.month, number), day)
    return {day: number for (_year, _month, number), day in nearest.items()}
