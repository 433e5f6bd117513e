"""Uplift: what a campaign brought above the baseline, by store, on all four dimensions.

Gross profit: ``actual = round(Σ days)``, ``baseline = round(Σ daily means)``, both to 分, the daily means not
rounded; ``uplift = actual − baseline``.  Visitors and units likewise to 2 decimals.
Rule: HT-25, HT-26, HT-27, calculation.md §3.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from campaigns.calculations.baselines import DEFAULT_LIMITS, Baseline, Limits, baseline_days
from campaigns.calculations.facts import Campaign, Facts, ProductDay, Steps, StoreOnDay
from core.money import Exact, fraction, round_half_up, round_money

NotComparable = Literal["no_activity_data", "few_baseline_days", "no_last_year", "no_member_day"]
Figure = Callable[[date], Exact | None]


@dataclass(frozen=True)
class StoreUplift:
    """One store of a campaign.  Not comparable: null figures and a ``reason``; money in yuan.

    ``visitors``, ``units`` and ``products`` are uplifts with 2 decimals, ``None`` when a used day lacks it.
    """

    store: str
    comparable: bool
    reason: NotComparable | Literal[""]
    actual: Decimal | None
    baseline: Decimal | None
    uplift: Decimal | None
    visitors: Decimal | None
    units: Decimal | None
    products: Mapping[str, Decimal | None]
    steps: tuple[Steps, ...]


@dataclass(frozen=True)
class CampaignUplift:
    """The sums over the comparable stores; without any the figures are ``None`` and ``missing`` says why."""

    campaign: str
    status: Literal["settled", "missing"]
    missing: tuple[str, ...]
    actual: Decimal | None
    baseline: Decimal | None
    uplift: Decimal | None
    visitors: Decimal | None
    units: Decimal | None
    products: Mapping[str, Decimal | None]
    stores: tuple[StoreUplift, ...]
    steps: Steps


def store_uplift(
    facts: Facts,
    campaign: Campaign,
    store: str,
    fed: Mapping[StoreOnDay, str],
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> StoreUplift:
    """The uplift of one store.  ``fed`` (of ``days_fed``) says which campaign each store-day feeds.

    A day on which the store was closed, has no data, or feeds another campaign contributes nothing and needs
    no baseline.  One counted day without enough baseline days leaves the store out as a whole.
    """
    steps: list[Steps] = []
    counted: dict[date, Baseline] = {}
    for day in campaign.days():
        lack = facts.lack(store, day)
        if lack is None and fed.get((store, day), campaign.code) != campaign.code:
            steps.append(_uncounted(day, "other_campaign", fed[store, day]))
        elif lack is not None:
            steps.append(_uncounted(day, lack))
        else:
            counted[day] = baseline_days(
                facts,
                store,
                day,
                method=campaign.method,
                n=campaign.n,
                align=campaign.align,
                baseline_dates=campaign.baseline_dates,
                limits=limits,
            )
            steps.append(_counted(facts, store, day, counted[day]))
    lacks = next((found.lacks for found in counted.values() if found.lacks), None)
    reason: NotComparable | None = lacks if counted else "no_activity_data"
    if reason:
        nothing = dict.fromkeys(campaign.products)
        return StoreUplift(store, False, reason, None, None, None, None, None, nothing, tuple(steps))

    rows = facts.store_days[store]
    gross_profit = _sums(counted, lambda day: rows[day].gross_profit)
    if gross_profit is None:
        raise RuntimeError("a counted day lacks its gross profit")
    actual, baseline = map(round_money, gross_profit)
    sold = facts.product_days.get(store, {})
    return StoreUplift(
        store=store,
        comparable=True,
        reason="",
        actual=actual,
        baseline=baseline,
        uplift=actual - baseline,
        visitors=_increase(counted, lambda day: rows[day].visitors),
        units=_increase(counted, lambda day: rows[day].units),
        products={code: _increase(counted, _units_of(sold.get(code, {}))) for code in campaign.products},
        steps=tuple(steps),
    )


def campaign_uplift(
    facts: Facts,
    campaign: Campaign,
    fed: Mapping[StoreOnDay, str],
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> CampaignUplift:
    """The uplift of a campaign: its comparable stores, net against each other.  Rule: HT-07, HT-27.

    A dimension other than gross profit is ``None`` as soon as one comparable store lacks it.
    """
    stores = tuple(
        store_uplift(facts, campaign, code, fed, limits=limits) for code in sorted(set(campaign.stores))
    )
    used = [store for store in stores if store.comparable]
    reasons = sorted({store.reason for store in stores if store.reason})
    uplift = _total([store.uplift for store in used])
    return CampaignUplift(
        campaign=campaign.code,
        status="settled" if used else "missing",
        missing=() if used else tuple(reasons) or ("no_stores",),
        actual=_total([store.actual for store in used]),
        baseline=_total([store.baseline for store in used]),
        uplift=uplift,
        visitors=_total([store.visitors for store in used]),
        units=_total([store.units for store in used]),
        products={code: _total([store.products[code] for store in used]) for code in campaign.products},
        stores=stores,
        steps={
            "method": campaign.method,
            "n": str(campaign.n),
            "align": campaign.align,
            "baseline_dates": [day.isoformat() for day in campaign.baseline_dates],
            "stores": {store.store: "" if store.uplift is None else str(store.uplift) for store in stores},
            "uplift": "" if uplift is None else str(uplift),
        },
    )


def _units_of(days: Mapping[date, ProductDay]) -> Figure:
    def units(day: date) -> Exact | None:
        row = days.get(day)
        return None if row is None else row.units

    return units


def _sums(counted: Mapping[date, Baseline], figure: Figure) -> tuple[Fraction, Fraction] | None:
    """Σ of the activity days and Σ of their daily means, exact; ``None`` when a used day lacks the figure."""
    actual = baseline = Fraction(0)
    for day, found in counted.items():
        value = figure(day)
        earlier = [figure(one) for one in found.days]
        known = [fraction(one) for one in earlier if one is not None]
        if value is None or len(known) < len(earlier):
            return None
        actual += fraction(value)
        baseline += sum(known, Fraction(0)) / len(known)
    return actual, baseline


def _increase(counted: Mapping[date, Baseline], figure: Figure) -> Decimal | None:
    sums = _sums(counted, figure)
    return None if sums is None else round_half_up(sums[0], 2) - round_half_up(sums[1], 2)


def _total(figures: Sequence[Decimal | None]) -> Decimal | None:
    """The sum; ``None`` when there is nothing to sum or one part is not known."""
    known = [one for one in figures if one is not None]
    return sum(known, Decimal("0.00")) if known and len(known) == len(figures) else None


def _uncounted(day: date, reason: str, campaign: str = "") -> Steps:
    return {"date": day.isoformat(), "counted": "no", "reason": reason, "campaign": campaign}


def _counted(facts: Facts, store: str, day: date, found: Baseline) -> Steps:
    """How the day came about.  ``mean`` is shown with 4 decimals; ``sum`` and ``count`` are exact."""
    rows = facts.store_days[store]
    earlier = [(one, fraction(rows[one].gross_profit or 0)) for one in found.days]
    total = sum((profit for _, profit in earlier), Fraction(0))
    return {
        "date": day.isoformat(),
        "counted": "yes",
        "actual": str(rows[day].gross_profit),
        "baseline_days": [
            {"date": one.isoformat(), "gross_profit": str(rows[one].gross_profit)} for one in found.days
        ],
        "excluded": [{"date": str(one.when), "reason": one.reason} for one in found.passed_over],
        "sum": str(round_half_up(total, 4)),
        "count": str(len(earlier)),
        "mean": str(round_half_up(total / len(earlier), 4)) if earlier else "",
        "lacks": found.lacks or "",
    }
