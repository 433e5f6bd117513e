"""The dates of an example: last month as a whole and the running month up to today."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from core.months import Month
from core.workdays import WorkCalendar


def draw(*key: Any) -> Random:
    """A source of draws that depends on nothing but its key: the same key gives the same draws for ever."""
    return Random("|".join(map(str, key)))  # noqa: S311 — example data; nothing secret depends on it


@dataclass(frozen=True, eq=False)
class Window:
    """What the facts of a month may know of the clock: today, and nothing else.

    A month is made as a whole from its own name; then the rows dated after today are left out.  So a second
    run on one day gives the same rows, and the next day adds its own and changes none.
    """

    today: date
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    @property
    def running(self) -> Month:
        return Month.of(self.today)

    @property
    def last(self) -> Month:
        return self.running.plus(-1)

    @property
    def months(self) -> tuple[Month, Month]:
        return self.last, self.running

    @property
    def planned(self) -> tuple[Month, Month, Month]:
        """The months that plans are made for: the two of the facts and the coming one."""
        return self.last, self.running, self.running.plus(1)

    @property
    def yesterday(self) -> date:
        """The last day whose takings are known."""
        return self.today - timedelta(days=1)

    def has_come(self, day: date) -> bool:
        return day <= self.today


def order_of(month: Month) -> int:
    """A number that grows by one a month, for whose turn it is."""
    return month.year * 12 + month.number


def nth_workday(window: Window, month: Month, number: int) -> date:
    """The ``number``-th working day of a month."""
    return window.calendar.workdays(month.first, month.last)[number - 1]


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year, ``number`` 1 … 4."""

    year: int
    number: int

    @classmethod
    def of(cls, month: Month) -> "Quarter":
        return cls(month.year, (month.number + 2) // 3)

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        return Month.of(date(self.year, 3 * self.number, 1)).last


def quarters_of(months: Iterable[Month]) -> list[Quarter]:
    """The quarters of some months, each once."""
    return sorted({Quarter.of(month) for month in months})
