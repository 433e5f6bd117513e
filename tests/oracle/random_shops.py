"""Stores, their days, member days, baseline methods and campaigns of a random deployment."""

from __future__ import annotations

from datetime import date, timedelta

from .random_draw import ROOTS, Draw
from .rows import Row, as_day, days_between, months_before, text

TYPES = ("weekend", "member_day", "manufacturer", "other")
SCALES = ("small", "medium", "large")
STATUSES = ("", "", "approved", "running", "reviewed", "closed")
METHODS = (
    "prev_weekends_same_weekday",
    "same_member_day_prev_months",
    "nearest_ordinary_days",
    "last_year_same_dates",
)


def add_shops(draw: Draw) -> None:
    """Three or four stores of one root and one of the other, with facts of up to fourteen months."""
    blanks = draw.chance(30)
    for root, count in (("A", draw.between(2, 4)), ("B", draw.between(0, 1))):
        for at in range(count):
            code = f"{root}M{at}"
            history = draw.one([400, 400, 400, 120, 25]) if at else 400
            start = draw.last - timedelta(days=history)
            opened = draw.one([date(2010, 1, 1), start])
            closed = max(opened, draw.day()) if at > 1 and draw.chance(20) else None
            unit = root + draw.one(["", "1", "2", "11"])
            draw.add("stores", code=code, name=f"Store {code}", unit=unit, opened=opened, closed=closed)
            add_store_days(draw, code, start - timedelta(days=draw.one([0, 5])), blanks)
    add_member_days(draw)
    for root in ROOTS:
        for type_code in TYPES:
            if draw.chance(25):
                add_method(draw, root + draw.one(["", "", "1"]), type_code, draw.one(SCALES))


def add_store_days(draw: Draw, store: str, start: date, blanks: bool) -> None:
    """A store's days: a few missing, a few closed, some without visitors or units."""
    level = draw.between(500, 4000)
    gaps = draw.one([1, 4, 12])
    for day in days_between(start, draw.last + timedelta(days=3)):
        if draw.chance(gaps):
            continue
        closed = draw.chance(gaps)
        lift = 300 if day >= draw.first else 0
        profit = draw.decimal(max(0, level - 400), level + 400 + lift, draw.one([0, 2, 2, 4]))
        if draw.chance(1):
            profit = f"-{profit}"
        visitors = "" if blanks and draw.chance(4) else draw.between(20, 300)
        units = (
            "" if blanks and draw.chance(4) else draw.one([draw.between(20, 400), draw.decimal(20, 400, 1)])
        )
        draw.add(
            "store_days",
            date=day,
            store=store,
            visitors=0 if closed else visitors,
            units=0 if closed else units,
            gross_profit="0" if closed else profit,
            closed="yes" if closed else draw.one(["", "no"]),
        )


def add_member_days(draw: Draw) -> None:
    """The first and the second member day of every month; a department keeps its own second one at times."""
    own = draw.chance(40)
    for back in range(14, -1, -1):
        month = months_before(draw.month, back)
        if draw.chance(10) and back:
            continue
        draw.add("member_days", date=f"{month}-08", unit="A", number="1")
        draw.add("member_days", date=f"{month}-{draw.one([18, 19])}", unit="A", number="2")
        if own and draw.chance(70):
            draw.add("member_days", date=f"{month}-22", unit="A1", number="2")
        if draw.chance(50):
            draw.add("member_days", date=f"{month}-15", unit="B", number="1")


def add_method(draw: Draw, unit: str, type_code: str, scale: str) -> None:
    """A row of baseline methods, now and then a later one of which the older does not know."""
    begins = [date(2016, 1, 1), draw.first - timedelta(days=15), draw.last + timedelta(days=9)]
    for begin in begins[: draw.one([1, 1, 3])]:
        method = draw.one(METHODS[:1] if type_code == "weekend" and draw.chance(50) else METHODS)
        draw.add(
            "baseline_methods",
            unit=unit,
            type=type_code,
            scale=scale,
            valid_from=begin,
            method=method,
            n=draw.one(["", "1", "2", "3", "4"]),
            align=draw.one(["", "date", "weekday"]) if method == "last_year_same_dates" else "",
        )


def add_campaigns(draw: Draw) -> None:
    """Campaigns that end in the month, and some before, after and not approved that touch or do not."""
    for at in range(draw.between(2, 5)):
        add_campaign(draw, f"AC{at}", "A")
    if draw.chance(30):
        add_campaign(draw, "BC0", "B")
    past = ("AC8", draw.first - timedelta(days=draw.between(2, 60)))
    coming = ("AC9", draw.last + timedelta(days=draw.between(1, 4)))
    for code, end in (past, coming):
        if draw.chance(50):
            row = add_campaign(draw, code, "A")
            row |= {
                "start": str(end - timedelta(days=draw.between(0, 5))),
                "end": str(end),
                "scale": "medium",
                "baseline": "",
                "baseline_dates": "",
            }


def add_campaign(draw: Draw, code: str, root: str) -> Row:
    """One campaign of a type on days that mostly fit it."""
    type_code, scale = draw.one(TYPES), draw.one(["small", "small", "medium", "medium", "large"])
    start, end = dates_of(draw, root, type_code, scale)
    stores = [text(row, "code") for row in draw.rows("stores") if text(row, "code")[0] == root]
    chosen = "*" if not stores or draw.chance(20) else ",".join(draw.some(stores, 1, 3))
    baseline, dates = "", ""
    if draw.chance(25):
        baseline = draw.one([*METHODS, "fixed_dates", "fixed_dates", "fixed_dates"])
    if baseline == "fixed_dates":
        before = [start - timedelta(days=back) for back in draw.some(range(1, 60), 1, 4)]
        dates = draw.one([",", "、"]).join(str(day) for day in before)
    return draw.add(
        "campaigns",
        code=code,
        name=f"Campaign {code}",
        unit=root + draw.one(["", "", "", "1", "2"]),
        type=type_code,
        scale=scale,
        start=start,
        end=end,
        stores=chosen,
        pays=draw.one(["", "", "", "yes", "yes", "no"]),
        status="draft" if draw.chance(6) else draw.one(STATUSES),
        baseline=baseline,
        baseline_dates=dates,
    )


def dates_of(draw: Draw, root: str, type_code: str, scale: str) -> tuple[date, date]:
    """The days of a campaign that ends in the month."""
    if type_code == "weekend" and draw.chance(85):
        saturday = draw.one([day for day in draw.days if day.weekday() == 5])
        end = saturday if saturday == draw.last else saturday + timedelta(days=draw.between(0, 1))
        return saturday, end
    if type_code == "member_day" and draw.chance(85):
        days = [as_day(text(row, "date")) for row in draw.rows("member_days") if text(row, "unit")[0] == root]
        inside = [day for day in days if day in draw.days]
        if inside:
            day = draw.one(inside)
            return day, day
    end = draw.day()
    return end - timedelta(days=draw.between(0, 9) if scale == "large" else draw.one([0, 0, 1, 2])), end
