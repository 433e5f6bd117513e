"""The state of a random deployment while it is drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from .rows import Row, Tables, month_days

T = TypeVar("T")

ROOTS = ("A", "B")
# A company, two departments, three groups.
SUFFIXES = ("", "1", "2", "11", "12", "21")


class Draw:
    """A seeded generator, the month in question, and the tables drawn so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.month = f"{self.random.randint(2018, 2024)}-{self.random.randint(1, 12):02d}"
        self.days = month_days(self.month)
        self.tables: Tables = {}

    @property
    def first(self) -> date:
        """The first day of the month."""
        return self.days[0]

    @property
    def last(self) -> date:
        """The last day of the month."""
        return self.days[-1]

    def add(self, table: str, /, **cells: object) -> Row:
        """Adds a row; dates and numbers become the text of a cell, empty cells are kept empty."""
        row: Row = {column: "" if value is None else str(value) for column, value in cells.items()}
        self.tables.setdefault(table, []).append(row)
        return row

    def rows(self, table: str) -> list[Row]:
        """The rows of a table drawn so far."""
        return self.tables.setdefault(table, [])

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred draws."""
        return self.random.randrange(100) < percent

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return self.random.choice(choices)

    def some(self, choices: Sequence[T], least: int, most: int) -> list[T]:
        """Between `least` and `most` different ones of the choices."""
        count = min(len(choices), self.random.randint(least, most))
        return self.random.sample(list(choices), count)

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(least, most)

    def day(self, before: int = 0, after: int = 0) -> date:
        """A day of the month, or so many days before its first or after its last."""
        return self.first + timedelta(days=self.between(-before, len(self.days) - 1 + after))

    def decimal(self, least: int, most: int, places: int) -> str:
        """A decimal number as text with so many places."""
        scaled = self.random.randint(least * 10**places, most * 10**places)
        return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}" if places else str(scaled)
