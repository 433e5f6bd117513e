"""Baseline days: with which earlier days the activity day of a store is compared.

Each method of the registry walks back from the activity day, takes the eligible days and names for every
other day why it was passed over.  Rule: HT-25, HT-26, calculation.md §3.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from campaigns.calculations.facts import Align, Facts
from core.months import Month

Reason = Literal[
    "closed", "no_data", "campaign", "holiday", "working_day", "make_up_day", "member_day", "other_day_type",
    "no_member_day",
]  # fmt: skip
NoBaseline = Literal["few_baseline_days", "no_last_year", "no_member_day"]


@dataclass(frozen=True)
class Limits:
    """How far a search goes back, and how many eligible days an activity day needs at least."""

    weeks: int = 8
    months: int = 8
    days: int = 28
    enough: int = 2


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class PassedOver:
    """A day that the search did not take.  A month without such a member day stands as the month."""

    when: date | Month
    reason: Reason


@dataclass(frozen=True)
class Baseline:
    """The baseline days of one store and activity day, nearest first (fixed dates: in order of date).

    ``lacks`` is ``None`` when the days suffice, else the reason why the store is not comparable.
    """

    days: tuple[date, ...]
    passed_over: tuple[PassedOver, ...]
    lacks: NoBaseline | None


@dataclass(frozen=True)
class Search:
    """One question to a method: the store, the activity day, and the settings of the method."""

    facts: Facts
    store: str
    day: date
    n: int
    align: Align = "date"
    baseline_dates: tuple[date, ...] = ()
    limits: Limits = DEFAULT_LIMITS


def baseline_days(
    facts: Facts,
    store: str,
    day: date,
    *,
    method: str,
    n: int = 3,
    align: Align = "date",
    baseline_dates: tuple[date, ...] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Baseline:
    """The days that ``day`` is compared with, and those passed over with the reason.

    At least ``min(limits.enough, n)`` eligible days are needed, by ``last_year_same_dates`` one.
    Raises ``ValueError`` for an unknown method or ``n`` below 1.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is no baseline method; known are {', '.join(METHODS)}")
    if n < 1:
        raise ValueError("a baseline needs at least one day")
    return METHODS[method](Search(facts, store, day, n, align, baseline_dates, limits))


def _occupied(ask: Search, day: date) -> Reason | None:
    """Why a method that avoids campaigns may not take the day: closed, no data, touched by a campaign."""
    return ask.facts.lack(ask.store, day) or ("campaign" if (ask.store, day) in ask.facts.touched else None)


def _walk(
    candidates: Iterable[date], refusal: Callable[[date], Reason | None], n: int
) -> tuple[list[date], list[PassedOver]]:
    """Take the first ``n`` candidates that nothing refuses."""
    chosen: list[date] = []
    passed: list[PassedOver] = []
    for day in candidates:
        if len(chosen) == n:
            break
        reason = refusal(day)
        if reason is None:
            chosen.append(day)
        else:
            passed.append(PassedOver(day, reason))
    return chosen, passed


def _enough(ask: Search, chosen: list[date], passed: list[PassedOver], n: int) -> Baseline:
    lacks: NoBaseline | None = None
    if len(chosen) < max(1, min(ask.limits.enough, n)):
        lacks = "few_baseline_days"
    return Baseline(tuple(chosen), tuple(passed), lacks)


def _prev_weekends_same_weekday(ask: Search) -> Baseline:
    """d−7, d−14, … while they are days off and no statutory holiday; member days are eligible."""
    calendar = ask.facts.calendar

    def refusal(day: date) -> Reason | None:
        if occupied := _occupied(ask, day):
            return occupied
        if calendar.is_holiday(day):
            return "holiday"
        if calendar.is_makeup(day):
            return "make_up_day"
        return "working_day" if calendar.is_workday(day) else None

    candidates = (ask.day - timedelta(weeks=k) for k in range(1, ask.limits.weeks + 1))
    return _enough(ask, *_walk(candidates, refusal, ask.n), ask.n)


def _same_member_day_prev_months(ask: Search) -> Baseline:
    """The member day of the same number in the months before (reading R1)."""
    ordinal = ask.facts.ordinal(ask.store, ask.day)
    if ordinal is None:
        return Baseline((), (), "no_member_day")
    # Of two days with one number in a month (a slip in the table) the earlier one stands.
    numbered: dict[Month, date] = {}
    for day, number in sorted(ask.facts.member_days[ask.store].items()):
        if number == ordinal:
            numbered.setdefault(Month.of(day), day)
    chosen: list[date] = []
    passed: list[PassedOver] = []
    month = Month.of(ask.day)
    for _ in range(ask.limits.months):
        if len(chosen) == ask.n:
            break
        month = month.plus(-1)
        found = numbered.get(month)
        if found is None:
            passed.append(PassedOver(month, "no_member_day"))
        elif reason := _occupied(ask, found):
            passed.append(PassedOver(found, reason))
        else:
            chosen.append(found)
    return _enough(ask, chosen, passed, ask.n)


def _nearest_ordinary_days(ask: Search) -> Baseline:
    """The n nearest ordinary days of the same day type; are there fewer, the n nearest of any type."""
    calendar = ask.facts.calendar
    works = calendar.is_workday(ask.day)

    def extraordinary(day: date) -> Reason | None:
        if occupied := _occupied(ask, day):
            return occupied
        if ask.facts.ordinal(ask.store, day) is not None:
            return "member_day"
        if calendar.is_holiday(day):
            return "holiday"
        return "make_up_day" if calendar.is_makeup(day) else None

    def refusal(day: date) -> Reason | None:
        return extraordinary(day) or (None if calendar.is_workday(day) == works else "other_day_type")

    candidates = [ask.day - timedelta(days=k) for k in range(1, ask.limits.days + 1)]
    chosen, passed = _walk(candidates, refusal, ask.n)
    if len(chosen) < ask.n:
        chosen, passed = _walk(candidates, extraordinary, ask.n)
    return _enough(ask, chosen, passed, ask.n)


def _last_year_same_dates(ask: Search) -> Baseline:
    """The same date a year before (29 February → 28 February), or 364 days back to keep the weekday.

    The day needs only to be open and to have data: a campaign of last year is part of last year.
    """
    if ask.align == "weekday":
        before = ask.day - timedelta(days=364)
    elif (ask.day.month, ask.day.day) == (2, 29):
        before = ask.day.replace(year=ask.day.year - 1, day=28)
    else:
        before = ask.day.replace(year=ask.day.year - 1)
    reason = ask.facts.lack(ask.store, before)
    if reason is None:
        return Baseline((before,), (), None)
    return Baseline((), (PassedOver(before, reason),), "no_last_year")


def _fixed_dates(ask: Search) -> Baseline:
    """The listed dates that are open, have data and are not touched by a campaign."""
    listed = sorted(set(ask.baseline_dates))
    chosen, passed = _walk(listed, lambda day: _occupied(ask, day), len(listed))
    return _enough(ask, chosen, passed, len(listed))


METHODS: Mapping[str, Callable[[Search], Baseline]] = {
    "prev_weekends_same_weekday": _prev_weekends_same_weekday,
    "same_member_day_prev_months": _same_member_day_prev_months,
    "nearest_ordinary_days": _nearest_ordinary_days,
    "last_year_same_dates": _last_year_same_dates,
    "fixed_dates": _fixed_dates,
}
