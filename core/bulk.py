"""Many rows into one table without an object for each: COPY on PostgreSQL, INSERTs of many rows on SQLite.

Guards, checks and foreign keys hold as for every other INSERT.  Nothing else of a model is used: no defaults,
no signals, no keys handed back.
"""

from collections.abc import Sequence
from io import StringIO
from itertools import chain
from typing import Any

from django.db import connections, models, router

# What stands for an absent value in COPY's text format, and what must be escaped there.
NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of plain database values, in the order of ``fields``.

    A value is what the column holds: an int for a fixed-point number, ISO text for a date, JSON text for
    JSON.  Give it some thousand rows at a time.
    """
    alias = router.db_for_write(model)
    connection = connections[alias]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(_column(model, name)) for name in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = StringIO("".join(["\t".join(map(_copied, row)) + "\n" for row in rows]))
            with connection.wrap_database_errors:  # Django itself translates no error of COPY
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)
        else:
            # Not a statement for each row: in a savepoint each costs more than the one before.
            size = (connection.features.max_query_params or len(fields)) // len(fields)
            row_places = f"({', '.join(['%s'] * len(fields))})"
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                places = ", ".join([row_places] * len(part))
                values = list(chain.from_iterable(part))
                cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {places}", values)  # noqa: S608


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field) or field.column is None:
        raise ValueError(f"{name} is no column of {model.__name__}")
    return field.column


def _copied(value: Any) -> str:
    if type(value) is str:
        return value.translate(ESCAPES)
    if value is None:
        return NULL
    return str(value)
