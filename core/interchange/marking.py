"""The uploaded file back, with everything that is wrong in red: cells, comments, and a column of reasons.

Nothing else changes: formulas stay formulas and are not computed, text stays text.  An import passes over the
column of reasons, so the corrected file can be uploaded as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.exceptions import RuleViolation
from core.interchange.reading import REASON_TITLES, find_table
from core.interchange.tables import Table
from core.spreadsheets.errors import FileRejected
from core.spreadsheets.limits import MEGABYTE
from core.spreadsheets.preflight import checked_archive
from core.spreadsheets.writer import save_bytes, set_text

RED = PatternFill("solid", fgColor="FFFFC7CE")
RED_TEXT = Font(color="FF9C0006")
AUTHOR = "OpsCenter"
#: how much XML of sheets is opened at once; a larger file has its list of errors instead
SHEET_BYTES = 60 * MEGABYTE
COMMENT_LENGTH = 1000
REASONS_WIDTH = 60
TOO_LARGE = _("The file is too large to be marked. Take the list of errors instead.")


def marked_workbook(data: bytes, errors: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """``data`` with the errors of a report marked.  Raises ``RuleViolation`` for a file that is too large or
    that cannot be opened.
    """
    try:
        archive = checked_archive(data)
    except FileRejected as error:
        raise RuleViolation(error.code, str(error)) from error
    sheets = (part for part in archive.infolist() if part.filename.startswith("xl/worksheets/"))
    if sum(part.file_size for part in sheets) > SHEET_BYTES:
        raise RuleViolation("too_large_to_mark", TOO_LARGE)
    workbook = load_workbook(BytesIO(data), rich_text=True)
    by_sheet: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in errors:
        by_sheet[str(one["sheet"])].append(one)
    for sheet in workbook.worksheets:
        here = by_sheet.get(sheet.title.strip(), [])
        if here:
            _Sheet(sheet, find_table(sheet.title), language).mark(here)
    properties = workbook.properties
    return save_bytes(
        workbook, created=properties.created or timezone.now(), creator=str(properties.creator or "")
    )


class _Sheet:
    """One sheet: where its header stands, and where each column is."""

    def __init__(self, sheet: Any, table: Table | None, language: str) -> None:
        self.sheet = sheet
        self.header = next(
            (row[0].row for row in sheet.iter_rows() if any(cell.value is not None for cell in row)), 1
        )
        self.columns: dict[str, int] = {}
        self.titles: dict[int, str] = {}
        self.reasons = sheet.max_column + 1
        marked_before = False
        for cell in sheet[self.header]:
            title = "" if cell.value is None else str(cell.value).strip()
            if title in REASON_TITLES.values():
                self.reasons, marked_before = cell.column, True
            elif title:
                self.columns.setdefault(title, cell.column)
                self.titles[cell.column] = title
                column = table.by_name.get(title.lower().rstrip("* ").strip()) if table else None
                if column:
                    self.columns.setdefault(column.name, cell.column)
        self.title = REASON_TITLES.get(language.lower(), REASON_TITLES["en"])
        if marked_before:
            self._clear()

    def _clear(self) -> None:
        """Take back the marks of an earlier check: what was put right is red no longer."""
        for row in self.sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()
        for row in self.sheet.iter_rows(min_col=self.reasons, max_col=self.reasons):
            row[0].value = None

    def mark(self, errors: list[Mapping[str, Any]]) -> None:
        reasons: dict[int, list[str]] = defaultdict(list)
        cells: dict[tuple[int, int], list[str]] = defaultdict(list)
        for error in errors:
            # Errors of the header name row 1, wherever it stands.
            row = max(int(error["row"]), self.header)
            column = self.columns.get(str(error["column"]))
            title = self.titles.get(column or 0, str(error["column"]))
            reasons[row].append(f"{title}: {error['message']}" if title else str(error["message"]))
            if column:
                cells[row, column].append(str(error["message"]))
        for (row, column), messages in cells.items():
            self._red(row, column, messages)
        for row, texts in reasons.items():
            self._reason(row, "\n".join(dict.fromkeys(texts)))
        head = self.sheet.cell(self.header, self.reasons)
        set_text(head, self.title)
        if self.header in reasons:
            head.comment = Comment("\n".join(reasons[self.header])[:COMMENT_LENGTH], AUTHOR)
        head.font = Font(bold=True, color=RED_TEXT.color)
        self.sheet.column_dimensions[get_column_letter(self.reasons)].width = REASONS_WIDTH

    def _red(self, row: int, column: int, messages: list[str]) -> None:
        cell = self.sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            return
        cell.fill = copy(RED)
        before = f"{cell.comment.text}\n" if cell.comment is not None else ""
        cell.comment = Comment((before + "\n".join(messages))[:COMMENT_LENGTH], AUTHOR, height=90, width=320)

    def _reason(self, row: int, text: str) -> None:
        cell = self.sheet.cell(row, self.reasons)
        if not isinstance(cell, MergedCell):
            set_text(cell, text)
            cell.font = copy(RED_TEXT)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
