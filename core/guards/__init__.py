"""Freezing months in the database: what a guarded table declares, and how a refusal is told.

A model of facts says ``guard = Point()`` (a row belongs to one month) or ``guard = Span("valid_from",
"valid_to")`` (a row holds on many days).  A table that is only ever written says ``append_only = True``;
columns that may be filled in once, later, stand in ``append_once``.  ``core.guards.triggers`` turns the
declarations into triggers after every migrate, so raw SQL, ``update()`` and ``bulk_create()`` are held by
them as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict

MONTH_LOCKED = "month_locked"
APPEND_ONLY = "append_only"
# In these states of its period a month takes no fact any more.
FROZEN_STATES = ("locked", "paid")


@dataclass(frozen=True)
class Point:
    """A row that belongs to one month of one root unit; ``month`` is a date column (any day of the month).

    A row whose root is NULL, and any row when ``root`` is None, belongs to every root.  A row whose month is
    NULL is not guarded.
    """

    month: str = "month"
    root: str | None = "root_id"


@dataclass(frozen=True)
class Span:
    """A row that holds from ``start`` to ``end``, both included; an ``end`` that is NULL is open.

    Writing it touches every month it covers; an UPDATE of nothing but the two days touches only the days
    by which the span grew or shrank.  A root that is NULL means every root; a
    start that is NULL means no guard.
    """

    start: str
    end: str
    root: str | None = "root_id"


@contextmanager
def translate() -> Iterator[None]:
    """Tell a refusal of the database in the reader's words.  Stands around ``transaction.atomic()``.

    Raises ``Conflict("month_locked")``; every other error passes.
    """
    try:
        yield
    except IntegrityError as error:
        if is_month_locked(error):
            raise Conflict(
                MONTH_LOCKED, _("The month is locked; what came late is booked in the next open month.")
            ) from error
        raise


def is_month_locked(error: IntegrityError) -> bool:
    """Whether a guard raised this; PostgreSQL names the constraint, SQLite has only the message."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return (diagnosis.constraint_name if diagnosis is not None else str(error)) == MONTH_LOCKED


def hold_root(root_id: int) -> None:
    """Keep all writers of facts of a root unit out until the transaction ends, and wait for those at work.

    The lock that freezing a month takes first, before anything is read.  NO KEY: a foreign key check of an
    unguarded table passes.  SQLite needs nothing, its transactions are IMMEDIATE.
    """
    from core.guards.triggers import unit_table  # the models are not loaded yet when this module is

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(unit_table())
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE", [root_id])  # noqa: S608
