"""Rows in: all or nothing, idempotent, with every error and not just the first.

sheets → rows with typed values → references, keys, locked months, rights → written in one transaction →
checks across rows → committed, or rolled back with the complete list of what is wrong.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db import DatabaseError, DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, registry
from core.guards import is_month_locked
from core.interchange.checks import check_locked, check_rights, check_roots
from core.interchange.context import ImportContext
from core.interchange.matching import check_deferred, compare, derive, match, without_duplicates
from core.interchange.problems import RowError
from core.interchange.reading import read_tables
from core.interchange.tables import Table
from core.spreadsheets.reader import Sheet

# Any constant that no other advisory lock uses.
IMPORT_LOCK = 7_305_113

IMPORTED = audit.register_action("import.accepted", _("tables imported"))

#: told before each table: how many are done, how many there are, the name of the table
Progress: TypeAlias = Callable[[int, int, str], None]
#: shown the rows with their outcomes and errors, while everything that could be written stands
Observer: TypeAlias = Callable[[ImportContext], None]


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
            "tables": [{"table": name, **counts} for name, counts in self.counts.items() if not self.errors],
        }


class _RollBack(Exception):
    """Leaves the transaction without a trace."""


def import_sheets(
    sheets: Iterable[Sheet],
    *,
    user: Any = None,
    dry_run: bool = False,
    digest: str = "",
    keep: bool = False,
    progress: Progress | None = None,
    observe: Observer | None = None,
) -> ImportReport:
    """Import the sheets as ``user`` (``None`` = the system).  Nothing is written when anything is wrong.

    ``digest``: the file's SHA-256, for the audit row.  ``keep``: only add rows; what stands stays as people
    left it, and nothing is added to a locked month.
    Raises ``core.spreadsheets.errors.FileRejected`` when a sheet cannot be read to its end.
    """
    report = ImportReport(dry_run=dry_run)
    context = ImportContext(user, timezone.localdate())
    context.keep = keep
    read_tables(sheets, context, report.errors)
    tables: list[Table] = [table for table in registry.tables.values() if table.name in context.rows]
    try:
        with transaction.atomic():
            _take_turns()
            for number, table in enumerate(tables):
                if progress:
                    progress(number, len(tables), table.label)
                _write(table, context, report)
            for table in tables:
                _write_deferred(table, context)
            for table in tables:
                table.after(context, context.rows[table.name])
            _collect(context, report)
            if observe:
                observe(context)
            if report.errors or dry_run:
                raise _RollBack
            audit.record(
                actor=user, action=IMPORTED, change={**({"file": digest} if digest else {}), **report.counts}
            )
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


def _write(table: Table, context: ImportContext, report: ImportReport) -> None:
    rows = context.rows[table.name]
    table.prepare(context, rows)
    for row in rows:
        row.fields = table.build(context, row)
    check_deferred(table, context, rows)
    names = match(table, context, rows)
    for row in rows:
        derive(table, context, row)
    rows = without_duplicates(table, rows)
    changed_names = compare(table, rows, names)
    if context.keep:
        for row in rows:
            row.outcome = "unchanged" if row.outcome == "updated" else row.outcome
    check_roots(table, rows)
    check_locked(table, context, rows)
    check_rights(table, context, rows)
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


def _write_deferred(table: Table, context: ImportContext) -> None:
    """References that may point further down, once all rows of all tables stand."""
    if any(not row.sound for rows in context.rows.values() for row in rows):
        return
    for column in table.columns:
        if column.deferred:
            rows = [
                row
                for row in context.rows[table.name]
                if column.name in row.late and row.outcome != "unchanged"
            ]
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
