"""Templates and exports: what an import takes back, unchanged."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from core import registry
from core.interchange.columns import Choice, YesNo
from core.interchange.exporter import export_rows, export_workbook, find_tables, template_workbook
from core.interchange.importer import import_sheets
from core.spreadsheets.csv_reader import read_csv_folder
from core.spreadsheets.reader import read_workbook
from core.spreadsheets.writer import save_bytes
from departments.models import Unit
from tests.core.interchange.database import contents
from tests.core.interchange.test_every_table import TABLES
from tests.core.interchange.test_rights import person
from tests.core.interchange.workbook import complete, load, one, problems, totals

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def written(workbook: Any) -> bytes:
    return save_bytes(workbook, created=timezone.now())


def cells() -> dict[str, list[list[Any]]]:
    """The cells of all tables, by table."""
    return {name: list(export_rows(table)) for name, table in registry.tables.items()}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_export_of_everything_is_taken_back_unchanged(language: str) -> None:
    assert load(complete()).accepted
    before = contents({"core_auditevent"})
    report = import_sheets(read_workbook(written(export_workbook((), None, language))))
    assert problems(report) == []
    assert totals(report) == {
        "created": 0,
        "updated": 0,
        "unchanged": sum(len(rows) for rows in complete().values()),
    }
    assert contents({"core_auditevent"}) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("source", ["complete", "presets"])
def test_export_into_an_empty_database_and_out_again_gives_equal_cells(source: str) -> None:
    if source == "complete":
        assert load(complete()).accepted
    else:
        call_command("load_preset", "all", verbosity=0)
        for name in ("alpha", "beta"):
            assert problems(import_sheets(read_csv_folder(ROOT / "tests" / "presets" / name))) == []
    before = cells()
    file = written(export_workbook())
    call_command("flush", interactive=False, verbosity=0)
    assert not Unit.objects.exists()
    report = import_sheets(read_workbook(file))
    assert problems(report) == []
    assert totals(report)["created"] == sum(len(rows) - 1 for rows in before.values())
    assert cells() == before


def test_export_names_sheets_and_columns_in_chinese() -> None:
    assert load(complete()).accepted
    book = openpyxl.load_workbook(BytesIO(written(export_workbook(["staff", "logs"]))))
    assert book.sheetnames == ["人员", "推广日志"]
    assert [cell.value for cell in book["人员"][1]] == [
        "工号*", "姓名*", "组织*", "岗位", "角色", "入职日期*", "离职日期", "电话", "绩效基数", "登录名",
    ]  # fmt: skip
    first = [cell.value for cell in book["人员"][2]]
    assert first[:5] == ["t-1", "甲", "t-ops", "t-writer", "staff"]
    assert first[5].date().isoformat() == "2018-11-01"
    assert first[8:] == [2000, "t-user"]
    assert book["人员"]["F2"].number_format == "yyyy-mm-dd"
    assert book["人员"].freeze_panes == "A2"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_template_offers_choices_and_explains_itself(language: str) -> None:
    book = openpyxl.load_workbook(BytesIO(written(template_workbook((), language))))
    notes = "说明" if language == "zh-hans" else "Notes"
    titles = [table.label if language == "zh-hans" else table.name for table in registry.tables.values()]
    assert book.sheetnames == [*titles, notes]
    lines = [[cell.value for cell in row] for row in book[notes].iter_rows(min_row=2)]
    assert len(lines) == sum(len(table.columns) for table in registry.tables.values())
    for table, title in zip(registry.tables.values(), titles, strict=True):
        lists = {
            re.match("[A-Z]+", str(each.sqref))[0]: each.formula1  # type: ignore[index]
            for each in book[title].data_validations.dataValidation
        }
        for column, head in zip(table.columns, book[title][1], strict=True):
            name = column.label if language == "zh-hans" else column.name
            assert head.value == name + ("*" if column.required else "")
            if isinstance(column.kind, Choice | YesNo):
                offered = lists[head.column_letter].strip('"').split(",")
                assert [column.kind.parse(each) for each in offered]
        assert book[title].max_row == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_template_is_taken_back_as_it_is_and_filled_in(language: str) -> None:
    blank = written(template_workbook((), language))
    assert problems(import_sheets(read_workbook(blank))) == []
    book = openpyxl.load_workbook(BytesIO(blank))
    for table in registry.tables.values():
        sheet = book[table.label if language == "zh-hans" else table.name]
        for row in complete()[table.name]:
            sheet.append([row[column.name] for column in table.columns])
    buffer = BytesIO()
    book.save(buffer)
    report = import_sheets(read_workbook(buffer.getvalue()))
    assert problems(report) == []
    assert totals(report)["created"] == sum(len(rows) for rows in complete().values())


def test_person_exports_the_rows_they_may_see() -> None:
    tables = complete()
    tables["units"].append(one("units", code="q", reports_to=None, head=None))
    tables["staff"].append(one("staff", staff_no="q-1", unit="q", position=None, username=None))
    assert load(tables).accepted
    outsider, leader = person("director", "q", "outsider"), person("leader", "t-ops", "leader")

    def seen(name: str, user: Any) -> list[Any]:
        return [row[0] for row in list(export_rows(registry.tables[name], user))[1:]]

    assert seen("units", outsider) == ["q"]
    assert seen("staff", outsider) == ["outsider", "q-1"]
    assert seen("staff", leader) == ["leader", "t-1", "t-2"]
    catalogues = {"activities", "calendar", "platforms", "metrics", "channels"}
    for name in set(TABLES) - {"units", "staff"} - catalogues:
        assert seen(name, outsider) == [], name
    assert seen("fund_entries", leader) == []
    assert seen("logs", leader) == ["t-r1", "t-r2", None]


def test_pay_is_left_out_for_those_who_may_not_read_it() -> None:
    assert load(complete()).accepted
    table = registry.tables["staff"]
    leader, director = person("leader", "t-ops", "leader"), person("director", "t-co", "chief")
    assert "bonus_base" not in next(iter(export_rows(table, leader)))
    assert "bonus_base" in next(iter(export_rows(table, director)))
    # What was left out is kept when the file comes back.
    file = written(export_workbook(["staff"], leader))
    assert totals(import_sheets(read_workbook(file)))["unchanged"] == 3


def test_tables_are_found_by_either_name() -> None:
    assert [table.name for table in find_tables(["推广日志", "units"])] == ["units", "logs"]
    with pytest.raises(LookupError, match="guests"):
        find_tables(["guests"])


def test_command_writes_a_file(tmp_path: Path) -> None:
    assert load(complete()).accepted
    out = tmp_path / "all.xlsx"
    call_command("export_tables", "--out", str(out), "logs", verbosity=0)
    assert openpyxl.load_workbook(out).sheetnames == ["推广日志"]
    call_command("export_tables", "--out", str(out), "--template", "--language", "en", "logs", verbosity=0)
    assert openpyxl.load_workbook(out).sheetnames == ["logs", "Notes"]
    with pytest.raises(CommandError, match="guests"):
        call_command("export_tables", "--out", str(out), "guests")
