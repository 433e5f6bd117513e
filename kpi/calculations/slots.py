"""The days of a month and the slots in which a quota is owed.

Rule: calculation.md §1, "Slots": one for the month, the ISO weeks whose Thursday lies in the month, or its
calendar or working days.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from core.months import Month, days, thursday
from core.workdays import WorkCalendar

Period = Literal["day", "week", "month"]
DayBasis = Literal["calendar", "workday"]

THREE_DAYS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class MonthDays:
    """The days of one month under one work calendar.

    ``published`` is false where the national holidays of the year are not known yet, so that a page can warn.
    """

    month: Month
    days: tuple[date, ...]
    workdays: frozenset[date]
    published: bool

    @classmethod
    def of(cls, month: Month, calendar: WorkCalendar) -> Self:
        return cls(
            month=month,
            days=tuple(month.days()),
            workdays=frozenset(calendar.workdays(month.first, month.last)),
            published=calendar.is_published(month.year),
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot: its name, the day that must be in service (``None``: always owed), the days it counts."""

    key: str
    anchor: date | None
    days: tuple[date, ...]


def month_slots(period: Period, day_basis: DayBasis, month_days: MonthDays) -> tuple[Slot, ...]:
    """All slots of the month, in order of time, for somebody in service on every day."""
    if period == "month":
        return (Slot(str(month_days.month), None, month_days.days),)
    if period == "week":
        return tuple(_week(anchor) for anchor in month_days.month.weeks())
    return tuple(
        Slot(day.isoformat(), day, (day,))
        for day in month_days.days
        if day_basis == "calendar" or day in month_days.workdays
    )


def slots_in_service(slots: Sequence[Slot], days_in_service: Collection[date]) -> tuple[Slot, ...]:
    """The slots that are owed by somebody in service on these days; a week is judged by its Thursday."""
    return tuple(slot for slot in slots if slot.anchor is None or slot.anchor in days_in_service)


def slot_of_day(slots: Sequence[Slot]) -> dict[date, int]:
    """Each counted day and the position of its slot."""
    return {day: position for position, slot in enumerate(slots) for day in slot.days}


def window(month: Month) -> tuple[date, date]:
    """First and last day whose output can count in the month: its own days and its weeks' days next door."""
    weeks = month.weeks()
    return min(month.first, weeks[0] - THREE_DAYS), max(month.last, weeks[-1] + THREE_DAYS)


def _week(anchor: date) -> Slot:
    anchor = thursday(anchor)
    year, number, _ = anchor.isocalendar()
    return Slot(f"{year}-W{number:02d}", anchor, tuple(days(anchor - THREE_DAYS, anchor + THREE_DAYS)))
