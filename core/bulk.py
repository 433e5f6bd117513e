"""Many rows into one table without an object for each: COPY on PostgreSQL, a prepared INSERT on SQLite.

Guards, checks and foreign keys hold as for every other INSERT.  Nothing else of a model is used: no defaults,
no signals, no keys handed back.
"""

from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.db import connections, models, router

# What stands for an absent value in COPY's text format, and what must be escaped there.
NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain database values, in the order of ``fields``.

    A value is what the column holds: an int for a fixed-point number, ISO text for a date, JSON text for
    JSON.  Write in batches of some thousand rows: each call is one statement.
    """
    alias = router.db_for_write(model)
    connection = connections[alias]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = StringIO("".join(["\t".join(map(_copied, row)) + "\n" for row in rows]))
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608


def _copied(value: Any) -> str:
    if type(value) is str:
        return value.translate(ESCAPES)
    if value is None:
        return NULL
    return str(value)
