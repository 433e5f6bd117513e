"""Whole months under attack: the organisation alpha, put back to where it was before each attempt."""

import sqlite3
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, connections

from campaigns.models import StoreUplift, Uplift
from core import registry
from core.interchange.exporter import export_rows
from core.models import AuditEvent
from core.months import Month
from departments.models import Period, Unit
from finance.models import FundMonth, Transfer
from incentives.models import Adjustment, Payout, Pool, PoolShare, Settlement
from kpi.models import Attainment, Score
from tests.reliability.harness import dump

MAY = Month(2024, 5)
RESULTS = (Attainment, Score, Uplift, StoreUplift, Pool, PoolShare, Payout, FundMonth, Adjustment)
# Keys of rows that are made anew by each attempt.
REMADE = {
    "period_id",
    "target_id",
    "share_id",
    "score_id",
    "pool_id",
    "result_id",
    "source_id",
    "inputs",
}


def alpha() -> Unit:
    return Unit.objects.get(code="al-company")


def month_state() -> list[str]:
    """Every result, state and audit row, without clocks and given keys."""
    return dump(Period, Settlement, AuditEvent, Transfer, *RESULTS, without=REMADE)


def tables_state() -> list[str]:
    """Every imported table as it would be exported, and the audit rows."""
    rows = [f"{table.name} {row}" for table in registry.tables.values() for row in export_rows(table)]
    return sorted(rows) + dump(AuditEvent, without=REMADE)


def snapshot() -> Callable[[], None]:
    """Remember the database as it stands; gives the function that brings it back, past every guard."""
    if connection.vendor == "sqlite":
        return _sqlite_snapshot()
    return _postgresql_snapshot()


def _sqlite_snapshot() -> Callable[[], None]:
    copy = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connections["default"].connection.backup(copy)

    def restore() -> None:
        connection.ensure_connection()
        copy.backup(connections["default"].connection)

    return restore


def _postgresql_snapshot() -> Callable[[], None]:
    tables = [
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed
    ]
    kept: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in tables:
            kept[table] = _copied(cursor, table)

    def restore() -> None:
        import io

        with connection.cursor() as cursor:
            # Neither guards nor foreign keys look while the rows are put back.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
            for table, text in kept.items():
                if text:
                    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(text))
            cursor.execute("SET session_replication_role = DEFAULT")

    return restore


def _copied(cursor: Any, table: str) -> str:
    import io

    text = io.StringIO()
    cursor.copy_expert(f"COPY {table} TO STDOUT", text)
    return text.getvalue()
