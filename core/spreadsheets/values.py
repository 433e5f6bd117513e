"""The values of cells: what they may be, and how the text in a file becomes one."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

from core.spreadsheets.errors import CellError
from core.spreadsheets.limits import LIMITS

Cell: TypeAlias = str | bool | int | Decimal | date | datetime | time | CellError | None

EXACT_DIGITS = 15
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain_text(text: str) -> Cell:
    """The text of a cell without outer white space; ``_x000D_`` and its like are characters again."""
    if "_x" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        if CONTROL.search(text):
            return CellError("control_characters", CONTROL.sub("�", text[:100]))
    text = text.strip()
    if len(text) > LIMITS.cell_characters:
        return CellError("text_too_long", text[:100])
    return text or None


def exact_number(text: str) -> Cell:
    """The number of a cell: whole → ``int``, else the ``Decimal`` of the shortest text of its double.

    Excel keeps 15 digits: more than that means that the rest has been lost or was never meant as a number.
    """
    if len(text) > 400 or not NUMBER.fullmatch(text):
        return CellError("not_a_number", text[:100])
    if text.isdigit():
        return int(text) if len(text.lstrip("0")) <= EXACT_DIGITS else CellError("too_many_digits", text)
    value = Decimal(repr(float(text)))
    if not value.is_finite():
        return CellError("not_finite", text[:100])
    if value == value.to_integral_value():
        whole = int(value) if value.adjusted() < EXACT_DIGITS else None
        return CellError("too_many_digits", text) if whole is None else whole
    if len(value.as_tuple().digits) > EXACT_DIGITS:
        return CellError("too_many_digits", text)
    return value
