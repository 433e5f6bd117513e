"""Backups: the database as it was at one moment, the private files, and a manifest to check both by.

SQLite is copied with its backup interface (a copy of a live file misses rows), PostgreSQL by ``pg_dump``
from an exported snapshot, so that the row counts of the manifest are those of the dump.  Rule: KQ-32.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import truncate_name
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.exceptions import RuleViolation

MANIFEST = "manifest.json"
FILES = "files"
BACKED_UP = audit.register_action("backup.made", _("backup made"))
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def backup_make(folder: Path) -> dict[str, Any]:
    """Write a backup into ``folder``, which must be new or empty; gives its manifest."""
    if folder.exists() and any(folder.iterdir()):
        raise RuleViolation("folder_not_empty", _("The folder %(folder)s is not empty."), folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    dump = folder / DUMPS[connection.vendor]
    head = audit.head()
    tables = _dump_sqlite(dump) if connection.vendor == "sqlite" else _dump_postgresql(dump)
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir():
        shutil.copytree(media, folder / FILES)
    manifest = {
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "sha256": _sha256(dump),
        "tables": tables,
        "files": _checksums(folder / FILES),
        "audit_head": head,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return manifest


def backup_problems(folder: Path) -> list[str]:
    """What is wrong with a backup; empty when it can be relied on.

    Checksums of everything, and the rows of every table in the database read back from the dump.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        dump = folder / DUMPS[manifest["database"]]
    except (OSError, ValueError, KeyError):
        return [str(_("There is no readable manifest.json in %(folder)s.") % {"folder": folder})]
    problems = []
    if not dump.is_file() or _sha256(dump) != manifest["sha256"]:
        return [str(_("The database file is missing or was changed."))]
    found = _checksums(folder / FILES)
    for name in sorted(found.keys() | manifest["files"].keys()):
        if found.get(name) != manifest["files"].get(name):
            problems.append(str(_("The file %(name)s is missing or was changed.") % {"name": name}))
    counted = _count_sqlite(dump) if manifest["database"] == "sqlite" else _count_postgresql(dump)
    for table in sorted(counted.keys() | manifest["tables"].keys()):
        if counted.get(table) != manifest["tables"].get(table):
            problems.append(
                str(
                    _("The table %(table)s has %(found)s rows, not %(wanted)s.")
                    % {"table": table, "found": counted.get(table), "wanted": manifest["tables"].get(table)}
                )
            )
    return problems


def backup_restore(folder: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup in place of the database and the files, after checking it; gives its manifest.

    Raises ``RuleViolation`` for a damaged backup, one of the other database, or, unless ``replace``, when the
    database already holds people's data.
    """
    problems = backup_problems(folder)
    if problems:
        raise RuleViolation(
            "backup_damaged", _("The backup cannot be relied on: %(first)s"), first=problems[0]
        )
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest["database"] != connection.vendor:
        raise RuleViolation(
            "other_database",
            _("The backup is of %(theirs)s, this installation runs on %(ours)s."),
            theirs=manifest["database"],
            ours=connection.vendor,
        )
    if not replace and _holds_data():
        raise RuleViolation(
            "not_empty", _("The database holds data; say --replace to give it up for the backup.")
        )
    dump = folder / DUMPS[connection.vendor]
    if connection.vendor == "sqlite":
        _restore_sqlite(dump)
    else:
        _run(
            ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"],
            dump,
        )
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir():
        shutil.rmtree(media)
    if (folder / FILES).is_dir():
        shutil.copytree(folder / FILES, media)
    return manifest


# --- SQLite --------------------------------------------------------------------------------------------
def _dump_sqlite(target: Path) -> dict[str, int]:
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()
    return _count_sqlite(target)


def _count_sqlite(source: Path) -> dict[str, int]:
    found = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        if found.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return {}
        names = found.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return {name: found.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608
    except sqlite3.DatabaseError:
        return {}
    finally:
        found.close()


def _restore_sqlite(source: Path) -> None:
    """Through the backup interface as well: whoever has the database open sees the restored one."""
    connection.ensure_connection()
    copy = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        copy.backup(connection.connection)
    finally:
        copy.close()
    connection.close()


# --- PostgreSQL ----------------------------------------------------------------------------------------
def _dump_postgresql(target: Path) -> dict[str, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counted = {
            name: _count(cursor, name) for name in sorted(connection.introspection.table_names(cursor))
        }
        _run(["pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}"])
    return counted


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
    return int(cursor.fetchone()[0])


def _count_postgresql(source: Path) -> dict[str, int]:
    """Restore into a scratch database beside this one, count, and drop it again."""
    with _scratch_database() as name:
        _run(["pg_restore", "--no-owner", "--exit-on-error"], source, database=name)
        listing = (
            "SELECT format('SELECT %L, COUNT(*) FROM %I', tablename, tablename) FROM pg_tables "
            "WHERE schemaname = 'public' ORDER BY tablename \\gexec"
        )
        output = _run(
            ["psql", "--no-align", "--tuples-only", "--field-separator=\t"], database=name, script=listing
        )
    return {table: int(count) for table, count in (line.split("\t") for line in output.splitlines() if line)}


@contextmanager
def _scratch_database() -> Iterator[str]:
    name = truncate_name(f"opscenter_check_{uuid4().hex}", 60)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)} TEMPLATE template0")
    try:
        yield name
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


def _run(command: list[str], source: Path | None = None, *, database: str = "", script: str = "") -> str:
    """Run a program of PostgreSQL against this installation's server; the password is no argument."""
    options = connection.settings_dict
    target = ["--dbname", database or str(options["NAME"])]
    access = {"PGHOST": options["HOST"], "PGPORT": options["PORT"], "PGUSER": options["USER"]}
    env = {**os.environ, **{name: str(value) for name, value in access.items() if value}}
    if options["PASSWORD"]:
        env["PGPASSWORD"] = str(options["PASSWORD"])
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, and arguments of our own
            [*command, *target, *([str(source)] if source else [])],
            env=env,
            input=script,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise RuleViolation(
            "program_missing", _("The program %(program)s of PostgreSQL is needed here."), program=command[0]
        ) from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [command[0]]
        raise RuleViolation(
            "program_failed", _("%(program)s: %(said)s"), program=command[0], said=lines[-1]
        ) from error
    return done.stdout


# --- both ----------------------------------------------------------------------------------------------
def _holds_data() -> bool:
    """Whether somebody could miss something: an account, or an act on record."""
    names = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        return any(_count(cursor, name) for name in ("core_user", "core_auditevent") if name in names)


def _checksums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
