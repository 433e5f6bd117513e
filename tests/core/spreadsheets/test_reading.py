# ruff: noqa: DTZ001 - a cell holds local time without a zone
"""What the reader makes of sound workbooks and CSV files, and of single cells that cannot be taken."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from core.spreadsheets.csv_reader import read_csv, read_csv_folder
from core.spreadsheets.errors import CellError, FileRejected
from core.spreadsheets.limits import Limits
from core.spreadsheets.reader import read_workbook
from tests.core.spreadsheets.workbooks import HEADER, cell, packed, parts, workbook, worksheet


def one(content: str, style: int = 0, kind: str = "n") -> object:
    """The value of a single cell."""
    [sheet] = read_workbook(
        workbook(HEADER + f'<row r="2"><c r="A2" s="{style}" t="{kind}">{content}</c></row>')
    )
    [(_number, cells)] = list(sheet.rows) or [(0, (None,))]
    return cells[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.0", 3),
        ("-0.0", 0),
        ("1E3", 1000),
        ("0.1", Decimal("0.1")),
        ("1.1000000000000001", Decimal("1.1")),  # so Excel writes 1.1
        ("-1234.56", Decimal("-1234.56")),
        ("1E-7", Decimal("1E-7")),
        ("999999999999999", 999_999_999_999_999),
        ("1000000000000000", CellError("too_many_digits", "1000000000000000")),
        ("1.23456789012345E+18", CellError("too_many_digits", "1.23456789012345E+18")),
        ("0.30000000000000004", CellError("too_many_digits", "0.30000000000000004")),
        ("NaN", CellError("not_a_number", "NaN")),
        ("INF", CellError("not_a_number", "INF")),
        ("1_000", CellError("not_a_number", "1_000")),
        ("１２", CellError("not_a_number", "１２")),
        ("1e999", CellError("not_finite", "1e999")),
    ],
)
def test_number_is_exact(text: str, value: object) -> None:
    read = one(f"<v>{text}</v>")
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("43407", 1, dt.date(2018, 11, 3)),
        ("43407", 4, dt.date(2018, 11, 3)),
        ("43407", 2, dt.datetime(2018, 11, 3)),
        ("43407.5", 1, dt.datetime(2018, 11, 3, 12)),
        ("43407.75", 2, dt.datetime(2018, 11, 3, 18)),
        ("0.25", 3, dt.time(6)),
        ("43407", 0, 43407),
        ("-5", 1, CellError("date_out_of_range", "-5")),
        ("99999999", 1, CellError("date_out_of_range", "99999999")),
        ("1e999", 1, CellError("date_out_of_range", "1e999")),
    ],
)
def test_date_is_told_by_its_number_format(text: str, style: int, value: object) -> None:
    read = one(f"<v>{text}</v>", style)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("content", "kind", "value"),
    [
        ("<v>1</v>", "b", True),
        ("<v>0</v>", "b", False),
        ("<v>#N/A</v>", "e", CellError("error_value", "#N/A")),
        ("<v>2018-11-03</v>", "d", dt.date(2018, 11, 3)),
        ("<v>2018-13-03</v>", "d", CellError("date_out_of_range", "2018-13-03")),
        ("<v>kept</v>", "str", "kept"),
        ("<f>SUM(B1:B9)</f><v>12</v>", "n", CellError("formula", "=SUM(B1:B9)")),
        ('<f t="shared" si="0"/><v>12</v>', "str", CellError("formula", "=")),
        ("<is><t>=1+1</t></is>", "inlineStr", "=1+1"),
        ("<is><t>　 张三\u00a0\n</t></is>", "inlineStr", "张三"),
        ("<is><t>  </t></is>", "inlineStr", None),
        ("<is><r><t>红</t></r><r><t>黑</t></r><rPh><t>hong</t></rPh></is>", "inlineStr", "红黑"),
        ("<is><t>a_x000D_\nb</t></is>", "inlineStr", "a\r\nb"),
        ("<is><t>_x005F_x000D_</t></is>", "inlineStr", "_x000D_"),
        ("<is><t>a_x0000_</t></is>", "inlineStr", CellError("control_characters", "a�")),
        (f"<is><t>{'x' * 32_768}</t></is>", "inlineStr", CellError("text_too_long", "x" * 100)),
        ("<v></v>", "n", None),
    ],
)
def test_cell_is_read_by_its_type(content: str, kind: str, value: object) -> None:
    assert one(content, kind=kind) == value


def test_shared_text_that_starts_like_a_formula_is_text() -> None:
    rows = HEADER + '<row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    [sheet] = read_workbook(workbook(rows, shared="<si><t>x</t></si><si><t>=cmd|x</t></si>"))
    assert list(sheet.rows) == [(2, ("=cmd|x", None))]


def test_rows_keep_their_number_and_blank_ones_are_left_out() -> None:
    rows = (
        '<row r="1"><c r="A1" s="1"/></row>'
        f'<row r="3">{cell("A3", " 日期 ")}<c r="C3"><v>7</v></c></row>'
        f'<row r="4">{cell("A4", "  ")}</row>'
        f'<row r="6">{cell("B6", "x")}<c r="XFD6" s="1"/></row>'
        f'<row r="7">{cell("E7", "y")}</row>'
        '<row r="1048576"><c r="A1048576" s="1"/></row>'
    )
    [sheet] = read_workbook(packed(parts(worksheet(rows), names=(" 推广日志 ",))))
    assert (sheet.name, sheet.header, sheet.hidden) == ("推广日志", ["日期", "", "7"], False)
    assert list(sheet.rows) == [(6, (None, "x", None)), (7, (None, None, None, None, "y"))]


def test_references_may_be_missing() -> None:
    [sheet] = read_workbook(workbook("<row><c><v>1</v></c></row><row><c/><c><v>2</v></c></row>"))
    assert (sheet.header, list(sheet.rows)) == (["1"], [(2, (None, 2))])


def test_limits_count_what_is_there() -> None:
    limits = Limits(rows=2, columns=2)
    row = f'{HEADER}<row r="2">{cell("B2", "x")}</row><row r="3">{cell("A3", "x")}</row>'
    [sheet] = read_workbook(workbook(row + '<row r="9"/>'), limits)
    assert len(list(sheet.rows)) == 2
    [sheet] = read_workbook(workbook(row + f'<row r="4">{cell("A4", "x")}</row>'), limits)
    with pytest.raises(FileRejected) as caught:
        list(sheet.rows)
    assert (caught.value.code, caught.value.params) == ("too_many_rows", {"sheet": "Sheet", "limit": 2})


def test_dimension_is_ignored() -> None:
    data = workbook(f'{HEADER}<row r="2">{cell("A2", "x")}</row>', before='<dimension ref="A1"/>')
    assert [row for sheet in read_workbook(data) for row in sheet.rows] == [(2, ("x", None))]


def test_sheets_can_be_read_in_any_order_after_listing() -> None:
    sheets = read_workbook(
        packed(parts(worksheet(f'{HEADER}<row r="2">{cell("A2", "x")}</row>'), names=("A", "B")))
    )
    assert [(sheet.name, list(sheet.rows)) for sheet in reversed(sheets)] == [
        ("B", [(2, ("x", None))]),
        ("A", [(2, ("x", None))]),
    ]


def test_workbook_of_openpyxl_is_read_from_path_file_and_bytes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["date", "text", "number", "yes", "sum", "moment"])
    book.active.append([dt.date(2018, 11, 3), "x", 0.1, True, "=A1", dt.datetime(2018, 11, 3, 9, 30)])
    book.create_sheet("lists").sheet_state = "hidden"
    path = tmp_path / "book.xlsx"
    book.save(path)
    expected = [
        (
            2,
            (
                dt.date(2018, 11, 3),
                "x",
                Decimal("0.1"),
                True,
                CellError("formula", "=A1"),
                dt.datetime(2018, 11, 3, 9, 30),
            ),
        )
    ]
    for source in (path, str(path), BytesIO(path.read_bytes()), path.read_bytes()):
        first, second = read_workbook(source)
        assert list(first.rows) == expected
        assert (second.name, second.header, second.hidden, list(second.rows)) == ("lists", [], True, [])


def test_macintosh_dates_are_read() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["date"])
    book.active.append([dt.date(2018, 11, 3)])
    file = BytesIO()
    book.save(file)
    [sheet] = read_workbook(file.getvalue())
    assert list(sheet.rows) == [(2, (dt.date(2018, 11, 3),))]


def test_csv_has_the_shape_of_a_sheet(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_bytes(b'\xef\xbb\xbf code ,name\r\n\r\nA,"x\r\ny"\r\nB\r\n=1, ,z,\r\n')
    (tmp_path / "logs.csv").write_text("a\n")
    (tmp_path / "notes.txt").write_text("a\n")
    logs, units = read_csv_folder(tmp_path)
    assert (logs.name, logs.header, list(logs.rows)) == ("logs", ["a"], [])
    assert (units.name, units.header) == ("units", ["code", "name"])
    assert list(units.rows) == [(3, ("A", "x\r\ny")), (4, ("B", None)), (5, ("=1", None, "z"))]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        ("工号".encode("gbk"), "text_encoding"),
        (b'a\n"x', "bad_csv"),
        (b"a\n" + b"x" * 200_000, "bad_csv"),
        (b"a\n" + b"1\n" * 3, "too_many_rows"),
        (b"a,b,c\n", "too_many_columns"),
    ],
)
def test_bad_csv_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRejected) as caught:
        list(read_csv(data, name="logs", limits=Limits(rows=2, columns=2)).rows)
    assert caught.value.code == code


def test_csv_cell_with_a_control_character_is_an_error_of_the_cell() -> None:
    sheet = read_csv(b"a\nx\0y\n", name="logs")
    assert list(sheet.rows) == [(2, (CellError("control_characters", "x�y"),))]
