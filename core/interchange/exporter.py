"""Rows out: blank templates and full exports, from the same declarations that an import reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import models
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core import registry
from core.interchange.columns import Choice, Column, Day, Days, Fixed, Kind, Share, YesNo
from core.interchange.explanation import column_title, explanation, table_title, titles
from core.interchange.tables import Table
from core.spreadsheets.writer import CellStyle, cell_style, styled_cell

HEADER_FONT, HEADER_FILL = Font(bold=True), PatternFill("solid", fgColor="FFE8EEF7")
#: how far down a template offers choices and formats
TEMPLATE_ROWS = 2000
#: the longest list of choices that a spreadsheet program takes
CHOICES_LENGTH = 255


def find_tables(names: Iterable[str]) -> list[Table]:
    """The tables of these names (English or Chinese; none = all), in the order of their references.

    Raises ``LookupError`` with the first name that is none.
    """
    wanted = set()
    for name in names:
        found = next((each for each in registry.tables.values() if name in (each.name, each.label)), None)
        if found is None:
            raise LookupError(name)
        wanted.add(found.name)
    return [table for table in registry.tables.values() if not wanted or table.name in wanted]


def template_workbook(table_names: Iterable[str] = (), language: str = "zh-hans") -> Workbook:
    """A blank sheet for each table, and one that explains the columns.  Required columns end with ``*``."""
    workbook = Workbook(write_only=True)
    looks = _Looks(workbook)
    tables = find_tables(table_names)
    for table in tables:
        sheet = _sheet(workbook, looks, table, table.columns, language)
        for index, column in enumerate(table.columns, 1):
            _offer_choices(sheet, get_column_letter(index), column)
    _explain(workbook, looks, tables, language)
    return workbook


#: what an export leaves of the rows of a table
Narrow: TypeAlias = Callable[[Table, models.QuerySet[Any]], models.QuerySet[Any]]


def export_workbook(
    table_names: Iterable[str] = (),
    user: Any = None,
    language: str = "zh-hans",
    *,
    blank: bool = True,
    narrow: Narrow | None = None,
) -> Workbook:
    """All rows that ``user`` may see (``None`` = the system), in sheets that an import takes back unchanged.

    ``blank``: whether tables without rows get a sheet.  ``narrow``: which of the visible rows are wanted.
    """
    workbook = Workbook(write_only=True)
    looks = _Looks(workbook)
    for table in find_tables(table_names):
        queryset = table.visible_to(user)
        if narrow:
            queryset = narrow(table, queryset)
        if not blank and not queryset.exists():
            continue
        columns = table.export_columns(user, queryset)
        sheet = _sheet(workbook, looks, table, columns, language)
        styles = [looks.of(column.kind) for column in columns]
        for cells in table.export(queryset, columns):
            sheet.append(
                [
                    None if value is None else styled_cell(sheet, value, style)
                    for value, style in zip(cells, styles, strict=True)
                ]
            )
    return workbook


def filled_template(table: Table, rows: Iterable[Mapping[str, Any]], language: str = "zh-hans") -> Workbook:
    """A template whose first cells are filled in: each row gives values by column name."""
    workbook = Workbook(write_only=True)
    looks = _Looks(workbook)
    sheet = _sheet(workbook, looks, table, table.columns, language)
    styles = [looks.of(column.kind) for column in table.columns]
    for row in rows:
        cells = (column.kind.cell(row.get(column.name)) for column in table.columns)
        sheet.append(
            [
                None if value is None or value == "" else styled_cell(sheet, value, style)
                for value, style in zip(cells, styles, strict=True)
            ]
        )
    for index, column in enumerate(table.columns, 1):
        _offer_choices(sheet, get_column_letter(index), column)
    _explain(workbook, looks, [table], language)
    return workbook


def export_rows(table: Table, user: Any = None) -> Iterator[list[Any]]:
    """Names of the columns, then the cells of each row: the export of one table without a workbook."""
    queryset = table.visible_to(user)
    columns = table.export_columns(user, queryset)
    yield [column.name for column in columns]
    yield from table.export(queryset, columns)


class _Looks:
    """The cell styles of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[str, CellStyle] = {}
        self.header = cell_style(
            workbook, font=HEADER_FONT, fill=HEADER_FILL, alignment=Alignment(vertical="center")
        )
        self.wrapped = cell_style(workbook, alignment=Alignment(wrap_text=True, vertical="top"))

    def of(self, kind: Kind) -> CellStyle:
        code = number_format(kind)
        if code not in self._made:
            self._made[code] = cell_style(self._workbook, number_format=code or None)
        return self._made[code]


def number_format(kind: Kind) -> str:
    """How a spreadsheet program shows the cells of a column."""
    if isinstance(kind, Day):
        return "yyyy-mm-dd"
    if isinstance(kind, Share):
        return "0.####"
    if isinstance(kind, Fixed):
        return "0." + "0" * kind.places if kind.places == 2 else "0.####"
    return ""


def _sheet(workbook: Workbook, looks: _Looks, table: Table, columns: Sequence[Column], language: str) -> Any:
    sheet = workbook.create_sheet(table_title(table, language))
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        wide = not isinstance(column.kind, Day | YesNo | Fixed) or isinstance(column.kind, Days)
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width = 18 if wide else 12
        if number_format(column.kind):
            dimension.number_format = number_format(column.kind)
    heads = [column_title(column, language) + ("*" if column.required else "") for column in columns]
    sheet.append([styled_cell(sheet, head, looks.header) for head in heads])
    return sheet


def _offer_choices(sheet: Any, letter: str, column: Column) -> None:
    """A drop-down list; a value outside it is refused by the spreadsheet program."""
    kind = column.kind
    if isinstance(kind, Choice):
        values = list(map(str, kind.choices.values))
    elif isinstance(kind, YesNo):
        values = ["是", "否"]
    else:
        return
    formula = '"' + ",".join(values) + '"'
    if len(formula) > CHOICES_LENGTH:
        return
    validation = DataValidation(type="list", formula1=formula, allow_blank=not column.required)
    validation.errorTitle, validation.error = column.label, _("Choose one of the list.")
    validation.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
    sheet.data_validations.append(validation)


def _explain(workbook: Workbook, looks: _Looks, tables: Sequence[Table], language: str) -> None:
    sheet = workbook.create_sheet(titles(language)[0])
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFG", (14, 18, 20, 6, 6, 60, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    for number, cells in enumerate(explanation(tables, language)):
        sheet.append([styled_cell(sheet, cell, looks.wrapped if number else looks.header) for cell in cells])
