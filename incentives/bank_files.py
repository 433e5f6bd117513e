"""Drawing the batch files of a bank from the rows of its layout.  Rule: domain.md §1.5.

Amounts are plain numbers with two decimals; account numbers are text; the same payments give the same bytes.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import StringIO

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from core.exceptions import RuleViolation
from core.money import ZERO
from core.months import Month
from core.spreadsheets.writer import cell_style, save_bytes, sheet_title, styled_cell
from incentives.models import BankFileColumn, BankFileProfile, ColumnSource, FileType, MarkerRow

CONTENT_TYPES = {
    FileType.XLSX.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.CSV.value: "text/csv",
    FileType.TXT.value: "text/plain",
}
AMOUNT_FORMAT, TEXT_FORMAT = "0.00", "@"
Cell = str | int | Decimal


@dataclass(frozen=True)
class Order:
    """One payment as the bank is told."""

    staff_no: str
    holder: str
    account: str
    branch: str
    amount: Decimal


@dataclass(frozen=True)
class DrawnFile:
    """A file with its part of the payments, the first being part 1."""

    part: int
    content: bytes
    count: int
    total: Decimal


def draw_files(
    profile: BankFileProfile,
    columns: Sequence[BankFileColumn],
    month: Month,
    orders: Sequence[Order],
    made_at: datetime,
    number: str,
) -> Iterator[DrawnFile]:
    """The payments in files of at most ``max_rows``; ``number``: the batch's, with the revision of its files.

    Raises ``RuleViolation`` for a text that does not fit.
    """
    for part, start in enumerate(range(0, len(orders), profile.max_rows), 1):
        some = orders[start : start + profile.max_rows]
        total = sum((one.amount for one in some), ZERO)
        rows = [
            [_cell(column, profile, (str(month), number), place, one) for column in columns]
            for place, one in enumerate(some, 1)
        ]
        marker = _marker(columns, total, len(some))
        if profile.marker == MarkerRow.FIRST:
            rows.insert(0, marker)
        if profile.heading:
            rows.insert(0, [column.header for column in columns])
        if profile.marker == MarkerRow.LAST:
            rows.append(marker)
        draw = _workbook if profile.file_type == FileType.XLSX else _text
        yield DrawnFile(part, draw(profile, rows, made_at), len(some), total)


def _marker(columns: Sequence[BankFileColumn], total: Decimal, count: int) -> list[Cell]:
    """The row of totals: the total under the amounts, the count under the numbers or in the first other."""
    sources = [column.source for column in columns]
    row: list[Cell] = [total if source == ColumnSource.AMOUNT else "" for source in sources]
    others = [place for place, source in enumerate(sources) if source != ColumnSource.AMOUNT]
    if others:
        number = sources.index(ColumnSource.NUMBER) if ColumnSource.NUMBER in sources else others[0]
        row[number] = count
    return row


def _cell(
    column: BankFileColumn, profile: BankFileProfile, of_batch: tuple[str, str], place: int, order: Order
) -> Cell:
    month, number = of_batch
    found: dict[str, Cell] = {
        ColumnSource.NUMBER: place,
        ColumnSource.ACCOUNT: order.account,
        ColumnSource.HOLDER: order.holder,
        ColumnSource.AMOUNT: order.amount,
        ColumnSource.BRANCH: order.branch,
        ColumnSource.STAFF_NO: order.staff_no,
        ColumnSource.MONTH: month,
        ColumnSource.BATCH: number,
        ColumnSource.PAYER_NAME: profile.payer_name,
        ColumnSource.PAYER_ACCOUNT: profile.payer_account,
        ColumnSource.PAYER_BRANCH: profile.payer_branch,
        ColumnSource.TEXT: column.text,
        ColumnSource.BLANK: "",
    }
    return found[column.source]


def _workbook(profile: BankFileProfile, rows: Sequence[Sequence[Cell]], made_at: datetime) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_title(profile.name))
    looks = {
        Decimal: cell_style(workbook, number_format=AMOUNT_FORMAT),
        int: cell_style(workbook),
        str: cell_style(workbook, number_format=TEXT_FORMAT),
    }
    for row in rows:
        sheet.append([styled_cell(sheet, value, looks[type(value)]) for value in row])
    return save_bytes(workbook, created=made_at)


def _text(profile: BankFileProfile, rows: Sequence[Sequence[Cell]], _made_at: datetime) -> bytes:
    lines = [[f"{cell:.2f}" if isinstance(cell, Decimal) else str(cell) for cell in row] for row in rows]
    if profile.file_type == FileType.CSV:
        buffer = StringIO(newline="")
        csv.writer(buffer, delimiter=profile.delimiter or ",", lineterminator="\r\n").writerows(lines)
        text = buffer.getvalue()
    else:
        for cell in (cell for line in lines for cell in line):
            if profile.delimiter in cell:
                raise RuleViolation(
                    "delimiter_in_text",
                    _("“%(text)s” contains the sign that separates the columns of this bank file."),
                    text=cell,
                )
        text = "".join(profile.delimiter.join(line) + "\r\n" for line in lines)
    try:
        return text.encode(profile.encoding)
    except UnicodeEncodeError as error:
        raise RuleViolation(
            "not_in_encoding",
            _("“%(text)s” cannot be written in the encoding %(encoding)s of this bank file."),
            text=text[error.start : error.end],
            encoding=profile.encoding,
        ) from error
