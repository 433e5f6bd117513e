"""The work calendar: national holidays with make-up days (调休), overridden by rows of the table
``calendar``.

Beyond the years the national calendar is published for, Monday to Friday are working days and
``published`` is false, so that a page can warn.  Rule: calculation.md §1, "Working days".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

import chinese_calendar

from core.months import days

DayKind = Literal["workday", "weekend", "holiday"]


@lru_cache(maxsize=8192)
def _national_kind(day: date) -> DayKind:
    if not is_published(day.year):
        return "weekend" if day.isoweekday() > 5 else "workday"
    off, name = chinese_calendar.get_holiday_detail(day)
    if not off:
        return "workday"
    return "holiday" if name else "weekend"


@lru_cache(maxsize=256)
def is_published(year: int) -> bool:
    """Whether the national calendar of ``year`` is known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True)
class WorkCalendar:
    """Day kinds:
    ``workday``, ``weekend`` (a day off that is no statutory holiday), ``holiday`` (statutory).
    """

    overrides: Mapping[date, DayKind] = field(default_factory=dict)

    def kind(self, day: date) -> DayKind:
        return self.overrides.get(day) or _national_kind(day)

    def is_workday(self, day: date) -> bool:
        return self.kind(day) == "workday"

    def is_holiday(self, day: date) -> bool:
        """A statutory holiday: a day off of a published holiday period."""
        return self.kind(day) == "holiday"

    def is_makeup(self, day: date) -> bool:
        """A Saturday or Sunday that is a working day."""
        return day.isoweekday() > 5 and self.is_workday(day)

    def is_published(self, year: int) -> bool:
        return is_published(year)

    def workdays(self, first: date, last: date) -> list[date]:
        """The working days from ``first`` to ``last``, both included."""
        return [day for day in days(first, last) if self.is_workday(day)]
