"""One printed page design for every sheet of the workbook: looks, paper, rows written one after another."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins

from core.spreadsheets.writer import CellStyle, Value, cell_style, sheet_title, styled_cell
from incentives.sheet.content import Content
from incentives.sheet.text import width

MONEY, SIGNED_MONEY = "#,##0.00", "#,##0.00;[Red]-#,##0.00"
RATE, POINTS, PERCENT, WHOLE = "0.00##", "0.00", "0.00%", "0"
TITLE_HEIGHT, META_HEIGHT, HEAD_HEIGHT, ROW_HEIGHT, SIGN_HEIGHT = 30, 20, 26, 22, 40
TEXT_LINE, TALLEST = 16, 409
FACE = "宋体"
BLANK = "_" * 12
SIGNATURES = "    ".join(
    [
        *(f"{act}：{BLANK}" for act in ("制表", "审核", "财务复核", "审批（总经理）")),
        "日期：______年____月____日",
    ]
)


class Looks:
    """The looks of one workbook, each resolved once."""

    def __init__(self, book: Workbook) -> None:
        thin = Side(style="thin")
        frame = Border(left=thin, right=thin, top=thin, bottom=thin)
        grey = PatternFill("solid", start_color="FFD9D9D9", end_color="FFD9D9D9")

        def look(
            across: str,
            number_format: str | None = None,
            *,
            framed: bool = True,
            bold: bool = False,
            size: int = 11,
            fill: PatternFill | None = None,
        ) -> CellStyle:
            return cell_style(
                book,
                font=Font(name=FACE, size=size, bold=bold),
                alignment=Alignment(horizontal=across, vertical="center", wrap_text=True),
                border=frame if framed else None,
                fill=fill,
                number_format=number_format,
            )

        self.title = look("center", framed=False, bold=True, size=16)
        self.left = look("left", framed=False)
        self.middle = look("center", framed=False)
        self.right = look("right", framed=False)
        self.block = look("left", framed=False, bold=True, size=12)
        self.head = look("center", bold=True, fill=grey)
        self.text = look("left")
        self.centred = look("center")
        self.whole = look("center", WHOLE)
        self.money = look("right", MONEY)
        self.signed = look("right", SIGNED_MONEY)
        self.rate = look("right", RATE)
        self.points = look("right", POINTS)
        self.percent = look("right", PERCENT)
        self.total = look("center", bold=True)
        self.total_whole = look("center", WHOLE, bold=True)
        self.total_money = look("right", MONEY, bold=True)
        self.total_signed = look("right", SIGNED_MONEY, bold=True)
        self.words = look("left", bold=True)


class Page:
    """A sheet that is written from top to bottom: title, period, heads, rows, signatures."""

    def __init__(
        self,
        book: Workbook,
        looks: Looks,
        content: Content,
        part: str,
        widths: Sequence[int],
        *,
        number: str = "",
        unit: str = "",
        repeated: int = 3,
        frozen: str = "A4",
    ) -> None:
        """``number`` is the 单号, ``unit`` the 编制部门; ``repeated`` rows head every printed page."""
        self.sheet: Any = book.create_sheet(sheet_title(part, book.sheetnames))
        self.looks, self.content = looks, content
        self.widths = widths
        self.row = 0
        self._set_up(repeated, frozen)
        self.merged([(content.title(part), looks.title, len(widths))], TITLE_HEIGHT)
        third = len(widths) // 3
        right = "单位：元" + (f"    单号：{number}" if number else "")
        self.merged(
            [
                (f"所属期：{content.period}", looks.left, third),
                (f"编制部门：{unit or content.company}", looks.middle, third),
                (right, looks.right, len(widths) - 2 * third),
            ],
            META_HEIGHT,
        )

    @property
    def title(self) -> str:
        name: str = self.sheet.title
        return name

    def _set_up(self, repeated: int, frozen: str) -> None:
        sheet = self.sheet
        for column, wide in enumerate(self.widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = wide
        sheet.freeze_panes = frozen
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9  # A4
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.print_title_rows = f"1:{repeated}"
        sheet.print_options.horizontalCentered = True
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, header=0.3, footer=0.3)
        content = self.content
        printed = f"{content.printed_at:%Y-%m-%d %H:%M}"
        # An ampersand begins a code in a footer.
        printer = content.printed_by.replace("&", "&&")
        sheet.oddFooter.left.text = f"打印：{printer} {printed}"
        sheet.oddFooter.center.text = "第 &P 页 / 共 &N 页"
        sheet.oddFooter.right.text = f"规则版本 v{content.revision} / 快照 {content.digest[:8]}"

    def cells(self, values: Sequence[tuple[Value, CellStyle] | Cell], height: int = ROW_HEIGHT) -> int:
        """Write one row; returns its number."""
        self.row += 1
        # What a row's dimension amounts to in the file; an object of its own for each row costs more.
        self.sheet.row_dimensions[self.row] = {"ht": str(height), "customHeight": "1"}
        sheet = self.sheet
        self.sheet.append([each if isinstance(each, Cell) else styled_cell(sheet, *each) for each in values])
        return self.row

    def merged(self, parts: Sequence[tuple[Value, CellStyle, int]], height: int = ROW_HEIGHT) -> int:
        """Write one row of parts, each over so many columns."""
        row: list[tuple[Value, CellStyle]] = []
        for value, style, columns in parts:
            if columns > 1:
                self.join(self.row + 1, len(row) + 1, len(row) + columns)
            row += [(value, style), *[(None, style)] * (columns - 1)]
        return self.cells(row, height)

    def join(self, row: int, first: int, last: int) -> None:
        """Merge the columns ``first`` … ``last`` of a row."""
        self.sheet.merged_cells.add(f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}")

    def head(self, headings: Sequence[str]) -> int:
        rest: list[tuple[Value, CellStyle]] = [(text, self.looks.head) for text in headings]
        return self.cells(rest, HEAD_HEIGHT)

    def block(self, name: str, headings: Sequence[str]) -> None:
        """The name and the heads of a further table on the same sheet."""
        if self.row > 2:
            self.gap()
        self.merged([(name, self.looks.block, len(self.widths))])
        self.head(headings)

    def gap(self) -> None:
        self.cells([], TEXT_LINE)

    def words(self, text: str) -> int:
        return self.merged([(text, self.looks.words, len(self.widths))], HEAD_HEIGHT)

    def note(self, text: str) -> int:
        height = self.height([(text, sum(self.widths))])
        return self.merged([(text, self.looks.left, len(self.widths))], height)

    def formula(self, text: str, style: CellStyle) -> Cell:
        """A cell with a formula of ours; text from people never comes this way."""
        cell = Cell(self.sheet, row=1, column=1)
        cell._value, cell.data_type, cell._style = text, "f", style.plain
        return cell

    @staticmethod
    def height(texts: Sequence[tuple[str, int]]) -> int:
        """Room for the longest of the (text, width) that wrap."""
        lines = 1
        for text, wide in texts:
            if 2 * len(text) >= wide:
                # One place less: a wide character does not fit into half a place.
                lines = max(lines, ceil(width(text) / (wide - 1)))
        return min(TALLEST, max(ROW_HEIGHT, lines * TEXT_LINE + 4))

    def sign(self) -> None:
        """The electronic approvals, then room for signatures with a pen."""
        if self.content.approvals:
            given = "    ".join(
                f"{one.act} {one.name} {one.at:%Y-%m-%d %H:%M}" for one in self.content.approvals
            )
            self.note(f"电子审批：{given}")
        self.merged([(SIGNATURES, self.looks.left, len(self.widths))], SIGN_HEIGHT)

    def close(self) -> None:
        self.sheet.print_area = f"A1:{get_column_letter(len(self.widths))}{self.row}"
