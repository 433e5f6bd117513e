"""Reading workbooks: sheets as a header and a stream of rows, with exact cell values.

openpyxl finds the parts (list of sheets, relationships) and knows number formats and Excel's dates; the rows
are read by the parser of the standard library written in C, several times faster than openpyxl's own loop.
That parser is safe here because ``preflight`` has refused every document type and entity before.
Rule: interfaces.md §2, last paragraph; calculation.md, "General" (numbers of a workbook).
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any, TypeAlias
from xml.etree.ElementTree import Element, ParseError, iterparse

from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.workbook import WorkbookParser
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml import DEFUSEDXML
from openpyxl.xml.constants import (
    ARC_CONTENT_TYPES,
    ARC_STYLE,
    ARC_WORKBOOK,
    ARC_WORKBOOK_RELS,
    SHARED_STRINGS,
    SHEET_MAIN_NS,
)
from openpyxl.xml.functions import fromstring

from core.spreadsheets.errors import CellError, FileRejected
from core.spreadsheets.limits import LIMITS, Limits
from core.spreadsheets.preflight import Source, checked_archive, is_xml
from core.spreadsheets.values import NUMBER, Cell, exact_number, plain_text

if not DEFUSEDXML:  # openpyxl parses the small parts itself
    raise ImportError("openpyxl must run with defusedxml")

Row: TypeAlias = tuple[int, tuple[Cell, ...]]

NAMESPACE = f"{{{SHEET_MAIN_NS}}}"
ROW, CELL, VALUE, FORMULA = NAMESPACE + "row", NAMESPACE + "c", NAMESPACE + "v", NAMESPACE + "f"
INLINE, TEXT, RUN, SHARED = NAMESPACE + "is", NAMESPACE + "t", NAMESPACE + "r", NAMESPACE + "si"
SHEET_DATA = NAMESPACE + "sheetData"
#: Number formats that the Chinese editions of Excel name by number only.
CHINESE_DATES = [*map(str, range(27, 32)), "36", *map(str, range(50, 55)), "57", "58"]
CHINESE_TIMES = ["32", "33", "34", "35", "55", "56"]
LAST_EXCEL_ROW = 1_048_576
REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})", re.ASCII)
#: Values are remembered by their text, because the same dates and numbers recur; bounded.
REMEMBERED = 20_000
UNREADABLE = (
    ParseError,
    zipfile.BadZipFile,
    InvalidFileException,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    EOFError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(slots=True)
class Sheet:
    """One sheet or CSV file.

    ``header`` holds the texts of the first row that is not blank (a gap is ``""``); ``rows`` gives the others
    once, as (row number in the file, cells), blank ones left out, each at least as long as the header.
    Reading on may raise ``FileRejected``.
    """

    name: str
    header: list[str]
    rows: Iterator[Row]
    hidden: bool = False


def read_workbook(source: Source, limits: Limits = LIMITS) -> list[Sheet]:
    """The sheets of a workbook (a path, an open file or its bytes), checked first.  Raises ``FileRejected``.

    Sheets that are not tables (charts) are left out.  Rows are parsed while they are taken.
    """
    archive = checked_archive(source, limits)
    try:
        return _open_sheets(archive, limits)
    except UNREADABLE as error:
        raise FileRejected("damaged") from error


def _open_sheets(archive: zipfile.ZipFile, limits: Limits) -> list[Sheet]:
    manifest = Manifest.from_tree(fromstring(_part(archive, ARC_CONTENT_TYPES, limits, limits.list_tags)))
    for part in (ARC_WORKBOOK, ARC_WORKBOOK_RELS):  # openpyxl reads them; here only their size is checked
        _part(archive, part, limits, limits.list_tags)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about what it leaves out; none of it is read here
        book = WorkbookParser(archive, ARC_WORKBOOK, keep_links=False)
        book.parse()
        entries = [(sheet, link) for sheet, link in book.find_sheets() if "worksheet" in link.Type]
    if not entries:
        raise FileRejected("no_sheets")
    if len(entries) > limits.sheets:
        raise FileRejected("too_many_sheets", limit=limits.sheets)
    shared = manifest.find(SHARED_STRINGS)
    texts = _shared_texts(archive, shared.PartName.lstrip("/"), limits) if shared else []
    dates = _date_styles(archive, limits)
    seen: set[str] = set()
    sheets = []
    for entry, link in entries:
        name = entry.name.strip()
        if name.casefold() in seen:
            raise FileRejected("duplicate_sheet", sheet=name)
        seen.add(name.casefold())
        rows = _SheetRows(name, texts, dates, book.wb.epoch, limits).read(archive, link.target)
        sheets.append(sheet_of_rows(name, rows, hidden=entry.state != "visible"))
    return sheets


def sheet_of_rows(name: str, rows: Iterator[Row], hidden: bool = False) -> Sheet:
    _number, cells = next(rows, (0, ()))
    header = []
    for column, cell in enumerate(cells, 1):
        if isinstance(cell, CellError):
            raise FileRejected("bad_header", sheet=name, column=get_column_letter(column))
        header.append("" if cell is None else str(cell))
    return Sheet(name, header, _padded(rows, len(header)), hidden)


def _padded(rows: Iterator[Row], width: int) -> Iterator[Row]:
    for number, cells in rows:
        missing = width - len(cells)
        yield number, cells + (None,) * missing if missing > 0 else cells


def _part(archive: zipfile.ZipFile, name: str, limits: Limits, tags: int) -> bytes:
    """A part that is parsed as a whole, if it is of a size for that."""
    if archive.getinfo(name).file_size > limits.part_bytes:
        raise FileRejected("too_complex")
    data = archive.read(name)
    if data.count(b"<") > tags:
        raise FileRejected("too_complex")
    return data


class _Stream:
    """A part being parsed; refuses to deliver more tags than ``limit`` since ``mark`` was last moved up."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self.file = file
        self.limit = limit
        self.tags = self.mark = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self.file.read(size)
        self.tags += data.count(b"<")
        if self.tags - self.mark > self.limit:
            raise FileRejected("too_complex")
        return data


def _elements(stream: _Stream) -> Iterator[tuple[str, Element]]:
    return iterparse(stream)  # noqa: S314 - preflight has refused all document types


def _open_part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    if not is_xml(name):  # such a part was not scanned
        raise FileRejected("damaged")
    return archive.open(name)


def _rich(element: Element) -> str:
    """The text of a shared or inline string: plain, or in runs of different fonts; readings are left out."""
    text = element.findtext(TEXT) or ""
    if len(element) > 1 or not text:
        text += "".join(run.findtext(TEXT) or "" for run in element.findall(RUN))
    return text


def _shared_texts(archive: zipfile.ZipFile, name: str, limits: Limits) -> list[Cell]:
    texts: list[Cell] = []
    characters = 0
    with _open_part(archive, name) as file:
        stream = _Stream(file, limits.row_tags)
        for _event, element in _elements(stream):
            if element.tag == SHARED:
                text = _rich(element)
                characters += len(text)
                if len(texts) >= limits.shared_texts or characters > limits.shared_characters:
                    raise FileRejected("too_much_text")
                texts.append(plain_text(text))
                element.clear()
                stream.mark = stream.tags
    return texts


def _date_styles(archive: zipfile.ZipFile, limits: Limits) -> dict[str, bool]:
    """The cell styles that show a date or time; the value says whether a time of day is part of it."""
    if ARC_STYLE not in archive.namelist():
        return {}
    root = fromstring(_part(archive, ARC_STYLE, limits, limits.style_tags))
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    formats |= dict.fromkeys(CHINESE_DATES, "y")
    formats |= dict.fromkeys(CHINESE_TIMES, "h")
    for own in root.iter(NAMESPACE + "numFmt"):
        formats[own.get("numFmtId", "")] = own.get("formatCode", "")[:255]
    styles = {}
    for index, style in enumerate(root.findall(f"{NAMESPACE}cellXfs/{NAMESPACE}xf")):
        code = formats.get(style.get("numFmtId", "0"), "")
        if is_date_format(code):
            styles[str(index)] = re.search("[hsHS]", re.sub(r'"[^"]*"|\[\$[^]]*\]', "", code)) is not None
    return styles


@dataclass(slots=True)
class _SheetRows:
    """Turns the XML of one sheet into rows."""

    name: str
    texts: list[Cell]
    dates: dict[str, bool]
    epoch: datetime
    limits: Limits
    columns: dict[str, int] = field(init=False)
    numbers: dict[str, Cell] = field(default_factory=dict)
    moments: dict[tuple[str, str], Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = {get_column_letter(index + 1): index for index in range(self.limits.columns)}

    def read(self, archive: zipfile.ZipFile, part: str) -> Iterator[Row]:
        """Rows that are not blank.  Whatever dimension the sheet declares is ignored."""
        try:
            with _open_part(archive, part) as file:
                yield from self._rows(_Stream(file, self.limits.row_tags))
        except UNREADABLE as error:
            raise FileRejected("damaged") from error

    def _rows(self, stream: _Stream) -> Iterator[Row]:
        number, header = 0, None
        for _event, element in _elements(stream):
            tag = element.tag
            if tag == ROW:
                previous, number = number, int(element.get("r") or number + 1)
                if not previous < number <= LAST_EXCEL_ROW:
                    raise FileRejected("damaged")
                cells = self._cells(element, str(number))
                element.clear()
                stream.mark = stream.tags
                if cells:
                    header = header or number
                    if number - header > self.limits.rows:
                        raise FileRejected("too_many_rows", sheet=self.name, limit=self.limits.rows)
                    yield number, cells
            elif tag == SHEET_DATA:
                return

    def _cells(self, row: Element, number: str) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        columns, numbers, texts, dates = self.columns, self.numbers, self.texts, self.dates
        index = -1
        for element in row:
            if element.tag != CELL:
                continue
            get = element.get
            reference = get("r")
            previous = index
            if reference is None:
                index += 1
            else:
                index = columns.get(reference.removesuffix(number), -1)
                if index < 0:
                    index = self._far_column(reference, number)
            if index <= previous:
                raise FileRejected("damaged")
            value: Cell = None
            text = None
            for child in element:
                tag = child.tag
                if tag == VALUE:
                    text = child.text
                elif tag == FORMULA:
                    value = CellError("formula", "=" + (child.text or ""))
                    break
                elif tag == INLINE:
                    value = plain_text(_rich(child))
            if text and value is None:
                kind = get("t", "n")
                if kind == "s":
                    if text.startswith("-"):
                        raise FileRejected("damaged")
                    value = texts[int(text)]
                elif kind == "n":
                    style = get("s", "0")
                    if style in dates:
                        value = self._moment(text, style)
                    elif text in numbers:
                        value = numbers[text]
                    else:
                        if len(numbers) > REMEMBERED:
                            numbers.clear()
                        value = numbers[text] = exact_number(text)
                else:
                    value = self._other(kind, text)
            if value is not None:
                if index >= self.limits.columns:
                    raise FileRejected("too_many_columns", sheet=self.name, limit=self.limits.columns)
                if index > len(cells):
                    cells.extend([None] * (index - len(cells)))
                cells.append(value)
        return tuple(cells)

    def _far_column(self, reference: str, number: str) -> int:
        match = REFERENCE.fullmatch(reference)
        if not match or match[2] != number:
            raise FileRejected("damaged")
        return column_index_from_string(match[1].upper()) - 1

    def _moment(self, text: str, style: str) -> Cell:
        key = (text, style)
        if key not in self.moments:
            if len(self.moments) > REMEMBERED:
                self.moments.clear()
            self.moments[key] = self._from_serial(text, with_time=self.dates[style])
        return self.moments[key]

    def _from_serial(self, text: str, with_time: bool) -> Cell:
        """Excel's days since its epoch → date, or with a time of day → datetime; below one day → time."""
        if len(text) > 400 or not NUMBER.fullmatch(text):
            return CellError("not_a_number", text[:100])
        try:
            moment: Any = from_excel(float(text), self.epoch)  # a point in time, no amount
        except (OverflowError, ValueError):
            return CellError("date_out_of_range", text[:100])
        if float(text) < 0 or not isinstance(moment, datetime | time):
            return CellError("date_out_of_range", text[:100])
        if isinstance(moment, datetime) and not with_time and moment.time() == time.min:
            return moment.date()
        return moment

    def _other(self, kind: str, text: str) -> Cell:
        if kind == "str":
            return plain_text(text)
        if kind == "b" and text in ("0", "1"):
            return text == "1"
        if kind == "e":
            return CellError("error_value", text[:100])
        if kind == "d":
            try:
                moment: Any = from_ISO8601(text[:40])
            except ValueError:
                moment = None
            return moment if isinstance(moment, date | time) else CellError("date_out_of_range", text[:100])
        raise FileRejected("damaged")
