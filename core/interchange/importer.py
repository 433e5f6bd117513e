"""Rows in: all or nothing, idempotent, with every error and not just the first.

sheets → rows with typed values → references, keys, locked months, rights → written in one transaction →
checks across rows → committed, or rolled back with the complete list of what is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, registry
from core.guards import Span, is_month_locked
from core.interchange.columns import Column, Ref
from core.interchange.context import ImportContext
from core.interchange.explanation import is_explanation
from core.interchange.problems import CellProblem, RowError
from core.interchange.tables import Row, Table
from core.spreadsheets.errors import CellError
from core.spreadsheets.reader import Sheet

_EMPTY = (None, "")
# Any constant that no other advisory lock uses.
IMPORT_LOCK = 7_305_113

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
            "tables": [
                {"table": name, **counts} for name, counts in self.counts.items() if not self.errors
            ],
        }


class _RollBack(Exception):
    """Leaves the transaction without a trace."""


def import_sheets(
    sheets: Iterable[Sheet], *, user: Any = None, dry_run: bool = False, digest: str = "", keep: bool = False
) -> ImportReport:
    """Import the sheets as ``user`` (``None`` = the system).  Nothing is written when anything is wrong.

    ``digest``: the file's SHA-256, for the audit row.  ``keep``: only add rows; what stands stays as people
    left it, and nothing is added to a locked month.
    Raises ``core.spreadsheets.errors.FileRejected`` when a sheet cannot be read to its end.
    """
    report = ImportReport(dry_run=dry_run)
    context = ImportContext(user, timezone.localdate())
    context.keep = keep
    _read(sheets, context, report)
    tables: list[Table] = [table for table in registry.tables.values() if table.name in context.rows]
    try:
        with transaction.atomic():
            _take_turns()
            for table in tables:
                _write(table, context, report)
            for table in tables:
                _write_deferred(table, context)
            for table in tables:
                table.after(context, context.rows[table.name])
            _collect(context, report)
            if report.errors or dry_run:
                raise _RollBack
            audit.record(actor=user, action=IMPORTED, change={**({"file": digest} if digest else {}), **report.counts})
    except _RollBack:
        pass
    except (IntegrityError, DataError, OperationalError) as error:
        report.errors.clear()
        _collect(context, report)
        report.errors.append(_refusal(error))
    report.warnings = context.warnings
    return report


def _take_turns() -> None:
    """One import at a time: the second one waits, and then finds what the first one wrote.

    SQLite needs nothing, its transactions are IMMEDIATE.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _refusal(error: DatabaseError) -> RowError:
    """What no check foresaw, in one sentence.  Raises the error again when the database itself failed."""
    if isinstance(error, IntegrityError) and is_month_locked(error):
        return RowError("", 0, "", "", "locked_meanwhile", {})
    if isinstance(error, OperationalError):
        if not any(word in str(error) for word in ("locked", "deadlock", "lock timeout")):
            raise error
        return RowError("", 0, "", "", "busy", {})
    diagnosis = getattr(error.__cause__, "diag", None)
    reason = getattr(diagnosis, "constraint_name", None) or str(error).splitlines()[0]
    return RowError("", 0, "", "", "refused", {"reason": reason})


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
        if table is None and is_explanation(sheet):
            continue
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
        column = table.by_name.get(title.lower().rstrip("* ").strip())
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


# --- writing -----------------------------------------------------------------------------------------
def _write(table: Table, context: ImportContext, report: ImportReport) -> None:
    rows = context.rows[table.name]
    table.prepare(context, rows)
    for row in rows:
        row.fields = table.build(context, row)
    _check_deferred(table, context, rows)
    names = _match(table, context, rows)
    for row in rows:
        _derive(table, context, row)
    rows = _without_duplicates(table, rows)
    changed_names = _compare(table, rows, names)
    if context.keep:
        for row in rows:
            row.outcome = "unchanged" if row.outcome == "updated" else row.outcome
    _check_roots(table, rows)
    _check_locked(table, context, rows)
    _check_rights(table, context, rows)
    created = [row for row in rows if row.outcome == "created" and row.sound]
    updated = [row for row in rows if row.outcome == "updated" and row.sound]
    if created:
        table.create(context, created)
    if updated:
        table.update(context, updated, changed_names)
    context.wrote(table, created)
    outcomes = ("created", "updated", "unchanged")
    report.counts[table.name] = {
        outcome: sum(1 for row in rows if row.outcome == outcome) for outcome in outcomes
    }


def _check_deferred(table: Table, context: ImportContext, rows: list[Row]) -> None:
    """References that are set later are checked at once; the rows they point at may stand further down."""
    for column in table.columns:
        if column.deferred and isinstance(column.kind, Ref):
            for row in rows:
                code = row.values.get(column.name)
                if code:
                    context.check_known(row, column.name, column.kind.table, code)


def _match(table: Table, context: ImportContext, rows: list[Row]) -> list[str]:
    """Find the row in the database with the same key.  Returns the model fields that are compared.

    A column that the sheet does not have keeps what stands; only a new row takes its default.
    """
    if not rows:
        return []
    key_names = [name if name in rows[0].fields else f"{name}_id" for name in table.key_fields]
    names = [name for name in rows[0].fields if name not in key_names]
    names += [name for name in table.derived if name not in rows[0].fields]
    complete = [row for row in rows if not row.blocked and _has_key(table, row)]
    late = [column for column in table.columns if column.deferred and column.name in rows[0].positions]
    paths = [table.deferred_path(column) for column in late]
    width = 1 + len(key_names)
    stands = {}
    if complete:
        for query in table.existing(complete):
            for values in query.values_list("pk", *key_names, *names, *paths):
                stands[values[1:width]] = values
    absent = context.known[f"absent:{table.name}"]
    kept = [
        (name, width + index)
        for index, name in enumerate(names)
        if name.removesuffix("_id") in absent and name not in table.derived
    ]
    for row in complete:
        old = stands.get(table.key_of(row.fields))
        if old is not None:
            row.pk = old[0]
            row.before = dict(zip(names, old[width:], strict=False))
            for name, index in kept:
                row.fields[name] = old[index]
        for index, column in enumerate(late, width + len(names)):
            stood = old[index] if old is not None else None
            if (row.values[column.name] or None) != (stood or None):
                row.late[column.name] = stood
    return names


def _has_key(table: Table, row: Row) -> bool:
    """Whether the required cells of the natural key could be read."""
    return not any(
        column.key and column.required and row.values[column.name] in _EMPTY for column in table.columns
    )


def _derive(table: Table, context: ImportContext, row: Row) -> None:
    """Checks across columns; what follows from a cell that is wrong already is not told again."""
    before = len(row.errors)
    for name in table.derived:
        row.fields.setdefault(name, None)
    table.derive(context, row, row.fields)
    if before or row.blocked:
        wrong = {error.column for error in row.errors[:before]}
        wrong |= {column.name for column in table.columns if column.required and column.name not in row.positions}
        row.errors[before:] = [error for error in row.errors[before:] if error.column not in wrong]


def _without_duplicates(table: Table, rows: list[Row]) -> list[Row]:
    """The first row of each key; a second one is an error, also when the first one has some."""
    first: dict[tuple[Any, ...], int] = {}
    unique = []
    key_columns = [column.name for column in table.columns if column.key]
    for row in rows:
        if not _has_key(table, row):
            continue
        # The ids of references that do not stand are not known: such rows are told apart by what
        # the cells say.
        key = (None, *(row.values[name] for name in key_columns)) if row.blocked else table.key_of(row.fields)
        if key in first:
            row.error(table.code_column, "duplicate_key", row=first[key])
            continue
        first[key] = row.number
        unique.append(row)
    return unique


def _compare(table: Table, rows: list[Row], names: list[str]) -> list[str]:
    """Mark each row created, updated or unchanged.  Returns the fields that change in some row."""
    changed: dict[str, None] = {}
    for row in rows:
        if row.before is None:
            row.outcome = "created"
            continue
        fields, before = row.fields, row.before
        differing = [name for name in names if fields[name] != before[name]]
        if differing or row.late:
            row.outcome = "updated"
            changed |= dict.fromkeys(differing)
        else:
            row.outcome = "unchanged"
            row.before = None
    return list(changed)


def _check_roots(table: Table, rows: list[Row]) -> None:
    """No code moves to another organisation."""
    for row in rows:
        old = row.before.get("root_id") if row.before else None
        new = row.fields.get("root_id")
        if old and new and old != new and not row.errors:
            row.error(table.root_column, "other_root", code=str(row.values[table.code_column]))


def _check_locked(table: Table, context: ImportContext, rows: list[Row]) -> None:
    """A row that is new or changes must not touch a locked month."""
    if not context.months_are_locked:
        return
    guard = getattr(table.model, "guard", None)
    span = {guard.start, guard.end} if isinstance(guard, Span) else set()
    for row in rows:
        if row.outcome == "unchanged":
            continue
        touched = table.touched(row.fields)
        if touched and touched[0] is None and not row.sound:
            continue  # whose month it is does not follow from a row with errors
        before = None
        only_end = False
        if row.before is not None:
            old = {**row.fields, **row.before}
            before = table.touched_before(old)
            changed = {name for name, value in row.before.items() if row.fields[name] != value}
            only_end = bool(changed) and changed <= span and guard.start not in changed and not row.late
        month = context.frozen_month(touched, before, only_end=only_end)
        if month and context.keep:
            row.outcome = "unchanged"
        elif month:
            row.error(table.date_column, "month_locked", month=str(month))


def _check_rights(table: Table, context: ImportContext, rows: list[Row]) -> None:
    """Units, and states that only some may set.  The system may do everything."""
    if context.user is None:
        return
    stateful = [column for column in table.columns if column.states]
    for row in rows:
        if row.outcome == "unchanged":
            continue
        owners = {table.owner(context, row.fields)}
        if row.before is not None:
            owners.add(table.owner(context, {**row.fields, **row.before}))
        if not all(context.may(table.act, owner) for owner in owners):
            row.error(table.code_column, "not_allowed")
            continue
        for column in stateful:
            value = row.values[column.name] if column.deferred else row.fields[column.field_name]
            act = column.states.get(str(value), column.states.get("*") if value else None)
            if column.deferred:
                changes = column.name in row.late
            else:
                changes = row.before is None or row.before[column.field_name] != value
            if act and changes and not all(context.may(act, owner) for owner in owners):
                row.error(column.name, "state_not_allowed", value=str(value))
        if not row.errors:
            table.check_states(context, row)


def _write_deferred(table: Table, context: ImportContext) -> None:
    """References that may point further down, once all rows of all tables stand."""
    if any(not row.sound for rows in context.rows.values() for row in rows):
        return
    for column in table.columns:
        if column.deferred:
            rows = [row for row in context.rows[table.name] if column.name in row.late]
            if rows:
                table.write_deferred(context, column, rows)


def _collect(context: ImportContext, report: ImportReport) -> None:
    for rows in context.rows.values():
        for row in rows:
            report.errors.extend(row.errors)
    if not report.errors:
        for table_name, rows in context.rows.items():
            for row in rows:
                if row.blocked:
                    row.error(registry.tables[table_name].code_column, "blocked")
                    report.errors.extend(row.errors)
