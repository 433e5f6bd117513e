"""Fourteen months of takings: a weekly rhythm, member days, holidays, campaigns, one store newly opened."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.months import Month, days
from opscenter.example.sheets import Fact
from opscenter.example.window import Window, draw, order_of
from presets.haitang.example.campaigns import FIXED_STORES, MEMBER_DAYS, PRODUCTS, UNIT, plan_of

#: yuan of gross profit on an ordinary day
BASES = dict(zip(FIXED_STORES, (5200, 3900, 3400, 2900, 2600, 2300, 2050), strict=True))
NEW_STORE, NEW_BASE = "ht-s08", 1700
WEEKDAYS = (93, 90, 94, 97, 104, 118, 112)
MEMBER_DAY, HOLIDAY = 300, 88
HISTORY = 12
MARGIN, UNITS_PER_VISITOR = 31, 19  # percent; tenths
#: cents of gross profit of one unit
PRODUCT_PROFITS = dict(zip(PRODUCTS, (1150, 2280), strict=True))


def member_days(window: Window) -> Iterator[Fact]:
    """Three a month, numbered in their month, announced to the end of the running month."""
    for back in range(HISTORY, -2, -1):
        month = window.last.plus(-back)
        for number, day in enumerate(MEMBER_DAYS, 1):
            yield "member_days", {"date": month.first.replace(day=day), "unit": UNIT, "number": number}


def new_store(window: Window) -> Fact:
    """A store that opened shortly before its first campaign: nothing to compare it with."""
    opened = window.last.plus(-1).first.replace(day=20)
    return "stores", {"code": NEW_STORE, "name": "新城店", "unit": "ht-stores", "opened": opened}


def _level(window: Window, day: date, store: str) -> int:
    """Hundredths of a percent of the store's ordinary takings."""
    level = WEEKDAYS[day.weekday()] * draw("takings", day, store).randint(95, 105)
    if day.day in MEMBER_DAYS:
        # The weekday says little on a member day.
        level = MEMBER_DAY * draw("takings", day, store).randint(96, 104)
    elif window.calendar.is_holiday(day):
        level = level * HOLIDAY // 100
    month = Month.of(day)
    # Campaigns stand for the two months only; the days before them were ordinary ones.
    return level * plan_of(window, month).lift(day, store) // 100 if month in window.months else level


def _stock_taking(month: Month, store: str, day: date) -> bool:
    """Each month one store stays shut for a day to count its stock."""
    return store == FIXED_STORES[(order_of(month) + 3) % len(FIXED_STORES)] and day == month.first.replace(
        day=22
    )


def store_days(window: Window) -> Iterator[Fact]:
    """Every store and day up to yesterday."""
    opened = new_store(window)[1]["opened"]
    for day in days(window.last.plus(-HISTORY).first, window.yesterday):
        month = Month.of(day)
        stores = {**BASES, NEW_STORE: NEW_BASE} if day >= opened else BASES
        for store, base in stores.items():
            if _stock_taking(month, store, day):
                yield "store_days", {"date": day, "store": store, "closed": "是"}
                continue
            profit = base * _level(window, day, store) // 100  # cents: base × percent
            visitors = profit // draw("basket", day, store).randint(1750, 2050)
            yield (
                "store_days",
                {
                    "date": day,
                    "store": store,
                    "visitors": visitors,
                    "units": visitors * UNITS_PER_VISITOR // 10,
                    "revenue": Decimal(profit * 100 // MARGIN).scaleb(-2),
                    "gross_profit": Decimal(profit).scaleb(-2),
                    "closed": "否",
                },
            )


def product_days(window: Window) -> Iterator[Fact]:
    """The products of the member-day campaign, on the member days of nine months."""
    for day in days(window.last.plus(-8).first, window.yesterday):
        if day.day not in MEMBER_DAYS:
            continue
        lift = Month.of(day) in window.months and plan_of(window, Month.of(day)).member_day == day
        for store in FIXED_STORES:
            if _stock_taking(Month.of(day), store, day):
                continue
            for product, profit in PRODUCT_PROFITS.items():
                units = BASES[store] // 400 * draw("product", day, store, product).randint(80, 125) // 100
                units = units * 3 if lift else units
                yield (
                    "product_days",
                    {
                        "date": day,
                        "store": store,
                        "product": product,
                        "units": units,
                        "gross_profit": Decimal(units * profit).scaleb(-2),
                    },
                )
