"""Tables as plain rows, and the small readers of their cells.

A table is a list of rows, a row maps the English column names of the interchange schema to the text that a
cell would hold. A missing column and an empty cell mean the same: the default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

Row = dict[str, object]
Tables = dict[str, list[Row]]

CENT = Fraction(1, 100)


def rows_of(tables: Tables, table: str) -> list[Row]:
    """All rows of a table in the order listed; a table that is not there has none."""
    return tables.get(table, [])


def text(row: Row, column: str, default: str = "") -> str:
    """The text of a cell without outer blanks; empty means the default."""
    value = row.get(column)
    return default if value is None or str(value).strip() == "" else str(value).strip()


def number(row: Row, column: str) -> Fraction | None:
    """The exact number of a cell, or None when it is empty (missing is never 0)."""
    found = text(row, column)
    return None if found == "" else Fraction(found)


def amount(row: Row, column: str, default: str) -> Fraction:
    """The exact number of a cell, or the default when it is empty."""
    return Fraction(text(row, column, default))


def whole(row: Row, column: str, default: int) -> int:
    """The whole number of a cell, or the default when it is empty."""
    return int(text(row, column, str(default)))


@cache
def as_day(found: str) -> date:
    """`2018-11-03`, `2018/11/3` or `20181103` as a date."""
    if re.fullmatch(r"\d{8}", found):
        return date(int(found[:4]), int(found[4:6]), int(found[6:]))
    year, month, day = re.split(r"[-/]", found)
    return date(int(year), int(month), int(day))


def day_of(row: Row, column: str) -> date | None:
    """The date of a cell, or None."""
    found = text(row, column)
    return as_day(found) if found else None


def needed_day(row: Row, column: str) -> date:
    """The date of a required cell; an empty one raises ValueError."""
    found = day_of(row, column)
    if found is None:
        raise ValueError(f"{column} is required: {row}")
    return found


def yes(row: Row, column: str, default: bool) -> bool:
    """A yes/no cell."""
    found = text(row, column).lower()
    return default if found == "" else found in ("是", "yes", "1", "true")


def listed(row: Row, column: str) -> list[str]:
    """A list in one cell, separated by one of the four marks."""
    return [part.strip() for part in re.split(r"[,，、;]", text(row, column)) if part.strip()]


def holds_on(row: Row, day: date, start: str, end: str) -> bool:
    """Whether the day lies between the two dates of a row, both included; an empty end is open."""
    first, last = day_of(row, start), day_of(row, end)
    return (first is None or first <= day) and (last is None or day <= last)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def month_days(month: str) -> list[date]:
    """The calendar days of `2018-11`."""
    year, number_of_month = (int(part) for part in month.split("-"))
    first = date(year, number_of_month, 1)
    after = date(year + number_of_month // 12, number_of_month % 12 + 1, 1)
    return list(days_between(first, after - timedelta(days=1)))


def months_before(month: str, count: int) -> str:
    """The month so many months earlier."""
    year, number_of_month = (int(part) for part in month.split("-"))
    position = year * 12 + number_of_month - 1 - count
    return f"{position // 12:04d}-{position % 12 + 1:02d}"


def half_up(value: Fraction, places: int) -> Fraction:
    """Round half away from zero to so many decimals, exactly."""
    scaled = abs(value) * 10**places
    whole_part = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole_part if value >= 0 else -whole_part, 10**places)


def shown(value: Fraction | None, places: int) -> str | None:
    """A number as text with exactly so many decimals, half-up; None stays None; never `-0.00`."""
    if value is None:
        return None
    rounded = half_up(value, places)
    sign = "-" if rounded < 0 else ""
    digits = str(abs(rounded.numerator) * 10**places // rounded.denominator).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def money(value: Fraction | None) -> str | None:
    """Money as shown, to 分."""
    return shown(value, 2)


def split(total: Fraction, weights: Sequence[Fraction]) -> list[Fraction]:
    """Largest remainder: floor to 分, spare 分 by remainder, then larger weight, then order."""
    whole_weight = sum(weights, Fraction(0))
    exact = [total * weight / whole_weight for weight in weights]
    parts = [part // CENT * CENT for part in exact]
    spare = (total - sum(parts, Fraction(0))) / CENT
    ranking = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], -weights[at], at))
    for at in ranking[: int(spare)]:
        parts[at] += CENT
    return parts


def latest_version(rows: list[Row], day: date) -> Row | None:
    """Of the versions of one code, the one with the latest `valid_from` not after the day."""
    begun = [row for row in rows if needed_day(row, "valid_from") <= day]
    return max(begun, key=lambda row: needed_day(row, "valid_from")) if begun else None


def versions_on(tables: Tables, table: str, day: date) -> dict[str, Row]:
    """The version of every scheme code of a table that is valid on the day."""
    codes = {text(row, "code") for row in rows_of(tables, table)}
    found: dict[str, Row] = {}
    for code in sorted(codes):
        version = latest_version([row for row in rows_of(tables, table) if text(row, "code") == code], day)
        if version is not None:
            found[code] = version
    return found


def children_of(tables: Tables, parents: str, table: str, version: Row) -> list[Row]:
    """The rows of a child table that belong to one version of a scheme, in the order listed."""
    code, begin = text(version, "code"), needed_day(version, "valid_from")
    begins = [needed_day(row, "valid_from") for row in rows_of(tables, parents) if text(row, "code") == code]
    found = []
    for row in rows_of(tables, table):
        # An empty valid_from means the version valid when the row is imported: with past dates, the last one.
        own = day_of(row, "valid_from") or max(begins)
        if text(row, "scheme") == code and own == begin:
            found.append(row)
    return found
