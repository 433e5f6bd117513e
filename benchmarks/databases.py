"""Databases made for a run and removed after it."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

NAMES = ("SQLite", "PostgreSQL")


@contextmanager
def scratch(name: str) -> Iterator[str]:
    """The URL of an empty database: a temporary file, or one on the server of TEST_POSTGRES_URL."""
    if name == "SQLite":
        with tempfile.TemporaryDirectory(prefix="opscenter-benchmark-") as folder:
            yield f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}"
        return
    server = os.environ["TEST_POSTGRES_URL"]
    database = f"benchmark_{secrets.token_hex(4)}"
    _execute(server, "CREATE DATABASE {}", database)
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{database}"))
    finally:
        _execute(server, "DROP DATABASE {} WITH (FORCE)", database)


def _execute(server: str, statement: str, database: str) -> None:
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True  # a database cannot be made inside a transaction
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(database)))


def has_postgres() -> bool:
    return bool(os.environ.get("TEST_POSTGRES_URL"))
