"""Which day is a working day, a statutory holiday, a make-up day."""

from __future__ import annotations

from datetime import date

import chinese_calendar

from .rows import Tables, needed_day, rows_of, text


class Days:
    """The national calendar with the overrides of the table `calendar`."""

    def __init__(self, tables: Tables) -> None:
        self.kinds = {needed_day(row, "date"): text(row, "kind") for row in rows_of(tables, "calendar")}

    def is_working(self, day: date) -> bool:
        """Whether people work on the day; beyond the published years Monday to Friday."""
        if day in self.kinds:
            return self.kinds[day] == "workday"
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < 5

    def is_statutory(self, day: date) -> bool:
        """Whether the day is a day off of a published holiday period, or overridden as `holiday`."""
        if day in self.kinds:
            return self.kinds[day] == "holiday"
        try:
            day_off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return False
        return bool(day_off) and name is not None

    def is_makeup(self, day: date) -> bool:
        """Whether the day is a Saturday or Sunday that is a working day."""
        return day.weekday() >= 5 and self.is_working(day)
