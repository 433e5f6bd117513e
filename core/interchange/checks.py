"""Checks of every new or changed row: its organisation, its month, the importer's rights."""

from core.guards import Point, Span
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table


def check_roots(table: Table, rows: list[Row]) -> None:
    """No code moves to another organisation."""
    for row in rows:
        old = row.before.get("root_id") if row.before else None
        new = row.fields.get("root_id")
        if old and new and old != new and not row.errors:
            row.error(table.root_column, "other_root", code=str(row.values[table.code_column]))


def check_locked(table: Table, context: ImportContext, rows: list[Row]) -> None:
    """A row that is new or changes must not touch a locked month."""
    if not context.months_are_locked:
        return
    guard: Point | Span | None = getattr(table.model, "guard", None)
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
            only_end = bool(changed) and changed <= span and not row.late
        month = context.frozen_month(touched, before, only_end=only_end)
        if month and context.keep:
            row.outcome = "unchanged"
        elif month:
            row.error(table.date_column, "month_locked", month=str(month))


def check_rights(table: Table, context: ImportContext, rows: list[Row]) -> None:
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
