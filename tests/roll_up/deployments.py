"""Deployments for the tests of whole months: tables in, the product's result out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.interchange.importer import ImportReport, import_sheets
from core.months import Month
from core.spreadsheets.csv_reader import read_csv_folder
from core.spreadsheets.reader import Sheet, sheet_of_rows
from departments.models import Unit
from incentives.calculations.result import merged
from incentives.services.roll_up import month_roll_up

PRESETS = Path(__file__).parents[1] / "presets"


def sheets(tables: Mapping[str, list[dict[str, Any]]]) -> Iterator[Sheet]:
    """Tables of plain rows as the sheets of a workbook."""
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        cells = (
            (number, tuple(row.get(column) or None for column in columns))
            for number, row in enumerate(rows, 2)
        )
        if rows:
            yield sheet_of_rows(name, iter([(1, tuple(columns)), *cells]))


def load(source: Iterable[Sheet]) -> ImportReport:
    """Import and insist that everything was accepted."""
    report = import_sheets(source)
    assert report.accepted, [
        (error.sheet, error.row, error.column, error.value, error.code) for error in report.errors
    ]
    return report


def load_test_preset(name: str) -> dict[str, Any]:
    """Load ``alpha`` or ``beta``; gives the month expected for 2024-05, worked out by hand."""
    load(read_csv_folder(PRESETS / name))
    expected: dict[str, Any] = json.loads((PRESETS / name / "expected-2024-05.json").read_text())
    return expected


def roll_up_all(text: str) -> dict[str, Any]:
    """The month of all organisations, as the command prints it."""
    month = Month.parse(text)
    roots = Unit.objects.filter(parent__isnull=True).order_by("code")
    return merged([month_roll_up(actor=None, root=root, month=month) for root in roots], month)
