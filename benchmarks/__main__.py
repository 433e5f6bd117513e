"""``python -m benchmarks [--people N] [--quick] …``: measure and write the report.

Product and yardstick take turns on the same database, so that a busy machine slows both; a ratio is the
median of the turns' own ratios.  Exit status 1 when a goal is missed.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import databases
from benchmarks.pages import measure_pages
from benchmarks.report import Figure, report

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"
Turns = list[dict[str, Any]]


class Bench:
    """Measurements on one database."""

    def __init__(self, url: str) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "REDIS_URL": "",
            "DEBUG": "false",  # as in production: Django keeps no list of queries
            "SECRET_KEY": secrets.token_hex(32),
            "ALLOWED_HOSTS": "127.0.0.1",
        }

    def run(self, name: str, *arguments: object) -> dict[str, Any]:
        """One measurement in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.measure", name, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        print(f"  {name}: {_shown(figures)}", flush=True)
        return figures


def take_turns(turns: int, *measured: tuple[Any, ...]) -> list[Turns]:
    """Each measurement (bench, name, arguments …) in its turn, ``turns`` times: what slows one, slows all."""
    found: list[Turns] = [[] for _one in measured]
    for _turn in range(turns):
        for row, (bench, *what) in zip(found, measured, strict=True):
            row.append(bench.run(*what))
    return found


def _shown(figures: dict[str, Any]) -> str:
    parts = [(name, f"{value:.2f}" if isinstance(value, float) else value) for name, value in figures.items()]
    return ", ".join(f"{name} {value}" for name, value in parts)


def _ratio(ours: Turns, theirs: Turns) -> float:
    return median(one["seconds"] / other["seconds"] for one, other in zip(ours, theirs, strict=True))


def _seconds(turns: Turns) -> float:
    return median(turn["seconds"] for turn in turns)


def _how(ours: Turns, theirs: Turns, more: str = "") -> str:
    peak = max(turn["megabytes"] for turn in ours)
    text = f"{_seconds(ours):.2f} s ÷ {_seconds(theirs):.2f} s; peak memory {peak:.0f} MB"
    return f"{text}; {more}" if more else text


def measure_database(name: str, people: int, imported: int, turns: int) -> list[Figure]:
    """All figures of one database."""
    fewer = max(people // 10, 1)
    with (
        databases.scratch(name) as small_url,
        databases.scratch(name) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        print(f"{name}, {people:,} people beside {fewer:,}", flush=True)
        small, bench = Bench(small_url), Bench(url)
        small.run("prepare", fewer)
        bench.run("prepare", people)
        return [
            *_roll_up(name, bench, small, turns, fewer),
            *_import(name, bench, turns, Path(folder) / "logs.xlsx", imported),
            *_sheet(name, bench, turns, Path(folder) / "sheet.xlsx"),
            # Last: nothing of a locked month can be written again.
            *_lock(name, bench),
        ]


def _roll_up(name: str, bench: Bench, small: Bench, turns: int, fewer: int) -> list[Figure]:
    warm = bench.run("roll_up")  # and says how many rows the bare path has to write
    small.run("roll_up")
    written = sum(warm["written"].values())
    ours, theirs, tenths = take_turns(
        turns, (bench, "roll_up"), (bench, "bare_roll_up", written), (small, "roll_up")
    )
    reads, small_reads = bench.run("queries")["reads"], small.run("queries")["reads"]
    people, logs = warm["people"], warm["logs"]
    peak = max(turn["megabytes"] for turn in ours)
    return [
        Figure(
            name,
            f"roll-up of {people:,} people and {logs:,} log rows ÷ bare path",
            _ratio(ours, theirs),
            3,
            _how(ours, theirs, f"{theirs[0]['groups']:,} groups, {written:,} result rows"),
        ),
        Figure(
            name,
            f"roll-up of {people:,} people ÷ {fewer:,} people",
            _ratio(ours, tenths),
            12,
            f"{_seconds(ours):.2f} s ÷ {_seconds(tenths):.2f} s",
        ),
        Figure(name, "peak memory of that roll-up", peak, 1024, "", " MB"),
        Figure(name, "SELECTs of that roll-up", reads, 40, f"{small_reads} with {fewer:,} people"),
    ]


def _import(name: str, bench: Bench, turns: int, book: Path, rows: int) -> list[Figure]:
    bench.run("make_workbook", book, rows)
    ours, theirs = take_turns(turns, (bench, "import_logs", book), (bench, "bare_reading", book))
    title = f"import of {rows:,} log rows ÷ openpyxl reading the workbook"
    return [Figure(name, title, _ratio(ours, theirs), 4, _how(ours, theirs))]


def _sheet(name: str, bench: Bench, turns: int, book: Path) -> list[Figure]:
    ours, theirs = take_turns(turns, (bench, "sheet", book), (bench, "bare_sheet", book))
    title = f"incentive sheet of {ours[0]['lines']:,} lines ÷ openpyxl writing its cells"
    how = _how(ours, theirs, f"{theirs[0]['cells']:,} cells")
    return [Figure(name, title, _ratio(ours, theirs), 1.5, how)]


def _lock(name: str, bench: Bench) -> list[Figure]:
    locked = bench.run("lock")
    how = f"peak memory {locked['megabytes']:.0f} MB, inputs {locked['inputs_megabytes']:.1f} MB"
    return [
        Figure(name, "locking: computed again, inputs frozen, posted", locked["seconds"], None, how, " s")
    ]


def pages_of(name: str, people: int, months: int, rounds: int) -> list[Figure]:
    """The figures of the pages, on a database of their own: logs of several months."""
    print(f"{name}, pages with {people:,} people", flush=True)
    with databases.scratch(name) as url:
        return measure_pages(name, Bench(url), people, months, rounds)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks", description="Measure time and memory; write a report."
    )
    parser.add_argument(
        "--people", type=int, default=10_000, help="people of the deployment, 100 log rows each"
    )
    parser.add_argument("--quick", action="store_true", help="100 people, one turn: shows only that it runs")
    parser.add_argument("--turns", type=int, default=3, help="how often product and yardstick are measured")
    parser.add_argument("--database", choices=databases.NAMES, action="append", help="default: both")
    parser.add_argument("--out", type=Path, help="the report; default docs/benchmarks.md, with --quick none")
    options = parser.parse_args()
    people, imported, turns = options.people, 100_000, options.turns
    if options.quick:
        people, imported, turns = 100, 1000, 1
    names = options.database or [
        one for one in databases.NAMES if one == "SQLite" or databases.has_postgres()
    ]
    figures = [figure for name in names for figure in measure_database(name, people, imported, turns)]
    if "PostgreSQL" in names:
        # A thousand people with a thousand log rows each, on the database that serves so many.
        sizes = (20, 1, 1) if options.quick else (1000, 10, 40)
        figures += pages_of("PostgreSQL", *sizes)
    text = report(figures, turns)
    print(text)
    out = options.out or (None if options.quick else REPORT)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    # A hundred people say nothing about speed.
    return int(not options.quick and any(figure.missed for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main())
