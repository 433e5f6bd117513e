"""The report: the machine, each figure with its goal, and whether it is reached."""

import os
import platform
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg2

PACKAGES = ("Django", "psycopg2-binary", "openpyxl")
HEAD = """# Benchmarks

Written by `bash script/bench`. Product and yardstick take turns on one machine, so compare ratios, not
seconds: seconds are medians of the turns ({turns}), a ratio is the median of the turns' own ratios. Each
measurement runs in a process of its own; memory is the highest resident size of that process, the database
server's is not in it.

The yardsticks (`benchmarks/bare.py`) do what any program must do at least:

- **bare path**: one GROUP BY over the same log rows by person, date, activity, platform, handle and partner;
  a plain loop over its result; `bulk_create` of as many result rows, with as many columns (one of them JSON),
  into a table without indexes, foreign keys and guards.
- **reading**: `openpyxl.load_workbook(read_only=True)` and a loop over all rows.
- **writing**: openpyxl's write-only workbook with the same cells, each look a named style. Ours also reads
  the results from the database.
- **pages** (`benchmarks/pages.py`): gunicorn with two workers serves 1,000 people and 1,000,000 log rows to
  four people at once; p95 of a page against p95 of the signed-in health page (session, person, one query) in
  the same run. Bytes are those of a first visit as sent: the page, its styles and scripts, compressed.
"""


@dataclass(frozen=True)
class Figure:
    """A measured figure; ``goal`` is the most it may be, ``None`` when it is only reported."""

    database: str
    name: str
    value: float
    goal: float | None
    details: str = ""
    unit: str = ""

    @property
    def missed(self) -> bool:
        return self.goal is not None and self.value > self.goal

    def row(self) -> str:
        whole = self.value >= 100 or isinstance(self.value, int)
        shown = f"{self.value:.0f}" if whole else f"{self.value:.2f}"
        goal = "" if self.goal is None else f"≤ {self.goal:g}{self.unit}"
        verdict = "" if self.goal is None else "missed" if self.missed else "reached"
        return f"| {self.name} | {shown}{self.unit} | {goal} | {verdict} | {self.details} |"


def report(figures: Sequence[Figure], turns: int) -> str:
    """The report as Markdown."""
    parts = [HEAD.format(turns=turns), f"Measured {datetime.now(UTC):%Y-%m-%d} on:\n", *machine()]
    for database in dict.fromkeys(figure.database for figure in figures):
        rows = [figure.row() for figure in figures if figure.database == database]
        parts += [
            f"\n## {database}\n",
            "| figure | measured | goal | verdict | how |",
            "|---|---|---|---|---|",
        ]
        parts += rows
    return "\n".join(parts) + "\n"


def machine() -> list[str]:
    """What decides the seconds: processors, memory, versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = [f"{package} {version(package)}" for package in PACKAGES]
    return [
        f"- {cores} processors ({_processor()}), {_memory()}, {platform.system()} {platform.machine()}",
        f"- Python {platform.python_version()}, {', '.join(versions)}",
        f"- SQLite {sqlite3.sqlite_version}, {_server()}",
    ]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return "memory unknown"
    return f"{size / 2**30:.0f} GiB of memory"


def _server() -> str:
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        return "no PostgreSQL at hand"
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        number, fsync = cursor.fetchone()
    return f"PostgreSQL {number.split()[0]} (fsync {fsync})"
