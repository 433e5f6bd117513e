"""Killing, racing and comparing: what the reliability tests share.

``every_kill_point`` runs an act in a forked child, kills it with SIGKILL before and after every SQL statement
and every commit, lets the caller do the act again, and compares the state with that of an undisturbed run.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections, models
from django.utils import timezone

from core.models import Job
from core.models.jobs import JobState

ROOT = Path(__file__).resolve().parents[2]
# What differs between two runs that mean the same: keys given by the database, clocks, counted attempts.
VOLATILE = {"id", "at", "hash", "previous_hash", "attempts", "fence", "error", "due_at", "lease_until"}


# --- comparing ---------------------------------------------------------------------------------------


def dump(*tables: type[models.Model], without: Iterable[str] = ()) -> list[str]:
    """The rows of tables as sorted text, without what may differ: clocks (``…_at``), keys, attempts."""
    lines = []
    for model in tables:
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if field.attname not in {*VOLATILE, *without} and not field.attname.endswith("_at")
        ]
        rows = models.QuerySet(model).values_list(*names)
        for row in rows:
            # PostgreSQL gives bytes as a memoryview, whose text is its address.
            values = [bytes(value) if isinstance(value, memoryview) else value for value in row]
            lines.append(f"{model._meta.label} {dict(zip(names, values, strict=True))}")
    return sorted(lines)


def expire_leases() -> None:
    """As if the lease of every dead worker had run out, and every retry were due."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=past)
    Job.objects.filter(state=JobState.QUEUED, due_at__isnull=False).update(due_at=past)


# --- killing at every statement ----------------------------------------------------------------------


@dataclass
class KillReport:
    """How many points were tried, and those after which the state was not that of an undisturbed run."""

    points: int
    different: list[str]


def every_kill_point(
    *,
    prepare: Callable[[], None],
    act: Callable[[], None],
    again: Callable[[], None],
    state: Callable[[], Any],
    step: int = 1,
) -> KillReport:
    """Kill ``act`` at every point; after ``again`` the state must be that of ``prepare`` and ``act`` alone.

    With ``step`` only every so-manieth statement is tried, for a faster run.
    The database must be one that a child process shares: PostgreSQL, or a file (fixture ``shared_database``).
    """
    prepare()
    statements = _count(act)
    expected = state()
    report = KillReport(0, [])
    for number in range(1, statements + 1, step):
        for after in (False, True):
            prepare()
            status = _in_child(act, number, after)
            assert os.WIFSIGNALED(status), f"the child was not killed at statement {number}"
            assert os.WTERMSIG(status) == signal.SIGKILL
            again()
            report.points += 1
            if (found := state()) != expected:
                when = "after" if after else "before"
                report.different.append(f"{when} statement {number} of {statements}: {found}")
    return report


def _count(act: Callable[[], None]) -> int:
    counter = _Counter(0, False)
    with counter:
        act()
    return counter.reached


def _in_child(act: Callable[[], None], number: int, after: bool) -> int:
    connections.close_all()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        with _Counter(number, after):
            act()
    finally:
        os._exit(0)


class _Counter:
    """Counts statements and commits of the default connection; kills this process at one of them."""

    def __init__(self, number: int, after: bool) -> None:
        self.number, self.after, self.reached = number, after, 0

    def _hit(self, after: bool) -> None:
        if self.reached == self.number and after == self.after:
            os.kill(os.getpid(), signal.SIGKILL)

    def _execute(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.reached += 1
        self._hit(False)
        result = execute(sql, params, many, context)
        self._hit(True)
        return result

    def __enter__(self) -> "_Counter":
        commit = type(connections["default"])._commit
        counter = self

        def counted(wrapper: Any) -> None:
            counter.reached += 1
            counter._hit(False)
            commit(wrapper)
            counter._hit(True)

        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(type(connections["default"]), "_commit", counted)
        self._wrapper = connection.execute_wrapper(self._execute)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._wrapper.__exit__(None, None, None)
        self._patch.undo()


@contextmanager
def file_database(folder: Path) -> Iterator[None]:
    """The in-memory database of an SQLite run as a file, which child processes can share and survive."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    name = str(folder / "copy.sqlite3")
    with sqlite3.connect(name) as copy:
        connections["default"].connection.backup(copy)
    copy.close()
    before = connections["default"]
    wrapper = before.__class__({**before.settings_dict, "NAME": name}, "default")
    connections["default"] = wrapper
    try:
        yield
    finally:
        wrapper.close()
        connections["default"] = before


# --- racing ------------------------------------------------------------------------------------------


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at the same moment, each in a thread with its own connection; their results or exceptions."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(30)
            results[index] = act()
        except Exception as error:  # told to the caller, who decides which are expected
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# --- a real worker -----------------------------------------------------------------------------------


def database_url() -> str:
    """The URL of the database that the running test uses, which is not the one in DATABASE_URL."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def start_worker(redis_url: str, log: Path, *modules: str, **environment: str) -> "subprocess.Popen[bytes]":
    """A Celery worker group of two processes in a session of its own; ``modules`` register job kinds."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "opscenter",
        "worker",
        "--loglevel=INFO",
        "--concurrency=2",
    ]
    quiet = ["--without-mingle", "--without-gossip"]
    include = [f"--include={','.join(modules)}"] if modules else []
    with log.open("ab") as output:
        return subprocess.Popen(
            [*command, *quiet, *include],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": redis_url, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL to the worker and its children, as when the machine loses power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def publishing_to(redis_url: str) -> Iterator[None]:
    """What this process asks for goes to the broker instead of being run here."""
    import redis

    from core import jobs
    from opscenter.celery import app

    before = app.conf.task_always_eager, app.conf.broker_url
    app.conf.task_always_eager, app.conf.broker_url = False, redis_url
    jobs._broker_quiet_until = 0
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        try:
            yield
        finally:
            app.conf.task_always_eager, app.conf.broker_url = before
            client.flushdb()


def wait_for(
    condition: Callable[[], Any], seconds: int = 60, *, meanwhile: Callable[[], Any] | None = None
) -> Any:
    """Wait until the condition holds and return it; ``meanwhile`` runs between two looks."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        if meanwhile:
            meanwhile()
        time.sleep(0.1)
    raise TimeoutError(f"nothing happened in {seconds} s")
