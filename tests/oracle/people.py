"""Where a person is on a day: unit, position, in service or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from .days import Days
from .rows import Row, Tables, holds_on, needed_day, rows_of, text, yes


def path_of(tables: Tables, unit: str) -> list[str]:
    """The unit and the units above it, nearest first."""
    parents = {text(row, "code"): text(row, "parent") for row in rows_of(tables, "units")}
    path = []
    while unit:
        path.append(unit)
        unit = parents[unit]
    return path


def assignment_on(tables: Tables, person: Row, day: date) -> Row | None:
    """The assignment that holds on the day; a person without assignments is in `staff.unit` all the time."""
    own = [row for row in rows_of(tables, "assignments") if text(row, "staff_no") == text(person, "staff_no")]
    if not own:
        return person
    holding = [row for row in own if holds_on(row, day, "start", "end")]
    # A person with rows is in no unit on days without a row.
    return max(holding, key=lambda row: needed_day(row, "start")) if holding else None


def unit_on(tables: Tables, person: Row, day: date) -> str:
    """The code of the person's unit on the day, empty when in none."""
    row = assignment_on(tables, person, day)
    return "" if row is None else text(row, "unit")


def position_on(tables: Tables, person: Row, day: date) -> str:
    """The code of the person's position on the day; a move that names none keeps the person's own."""
    row = assignment_on(tables, person, day)
    return "" if row is None else text(row, "position", text(person, "position"))


def is_employed(person: Row, day: date) -> bool:
    """joined ≤ day ≤ left, both included."""
    return holds_on(person, day, "joined", "left")


def last_employed_day(person: Row, month: Sequence[date]) -> date | None:
    """The last day of the month on which the person is employed."""
    employed = [day for day in month if is_employed(person, day)]
    return employed[-1] if employed else None


def is_away(tables: Tables, person: Row, day: date) -> bool:
    """Whether a leave that reduces targets holds on the day."""
    for row in rows_of(tables, "leaves"):
        own = text(row, "staff_no") == text(person, "staff_no")
        if own and yes(row, "reduces_target", True) and holds_on(row, day, "start", "end"):
            return True
    return False


def proration(days: Days, month: Sequence[date], service: Sequence[date]) -> Fraction:
    """Working days in service ÷ working days of the month, exact."""
    working = [day for day in month if days.is_working(day)]
    return Fraction(len([day for day in working if day in service]), len(working))
