"""The dates and numbers of platform exports.

A missing number is ``None``, never 0.  ``10万+`` is a lower bound and no number.  Rule: domain.md §3.3.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

#: what stands where there is no figure
NOTHING = frozenset({"", "-", "--", "—", "–", "/", "n/a", "null", "none", "无", "暂无", "暂无数据"})
UNITS = {"": 1, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_DATE = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?"
    r"(?:[ T]*\d{1,2}[:：]\d{1,2}(?:[:：]\d{1,2})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*\d{2}:?\d{2}(?::?\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([千kK万wW亿]?)\s*(\+?)")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
EXCEL_EPOCH = date(1899, 12, 30)
#: 1 January 1990 and 31 December 2099 as Excel's days: a number outside is no date
SERIALS = (32_874, 73_050)


class NotRead(ValueError):
    """A cell that is no date or no number."""


class LowerBound(ValueError):
    """``10万+``: at least so many, the exact number is not told."""


def is_nothing(cell: Any) -> bool:
    """Whether a cell holds no figure."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in NOTHING)


def day_of(cell: Any) -> date | None:
    """The day of a cell: a date, ``20220329``, ``2022-3-29 09:30``, ``2026年08月11日``, Excel's day number.

    Raises ``NotRead``.
    """
    if is_nothing(cell):
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool):
        raise NotRead
    text = str(cell).strip()
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError as error:
            raise NotRead from error
    if _SERIAL.fullmatch(text) and SERIALS[0] <= int(text.partition(".")[0]) <= SERIALS[1]:
        return EXCEL_EPOCH + timedelta(days=int(text.partition(".")[0]))
    raise NotRead


def count_of(cell: Any) -> int | None:
    """A whole count: ``1,284``, ``1.2万``.  Raises ``NotRead``, and ``LowerBound`` for ``10万+``."""
    if is_nothing(cell):
        return None
    if isinstance(cell, bool | date):
        raise NotRead
    if isinstance(cell, int):
        number = Decimal(cell)
    elif isinstance(cell, Decimal):
        number = cell
    else:
        number = _number(str(cell).strip())
    if number < 0 or number != number.to_integral_value():
        raise NotRead
    return int(number)


def _number(text: str) -> Decimal:
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    match = _NUMBER.fullmatch(text)
    if not match or len(text) > 30:
        raise NotRead
    if match[3]:
        raise LowerBound
    return Decimal(match[1]) * UNITS[match[2].lower()]


def share_of(cell: Any) -> Decimal | None:
    """A share of one: ``12.3%`` and ``0.123`` are the same.  Raises ``NotRead``."""
    if is_nothing(cell):
        return None
    text = str(cell).strip()
    percent = text.endswith(("%", "％"))
    try:
        number = _number(text[:-1].strip() if percent else text)
    except LowerBound as error:
        raise NotRead from error
    share = number.scaleb(-2) if percent else number
    if not 0 <= share <= 1:
        raise NotRead
    return share
