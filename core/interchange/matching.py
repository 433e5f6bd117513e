"""Rows beside what stands: the same key in the database, the same key twice, what changes."""

from typing import Any

from core.interchange.columns import Ref
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table


def check_deferred(table: Table, context: ImportContext, rows: list[Row]) -> None:
    """References that are set later are checked at once; the rows they point at may stand further down."""
    for column in table.columns:
        if column.deferred and isinstance(column.kind, Ref):
            for row in rows:
                code = row.values.get(column.name)
                if code:
                    context.check_known(row, column.name, column.kind.table, code)


def match(table: Table, context: ImportContext, rows: list[Row]) -> list[str]:
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
        column.key and column.required and row.values[column.name] in (None, "") for column in table.columns
    )


def derive(table: Table, context: ImportContext, row: Row) -> None:
    """Checks across columns; what follows from a cell that is wrong already is not told again."""
    before = len(row.errors)
    for name in table.derived:
        row.fields.setdefault(name, None)
    table.derive(context, row, row.fields)
    if before or row.blocked:
        wrong = {error.column for error in row.errors[:before]}
        wrong |= {
            column.name for column in table.columns if column.required and column.name not in row.positions
        }
        row.errors[before:] = [error for error in row.errors[before:] if error.column not in wrong]


def without_duplicates(table: Table, rows: list[Row]) -> list[Row]:
    """The first row of each key; a second one is an error, also when the first one has some."""
    first: dict[tuple[Any, ...], int] = {}
    unique = []
    for row in rows:
        if not _has_key(table, row):
            continue
        cells = table.key_cells(row)
        # A cell of the key that could not be read has its own error; what it would have said is not known.
        unread = {error.column for error in row.errors if row.values.get(error.column) in (None, "")}
        if unread.intersection(cells):
            continue
        # The ids of references that do not stand are not known: such rows are told apart by what
        # the cells say.
        key = (None, *(row.values[name] for name in cells)) if row.blocked else table.key_of(row.fields)
        if key in first:
            row.error(table.code_column, "duplicate_key", row=first[key])
            continue
        first[key] = row.number
        unique.append(row)
    return unique


def compare(table: Table, rows: list[Row], names: list[str]) -> list[str]:
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
