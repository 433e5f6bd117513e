"""Columns and what their cells may hold.

A kind turns a cell (``None``, text, ``int``, ``Decimal``, ``bool``, date) into a typed value and back.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import translation

from core.interchange.problems import CellProblem
from core.money import fraction
from core.months import Month

LIST_SEPARATORS = re.compile(r"[,，、;；]")
_LARGEST = 9_000_000_000_000_000
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|(\d{2}))")


def as_text(cell: Any) -> str:
    """A cell as a person sees it: a code typed as the number 1001 is the text 1001."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return "" if cell is None else str(cell)


class Kind(ABC):
    """What a cell may hold."""

    #: whether equal cells may share one parsed value (so that it is parsed once a sheet)
    cacheable = True

    @abstractmethod
    def parse(self, cell: Any) -> Any:
        """The typed value of a cell that is not empty.  Raises ``CellProblem``."""

    def cell(self, value: Any) -> Any:
        """The cell that stands for a value in an export."""
        return value


@dataclass(frozen=True)
class Text(Kind):
    max_length: int = 500
    cacheable = False

    def parse(self, cell: Any) -> str:
        text = as_text(cell)
        if len(text) > self.max_length or "\x00" in text:
            raise CellProblem("not_text", max=self.max_length)
        return text


@dataclass(frozen=True)
class Code(Text):
    """A code that names a row."""

    max_length: int = 40
    cacheable = True


@dataclass(frozen=True)
class Integer(Kind):
    min: int = 0
    max: int = 2_000_000_000

    def parse(self, cell: Any) -> int:
        number = _decimal(cell)
        if number is None or number != number.to_integral_value():
            raise CellProblem("not_whole_number", min=self.min)
        if not self.min <= number <= self.max:
            raise CellProblem("out_of_range", min=self.min, max=self.max)
        return int(number)


@dataclass(frozen=True)
class Fixed(Kind):
    """A number with at most ``places`` decimals."""

    places: int = 4
    min: Decimal | int = -_LARGEST // 10_000
    max: Decimal | int = _LARGEST // 10_000

    def parse(self, cell: Any) -> Decimal:
        number = _decimal(cell)
        if number is None:
            raise CellProblem("not_number", places=self.places)
        if not self.min <= number <= self.max:
            raise CellProblem("out_of_range", min=self.min, max=self.max)
        units = fraction(number) * 10**self.places
        if units.denominator != 1:
            raise CellProblem("not_number", places=self.places)
        return number.quantize(Decimal(1).scaleb(-self.places))


def money(minimum: int = 0) -> Fixed:
    """An amount in yuan, to the 分."""
    return Fixed(places=2, min=minimum)


@dataclass(frozen=True)
class Share(Fixed):
    """A share, rate or percentage within 0 … 1; ``25%`` is 0.25."""

    places: int = 4
    min: Decimal | int = 0
    max: Decimal | int = 1

    def parse(self, cell: Any) -> Decimal:
        if isinstance(cell, str) and cell.strip().endswith(("%", "％")):
            number = _decimal(cell.strip()[:-1])
            cell = None if number is None else number.scaleb(-2)
            if cell is None:
                raise CellProblem("not_number", places=self.places)
        return super().parse(cell)


class Day(Kind):
    """A date: 2018-11-03, 2018/11/3, 20181103 or a date cell."""

    def parse(self, cell: Any) -> date:
        if isinstance(cell, datetime):
            if cell.time() == datetime.min.time():
                return cell.date()
        elif isinstance(cell, date):
            return cell
        elif isinstance(cell, str | int | Decimal) and not isinstance(cell, bool):
            match = _DATE.fullmatch(as_text(cell))
            if match:
                year, number, day = (match[1], match[3], match[4]) if match[1] else match.groups()[4:7]
                try:
                    return date(int(year), int(number), int(day))
                except ValueError:
                    pass
        raise CellProblem("not_date")


class MonthOf(Kind):
    """A month (2018-11, 2018/11, 201811, or a date in it), as its first day."""

    def parse(self, cell: Any) -> date:
        match = _MONTH.fullmatch(as_text(cell)) if isinstance(cell, str | int) else None
        number = int(match[2] or match[3]) if match else 0
        if match and 1 <= number <= 12 and int(match[1]):
            return date(int(match[1]), number, 1)
        try:
            return Day().parse(cell).replace(day=1)
        except CellProblem:
            raise CellProblem("not_month") from None

    def cell(self, value: Any) -> Any:
        return str(Month.of(value)) if value else value


class YesNo(Kind):
    _WORDS = {"是": True, "否": False, "yes": True, "no": False, "y": True, "n": False, "1": True, "0": False,
              "true": True, "false": False}  # fmt: skip

    def parse(self, cell: Any) -> bool:
        if isinstance(cell, bool):
            return cell
        try:
            return self._WORDS[as_text(cell).lower()]
        except KeyError:
            raise CellProblem("not_yes_no") from None

    def cell(self, value: Any) -> Any:
        return None if value is None else "是" if value else "否"


@dataclass(frozen=True)
class Choice(Kind):
    """One of the values of a ``TextChoices``; its label in either language is understood too."""

    choices: type[models.TextChoices]

    @cached_property
    def _values(self) -> dict[str, str]:
        known = {str(value): str(value) for value in self.choices.values}
        for language in ("en", "zh-hans"):
            with translation.override(language):
                known |= {str(label).lower(): str(value) for value, label in self.choices.choices if value}
        return known | {str(value): str(value) for value in self.choices.values}

    def parse(self, cell: Any) -> str:
        try:
            return self._values[as_text(cell).lower()]
        except KeyError:
            named = [f"{value} ({label})" for value, label in self.choices.choices if value]
            raise CellProblem("not_choice", choices=", ".join(named)) from None


@dataclass(frozen=True)
class Codes(Kind):
    """Several codes in one cell, separated by ``,`` ``，`` ``、`` or ``;``."""

    def parse(self, cell: Any) -> list[str]:
        return list(
            dict.fromkeys(part.strip() for part in LIST_SEPARATORS.split(as_text(cell)) if part.strip())
        )

    def cell(self, value: Any) -> Any:
        return ",".join(str(part) for part in value or [])


@dataclass(frozen=True)
class Days(Codes):
    """Several dates in one cell, kept as ISO text."""

    def parse(self, cell: Any) -> list[str]:
        if isinstance(cell, date):
            return [Day().parse(cell).isoformat()]
        return sorted({Day().parse(part).isoformat() for part in super().parse(cell)})


@dataclass(frozen=True)
class Ref(Kind):
    """The code of a row of another table.

    ``attribute`` is the field of the target that holds the code, for exports.
    """

    table: str
    attribute: str = "code"

    def parse(self, cell: Any) -> str:
        return Code(max_length=80).parse(cell)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``attribute``: the model's field (default: the column's name); ``default``: what a new row gets
    when the column
    or the cell is empty (a value, or a function without arguments) — it stands here and nowhere else.
    ``states``: values that need a right to set, with the act that carries it.  ``deferred``: a reference that
    is set after all rows stand, because it may point at rows further down.  ``private``: the act that reading
    the column needs.
    """

    name: str
    label: str
    kind: Kind = field(default_factory=Text)
    key: bool = False
    required: bool = False
    default: Any = None
    attribute: str = ""
    states: dict[str, str] = field(default_factory=dict)
    deferred: bool = False
    private: str = ""

    @property
    def field_name(self) -> str:
        return self.attribute or self.name

    def default_value(self) -> Any:
        value = self.default() if isinstance(self.default, Callable) else self.default  # type: ignore[arg-type]
        return "" if value is None and isinstance(self.kind, Text) else value


def reference(column: Column) -> Ref:
    """What a column of codes refers to.  Raises ``TypeError`` for a column that is none."""
    if not isinstance(column.kind, Ref):
        raise TypeError(f"the column {column.name} holds no reference")
    return column.kind


def _decimal(cell: Any) -> Decimal | None:
    """The exact number of a cell, or ``None`` when it is none.  A float never gets here."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | Decimal):
        return Decimal(cell)
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
