"""The benchmarks run from end to end; how fast is for ``script/bench`` to say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "database",
    [
        pytest.param("SQLite", marks=pytest.mark.sqlite_only),
        pytest.param("PostgreSQL", marks=[pytest.mark.postgres, pytest.mark.full]),
    ],
)
def test_quick_run_measures_every_figure_and_reports_it(database, tmp_path, request):
    if database == "PostgreSQL":
        request.getfixturevalue("postgres_url")
    out = tmp_path / "benchmarks.md"

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--database", database, "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    text = out.read_text(encoding="utf-8")
    assert f"## {database}" in text
    for figure in (
        "roll-up of 100 people and 10,000 log rows ÷ bare path",
        "roll-up of 100 people ÷ 10 people",
        "peak memory of that roll-up",
        "SELECTs of that roll-up",
        "import of 1,000 log rows ÷ openpyxl reading the workbook",
        "incentive sheet of 107 lines ÷ openpyxl writing its cells",
        "locking: computed again, inputs frozen, posted",
    ):
        assert f"| {figure} |" in text
    # Pages are measured on the database that serves many people.
    assert ("÷ signed-in health page |" in text) is (database == "PostgreSQL")
    assert ("first visit of a page" in text) is (database == "PostgreSQL")
