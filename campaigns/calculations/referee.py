"""The referee of a baseline: how far an uplift may be trusted.  A report; it changes no pay.

It sets the uplift of the rule beside that of other methods, beside what the same rule finds on earlier
ordinary days on which nothing ran (the noise), and beside the week after (demand that was only pulled
forward).  Money in yuan, to 分.  Rule: HT-25 … HT-28; domain.md §5.4.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from campaigns.calculations.baselines import METHODS, Baseline, baseline_days
from campaigns.calculations.facts import Campaign, Facts, StoreOnDay
from campaigns.calculations.uplift import CampaignUplift, campaign_uplift
from core.money import fraction, round_money
from core.months import Month, days

Badge = Literal["clear", "noise", "below", "contaminated", "unknown"]
Stain = Literal["campaign", "holiday", "closed"]

BY_LIST = "fixed_dates"
BY_MEMBER_DAY = "same_member_day_prev_months"
ORDINARY = "nearest_ordinary_days"
ALTERNATIVES = 2


@dataclass(frozen=True)
class RefereeLimits:
    """How many earlier times the rule is tried at, how far back, and how many make a band."""

    placebos: int = 8
    weeks: int = 16
    months: int = 12
    enough: int = 3
    days_after: int = 7


DEFAULT_LIMITS = RefereeLimits()


@dataclass(frozen=True)
class Alternative:
    """What another method finds for the same campaign; ``stores``: how many are comparable by it."""

    method: str
    uplift: Decimal
    stores: int


@dataclass(frozen=True)
class Placebo:
    """What the rule finds on earlier days, named by their first, on which no campaign ran."""

    start: date
    uplift: Decimal


@dataclass(frozen=True)
class Band:
    """The least, the middle and the greatest of the placebos."""

    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True)
class WeekAfter:
    """The days after against ordinary days before the campaign: means of a store's day, and the whole
    difference.  Below zero, that much was bought earlier instead of more.
    """

    store_days: int
    mean: Decimal
    baseline_mean: Decimal
    difference: Decimal


@dataclass(frozen=True)
class Verdict:
    """``stained``: of ``store_days`` counted, how many had a baseline touched by what, and by how much."""

    rule: CampaignUplift
    alternatives: tuple[Alternative, ...]
    placebos: tuple[Placebo, ...]
    band: Band | None
    after: WeekAfter | None
    store_days: int
    stained: Mapping[Stain, int]
    badge: Badge


def referee(
    facts: Facts,
    campaign: Campaign,
    fed: Mapping[StoreOnDay, str],
    *,
    limits: RefereeLimits = DEFAULT_LIMITS,
) -> Verdict:
    """Judge a finished campaign.  ``fed`` (of ``days_fed``) says which campaign each store-day feeds."""
    rule = campaign_uplift(facts, campaign, fed)
    stores = tuple(store.store for store in rule.stores if store.comparable)
    placebos = tuple(_placebos(facts, campaign, stores, limits)) if stores else ()
    band = _band([one.uplift for one in placebos], limits.enough)
    counted, stained = _stains(facts, campaign, stores, fed)
    return Verdict(
        rule=rule,
        alternatives=_alternatives(facts, campaign, fed),
        placebos=placebos,
        band=band,
        after=_week_after(facts, campaign, stores, limits.days_after),
        store_days=counted,
        stained=stained,
        badge=_badge(rule.uplift, band, stained),
    )


def _badge(uplift: Decimal | None, band: Band | None, stained: Mapping[Stain, int]) -> Badge:
    if uplift is None:
        return "unknown"
    if stained:
        return "contaminated"
    if band is None:
        return "unknown"
    if uplift > band.high:
        return "clear"
    return "below" if uplift < band.low else "noise"


def _alternatives(facts: Facts, campaign: Campaign, fed: Mapping[StoreOnDay, str]) -> tuple[Alternative, ...]:
    """The other methods that the data allow, at most two: those that compare most stores first."""
    found = []
    for method in METHODS:
        if method == campaign.method or (method == BY_LIST and not campaign.baseline_dates):
            continue
        other = campaign_uplift(facts, replace(campaign, method=method), fed)
        if other.uplift is not None:
            found.append(Alternative(method, other.uplift, sum(one.comparable for one in other.stores)))
    found.sort(key=lambda one: -one.stores)
    return tuple(found[:ALTERNATIVES])


def _placebos(
    facts: Facts, campaign: Campaign, stores: tuple[str, ...], limits: RefereeLimits
) -> Iterator[Placebo]:
    """The rule on earlier times, nearest first; every compared store was open and nothing ran in it."""
    found = 0
    for start in _earlier(facts, campaign, stores[0], limits):
        if found == limits.placebos:
            return
        length = campaign.end - campaign.start
        trial = replace(campaign, start=start, end=start + length, stores=stores)
        if not _ordinary(facts, campaign, trial):
            continue
        tried = campaign_uplift(facts, trial, {})
        if tried.uplift is not None and all(store.comparable for store in tried.stores):
            found += 1
            yield Placebo(start, tried.uplift)


def _earlier(facts: Facts, campaign: Campaign, store: str, limits: RefereeLimits) -> Iterator[date]:
    """Where a campaign like this could have begun: weeks before, or the member days of the months before."""
    ordinal = facts.ordinal(store, campaign.start)
    if ordinal is None:
        first = (campaign.end - campaign.start).days // 7 + 1  # so that it does not overlap the campaign
        for week in range(first, limits.weeks + 1):
            yield campaign.start - timedelta(weeks=week)
        return
    numbered = {Month.of(day): day for day, number in facts.member_days[store].items() if number == ordinal}
    for back in range(1, limits.months + 1):
        day = numbered.get(Month.of(campaign.start).plus(-back))
        if day is not None:
            yield day


def _ordinary(facts: Facts, campaign: Campaign, trial: Campaign) -> bool:
    """Whether every day is of the kind of the campaign's day and nothing ran in any store on it.

    By a list of dates, the days must lie after the dates, else the rule would compare with the future.
    """
    if campaign.method == BY_LIST and any(day >= trial.start for day in campaign.baseline_dates):
        return False
    calendar = facts.calendar
    for real, day in zip(campaign.days(), trial.days(), strict=True):
        if calendar.is_holiday(day) or calendar.is_makeup(day):
            return False
        if (
            calendar.is_workday(day) != calendar.is_workday(real)
            and facts.ordinal(trial.stores[0], real) is None
        ):
            return False
        for store in trial.stores:
            if facts.lack(store, day) or (store, day) in facts.touched:
                return False
            if (facts.ordinal(store, day) is None) != (facts.ordinal(store, real) is None):
                return False
    return True


def _band(uplifts: Sequence[Decimal], enough: int) -> Band | None:
    """``None`` with too few placebos.  The middle of an even number is the mean of the two, half-up."""
    ordered = sorted(uplifts)
    count = len(ordered)
    if count < enough:
        return None
    low, high = ordered[(count - 1) // 2], ordered[count // 2]
    return Band(ordered[0], round_money((fraction(low) + fraction(high)) / 2), ordered[-1])


def _stains(
    facts: Facts, campaign: Campaign, stores: tuple[str, ...], fed: Mapping[StoreOnDay, str]
) -> tuple[int, dict[Stain, int]]:
    """How many store-days count, and how many of them have a baseline that something else touches."""
    counted = 0
    stained: dict[Stain, int] = {}
    for store in stores:
        for day in campaign.days():
            if facts.lack(store, day) or fed.get((store, day), campaign.code) != campaign.code:
                continue
            counted += 1
            found = baseline_days(
                facts,
                store,
                day,
                method=campaign.method,
                n=campaign.n,
                align=campaign.align,
                baseline_dates=campaign.baseline_dates,
            )
            for reason in sorted(_touching(facts, store, found)):
                stained[reason] = stained.get(reason, 0) + 1
    return counted, stained


def _touching(facts: Facts, store: str, found: Baseline) -> set[Stain]:
    """What lies on the days compared with, or pushed the search past a day it would have taken."""
    reasons: set[Stain] = set()
    for passed in found.passed_over:
        if passed.reason == "campaign" or passed.reason == "holiday" or passed.reason == "closed":
            reasons.add(passed.reason)
    for day in found.days:
        if (store, day) in facts.touched:
            reasons.add("campaign")
        if facts.calendar.is_holiday(day):
            reasons.add("holiday")
    return reasons


def _week_after(
    facts: Facts, campaign: Campaign, stores: tuple[str, ...], days_after: int
) -> WeekAfter | None:
    """Each day after against the nearest ordinary days before the campaign; ``None`` without such a day."""
    last = campaign.end + timedelta(days=days_after)
    after = list(days(campaign.end + timedelta(days=1), last))
    during = frozenset((store, day) for store in stores for day in days(campaign.start, last))
    calm = replace(facts, touched=facts.touched | during)
    actual = baseline = Fraction(0)
    counted = 0
    for store in stores:
        rows = facts.store_days.get(store, {})
        for day in after:
            if facts.lack(store, day) or (store, day) in facts.touched or facts.calendar.is_holiday(day):
                continue
            found = baseline_days(calm, store, day, method=ORDINARY, n=campaign.n)
            if found.lacks:
                continue
            counted += 1
            actual += fraction(rows[day].gross_profit or 0)
            earlier = [fraction(rows[one].gross_profit or 0) for one in found.days]
            baseline += sum(earlier, Fraction(0)) / len(earlier)
    if not counted:
        return None
    return WeekAfter(
        store_days=counted,
        mean=round_money(actual / counted),
        baseline_mean=round_money(baseline / counted),
        difference=round_money(actual) - round_money(baseline),
    )
