"""Reading CSV files in the same shape as sheets; every cell is text or ``None``."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from core.spreadsheets.errors import CellError, FileRejected
from core.spreadsheets.limits import LIMITS, Limits
from core.spreadsheets.preflight import Source, content
from core.spreadsheets.reader import Row, Sheet, sheet_of_rows
from core.spreadsheets.values import CONTROL, Cell


def read_csv_folder(path: str | Path, encoding: str = "utf-8-sig", limits: Limits = LIMITS) -> list[Sheet]:
    """Every ``*.csv`` of a folder, by name; the sheet is named after the file."""
    return [read_csv(file, encoding, limits=limits) for file in sorted(Path(path).glob("*.csv"))]


def read_csv(
    source: Source,
    encoding: str = "utf-8-sig",
    *,
    name: str = "",
    limits: Limits = LIMITS,
    delimiter: str = ",",
) -> Sheet:
    """One CSV file; the row number is that of the record, as a spreadsheet program counts.

    Raises ``FileRejected``, possibly only when the rows are read.
    """
    if not name and isinstance(source, str | Path):
        name = Path(source).stem
    try:
        text = content(source, limits).decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRejected("text_encoding", sheet=name, encoding=encoding) from error
    return sheet_of_rows(name, _rows(name, text, limits, delimiter))


def _rows(name: str, text: str, limits: Limits, delimiter: str = ",") -> Iterator[Row]:
    header = None
    try:
        records = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, record in enumerate(records, 1):
            cells = [_cell(each, limits) for each in record]
            while cells and cells[-1] is None:
                cells.pop()
            if not cells:
                continue
            header = header or number
            if number - header > limits.rows:
                raise FileRejected("too_many_rows", sheet=name, limit=limits.rows)
            if len(cells) > limits.columns:
                raise FileRejected("too_many_columns", sheet=name, limit=limits.columns)
            yield number, tuple(cells)
    except csv.Error as error:
        raise FileRejected("bad_csv", sheet=name) from error


def _cell(text: str, limits: Limits) -> Cell:
    text = text.strip()
    if len(text) > limits.cell_characters:
        return CellError("text_too_long", text[:100])
    if CONTROL.search(text):
        return CellError("control_characters", CONTROL.sub("�", text[:100]))
    return text or None
