"""What a channel brought for what it cost: CTR, CVR, ROI, cost per click, lead and order.

A ratio over zero is undefined (``None``, shown —).  A ratio is taken over the rows that know both of its
figures: a channel without a count of impressions neither raises nor lowers the click rate of the others.
Rule: KQ-05, KQ-31; calculation.md, "General".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from core.money import Exact, fraction, ratio, round_money, round_rate

Figure = Literal["cost", "impressions", "clicks", "leads", "orders", "revenue"]
FIGURES: tuple[Figure, ...] = ("cost", "impressions", "clicks", "leads", "orders", "revenue")


@dataclass(frozen=True)
class ChannelRow:
    """What one channel cost and brought on one day; money in yuan; ``None`` is not known, never 0."""

    cost: Decimal | None = None
    impressions: int | None = None
    clicks: int | None = None
    leads: int | None = None
    orders: int | None = None
    revenue: Decimal | None = None


@dataclass(frozen=True)
class ChannelTotals:
    """Sums of what is known (``None`` when nothing is) and the ratios: rates with 4 decimals, costs to 分."""

    rows: int
    cost: Decimal | None
    impressions: int | None
    clicks: int | None
    leads: int | None
    orders: int | None
    revenue: Decimal | None
    ctr: Decimal | None
    cvr: Decimal | None
    roi: Decimal | None
    cost_per_click: Decimal | None
    cost_per_lead: Decimal | None
    cost_per_order: Decimal | None


def channel_totals(rows: Iterable[ChannelRow]) -> ChannelTotals:
    """CTR = clicks ÷ impressions, CVR = orders ÷ clicks, ROI = (revenue − cost) ÷ cost."""
    known: Sequence[ChannelRow] = list(rows)
    paired = _pair(known, "revenue", "cost")
    roi = None if paired is None else ratio(paired[0] - paired[1], paired[1])
    cost, revenue = _sum(known, "cost"), _sum(known, "revenue")
    return ChannelTotals(
        rows=len(known),
        cost=None if cost is None else round_money(cost),
        impressions=_count(known, "impressions"),
        clicks=_count(known, "clicks"),
        leads=_count(known, "leads"),
        orders=_count(known, "orders"),
        revenue=None if revenue is None else round_money(revenue),
        ctr=_rate(known, "clicks", "impressions"),
        cvr=_rate(known, "orders", "clicks"),
        roi=None if roi is None else round_rate(roi),
        cost_per_click=_price(known, "clicks"),
        cost_per_lead=_price(known, "leads"),
        cost_per_order=_price(known, "orders"),
    )


def return_on(row: ChannelRow) -> Decimal | None:
    """ROI of a single row."""
    if row.revenue is None or row.cost is None:
        return None
    found = ratio(row.revenue - row.cost, row.cost)
    return None if found is None else round_rate(found)


def reached(actual: Exact | None, target: Exact | None) -> Decimal | None:
    """The share of a goal that is reached, 4 decimals; ``None`` without a figure or over a goal of zero."""
    share = None if actual is None or target is None else ratio(actual, target)
    return None if share is None else round_rate(share)


def shortfall(readers: int | None, target: int | None) -> Decimal | None:
    """How far an article stays below its target: ``max(0, (target − readers) ÷ target)``, 4 decimals."""
    if readers is None or target is None:
        return None
    short = ratio(target - readers, target)
    return None if short is None else round_rate(max(Fraction(0), short))


def _sum(rows: Sequence[ChannelRow], figure: Figure) -> Fraction | None:
    values: list[Any] = [value for row in rows if (value := getattr(row, figure)) is not None]
    # Numbers of a few decimals: their plain sum is exact, and a hundred times quicker than one of fractions.
    return fraction(sum(values)) if values else None


def _count(rows: Sequence[ChannelRow], figure: Figure) -> int | None:
    total = _sum(rows, figure)
    return None if total is None else int(total)


def _pair(rows: Sequence[ChannelRow], top: Figure, bottom: Figure) -> tuple[Fraction, Fraction] | None:
    """Both sums over the rows that know both; ``None`` when no row does."""
    both = [row for row in rows if getattr(row, top) is not None and getattr(row, bottom) is not None]
    above, below = _sum(both, top), _sum(both, bottom)
    return None if above is None or below is None else (above, below)


def _rate(rows: Sequence[ChannelRow], top: Figure, bottom: Figure) -> Decimal | None:
    paired = _pair(rows, top, bottom)
    found = None if paired is None else ratio(*paired)
    return None if found is None else round_rate(found)


def _price(rows: Sequence[ChannelRow], bottom: Figure) -> Decimal | None:
    paired = _pair(rows, "cost", bottom)
    found = None if paired is None else ratio(*paired)
    return None if found is None else round_money(found)


def forecast(actual: Exact | None, elapsed: int, total: int) -> Decimal | None:
    """What the pace so far gives by the end: ``actual ÷ elapsed × total``, 2 decimals; days, both counted in.

    Rule: KQ-17 (method: the pace so far goes on).
    """
    share = None if actual is None else ratio(fraction(actual) * total, elapsed)
    return None if share is None else round_money(share)
