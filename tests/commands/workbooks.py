"""Real workbooks, written by openpyxl, in and out through the commands."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from openpyxl import Workbook

Sheets = dict[str, str | list[list[Any]]]
UNITS = "code|name|kind|parent\nR|总公司|company|\nA|推广部|department|R\nB|客服部|department|R"
PLATFORMS = "code|name|kind\n" + "\n".join(f"p{n}|平台{n}|forum" for n in range(1, 6))
ONE_PERSON = "staff_no|name|unit|joined|bonus_base\nX|张三|A|2018-01-01|2000"
RULES = (
    "unit|code|name|activities|platforms|basis|period|amount|accounts_required|platforms_required|day_basis|"
    "surplus|weight|valid_from\n"
)


def write(path: Path, sheets: Sheets) -> Path:
    """A sheet is a text of lines with ``|`` between cells, all cells text; or a list of rows of values."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        if isinstance(rows, str):
            rows = [[cell.strip() or None for cell in line.split("|")] for line in rows.strip().splitlines()]
        for row in rows:
            sheet.append(row)
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            if cell.data_type == "f":
                cell.data_type = "s"
    book.save(path)
    return path


def import_report(path: Path, sheets: Sheets) -> dict[str, Any]:
    """What ``import_workbook --format json`` prints, and as ``exit`` the exit status."""
    out, status = StringIO(), 0
    try:
        call_command("import_workbook", str(write(path / "book.xlsx", sheets)), format="json", stdout=out)
    except CommandError as error:
        status = error.returncode
    return {**json.loads(out.getvalue()), "exit": status}


def import_sheets(path: Path, sheets: Sheets) -> None:
    report = import_report(path, sheets)
    assert (report["exit"], report["errors"]) == (0, [])


def printed(month: str, unit: str | None = None) -> str:
    out = StringIO()
    call_command("roll_up", month, unit=unit, format="json", stdout=out)
    return out.getvalue()


def roll_up(month: str, unit: str | None = None) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(printed(month, unit))
    return result


def sheets_of(rules: str, logs: Any = (), **other: Any) -> Sheets:
    """A company of two departments and one person, with quota rules and what was logged."""
    header = ["date", "staff_no", "platform", "activity", "handle", "count", "partner"]
    rows = [[*row, *[None] * (len(header) - len(row))] for row in logs]
    return {
        "units": UNITS,
        "staff": ONE_PERSON,
        "platforms": PLATFORMS,
        "quota_rules": RULES + rules,
        "logs": [header, *rows],
    } | other


def attainment(result: dict[str, Any], staff_no: str = "X") -> dict[str, Any]:
    """Rule → target, credited, raw and rate of a person; ``None`` where the rule is not applicable."""
    figures = {}
    for row in result["attainment"]:
        if row["staff_no"] == staff_no:
            shown = (row["target"], row["credited"], row["raw"], row["rate"])
            figures[row["rule"]] = shown if row["applicable"] else None
    return figures
