"""Calendar months and ISO weeks (a week belongs to the month of its Thursday)."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple, Self

ONE_DAY = timedelta(days=1)


class Month(NamedTuple):
    """A calendar month.  ``str()`` gives ``YYYY-MM``; the database stores its first day."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2018-11`` → November 2018.  Raises ``ValueError`` for anything else."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
        if not match or not 1 <= int(match[2]) <= 12 or match[1] == "0000":
            raise ValueError(f"{text!r} is not a month; write it as YYYY-MM")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def plus(self, months: int) -> "Month":
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    def days(self) -> list[date]:
        return list(days(self.first, self.last))

    def weeks(self) -> list[date]:
        """The Thursdays that lie in the month: one for each ISO week that belongs to it."""
        return [day for day in self.days() if day.isoweekday() == 4]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (day.year, day.month) == (self.year, self.number)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def thursday(day: date) -> date:
    """The Thursday of the ISO week of ``day``."""
    return day + timedelta(days=4 - day.isoweekday())
