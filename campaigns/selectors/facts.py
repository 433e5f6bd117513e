"""Reads of WORK, set-based: one query for each kind of fact, whatever the number of stores."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from campaigns.calculations.facts import Campaign as CampaignTerms
from campaigns.calculations.facts import ProductDay as ProductDayFacts
from campaigns.calculations.facts import Store as StoreTerms
from campaigns.calculations.facts import StoreDay as StoreDayFacts
from campaigns.calculations.methods import DEFAULT_ALIGN, DEFAULT_N, MethodRow
from campaigns.calculations.month import EVERY_STORE, CampaignFacts, StoreFacts, UpliftFacts
from campaigns.models import (
    COUNTED_STATES,
    BaselineMethod,
    Campaign,
    MemberDay,
    ProductDay,
    Store,
    StoreDay,
)
from core.months import Month
from core.workdays import WorkCalendar
from departments.selectors import UnitTree

# The farthest a baseline looks back: last year's same dates (a leap year and a weekday's shift included).
LOOK_BACK = timedelta(days=372)


def uplift_facts(root_id: int, month: Month, tree: UnitTree, calendar: WorkCalendar) -> UpliftFacts:
    """Everything the uplift of the month's campaigns is computed from, in a fixed number of queries."""
    units = {unit for unit, root in tree.roots.items() if root == root_id}
    stores = stores_of(root_id)
    every = campaigns_begun(root_id, month.last)
    of_month = tuple(one for one in every if Month.of(one.campaign.end) == month)
    first = min((one.campaign.start for one in of_month), default=month.first) - LOOK_BACK
    days = {day for one in of_month for day in one.campaign.baseline_dates}
    first = min({first, *days})
    others = (one for one in every if one.campaign.end >= first and Month.of(one.campaign.end) != month)
    campaigns = (*of_month, *others) if of_month else ()
    wanted = codes_of_stores(of_month, stores, tree)
    products = {product for one in of_month for product in one.campaign.products}
    return UpliftFacts(
        month=month,
        calendar=calendar,
        paths={unit: tree.path(unit) for unit in sorted(units)},
        stores=stores,
        campaigns=campaigns,
        methods=method_rows(units),
        member_days=member_days_of(units, first, month.last),
        store_days=days_of_stores(root_id, wanted, first, month.last),
        product_days=days_of_products(root_id, wanted, products, first, month.last),
    )


def stores_of(root_id: int) -> tuple[StoreFacts, ...]:
    """The stores of an organisation, by code: one query."""
    return tuple(
        StoreFacts(StoreTerms(code, opened, closed), unit)
        for code, unit, opened, closed in Store.objects.filter(root_id=root_id)
        .order_by("code")
        .values_list("code", "unit_id", "opened", "closed")
    )


def method_rows(units: set[int]) -> tuple[MethodRow, ...]:
    rows: Any = BaselineMethod.objects.filter(unit_id__in=units).order_by("pk")
    return tuple(
        MethodRow(str(row.unit_id), row.type, row.scale, row.valid_from, row.method, row.n, row.align)
        for row in rows
    )


def campaigns_begun(root_id: int, last: date) -> tuple[CampaignFacts, ...]:
    """The counted campaigns begun by a day, by code: one query."""
    rows: Any = Campaign.objects.filter(root_id=root_id, status__in=COUNTED_STATES, start__lte=last)
    return tuple(
        CampaignFacts(
            row.pk,
            CampaignTerms(
                code=row.code,
                type=row.type,
                scale=row.scale,
                start=row.start,
                end=row.end,
                stores=tuple(row.stores),
                method=row.fixed_method,
                n=row.fixed_n or DEFAULT_N,
                align=row.fixed_align or DEFAULT_ALIGN,
                baseline_dates=tuple(date.fromisoformat(day) for day in row.baseline_dates),
                products=tuple(row.products),
            ),
            unit=row.unit_id,
            baseline=row.baseline,
            pays=row.pays,
        )
        for row in rows.order_by("code")
    )


def codes_of_stores(
    campaigns: tuple[CampaignFacts, ...], stores: tuple[StoreFacts, ...], tree: UnitTree
) -> set[str]:
    """The stores that the campaigns name; their days alone are read."""
    codes = {code for one in campaigns for code in one.campaign.stores}
    if EVERY_STORE in codes:
        units = {one.unit for one in campaigns if EVERY_STORE in one.campaign.stores}
        codes |= {row.store.code for row in stores if units.intersection(tree.path(row.unit))}
    return codes


def member_days_of(units: set[int], first: date, last: date) -> dict[int | None, dict[date, int]]:
    found: dict[int | None, dict[date, int]] = defaultdict(dict)
    rows = MemberDay.objects.filter(Q(unit_id__in=units) | Q(unit__isnull=True), date__range=(first, last))
    for unit, day, number in rows.values_list("unit_id", "date", "number"):
        found[unit][day] = number
    return dict(found)


def days_of_stores(
    root_id: int, stores: set[str], first: date, last: date
) -> dict[str, dict[date, StoreDayFacts]]:
    found: dict[str, dict[date, StoreDayFacts]] = defaultdict(dict)
    rows = StoreDay.objects.filter(root_id=root_id, date__range=(first, last), store__code__in=stores)
    for code, day, visitors, units, revenue, profit, closed in rows.values_list(
        "store__code", "date", "visitors", "units", "revenue", "gross_profit", "closed"
    ).iterator(chunk_size=20_000):
        found[code][day] = StoreDayFacts(profit, visitors, units, revenue, closed)
    return dict(found)


def days_of_products(
    root_id: int, stores: set[str], products: set[str], first: date, last: date
) -> dict[str, dict[str, dict[date, ProductDayFacts]]]:
    found: dict[str, dict[str, dict[date, ProductDayFacts]]] = defaultdict(lambda: defaultdict(dict))
    rows = ProductDay.objects.filter(
        root_id=root_id, date__range=(first, last), store__code__in=stores, product__in=products
    )
    for code, product, day, units, profit in rows.values_list(
        "store__code", "product", "date", "units", "gross_profit"
    ).iterator(chunk_size=20_000):
        found[code][product][day] = ProductDayFacts(units, profit)
    return {code: dict(products_of) for code, products_of in found.items()}
