"""Uplift of the campaigns of a month against their baselines: calculation.md §3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .days import Days
from .people import path_of
from .rows import (
    Row,
    Tables,
    as_day,
    days_between,
    half_up,
    holds_on,
    listed,
    money,
    months_before,
    needed_day,
    number,
    rows_of,
    text,
    whole,
    yes,
)

# Codes of `reason`; the specification names none.
CLOSED = "closed"
TOO_FEW_DAYS = "too_few_days"
NO_MEMBER_DAY = "no_member_day"
NO_LAST_YEAR = "no_last_year"

APPROVED = ("approved", "running", "reviewed", "closed")
RANK = {"large": 0, "medium": 1, "small": 2}
DIMENSIONS = ("gross_profit", "visitors", "units")


@dataclass
class Method:
    """How the baseline of a campaign's days is found."""

    code: str
    n: int = 3
    align: str = "date"


class NotComparableError(Exception):
    """A store has no baseline; the argument is the reason's code."""


class Facts:
    """The store-days of a deployment and what touches them."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.days = Days(tables)
        self.stores = {text(row, "code"): row for row in rows_of(tables, "stores")}
        self.store_days = {
            (text(row, "store"), needed_day(row, "date")): row for row in rows_of(tables, "store_days")
        }
        self.campaigns = [
            row for row in rows_of(tables, "campaigns") if text(row, "status", "approved") in APPROVED
        ]
        self.touching: dict[tuple[str, date], list[Row]] = {}
        for campaign in self.campaigns:
            for store in stores_of(self, campaign):
                for day in campaign_days(campaign):
                    self.touching.setdefault((store, day), []).append(campaign)

    def usable(self, store: str, day: date) -> Row | None:
        """The facts of a store-day on which the store was open and has data."""
        row = self.store_days.get((store, day))
        is_open = holds_on(self.stores[store], day, "opened", "closed")
        return row if row and is_open and not yes(row, "closed", False) else None

    def undisturbed(self, store: str, day: date) -> bool:
        """Open, with data, and touched by no campaign."""
        return self.usable(store, day) is not None and (store, day) not in self.touching

    def feeds(self, campaign: Row, store: str, day: date) -> bool:
        """Whether the store-day feeds this campaign: large > medium > small, then the smaller code."""
        first = min(self.touching[store, day], key=lambda row: (RANK[text(row, "scale")], text(row, "code")))
        return text(first, "code") == text(campaign, "code")

    def member_number(self, store: str, day: date) -> int | None:
        """The number of the member day; a nearer unit's day of the same number replaces a farther unit's."""
        for unit in [*path_of(self.tables, text(self.stores[store], "unit")), ""]:
            for row in rows_of(self.tables, "member_days"):
                number = whole(row, "number", 0)
                same = text(row, "unit") == unit and needed_day(row, "date") == day
                if same and self.member_day(store, f"{day:%Y-%m}", number) == day:
                    return number
        return None

    def member_day(self, store: str, month: str, ordinal: int) -> date | None:
        """The member day of a month with a number: of the nearest unit upward that has one."""
        for unit in [*path_of(self.tables, text(self.stores[store], "unit")), ""]:
            for row in rows_of(self.tables, "member_days"):
                same = f"{needed_day(row, 'date'):%Y-%m}" == month and whole(row, "number", 0) == ordinal
                if text(row, "unit") == unit and same:
                    return needed_day(row, "date")
        return None


def campaign_days(campaign: Row) -> list[date]:
    """The days of a campaign, start and end included."""
    return list(days_between(needed_day(campaign, "start"), needed_day(campaign, "end")))


def stores_of(facts: Facts, campaign: Row) -> list[str]:
    """The stores of a campaign, sorted; `*` = those of its unit and below that are open on some day of it."""
    wanted = listed(campaign, "stores")
    if wanted != ["*"]:
        return sorted(set(wanted))
    found = []
    for code, store in facts.stores.items():
        below = text(campaign, "unit") in path_of(facts.tables, text(store, "unit"))
        if below and any(holds_on(store, day, "opened", "closed") for day in campaign_days(campaign)):
            found.append(code)
    return sorted(found)


def method_of(facts: Facts, campaign: Row) -> Method:
    """The campaign's own baseline, else the nearest unit's row valid at the start, else the default."""
    own = text(campaign, "baseline")
    for unit in path_of(facts.tables, text(campaign, "unit")):
        matching = [
            row
            for row in rows_of(facts.tables, "baseline_methods")
            if text(row, "unit") == unit
            and text(row, "type") == text(campaign, "type")
            and text(row, "scale") == text(campaign, "scale")
            and needed_day(row, "valid_from") <= needed_day(campaign, "start")
        ]
        if matching:
            row = max(matching, key=lambda one: needed_day(one, "valid_from"))
            if own in ("", text(row, "method")):
                return Method(text(row, "method"), whole(row, "n", 3), text(row, "align", "date"))
            break
    if own:
        return Method(own)
    if text(campaign, "scale") == "large":
        return Method("last_year_same_dates")
    if text(campaign, "type") == "weekend":
        return Method("prev_weekends_same_weekday")
    if text(campaign, "type") == "member_day":
        return Method("same_member_day_prev_months")
    return Method("nearest_ordinary_days")


def baseline_days(facts: Facts, campaign: Row, store: str, day: date) -> list[date]:
    """The baseline days of one activity day; raises NotComparableError with the reason."""
    method = method_of(facts, campaign)
    if method.code == "last_year_same_dates":
        # Needs only its one day, open and with data.
        before = year_before(day) if method.align == "date" else day - timedelta(days=364)
        if facts.usable(store, before) is None:
            raise NotComparableError(NO_LAST_YEAR)
        return [before]
    if method.code == "fixed_dates":
        dates = sorted({as_day(part) for part in listed(campaign, "baseline_dates")})
        found = [one for one in dates if facts.undisturbed(store, one)]
        # All the dates count here, n is their number.
        required = max(1, min(2, len(dates)))
    else:
        if method.code == "prev_weekends_same_weekday":
            found = previous_weekends(facts, store, day, method.n)
        elif method.code == "same_member_day_prev_months":
            found = previous_member_days(facts, store, day, method.n)
        else:
            found = ordinary_days(facts, store, day, method.n)
        required = min(2, method.n)
    if len(found) < required:
        raise NotComparableError(TOO_FEW_DAYS)
    return found


def year_before(day: date) -> date:
    """The same date a year before; 29 February gives the 28th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return date(day.year - 1, day.month, day.day)


def previous_weekends(facts: Facts, store: str, day: date, n: int) -> list[date]:
    """The n nearest eligible same weekdays, at most 8 weeks back."""
    found = []
    for weeks in range(1, 9):
        candidate = day - timedelta(days=7 * weeks)
        day_off = not facts.days.is_working(candidate) and not facts.days.is_statutory(candidate)
        if day_off and facts.undisturbed(store, candidate):
            found.append(candidate)
    return found[:n]


def previous_member_days(facts: Facts, store: str, day: date, n: int) -> list[date]:
    """The same-numbered member days of the months before, at most 8 months back."""
    ordinal = facts.member_number(store, day)
    if ordinal is None:
        raise NotComparableError(NO_MEMBER_DAY)
    found = []
    for months in range(1, 9):
        candidate = facts.member_day(store, months_before(f"{day:%Y-%m}", months), ordinal)
        if candidate is not None and facts.undisturbed(store, candidate):
            found.append(candidate)
    return found[:n]


def ordinary_days(facts: Facts, store: str, day: date, n: int) -> list[date]:
    """The n nearest ordinary days within 28 days: of the same day type, or of any when those are too few."""
    eligible = []
    for back in range(1, 29):
        candidate = day - timedelta(days=back)
        special = facts.days.is_statutory(candidate) or facts.days.is_makeup(candidate)
        if special or facts.member_number(store, candidate) is not None:
            continue
        if facts.undisturbed(store, candidate):
            eligible.append(candidate)
    same = [one for one in eligible if facts.days.is_working(one) == facts.days.is_working(day)]
    return same[:n] if len(same) >= n else eligible[:n]


def store_uplift(facts: Facts, campaign: Row, store: str) -> dict[str, tuple[Fraction, Fraction] | None]:
    """Actual and baseline of the three dimensions, each rounded; None when a used day lacks the figure."""
    # A store-day of another, stronger campaign is as if closed.
    counted = [
        day
        for day in campaign_days(campaign)
        if facts.usable(store, day) is not None and facts.feeds(campaign, store, day)
    ]
    if not counted:
        raise NotComparableError(CLOSED)
    used = [(day, baseline_days(facts, campaign, store, day)) for day in counted]
    found: dict[str, tuple[Fraction, Fraction] | None] = {}
    for dimension in DIMENSIONS:
        actual, baseline, lacks = Fraction(0), Fraction(0), False
        for day, before in used:
            figures = [number(facts.store_days[store, one], dimension) for one in [day, *before]]
            known = [figure for figure in figures if figure is not None]
            if len(known) < len(figures):
                lacks = True
                break
            actual += known[0]
            baseline += sum(known[1:], Fraction(0)) / len(before)
        found[dimension] = None if lacks else (half_up(actual, 2), half_up(baseline, 2))
    return found


def campaign_uplift(facts: Facts, campaign: Row) -> tuple[Fraction | None, dict[str, object]]:
    """The campaign's uplift in gross profit, and the JSON object but for its status."""
    stores: list[dict[str, object]] = []
    sums: dict[str, Fraction | None] = dict.fromkeys(DIMENSIONS, Fraction(0))
    for store in stores_of(facts, campaign):
        try:
            figures = store_uplift(facts, campaign, store)
        except NotComparableError as problem:
            printed = {"comparable": False, "reason": str(problem), "actual": None, "baseline": None}
            stores.append({"store": store, **printed, "uplift": None})
            continue
        for dimension, pair in figures.items():
            before = sums[dimension]
            sums[dimension] = None if pair is None or before is None else before + pair[0] - pair[1]
        profit = figures["gross_profit"]
        if profit is None:
            raise ValueError(f"a store-day of {store} has no gross profit")
        printed = {"comparable": True, "reason": "", "actual": money(profit[0]), "baseline": money(profit[1])}
        stores.append({"store": store, **printed, "uplift": money(profit[0] - profit[1])})
    if not any(store["comparable"] for store in stores):
        sums = dict.fromkeys(DIMENSIONS)
    result: dict[str, object] = {"code": text(campaign, "code"), "status": "settled", "missing": []}
    result |= {"uplift": money(sums["gross_profit"]), "visitors": money(sums["visitors"])}
    result |= {"units": money(sums["units"]), "stores": stores}
    return sums["gross_profit"], result


def campaigns_of_month(facts: Facts, month: Sequence[date]) -> list[Row]:
    """The approved campaigns that end in the month, sorted by code."""
    ending = [row for row in facts.campaigns if needed_day(row, "end") in month]
    return sorted(ending, key=lambda row: text(row, "code"))
