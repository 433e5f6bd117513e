"""Sheets → rows with typed values; what cannot be read is noted with its place."""

from collections.abc import Iterable
from typing import Any

from core import registry
from core.interchange.columns import Column
from core.interchange.context import ImportContext
from core.interchange.explanation import is_explanation
from core.interchange.problems import CellProblem, RowError
from core.interchange.tables import Row, Table
from core.spreadsheets.errors import CellError
from core.spreadsheets.reader import Sheet

_EMPTY = (None, "")
#: the column in which a marked file says what is wrong; reading passes over it (see ``marking``)
REASON_TITLES = {"zh-hans": "错误说明", "en": "What is wrong"}


def find_table(name: str) -> Table | None:
    wanted = name.strip().lower()
    for table in registry.tables.values():
        if wanted in (table.name, table.label.lower()):
            found: Table = table
            return found
    return None


def read_tables(sheets: Iterable[Sheet], context: ImportContext, errors: list[RowError]) -> None:
    for sheet in sheets:
        table = find_table(sheet.name)
        if table is None and is_explanation(sheet):
            continue
        if table is None:
            if any(True for _row in sheet.rows) or any(sheet.header):
                names = "、".join(table.label for table in registry.tables.values())
                errors.append(RowError(sheet.name, 1, "", sheet.name, "unknown_sheet", {"tables": names}))
        elif table.name in context.rows:
            errors.append(RowError(sheet.name, 1, "", sheet.name, "duplicate_sheet", {}))
        else:
            columns = _match_header(sheet, table, errors)
            context.rows[table.name] = _read_rows(sheet, table, columns, context)


def _match_header(sheet: Sheet, table: Table, errors: list[RowError]) -> list[Column | None]:
    columns: list[Column | None] = []
    for title in sheet.header:
        column = table.by_name.get(title.lower().rstrip("* ").strip())
        if title and column is None and title not in REASON_TITLES.values():
            names = "、".join(column.label for column in table.columns)
            errors.append(RowError(sheet.name, 1, title, title, "unknown_column", {"columns": names}))
        if column is not None and column in columns:
            errors.append(RowError(sheet.name, 1, title, title, "duplicate_column", {}))
            column = None
        columns.append(column)
    for column in table.columns:
        if column.required and column not in columns:
            errors.append(
                RowError(sheet.name, 1, column.name, "", "missing_column", {"column": column.label})
            )
    return columns


def _read_rows(sheet: Sheet, table: Table, columns: list[Column | None], context: ImportContext) -> list[Row]:
    present = {column.name for column in columns if column}
    absent = [column for column in table.columns if column.name not in present]
    positions = {column.name: index for index, column in enumerate(columns) if column}
    taken: list[tuple[int, Column, dict[Any, Any]]] = [
        (index, column, {}) for index, column in enumerate(columns) if column
    ]
    known = context.in_file[table.name]
    code_column = table.code_column
    incomplete = any(column.required for column in absent)
    if code_column not in present and table.by_name[code_column].required:
        context.uncoded.add(table.name)
    rows = []
    for number, cells in sheet.rows:
        values: dict[str, Any] = {}
        row = Row(sheet.name, number, cells, positions, values, blocked=incomplete)
        width = len(cells)
        for index, column, parsed in taken:
            cell = cells[index] if index < width else None
            if cell is None or cell == "":
                values[column.name] = column.default_value()
                if column.required:
                    row.error(column.name, "required")
                continue
            if column.kind.cacheable:
                marker = (type(cell), cell)
                if marker in parsed:
                    values[column.name] = parsed[marker]
                    continue
            value = _parse(row, column, cell)
            values[column.name] = value
            if column.kind.cacheable and value is not None and len(parsed) < 50_000:
                parsed[marker] = value
        for column in absent:
            values[column.name] = column.default_value()
        code = values.get(code_column)
        if isinstance(code, str):
            known.add(code)
        rows.append(row)
        for extra in cells[len(columns) :]:
            if extra not in _EMPTY:
                names = "、".join(column.label for column in table.columns)
                row.errors.append(
                    RowError(sheet.name, number, "", str(extra)[:200], "unknown_column", {"columns": names})
                )
    context.known[f"absent:{table.name}"] = {column.field_name for column in absent}
    return rows


def _parse(row: Row, column: Column, cell: Any) -> Any:
    if isinstance(cell, CellError):
        row.errors.append(RowError(row.sheet, row.number, column.name, cell.text[:200], cell.code, {}))
        return None
    try:
        return column.kind.parse(cell)
    except CellProblem as problem:
        row.error(column.name, problem.code, **problem.params)
        return None
