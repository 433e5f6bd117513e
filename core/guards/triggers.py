"""Installs the guards after every migrate and tells where the database differs from what the models declare.

Two traps: Django's AlterField on SQLite rebuilds the table and drops its triggers without a word, and a
rebuild fails while triggers of other tables name the table.  So the triggers go before migrations run (on
SQLite) and come back after them; ``check --database default`` finds one that is missing or changed.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections, models, transaction

from core.guards import Point, Span, postgresql, sqlite

Present = dict[Any, Any]


@dataclass(frozen=True)
class Guarded:
    """A table with its declaration, its columns by name and attribute name, and its primary key."""

    table: str
    guard: Point | Span | None
    append_only: bool
    once: tuple[str, ...]
    columns: dict[str, str]
    every: list[str]
    key: str


def period_model() -> type[models.Model]:
    """The months and their states; named in the settings, because core has no business nouns."""
    return apps.get_model(settings.PERIOD_MODEL)


def unit_table() -> str:
    """The table of the units; the row of a root is what freezers and writers of its facts wait for."""
    unit: Any = period_model()._meta.get_field("root").related_model
    return str(unit._meta.db_table)


def guarded(tables: set[str]) -> list[Guarded]:
    """Every guarded table that exists already.  Raises ``KeyError`` for a column the model does not have."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        guard, append_only = getattr(model, "guard", None), getattr(model, "append_only", False)
        table = model._meta.db_table
        if table not in tables or not model._meta.managed or not (guard or append_only):
            continue
        columns: dict[str, str] = {}
        for field in model._meta.concrete_fields:
            columns |= {field.name: str(field.column), field.attname: str(field.column)}
        if guard:
            wanted = [guard.month] if isinstance(guard, Point) else [guard.start, guard.end]
            missing = {*wanted, *([guard.root] if guard.root else [])} - set(columns)
            if missing:
                raise KeyError(
                    f"{model._meta.label}: the guard names {sorted(missing)}, which are no columns"
                )
        every = [str(field.column) for field in model._meta.concrete_fields]
        once = tuple(columns[name] for name in getattr(model, "append_once", ()))
        found.append(Guarded(table, guard, append_only, once, columns, every, str(model._meta.pk.column)))
    return found


def expected(connection: Any) -> tuple[Present, dict[str, str]]:
    """The triggers and (PostgreSQL) function bodies that must be there, for the tables that exist."""
    tables = set(connection.introspection.table_names())
    period = period_model()._meta.db_table
    unit = unit_table()
    months = {period, unit} <= tables
    if connection.vendor == "sqlite":
        return _expected_sqlite(tables, period if months else None), {}
    triggers: list[postgresql.Trigger] = []
    functions = {"guard_append_only": postgresql.APPEND_ONLY_FUNCTION}
    for item in guarded(tables):
        if item.append_only:
            triggers += postgresql.append_only_triggers(item.table, item.once)
        if item.guard and months:
            body = (
                postgresql.point_function(item.guard, item.columns, item.key)
                if isinstance(item.guard, Point)
                else postgresql.span_function(item.guard, item.columns, item.key)
            )
            functions[f"guard_{item.table}"] = body
            triggers += postgresql.guard_triggers(item.table)
    if months:
        functions["guard_check"] = postgresql.check_function(period, unit)
        functions["guard_freeze"] = postgresql.freeze_function(unit)
        functions["guard_truncate"] = postgresql.truncate_function(period)
        triggers.append(postgresql.freeze_trigger(period))
    return {(trigger.table, trigger.name): trigger for trigger in triggers}, functions


def _expected_sqlite(tables: set[str], period: str | None) -> Present:
    triggers: list[tuple[str, str]] = []
    for item in guarded(tables):
        if item.append_only:
            triggers += sqlite.append_only_triggers(item.table, item.once, item.every)
        if item.guard and period:
            shape = (item.columns, item.every, period)
            if isinstance(item.guard, Point):
                triggers += sqlite.point_triggers(item.table, item.guard, *shape)
            else:
                triggers += sqlite.span_triggers(item.table, item.guard, *shape)
    if period:
        triggers += sqlite.freeze_triggers(period)
    return dict(triggers)


def _present(connection: Any) -> tuple[Present, dict[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
            )
            return dict(cursor.fetchall()), {}
        return postgresql.present_triggers(cursor), postgresql.present_functions(cursor)


def _same(wanted: Any, there: Any) -> bool:
    if isinstance(wanted, postgresql.Trigger):
        return bool(there == (wanted.function, wanted.kind, wanted.arguments, True))
    return bool(there == wanted)


def compare(connection: Any) -> list[str]:
    """What differs between the declared and the present guards, a line each; empty when all is well."""
    wanted, functions = expected(connection)
    present, present_functions = _present(connection)
    lines = [f"trigger {_name(name)} is missing" for name in wanted if name not in present]
    lines += [
        f"trigger {_name(name)} is not the declared one"
        for name, trigger in wanted.items()
        if name in present and not _same(trigger, present[name])
    ]
    lines += [f"trigger {_name(name)} is declared by no model" for name in present if name not in wanted]
    lines += [
        f"function {name} is not the declared one"
        for name, body in functions.items()
        if present_functions.get(name) != body
    ]
    return sorted(lines)


def _name(name: Any) -> str:
    return name if isinstance(name, str) else " on ".join(reversed(name))


def install(connection: Any) -> bool:
    """Bring the guards to what the models declare; returns whether anything had to change."""
    wanted, functions = expected(connection)
    present, present_functions = _present(connection)
    stale = [
        name for name, trigger in present.items() if name not in wanted or not _same(wanted[name], trigger)
    ]
    missing = [name for name in wanted if name not in present or name in stale]
    bodies = {name: body for name, body in functions.items() if present_functions.get(name) != body}
    if not (stale or missing or bodies):
        return False
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, body in bodies.items():
            cursor.execute(postgresql.create_function(name, body))
        for name in stale:
            cursor.execute(_drop(name))
        for name in missing:
            trigger = wanted[name]
            cursor.execute(trigger if isinstance(trigger, str) else trigger.sql)
    return True


def uninstall(connection: Any) -> None:
    """Drop all guards, before a migration on SQLite or a deliberate repair; ``migrate`` brings them back."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in _present(connection)[0]:
            cursor.execute(_drop(name))


def _drop(name: Any) -> str:
    return f'DROP TRIGGER "{name}"' if isinstance(name, str) else f'DROP TRIGGER "{name[1]}" ON "{name[0]}"'


def before_migrate(*, using: str, plan: Any = (), **kwargs: Any) -> None:
    """Signal ``pre_migrate`` of core: SQLite rebuilds tables, which triggers that name them would stop."""
    if connections[using].vendor == "sqlite" and plan:
        uninstall(connections[using])


def after_migrate(*, using: str, **kwargs: Any) -> None:
    """Signal ``post_migrate`` of core."""
    install(connections[using])


def check_guards(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """System check: the database holds exactly the declared guards."""
    return [
        Error(line, hint="Run manage.py migrate: it installs the guards again.", id="core.E001")
        for alias in databases or ()
        for line in compare(connections[alias])
    ]
