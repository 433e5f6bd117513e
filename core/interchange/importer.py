"""Rows in: all or nothing, idempotent, with every error and not just the first.

sheets → rows with typed values → references, keys, locked months, rights → written in one transaction →
checks across rows → committed, or rolled back with the complete list of what is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, registry
from core.interchange.columns import Column
from core.interchange.context import ImportContext
from core.interchange.problems import CellProblem, RowError
from core.interchange.tables import Row, Table
from core.spreadsheets.errors import CellError
from core.spreadsheets.reader import Sheet

_EMPTY = (None, "")

IMPORTED = audit.register_action("import.accepted", _("tables imported"))


@dataclass
class ImportReport:
    """What an import found and did.  ``counts``: table → created, updated, unchanged."""

    errors: list[RowError] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def accepted(self) -> bool:
        return not self.errors

    def as_dict(self) -> dict[str, Any]:
        status = "rejected" if self.errors else "checked" if self.dry_run else "accepted"
        return {
            "status": status,
            "errors": [error.as_dict() for error in self.errors],
            "warnings": self.warnings,
            "tables": [{"table": name, **counts} for name, counts in self.counts.items()],
        }


class _RollBack(Exception):
    """Leaves the transaction without a trace."""


def import_sheets(sheets: Iterable[Sheet], *, user: Any = None, dry_run: bool = False) -> ImportReport:
    """Import the sheets as ``user`` (``None`` = the system).  Nothing is written when anything is wrong.

    Raises ``core.spreadsheets.errors.FileRejected`` when a sheet cannot be read to its end.
    """
    report = ImportReport(dry_run=dry_run)
    context = ImportContext(user, timezone.localdate())
    _read(sheets, context, report)
    tables: list[Table] = [table for table in registry.tables.values() if table.name in context.rows]
    try:
        with transaction.atomic():
            for table in tables:
                _write(table, context, report)
            for table in tables:
                _write_deferred(table, context)
            for table in tables:
                table.after(context, context.rows[table.name])
            _collect(context, report)
            if report.errors or dry_run:
                raise _RollBack
            audit.record(actor=user, action=IMPORTED, change=report.counts)
    except _RollBack:
        pass
    except IntegrityError as error:
        reason = str(error).splitlines()[0]
        report.errors.append(RowError("", 0, "", "", "refused", {"reason": reason}))
    report.warnings = context.warnings
    return report


# --- reading -----------------------------------------------------------------------------------------
def _find_table(name: str) -> Table | None:
    wanted = name.strip().lower()
    for table in registry.tables.values():
        if wanted in (table.name, table.label.lower()):
            found: Table = table
            return found
    return None


def _read(sheets: Iterable[Sheet], context: ImportContext, report: ImportReport) -> None:
    for sheet in sheets:
        table = _find_table(sheet.name)
        if table is None:
            if any(True for _row in sheet.rows) or any(sheet.header):
                names = "、".join(table.label for table in registry.tables.values())
                report.errors.append(
                    RowError(sheet.name, 1, "", sheet.name, "unknown_sheet", {"tables": names})
                )
        elif table.name in context.rows:
            report.errors.append(RowError(sheet.name, 1, "", sheet.name, "duplicate_sheet", {}))
        else:
            columns = _match_header(sheet, table, report)
            context.rows[table.name] = _read_rows(sheet, table, columns, context)


def _match_header(sheet: Sheet, table: Table, report: ImportReport) -> list[Column | None]:
    columns: list[Column | None] = []
    for title in sheet.header:
        column = table.by_name.get(title.strip().lower().rstrip("*"))
        if title and column is None:
            names = "、".join(column.label for column in table.columns)
            report.errors.append(RowError(sheet.name, 1, title, title, "unknown_column", {"columns": names}))
        if column is not None and column in columns:
            report.errors.append(RowError(sheet.name, 1, title, title, "duplicate_column", {}))
            column = None
        columns.append(column)
    for column in table.columns:
        if column.required and column not in columns:
            report.errors.append(
                RowError(sheet.name, 1, column.name, "", "missing_column", {"column": column.label})
            )
    return columns


def _read_rows(
    sheet: Sheet, table: Table, columns: list[Column | None], context: ImportContext
) -> list[Row]:
    present = {column.name for column in columns if column}
    absent = [column for column in table.columns if column.name not in present]
    positions = {column.name: index for index, column in enumerate(columns) if column}
    taken = [(index, column, {}) for index, column in enumerate(columns) if column]
    known = context.in_file[table.name]
    code_column = table.code_column
    rows = []
    for number, cells in sheet.rows:
        values: dict[str, Any] = {}
        row = Row(sheet.name, number, cells, positions, values)
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


# --- writing -----------------------------------------------------------------------------------------
def _write(table: Table, context: ImportContext, report: ImportReport) -> None:
    rows = context.rows[table.name]
    table.prepare(context, rows)
    for row in rows:
        row.fields = table.build(context, row)
        if not row.errors:
            table.derive(context, row, row.fields)
    sound = _without_duplicates(table, rows)
    changed_names = _compare(table, context, sound)
    _check_locked(table, context, sound)
    _check_rights(table, context, sound)
    created = [row for row in sound if row.outcome == "created" and not row.errors]
    updated = [row for row in sound if row.outcome == "updated" and not row.errors]
    if created:
        table.create(context, created)
    if updated:
        table.update(context, updated, changed_names)
    context.wrote(table, created)
    outcomes = ("created", "updated", "unchanged")
    report.counts[table.name] = {
        outcome: sum(1 for row in sound if row.outcome == outcome) for outcome in outcomes
    }


def _without_duplicates(table: Table, rows: list[Row]) -> list[Row]:
    """The rows without errors; a second row with the same key is an error, also when the first one has some."""
    first: dict[tuple[Any, ...], int] = {}
    sound = []
    for row in rows:
        key = table.key_of(row.fields)
        if None in key and row.errors:
            continue
        if key in first:
            row.error(table.code_column, "duplicate_key", row=first[key])
            continue
        first[key] = row.number
        if not row.errors:
            sound.append(row)
    return sound


def _compare(table: Table, context: ImportContext, rows: list[Row]) -> list[str]:
    """Mark each row created, updated or unchanged against the database.

    A column that the sheet does not have keeps what stands; only a new row takes its default.
    """
    if not rows:
        return []
    absent = context.known.get(f"absent:{table.name}", set())
    names = [name for name in rows[0].fields if name not in table.key_fields]
    key_names = [name if name in rows[0].fields else f"{name}_id" for name in table.key_fields]
    names = [name for name in names if name not in key_names]
    kept = {name for name in names if name.removesuffix("_id") in absent and name not in table.derived}
    stands = {
        values[1 : 1 + len(key_names)]: values
        for values in table.existing(context, rows).values_list("pk", *key_names, *names)
    }
    width = 1 + len(key_names)
    before: dict[int, Any] = {}
    for row in rows:
        old = stands.get(table.key_of(row.fields))
        if old is None:
            row.outcome = "created"
            continue
        row.pk = old[0]
        values = dict(zip(names, old[width:], strict=True))
        for name in kept:
            row.fields[name] = values[name]
        if all(row.fields[name] == value for name, value in values.items()):
            row.outcome = "unchanged"
        else:
            row.outcome = "updated"
            key = dict(zip(key_names, old[1:width], strict=True))
            before[id(row)] = {**key, **values}
    context.known[f"before:{table.name}"] = before
    return names


def _check_locked(table: Table, context: ImportContext, rows: list[Row]) -> None:
    before = context.known.get(f"before:{table.name}", {})
    for row in rows:
        if row.outcome == "unchanged":
            continue
        old = before.get(id(row))
        month = context.frozen_month(table.touched(row.fields), table.touched(old) if old else None)
        if month:
            row.error(table.range_field or table.code_column, "month_locked", month=str(month))


def _check_rights(table: Table, context: ImportContext, rows: list[Row]) -> None:
    """Units, and states that only some may set.  The system may do everything."""
    if context.user is None:
        return
    may = registry.providers["may"]
    before = context.known.get(f"before:{table.name}", {})
    stateful = [column for column in table.columns if column.states]
    for row in rows:
        if row.outcome == "unchanged":
            continue
        owner = table.owner(context, row.fields)
        if not may(context.user, table.act, owner):
            row.error(table.code_column, "not_allowed")
        for column in stateful:
            value = row.fields.get(column.field_name)
            act = column.states.get("*") if value else None
            act = column.states.get(str(value), act)
            old = before.get(id(row), {}).get(column.field_name)
            if act and value != old and not may(context.user, act, owner):
                row.error(column.name, "state_not_allowed", value=str(value))


def _write_deferred(table: Table, context: ImportContext) -> None:
    """References that may point further down: set once all rows stand."""
    for column in table.columns:
        if not column.deferred:
            continue
        name = f"{column.field_name}_id"
        wanted = {}
        for row in context.rows[table.name]:
            target = context.resolve(row, column, row.values.get(column.name))
            if row.pk is not None and column.name in row.positions:
                wanted[row.pk] = target
        present = dict(table.model._default_manager.filter(pk__in=list(wanted)).values_list("pk", name))
        changed = [
            table.model(pk=pk, **{name: target}) for pk, target in wanted.items() if present.get(pk) != target
        ]
        if changed:
            table.model._default_manager.bulk_update(changed, [column.field_name], batch_size=500)


def _collect(context: ImportContext, report: ImportReport) -> None:
    for rows in context.rows.values():
        for row in rows:
            report.errors.extend(row.errors)
