"""The incentive sheet as it will be on paper: the cells of the very workbook, for a page.

Nothing is computed or read from the database here: what is shown is what stands in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from core.money import round_half_up
from core.templatetags.ui import money, percent
from incentives.sheet.page import MONEY, PERCENT, POINTS, RATE, SIGNED_MONEY, WHOLE

TITLE_SIZE, BLOCK_SIZE = 16, 12
MOST_RATE_PLACES, LEAST_RATE_PLACES = 4, 2


@dataclass(frozen=True)
class CellShown:
    """A cell over ``span`` columns; ``css`` says how it looks."""

    text: str
    span: int
    css: str


@dataclass(frozen=True)
class RowShown:
    cells: list[CellShown]
    css: str = ""


@dataclass(frozen=True)
class Paper:
    """One sheet of the workbook: column widths, the rows that head every printed page, and the others."""

    names: list[str]
    place: int
    name: str
    widths: list[int]
    head: list[RowShown]
    rows: list[RowShown]
    printed: str
    version: str

    @property
    def columns(self) -> int:
        return len(self.widths)


def paper(data: bytes, place: int) -> Paper | None:
    """The sheet at ``place`` of a workbook; nothing when it has no such sheet."""
    book = load_workbook(BytesIO(data))
    if not 0 <= place < len(book.sheetnames):
        return None
    sheet: Any = book.worksheets[place]
    letters = [get_column_letter(number) for number in range(1, sheet.max_column + 1)]
    rows = list(_rows(sheet))
    repeated = int(str(sheet.print_title_rows).rpartition("$")[2])
    return Paper(
        names=list(book.sheetnames),
        place=place,
        name=sheet.title,
        widths=[round(sheet.column_dimensions[letter].width) for letter in letters],
        head=rows[:repeated],
        rows=rows[repeated:],
        printed=(sheet.oddFooter.left.text or "").replace("&&", "&"),
        version=sheet.oddFooter.right.text or "",
    )


def _rows(sheet: Any) -> Iterator[RowShown]:
    spans = {(one.min_row, one.min_col): one.max_col - one.min_col + 1 for one in sheet.merged_cells.ranges}
    for row in sheet.iter_rows():
        cells, covered = [], 0
        for cell in row:
            if covered:
                covered -= 1
                continue
            span = spans.get((cell.row, cell.column), 1)
            covered = span - 1
            cells.append(CellShown(_text(cell), span, _css(cell)))
        yield RowShown(cells, "" if any(cell.text for cell in cells) else "gap")


def _text(cell: Any) -> str:
    """What the program that opens the file would show in the cell; a formula is shown as such."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # A number cell is read back as the nearest binary fraction; its shortest text is what was written.
    exact = Decimal(str(value))
    kind = cell.number_format
    if kind in (MONEY, SIGNED_MONEY):
        return money(exact)
    if kind == PERCENT:
        return percent(exact)
    if kind == POINTS:
        return str(round_half_up(exact, 2))
    if kind == RATE:
        return _rate(exact)
    if kind == WHOLE:
        return str(round_half_up(exact, 0))
    return str(exact)


def _rate(exact: Decimal) -> str:
    """Two decimals at least, four at most."""
    shown = str(round_half_up(exact, MOST_RATE_PLACES))
    whole, _point, places = shown.partition(".")
    places = places.rstrip("0").ljust(LEAST_RATE_PLACES, "0")
    return f"{whole}.{places}"


def _css(cell: Any) -> str:
    words = [cell.alignment.horizontal or "left"]
    size = cell.font.sz
    if size and size >= TITLE_SIZE:
        words.append("title")
    elif size and size >= BLOCK_SIZE:
        words.append("block")
    if cell.font.b:
        words.append("bold")
    if cell.border.bottom and cell.border.bottom.style:
        words.append("framed")
    if cell.fill.patternType == "solid":
        words.append("grey")
    if cell.data_type == "f":
        words.append("formula")
    if cell.number_format == SIGNED_MONEY and isinstance(cell.value, int | float) and cell.value < 0:
        words.append("minus")
    return " ".join(words)
