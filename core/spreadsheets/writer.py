"""Writing workbooks: text stays text, numbers stay exact, the same content gives the same bytes.

Large sheets: make the workbook with ``write_only=True``, each look once with ``cell_style``, and each cell
with ``styled_cell``; a style is then looked up once instead of once a cell.
"""

import re
import unicodedata
import zipfile
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.numbers import is_date_format
from openpyxl.writer.excel import ExcelWriter

from core.spreadsheets.limits import LIMITS
from core.spreadsheets.values import CONTROL, ESCAPE, EXACT_DIGITS

Value: TypeAlias = str | bool | int | Decimal | date | datetime | time | None

#: A spreadsheet program may take a text for a formula that begins so, also after copying it or saving as CSV.
FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DATE_FORMAT, MOMENT_FORMAT, TIME_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"
#: The first moment a zip archive can name; what time the file was made at stands in its properties.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
TITLE_LENGTH = 31
FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
FORBIDDEN_IN_FILE_NAME = re.compile(r'[\\/:*?"<>|]')
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class CellStyle:
    """One look, resolved in one workbook, for each kind of value."""

    plain: StyleArray
    quoted: StyleArray
    day: StyleArray
    moment: StyleArray
    clock: StyleArray


def cell_style(
    workbook: Workbook,
    *,
    font: Font | None = None,
    fill: PatternFill | None = None,
    border: Border | None = None,
    alignment: Alignment | None = None,
    protection: Protection | None = None,
    number_format: str | None = None,
) -> CellStyle:
    """A look for ``styled_cell``.  Dates get a date format of their own unless ``number_format`` is one."""
    model = Cell(SimpleNamespace(parent=workbook), row=1, column=1, style_array=StyleArray())
    looks = {"font": font, "fill": fill, "border": border, "alignment": alignment, "protection": protection}
    for name, look in looks.items():
        if look is not None:
            setattr(model, name, look)
    if number_format:
        model.number_format = number_format

    def shown_as(date_format: str) -> StyleArray:
        if not is_date_format(number_format):
            model.number_format = date_format
        return copy(model._style)

    plain = copy(model._style)
    quoted = copy(plain)
    quoted.quotePrefix = 1
    return CellStyle(plain, quoted, shown_as(DATE_FORMAT), shown_as(MOMENT_FORMAT), shown_as(TIME_FORMAT))


def styled_cell(sheet: Any, value: Value, style: CellStyle) -> Cell:
    """A cell for ``append`` of a write-only sheet.  Its style is shared: never change it afterwards."""
    cell = Cell(sheet, row=1, column=1)
    cell._value, cell.data_type = stored(value)
    if cell.data_type == "s":
        cell._style = style.quoted if cell._value.startswith(FORMULA_LEADS) else style.plain
        cell._value = escaped(cell._value)
    elif cell.data_type == "d":
        cell._style = _date_style(style, value)
    else:
        cell._style = style.plain
    return cell


def _date_style(style: CellStyle, value: Value) -> StyleArray:
    if isinstance(value, datetime):
        return style.moment
    return style.day if isinstance(value, date) else style.clock


def set_value(cell: Cell, value: Value) -> None:
    """Put a value into a cell of an ordinary sheet; a date gets a date format if the cell has none."""
    kept, kind = stored(value)
    if kind == "s":
        set_text(cell, kept)
        return
    if kind == "d" and not is_date_format(cell.number_format):
        if isinstance(value, datetime):
            cell.number_format = MOMENT_FORMAT
        else:
            cell.number_format = DATE_FORMAT if isinstance(value, date) else TIME_FORMAT
    cell._value, cell.data_type = kept, kind


def set_text(cell: Cell, value: str) -> None:
    """Put text into a cell of an ordinary sheet so that no program takes it for a formula."""
    text = clean(value)
    cell._value, cell.data_type = escaped(text), "s"
    if text.startswith(FORMULA_LEADS):
        cell._style = copy(cell._style) if cell._style is not None else StyleArray()
        cell._style.quotePrefix = 1


def stored(value: Value) -> tuple[Any, str]:
    """The value as openpyxl keeps it, and its kind: ``s`` text, ``n`` number, ``b`` yes/no, ``d`` date.

    A number goes into the file digit by digit (openpyxl itself would make a float of it); one of more than 15
    digits becomes text, because Excel would change its last digits.  A float raises ``TypeError``.
    """
    if value is None:
        return None, "n"
    if isinstance(value, str):
        return clean(value), "s"
    if isinstance(value, bool):
        return value, "b"
    if isinstance(value, int):
        return str(value), "s" if len(str(abs(value))) > EXACT_DIGITS else "n"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} cannot stand in a cell")
        text = format(value, "f")
        digits = text.lstrip("-0.").replace(".", "")
        return text, "s" if len(digits) > EXACT_DIGITS else "n"
    if isinstance(value, date | time):
        if getattr(value, "tzinfo", None) is not None:
            raise ValueError("a cell holds local time without a zone")
        return value, "d"
    raise TypeError(f"{type(value).__name__} cannot stand in a cell")


def clean(text: str) -> str:
    """``text`` without characters that a workbook cannot hold, cut (with …) to what a cell can hold."""
    if not text.isprintable():
        text = CONTROL.sub("", text)
    if len(text) > LIMITS.cell_characters:
        text = text[: LIMITS.cell_characters - 1] + "…"
    return text


def escaped(text: str) -> str:
    """The text as it stands in the file: a carriage return, and what looks like an escape, are escaped."""
    if "_x" in text:
        text = ESCAPE.sub(lambda match: "_x005F" + match[0], text)
    return text.replace("\r", "_x000D_") if "\r" in text else text


class _FixedArchive(zipfile.ZipFile):
    """A zip archive whose entries bear no trace of when and where they were written."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_args: Any, **_options: Any) -> None:
        super().writestr(_entry(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_options: Any) -> None:
        with open(filename, "rb") as source, self.open(_entry(arcname), "w") as target:
            while piece := source.read(1024 * 1024):
                target.write(piece)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o600 << 16
    return entry


def save_bytes(workbook: Workbook, *, created: datetime, creator: str = "OpsCenter") -> bytes:
    """The file of ``workbook``: the same content and ``created`` give the same bytes.

    ``created`` stands in the properties as both times, in UTC.  A write-only workbook can be saved once.
    """
    if created.tzinfo is not None:
        created = created.astimezone(UTC).replace(tzinfo=None)
    if not workbook.worksheets:
        workbook.create_sheet()
    properties = workbook.properties
    properties.creator = creator
    properties.created = properties.modified = created
    buffer = BytesIO()
    # Not workbook.save(): that stamps the present moment.
    ExcelWriter(workbook, _FixedArchive(buffer, "w", zipfile.ZIP_DEFLATED)).save()
    return buffer.getvalue()


def sheet_title(name: str, taken: Collection[str] = ()) -> str:
    """``name`` as a sheet may be called: 31 characters, none of ``[]:*?/\\``, not one of ``taken``."""
    title = FORBIDDEN_IN_TITLE.sub("-", _one_line(name)).strip("' ")
    if not title or title.casefold() == "history":  # Excel keeps that name to itself
        title = f"{title}-" if title else "-"
    used = {each.casefold() for each in taken}
    candidate, number = _cut(title, TITLE_LENGTH), 1
    while candidate.casefold() in used:
        number += 1
        suffix = f" ({number})"
        candidate = _cut(title, TITLE_LENGTH - len(suffix)) + suffix
    return candidate


def file_name(*parts: object, extension: str = "xlsx") -> str:
    """A name for a download on any system.  (``FileResponse`` writes the header for Chinese names.)"""
    stem = "-".join(filter(None, (_one_line(str(part)) for part in parts)))
    stem = FORBIDDEN_IN_FILE_NAME.sub("-", stem).strip(". ")
    return f"{_cut(stem, NAME_LENGTH) or 'file'}.{extension}"


def _one_line(text: str) -> str:
    """Without control and invisible direction characters, which can make a name look like another."""
    return "".join(each for each in text if unicodedata.category(each)[0] != "C").strip()


def _cut(text: str, length: int) -> str:
    """At most ``length`` UTF-16 units, as Excel counts them."""
    return text.encode("utf-16-le")[: length * 2].decode("utf-16-le", "ignore").rstrip()
