"""The month that a row belongs to."""

from datetime import date


def first_of(day: date | None) -> date | None:
    """The month of a day; a cell that could not be read has none."""
    return day.replace(day=1) if day else None
