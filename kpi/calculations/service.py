"""Who is in service on which days of a month, and the proration that follows from it.

Rule: calculation.md §1, "In service on a day" and ``proration``; domain.md §4.3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from core.months import days
from kpi.calculations.slots import MonthDays

Path = tuple[int, ...]


class Assignment(NamedTuple):
    """A dated place in the tree; ``path`` is the unit and the units above it, nearest first."""

    start: date
    end: date | None
    path: Path


class Leave(NamedTuple):
    start: date
    end: date
    reduces_target: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """The days of the month on which somebody is in service, and how many of them are working days."""

    days: frozenset[date]
    workdays: int
    full: bool

    @classmethod
    def of(cls, in_service: frozenset[date], month_days: MonthDays) -> "Service":
        inside = in_service.intersection(month_days.days)
        return cls(inside, len(inside & month_days.workdays), len(inside) == len(month_days.days))


def placements(assignments: Sequence[Assignment], home: Path) -> tuple[Assignment, ...]:
    """Where a person is assigned, latest start first: of several that hold on a day the first one counts.

    Without assignments the person is in ``home``, the unit of the staff row, all the time; with some, in no
    unit on days that none of them covers.
    """
    if not assignments:
        return (Assignment(date.min, None, home),)
    return tuple(sorted(assignments, key=lambda row: row.start, reverse=True))


def employed_span(joined: date, left: date | None, month_days: MonthDays) -> tuple[date, date] | None:
    """First and last day of the month on which the person is employed; joining and leaving day included."""
    first = max(joined, month_days.days[0])
    last = min(left, month_days.days[-1]) if left else month_days.days[-1]
    return (first, last) if first <= last else None


def leave_days(leaves: Iterable[Leave], month_days: MonthDays) -> frozenset[date]:
    """The days of the month taken off by leave that reduces targets."""
    return frozenset(
        day
        for leave in leaves
        if leave.reduces_target
        for day in days(max(leave.start, month_days.days[0]), min(leave.end, month_days.days[-1]))
    )


def in_service(joined: date, left: date | None, leaves: Iterable[Leave], month_days: MonthDays) -> Service:
    """Service in the company as a whole: employed and not on leave that reduces targets."""
    span = employed_span(joined, left, month_days)
    present = frozenset(days(*span)) if span else frozenset()
    return Service.of(present - leave_days(leaves, month_days), month_days)


def proration(service: Service, month_days: MonthDays) -> Fraction | None:
    """Working days in service ÷ working days of the month, exact; ``None`` when the month has none."""
    whole = len(month_days.workdays)
    return Fraction(service.workdays, whole) if whole else None
