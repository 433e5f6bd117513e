"""Reading files whose name says little about what they are: workbooks new and old, web pages, text.

What platforms hand out as ``.xls`` may be any of these; the content decides.  Nothing is executed.
Rule: domain.md §3.3.
"""

import codecs
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser

import xlrd
from xlrd.xldate import XLDateError, xldate_as_datetime

from core.spreadsheets.csv_reader import read_csv
from core.spreadsheets.errors import CellError, FileRejected
from core.spreadsheets.limits import LIMITS, Limits
from core.spreadsheets.preflight import Source, content
from core.spreadsheets.reader import Sheet, read_workbook, sheet_of_rows
from core.spreadsheets.values import Cell, exact_number, plain_text

ZIP, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGE = re.compile(rb"<\s*(!doctype\s+html|html|table|head|meta)\b", re.IGNORECASE)
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
HEAD = 4096
SPAN_LIMIT = 64


def read_any(source: Source, name: str = "", limits: Limits = LIMITS) -> list[Sheet]:
    """The sheets of a file, whatever it is.  Raises ``FileRejected``, possibly only when rows are read."""
    data = content(source, limits)
    if data.startswith(ZIP):
        return read_workbook(data, limits)
    if data.startswith(OLD_WORKBOOK):
        return _read_old_workbook(data, limits)
    text, encoding = _text(data)
    if PAGE.search(data[:HEAD]) or PAGE.search(text[:HEAD].encode()):
        return _read_page(text, name, limits)
    return [read_csv(text.encode(), name=name or encoding, limits=limits, delimiter=_delimiter(text))]


def _text(data: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: what its first bytes or its page declare, else UTF-8, GB18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        declared = CHARSET.search(data[:HEAD]) if PAGE.search(data[:HEAD]) else None
        named = declared[1].decode("ascii").lower() if declared else ""
        first = "gb18030" if named.startswith("gb") else "utf-8-sig"
        encodings = [first, "utf-8-sig", "gb18030"]
    if b"\0" in data and encodings != ["utf-16"]:
        raise FileRejected("unknown_kind")
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise FileRejected("unknown_kind")


def _delimiter(text: str) -> str:
    """The one of tab, semicolon and comma that the first line with any of them has most of."""
    for line in text.splitlines()[:10]:
        counts = {mark: line.count(mark) for mark in (",", "\t", ";")}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


# --- the old binary format -------------------------------------------------------------------------------


def _read_old_workbook(data: bytes, limits: Limits) -> list[Sheet]:
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            book = xlrd.open_workbook(file_contents=data, logfile=nowhere)
    except xlrd.XLRDError as error:
        raise FileRejected("encrypted_or_old" if "ncrypt" in str(error) else "damaged") from error
    except Exception as error:  # the reader of the old format trusts what the file says about itself
        raise FileRejected("damaged") from error
    if book.nsheets > limits.sheets:
        raise FileRejected("too_many_sheets", limit=limits.sheets)
    return [
        sheet_of_rows(sheet.name.strip(), _old_rows(sheet, book.datemode, limits))
        for sheet in book.sheets()
        if sheet.nrows
    ]


def _old_rows(
    sheet: xlrd.sheet.Sheet, datemode: int, limits: Limits
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    if sheet.nrows > limits.rows:
        raise FileRejected("too_many_rows", sheet=sheet.name, limit=limits.rows)
    for index in range(sheet.nrows):
        cells = [_old_cell(cell, datemode) for cell in sheet.row(index)]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > limits.columns:
            raise FileRejected("too_many_columns", sheet=sheet.name, limit=limits.columns)
        if cells:
            yield index + 1, tuple(cells)


def _old_cell(cell: xlrd.sheet.Cell, datemode: int) -> Cell:
    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_TEXT:
        return plain_text(value)
    if kind == xlrd.XL_CELL_NUMBER:
        return exact_number(format(Decimal(repr(value)), "f"))
    if kind == xlrd.XL_CELL_DATE:
        try:
            return xldate_as_datetime(value, datemode)
        except (XLDateError, OverflowError, ValueError):
            return CellError("date_out_of_range", str(value)[:100])
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return CellError("error_value", str(xlrd.error_text_from_code.get(value, value)))
    return None


# --- web pages with an Excel name ------------------------------------------------------------------------


class _Tables(HTMLParser):
    """The rows of all tables of a page, in their order; a cell that spans several columns leaves gaps."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.hidden += 1
        elif tag == "tr":
            self._end_cell()
            if len(self.rows) > self.limits.rows:
                raise FileRejected("too_many_rows", sheet="HTML", limit=self.limits.rows)
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.rows:
                self.rows.append([])
            self.cell = []
            span = dict(attrs).get("colspan") or "1"
            self.span = min(int(span), SPAN_LIMIT) if span.isascii() and span.isdigit() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.hidden = max(0, self.hidden - 1)
        elif tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.hidden:
            self.cell.append(data)

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        row = self.rows[-1]
        row.append(" ".join("".join(self.cell).split()))
        row.extend([""] * (self.span - 1))
        if len(row) > self.limits.columns:
            raise FileRejected("too_many_columns", sheet="HTML", limit=self.limits.columns)
        self.cell = None


def _read_page(text: str, name: str, limits: Limits) -> list[Sheet]:
    parser = _Tables(limits)
    parser.feed(text)
    parser.close()
    rows: list[tuple[int, tuple[Cell, ...]]] = [
        (number, tuple(plain_text(cell) for cell in cells))
        for number, cells in enumerate(parser.rows, 1)
        if any(cells)
    ]
    if not rows:
        raise FileRejected("no_table")
    return [sheet_of_rows(name or "HTML", iter(rows))]
