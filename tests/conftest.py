"""Fixtures for every test: data and services that may be absent, a real worker, a browser."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import translation

from tests.architecture import clauses

ROOT = Path(__file__).resolve().parent.parent
# Seconds a started worker may take to answer; generous, because a loaded machine starts Python slowly.
WORKER_START = 60
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
]

# --- what a test needs, told from its markers and fixtures -------------------------------------------


def _has_postgres() -> bool:
    return connection.vendor == "postgresql"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use, and skip what this run cannot show, each with its reason."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "live_worker" in fixtures:
            item.add_marker(pytest.mark.celery)
            item.add_marker(pytest.mark.postgres)
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("postgres") and not _has_postgres():
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: DATABASE_URL names another database"))
        if item.get_closest_marker("sqlite_only") and _has_postgres():
            item.add_marker(pytest.mark.skip(reason="needs SQLite: DATABASE_URL names PostgreSQL"))
        if item.get_closest_marker("celery") and not os.environ.get("TEST_REDIS_URL"):
            item.add_marker(pytest.mark.skip(reason="needs Redis: TEST_REDIS_URL is not set"))
        if item.get_closest_marker("browser") and not os.environ.get("CHROMIUM_PATH"):
            item.add_marker(pytest.mark.skip(reason="needs Chromium: CHROMIUM_PATH is not set"))


def pytest_report_header() -> str:
    return f"database: {connection.vendor}"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """After a run of everything, say how many clauses of the specification have a test."""
    report = clauses.coverage(ROOT)
    if report and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        terminalreporter.write_sep("-", "clauses of the specification")
        terminalreporter.write_line(report)


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """A request leaves its language behind in the thread; no test begins with that of another."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def _fast_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose; tests log in hundreds of times."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> Iterator[None]:
    """Emptying all tables after a transactional test is refused by the guards; ``post_migrate`` of the flush
    installs them again."""
    from core.guards import triggers

    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_all(self: Any, sql_list: list[str]) -> None:
        triggers.uninstall(self.connection)
        flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", flush_all)
        yield


# --- data and services -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A file of the real data kept beside the repository, or in ``$OPSCENTER_SHARED/data``."""

    def find(name: str) -> Path:
        path = clauses.shared_folder(ROOT) / "data" / name
        if not path.exists():
            pytest.skip(f"needs the data file {name}, which is not beside this checkout")
        return path

    return find


def _from_environment(variable: str, service: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        pytest.skip(f"needs {service}: {variable} is not set")
    return value


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A PostgreSQL server of this run; the role may create databases."""
    return _from_environment("TEST_POSTGRES_URL", "PostgreSQL")


@pytest.fixture(scope="session")
def redis_url(worker_id: str) -> str:
    """The Redis server of this run, with a database number of its own for each pytest-xdist process."""
    parts = urlsplit(_from_environment("TEST_REDIS_URL", "Redis"))
    number = int(worker_id.removeprefix("gw")) + 1 if worker_id.startswith("gw") else 0
    return urlunsplit(parts._replace(path=f"/{number}"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    return _from_environment("CHROMIUM_PATH", "Chromium")


@pytest.fixture
def people(db: None) -> Iterator[Any]:
    """The people of ``tests.people`` on 15 May 2024."""
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        yield load_people()


# --- a real worker -----------------------------------------------------------------------------------


@pytest.fixture
def live_worker(redis_url: str, transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker process on Redis and this test's database; what the test publishes goes to it."""
    import redis

    from opscenter.celery import app

    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    changed = {"broker_url": redis_url, "task_always_eager": False, "task_store_eager_result": False}
    before = {key: app.conf.get(key) for key in changed}
    app.conf.update(changed)
    _forget_connections(app)
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "opscenter",
                "worker",
                "--loglevel=INFO",
                "--concurrency=1",
            ],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": _test_database_url(), "REDIS_URL": redis_url},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(app, process, log)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        app.conf.update(before)
        _forget_connections(app)
        client.flushdb()
        client.close()


def _forget_connections(app: Any) -> None:
    """Celery and kombu keep connections; those of before know another broker."""
    from kombu import pools

    pools.reset()
    app._after_fork()


def _test_database_url() -> str:
    """The URL of the database that the running test uses, which is not the one in DATABASE_URL."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def _wait_until_ready(app: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + WORKER_START
    while time.monotonic() < deadline and process.poll() is None:
        if app.control.ping(timeout=0.5):
            return
    pytest.fail(f"the worker did not start:\n{log.read_text(errors='replace')[-3000:]}")


# --- a browser ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _chromium_process(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        process = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield process
        process.close()


@pytest.fixture
def browser(_chromium_process: Any) -> Iterator[Any]:
    """A Playwright browser; each test makes its own contexts, which end with it."""
    yield _chromium_process
    for context in _chromium_process.contexts:
        context.close()
