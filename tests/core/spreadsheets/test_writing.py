# ruff: noqa: DTZ001 - a cell holds local time without a zone
"""What is written is read back unchanged, never as a formula, and with the same bytes each time."""

import datetime as dt
import hashlib
import io
import subprocess
import sys
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.http import FileResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from core.spreadsheets.reader import read_workbook
from core.spreadsheets.writer import (
    cell_style,
    file_name,
    save_bytes,
    set_text,
    set_value,
    sheet_title,
    styled_cell,
)

CREATED = dt.datetime(2018, 12, 1, 8, 30, tzinfo=dt.UTC)
VALUES = [
    "张三",
    "3501021990010112345",
    12,
    -7,
    True,
    Decimal("1234.56"),
    Decimal("0.10"),
    Decimal("-0.0001"),
    Decimal("841234567890.123"),
    dt.date(2018, 11, 3),
    dt.datetime(2018, 11, 3, 9, 30),
    dt.time(9, 30),
    None,
    1234567890123456789,
    Decimal("1234567890123456.78"),
    "end",
]
READ = [
    *VALUES[:6],
    Decimal("0.1"),
    *VALUES[7:13],
    "1234567890123456789",
    "1234567890123456.78",
    "end",
]


def fast(rows: list[list[object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("表")
    style = cell_style(book, font=Font(bold=True), number_format="0.00")
    for row in rows:
        sheet.append([styled_cell(sheet, value, style) for value in row])
    return save_bytes(book, created=CREATED)


def ordinary(rows: list[list[object]]) -> bytes:
    book = Workbook()
    book.active.title = "表"
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            set_value(book.active.cell(number, column), value)
    return save_bytes(book, created=CREATED)


@pytest.mark.parametrize("write", [fast, ordinary])
def test_values_come_back_exactly(write) -> None:
    [sheet] = read_workbook(write([["h"] * len(VALUES), VALUES]))
    [(_number, cells)] = sheet.rows
    assert [(each, type(each)) for each in cells] == [(each, type(each)) for each in READ]


@pytest.mark.parametrize("value", [0.1, b"x", object()])
def test_float_and_foreign_types_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        fast([[value]])


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), CREATED])
def test_values_that_a_cell_cannot_hold_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="cell"):
        ordinary([[value]])


LEADS = [*"=+-@\t\r\n＝＋－＠", "#N/A", "_x0041_", "\x00=", "'"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(LEADS), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_text_with_a_dangerous_lead_stays_text(lead: str, rest: str) -> None:
    text = lead + rest
    expected = text.replace("\x00", "").replace("\ufffe", "").replace("\uffff", "")
    for data in (fast([["h"], [text, "end"]]), ordinary([["h"], [text, "end"]])):
        [sheet] = read_workbook(data)
        [(_number, (read, _end))] = sheet.rows
        assert (read or "") == expected.strip()
        cell = openpyxl.load_workbook(io.BytesIO(data)).active["A2"]
        assert cell.data_type in ("s", "n")
        assert cell.value is None or isinstance(cell.value, str)
        assert cell.quotePrefix == expected.startswith(tuple("=+-@\t\r\n＝＋－＠"))
        if lead not in ("\r", "_x0041_") and "_x" not in rest:
            assert (cell.value or "") == expected


def test_control_characters_and_excess_are_taken_out() -> None:
    cell = Workbook().active["A1"]
    set_text(cell, "a\x07b\ud800c\uffff")
    assert cell.value == "abc"
    set_text(cell, "x" * 40_000)
    assert cell.value == "x" * 32_766 + "…"


def test_quoting_one_cell_leaves_cells_of_the_same_style_alone() -> None:
    sheet = Workbook().active
    sheet["B1"]._style = sheet["A1"]._style
    set_text(sheet["A1"], "=1")
    assert (sheet["A1"].quotePrefix, sheet["B1"].quotePrefix) == (True, False)


@pytest.mark.parametrize("write", [fast, ordinary])
def test_same_content_gives_the_same_bytes(write) -> None:
    rows = [["a", 1], [dt.date(2018, 11, 3), Decimal("1.5")]]
    first = write(rows)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2018-12-01T08:30:00Z") == 2
    assert write(rows) == first


def test_bytes_do_not_depend_on_the_process() -> None:
    code = (
        "import datetime, hashlib, openpyxl\n"
        "from core.spreadsheets.writer import save_bytes, set_value\n"
        "book = openpyxl.Workbook(); set_value(book.active['A1'], '=x')\n"
        "print(hashlib.sha256(save_bytes(book, created=datetime.datetime(2018, 12, 1))).hexdigest())"
    )
    book = Workbook()
    set_value(book.active["A1"], "=x")
    digest = hashlib.sha256(save_bytes(book, created=dt.datetime(2018, 12, 1))).hexdigest()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": "Asia/Shanghai"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == digest


def test_empty_write_only_workbook_can_be_saved() -> None:
    [sheet] = read_workbook(save_bytes(Workbook(write_only=True), created=CREATED))
    assert (sheet.header, list(sheet.rows)) == ([], [])


@pytest.mark.parametrize(
    ("name", "taken", "title"),
    [
        ("推广日志", (), "推广日志"),
        ("a[1]:b*c?d/e\\f", (), "a-1--b-c-d-e-f"),
        ("'2018'", (), "2018"),
        ("", (), "-"),
        ("History", (), "History-"),
        ("x" * 40, (), "x" * 31),
        ("😀" * 20, (), "😀" * 15),
        ("Log", ("log",), "Log (2)"),
        ("x" * 40, ("x" * 31, "X" * 27 + " (2)"), "x" * 27 + " (3)"),
        ("a\u202eb\n", (), "ab"),
    ],
)
def test_sheet_title_is_one_that_excel_takes(name: str, taken: tuple[str, ...], title: str) -> None:
    assert sheet_title(name, taken) == title
    assert Workbook().create_sheet(title).title == title


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("激励表", "2018-11"), "激励表-2018-11.xlsx"),
        (('a/b\\c:d*"e"<f>|?',), "a-b-c-d--e--f---.xlsx"),
        (("..", ""), "file.xlsx"),
        (("\u202egnp", "\r\nX: y"), "gnp-X- y.xlsx"),
        (("门" * 200,), "门" * 100 + ".xlsx"),
    ],
)
def test_file_name_is_safe_everywhere(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts) == name


def test_download_header_carries_a_chinese_name() -> None:
    response = FileResponse(io.BytesIO(b""), as_attachment=True, filename=file_name("激励表"))
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%BF%80%E5%8A%B1%E8%A1%A8.xlsx"
    )
