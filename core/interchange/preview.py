"""What an import would do, in examples: new rows and changed ones, each change with old and new.

Only sound rows are shown, so nobody reads by a dry run what their rights would refuse; a private column shows
its old value to those who may read it.
"""

from collections.abc import Iterator
from typing import Any

from core import registry
from core.interchange.columns import Column, Ref, as_text
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table

#: new rows and changed rows shown of each table
EXAMPLES = 5
HIDDEN = "•••"
TEXT_LENGTH = 80


def preview(context: ImportContext) -> list[dict[str, Any]]:
    """The examples of each table, as they stand in the result of a job."""
    shown = []
    for name, rows in context.rows.items():
        table: Table = registry.tables[name]
        examples = [_example(table, context, row) for row in _first(rows, "created")]
        examples += [_example(table, context, row) for row in _first(rows, "updated")]
        if examples:
            shown.append({"table": name, "rows": examples})
    return shown


def _first(rows: list[Row], outcome: str) -> Iterator[Row]:
    found = 0
    for row in rows:
        if row.outcome == outcome and row.sound:
            yield row
            found += 1
            if found == EXAMPLES:
                return


def _example(table: Table, context: ImportContext, row: Row) -> dict[str, Any]:
    created = row.outcome == "created"
    changes = []
    for column in table.columns:
        new = _text(column, row.values.get(column.name))
        if created:
            if new:
                changes.append({"column": column.name, "old": "", "new": new})
        elif _changes(column, row):
            changes.append({"column": column.name, "old": _old(table, context, column, row), "new": new})
    return {"row": row.number, "outcome": row.outcome, "name": _name(table, row), "cells": changes}


def _name(table: Table, row: Row) -> str:
    """The cells that tell the row from the others."""
    texts = (_text(table.by_name[name], row.values.get(name)) for name in table.key_cells(row))
    return " · ".join(text for text in texts if text)[: 2 * TEXT_LENGTH]


def _field(column: Column, fields: dict[str, Any]) -> str:
    return column.field_name if column.field_name in fields else f"{column.field_name}_id"


def _changes(column: Column, row: Row) -> bool:
    if column.deferred:
        return column.name in row.late
    name = _field(column, row.fields)
    before = row.before or {}
    return name in before and before[name] != row.fields[name]


def _old(table: Table, context: ImportContext, column: Column, row: Row) -> str:
    if column.private and context.user is not None:
        owner = table.owner(context, {**row.fields, **(row.before or {})})
        if not context.may(column.private, owner):
            return HIDDEN
    if column.deferred:
        return _cut(as_text(row.late[column.name]))
    stood = (row.before or {})[_field(column, row.fields)]
    if isinstance(column.kind, Ref) and isinstance(stood, int):
        codes = context.codes(column.kind.table)
        return next((code for code, pk in codes.items() if pk == stood), str(stood))
    return _text(column, stood)


def _text(column: Column, value: Any) -> str:
    if value is None or value == "":
        return ""
    return _cut(as_text(column.kind.cell(value)))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
