"""``import_workbook`` and ``load_preset`` as people and programs call them."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings
from django.utils import translation

from campaigns.models import StoreDay
from core import registry
from core.models import AuditEvent
from departments.models import Staff
from incentives.models import PoolScheme
from tests.core.interchange.database import digest
from tests.core.interchange.workbook import Tables, complete

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def saved(folder: Path, tables: Tables, name: str = "book.xlsx") -> str:
    """The tables as a workbook that openpyxl wrote, with Chinese names."""
    book = openpyxl.Workbook(write_only=True)
    for table_name, rows in tables.items():
        table = registry.tables.get(table_name)
        sheet = book.create_sheet(table.label if table else table_name)
        labels = {column.name: column.label for column in table.columns} if table else {}
        sheet.append([labels.get(column, column) for column in rows[0]])
        for row in rows:
            sheet.append(list(row.values()))
    book.save(folder / name)
    return str(folder / name)


def run(*arguments: str) -> tuple[str, CommandError | None]:
    out = StringIO()
    try:
        call_command("import_workbook", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), error
    return out.getvalue(), None


def test_json_of_an_accepted_workbook(tmp_path: Path) -> None:
    out, error = run(saved(tmp_path, complete()), "--format", "json")
    answer = json.loads(out)
    assert error is None
    assert (answer["status"], answer["errors"], answer["warnings"]) == ("accepted", [], [])
    assert {"table": "staff", "created": 3, "updated": 0, "unchanged": 0} in answer["tables"]
    assert len(AuditEvent.objects.get().change["file"]) == 64


def test_json_of_a_refused_workbook(tmp_path: Path) -> None:
    tables = complete()
    tables["staff"][0]["joined"] = "昨天"
    tables["logs"][1]["count"] = -1
    before = digest()
    with translation.override("en"):
        out, error = run(saved(tmp_path, tables), "--format", "json")
    answer = json.loads(out)
    assert error is not None
    assert error.returncode == 1
    assert answer == {
        "status": "rejected",
        "errors": [
            {"sheet": "人员", "row": 2, "column": "joined", "value": "昨天", "code": "not_date",
             "message": "A date is needed here, such as 2018-11-03."},
            {"sheet": "推广日志", "row": 3, "column": "count", "value": "-1", "code": "out_of_range",
             "message": "The number must lie between 0 and 1000000000000."},
        ],
        "warnings": [],
        "tables": [],
    }  # fmt: skip
    assert digest() == before


def test_text_names_sheet_row_column_value_and_what_would_be_right(tmp_path: Path) -> None:
    tables = complete()
    tables["staff"][0]["joined"] = "昨天"
    with translation.override("en"):
        out, error = run(saved(tmp_path, tables))
    assert out == "人员!2 joined: '昨天' A date is needed here, such as 2018-11-03.\n"
    assert str(error) == "Nothing was imported: 1 errors."


def test_dry_run_says_what_would_happen(tmp_path: Path) -> None:
    before = digest()
    out, error = run(saved(tmp_path, complete()), "--dry-run", "--format", "json")
    assert (error, json.loads(out)["status"]) == (None, "checked")
    assert digest() == before


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"a,b\n", "plain_text"), (b"\xd0\xcf\x11\xe0" * 9, "encrypted_or_old")],
)
def test_file_that_is_no_workbook_gets_one_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    out, error = run(str(path), "--format", "json")
    assert [each["code"] for each in json.loads(out)["errors"]] == [code]
    assert error is not None
    assert error.returncode == 1


def test_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    out, error = run(str(tmp_path / "none.xlsx"), "--format", "json")
    assert json.loads(out)["errors"][0]["code"] == "unreadable"
    assert error is not None


def test_workbook_of_a_spreadsheet_program(tmp_path: Path) -> None:
    """Date cells, percent cells, numbers and dates as text, numbers as codes."""
    from datetime import datetime

    tables = complete()
    tables["staff"][0] |= {"joined": datetime(2018, 11, 1), "bonus_base": 2000.1}  # noqa: DTZ001
    tables["pool_schemes"][0] |= {"rate": 0.25, "reserve_share": "10%"}
    tables["logs"][0] |= {"count": "5", "date": 20181102}
    tables["stores"].append({**tables["stores"][0], "code": 1001})
    tables["store_days"].append({**tables["store_days"][0], "store": "1001", "gross_profit": 0.1})
    assert run(saved(tmp_path, tables))[1] is None
    assert str(Staff.objects.get(staff_no="t-1").bonus_base) == "2000.10"
    assert str(StoreDay.objects.get(store__code="1001").gross_profit) == "0.1000"
    assert str(PoolScheme.objects.get().rate) == "0.2500"


def test_exit_status_of_the_process_is_1(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"not a workbook")
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"}
    done = subprocess.run(
        [sys.executable, "manage.py", "import_workbook", str(path), "--format", "json"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "rejected"


def test_preset_is_loaded_twice_without_a_change() -> None:
    first, second = StringIO(), StringIO()
    call_command("load_preset", "all", stdout=first)
    call_command("load_preset", "all", stdout=second)
    assert [line.split(":")[0] for line in first.getvalue().splitlines()] == [
        "dental", "haitang", "workplans", "yuanjia",
    ]  # fmt: skip
    assert all(" +0 =" in line for line in second.getvalue().splitlines())


def test_preset_that_does_not_exist_is_named(settings: Any) -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("load_preset", "nobody")


@override_settings(PRODUCTION=True)
def test_examples_are_not_loaded_into_production_unasked() -> None:
    before = digest()
    with pytest.raises(CommandError):
        call_command("load_preset", "all", "--example")
    assert digest() == before
