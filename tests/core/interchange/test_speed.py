"""The whole import of a large log beside the mere reading of its workbook."""

import random
import resource
import time
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from core.interchange.importer import import_sheets
from core.spreadsheets.reader import read_workbook
from tests.core.interchange.workbook import problems, totals

ROWS = 100_000
HEAD = [
    "row_id", "date", "staff_no", "platform", "activity", "handle", "count", "url", "partner", "status",
    "supersedes", "duty", "note",
]  # fmt: skip


def large(path: Path) -> None:
    """A workbook with 100,000 log rows of 13 columns, every hundredth replacing another."""
    draw, book = random.Random(1), openpyxl.Workbook(write_only=True)
    for name, rows in {
        "units": [["code", "name", "kind"], ["co", "公司", "company"]],
        "activities": [["code", "name"], *([f"a{n}", f"动作{n}"] for n in range(10))],
        "staff": [["staff_no", "name", "unit", "joined"],
                  *([f"s{n}", f"某{n}", "co", date(2018, 1, 1)] for n in range(200))],
        "platforms": [["code", "name", "kind"], *([f"p{n}", f"论坛{n}", "forum"] for n in range(20))],
    }.items():  # fmt: skip
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    sheet = book.create_sheet("logs")
    sheet.append(HEAD)
    for n in range(ROWS):
        sheet.append([
            f"L{n:06}", date(2018, 11, 1 + draw.randrange(30)), f"s{draw.randrange(100)}",
            f"p{draw.randrange(20)}", f"a{draw.randrange(10)}", f"h{draw.randrange(500)}",
            draw.randrange(100),
            f"https://example.com/{n}", f"s{100 + draw.randrange(100)}" if n % 5 == 0 else None, "valid",
            f"L{n - 7:06}" if n % 100 == 50 else None, None, f"备注{n % 50}",
        ])  # fmt: skip
    book.save(path)


def read_only(path: Path) -> int:
    """What openpyxl needs for nothing but the values."""
    book = openpyxl.load_workbook(path, read_only=True)
    return sum(1 for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for _cell in row)


@pytest.mark.slow
@pytest.mark.django_db
def test_import_of_100000_rows_takes_at_most_four_times_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "logs.xlsx"
    large(path)
    began = time.perf_counter()
    assert read_only(path) > ROWS * len(HEAD)
    reading = time.perf_counter() - began
    for created in (ROWS + 231, 0):
        began = time.perf_counter()
        report = import_sheets(read_workbook(path))
        taken = time.perf_counter() - began
        assert problems(report) == []
        assert totals(report)["created"] == created
        assert taken <= 4 * reading, f"{taken:.1f} s beside {reading:.1f} s of reading"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1024 * 1024
