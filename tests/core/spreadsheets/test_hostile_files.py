"""Files that are no workbook, or a workbook made to do harm: each is refused with its code."""

import contextlib
import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.spreadsheets.errors import CELL_SENTENCES, FILE_SENTENCES, CellError, FileRejected
from core.spreadsheets.limits import LIMITS, MEGABYTE, Limits
from core.spreadsheets.reader import read_workbook
from tests.core.spreadsheets.workbooks import (
    HEAD,
    HEADER,
    SHEET_NS,
    cell,
    lying_size,
    overlapping,
    packed,
    parts,
    with_part,
    workbook,
    worksheet,
)

ENTITIES = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def zeros(megabytes: int) -> bytes:
    """A workbook with parts that inflate to this many megabytes."""
    buffer = io.BytesIO(packed(parts()))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(megabytes):
            archive.writestr(f"xl/media/{number}.bin", b"\0" * MEGABYTE)
    return buffer.getvalue()


def sheet(text: str) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", text)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "more than 20 MB": (lambda: b"PK\x03\x04" + b"\0" * (20 * MEGABYTE), "too_large"),
    "encrypted, or an old .xls": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "encrypted_or_old",
    ),
    "a web page": (lambda: b"\xef\xbb\xbf\r\n<html><table></table></html>", "web_page"),
    "a CSV file": (lambda: "工号,姓名\n001,张三\n".encode(), "plain_text"),
    "a CSV file in GBK": (lambda: "工号,姓名\n001,张三\n".encode("gb18030"), "plain_text"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_workbook"),
    "another archive": (lambda: packed({"word/document.xml": "<a/>"}), "not_a_workbook"),
    "cut off in the middle": (lambda: packed(parts())[:-200], "cut_off"),
    "only its first bytes": (lambda: packed(parts())[:40], "cut_off"),
    "a bomb that declares its size": (lambda: zeros(301), "too_large_unpacked"),
    "a bomb that lies about its size": (lambda: lying_size(200), "cut_off"),
    "overlapping parts": (overlapping, "overlapping_parts"),
    "too many parts": (
        lambda: packed(parts() | {f"xl/{number}.bin": "" for number in range(1000)}),
        "too_many_parts",
    ),
    "a path upwards": (lambda: with_part("xl/../../etc/cron.d/x", "x"), "unsafe_names"),
    "an absolute path": (lambda: with_part("/etc/passwd", "x"), "unsafe_names"),
    "a backslash": (lambda: with_part("xl\\..\\..\\x", "x"), "unsafe_names"),
    "a drive": (lambda: with_part("C:/x", "x"), "unsafe_names"),
    "the same part twice": (lambda: with_part("XL/Workbook.xml", "x"), "unsafe_names"),
    "macros": (lambda: with_part("xl/vbaProject.bin", "x"), "macros"),
    "old macros": (lambda: with_part("xl/macrosheets/sheet1.xml", "<a/>"), "macros"),
    "an external link": (lambda: with_part("xl/externalLinks/externalLink1.xml", "<a/>"), "external_links"),
    "an embedded file": (lambda: with_part("xl/embeddings/oleObject1.bin", "x"), "embedded_files"),
    "a bomb of entities": (lambda: sheet(ENTITIES + "<worksheet>&b;</worksheet>"), "forbidden_xml"),
    "an entity of a file": (
        lambda: sheet('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        "forbidden_xml",
    ),
    "a document type behind white space": (
        lambda: sheet(HEAD + " " * 300_000 + ENTITIES + "<a/>"),
        "forbidden_xml",
    ),
    "a document type between two pieces": (
        lambda: sheet("<!--" + " " * (256 * 1024 - 8) + "-->" + ENTITIES),
        "forbidden_xml",
    ),
    "CDATA": (lambda: workbook(f'<row r="1">{cell("A1", "<![CDATA[<<<]]>")}</row>'), "forbidden_xml"),
    "a document type in UTF-16": (
        lambda: with_part("xl/worksheets/sheet1.xml", (ENTITIES + "<a>&b;</a>").encode("utf-16")),
        "xml_encoding",
    ),
    "a declared encoding that hides it": (
        lambda: sheet('<?xml version="1.0" encoding="cp037"?><a/>'),
        "xml_encoding",
    ),
    "an encoding declared out of sight": (
        lambda: sheet('<?xml version="1.0"' + " " * 5000 + 'encoding="cp037"?><a/>'),
        "xml_encoding",
    ),
    "an unknown entity": (lambda: workbook(f'<row r="1">{cell("A1", "&b;")}</row>'), "damaged"),
    "a string of 10 MB": (
        lambda: workbook(f'<row r="1">{cell("A1", "x" * 10_000_000)}</row>'),
        "text_too_long",
    ),
    "an endless comment": (lambda: sheet("<!--" + "< " * 1_000_000), "text_too_long"),
    "an XML that ends early": (lambda: sheet(worksheet(HEADER)[:-40]), "damaged"),
    "a control character": (lambda: workbook(f'<row r="1">{cell("A1", chr(1))}</row>'), "damaged"),
    "a million cells in a row": (
        lambda: workbook('<row r="1">' + "<c/>" * 1_000_000 + "</row>"),
        "too_complex",
    ),
    "a deep nest": (lambda: sheet("<a>" * 1_000_000), "too_complex"),
    "a huge list of sheets": (
        lambda: with_part(
            "xl/workbook.xml", f'<workbook xmlns="{SHEET_NS}">' + "<a/>" * 30_000 + "</workbook>"
        ),
        "too_complex",
    ),
    "no sheet": (lambda: packed(parts(names=())), "no_sheets"),
    "too many sheets": (lambda: packed(parts(names=tuple(f"S{n}" for n in range(101)))), "too_many_sheets"),
    "two sheets of one name": (lambda: packed(parts(names=("Log", " log "))), "duplicate_sheet"),
    "a sheet in a part that was not scanned": (
        lambda: packed(
            {
                name.replace("sheet1.xml", "sheet1.png"): data.replace("sheet1.xml", "sheet1.png")
                for name, data in parts().items()
            }
        ),
        "damaged",
    ),
    "a missing sheet": (
        lambda: packed({name: data for name, data in parts().items() if "sheet1" not in name}),
        "damaged",
    ),
    "a formula as heading": (lambda: workbook('<row r="1"><c r="A1"><f>1+1</f></c></row>'), "bad_header"),
    "a row far down": (
        lambda: workbook(HEADER + f'<row r="200002">{cell("A200002", "x")}</row>'),
        "too_many_rows",
    ),
    "a row beyond Excel": (lambda: workbook(HEADER + '<row r="1048577"/>'), "damaged"),
    "rows out of order": (lambda: workbook(HEADER + HEADER), "damaged"),
    "a column far right": (
        lambda: workbook(HEADER + f'<row r="2">{cell("BM2", "x")}</row>'),
        "too_many_columns",
    ),
    "a cell in the wrong row": (lambda: workbook(HEADER + f'<row r="2">{cell("A3", "x")}</row>'), "damaged"),
    "a cell twice": (lambda: workbook(HEADER + f'<row r="2">{cell("A2", "x") * 2}</row>'), "damaged"),
    "a bad reference": (lambda: workbook(HEADER + f'<row r="2">{cell("ÄÖ2", "x")}</row>'), "damaged"),
    "a bad index of a text": (
        lambda: workbook(HEADER + '<row r="2"><c r="A2" t="s"><v>7</v></c></row>'),
        "damaged",
    ),
    "a negative index of a text": (
        lambda: workbook(
            HEADER + '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', shared="<si><t>x</t></si>"
        ),
        "damaged",
    ),
}


def read_all(data: bytes, limits: Limits = LIMITS) -> list[object]:
    return [(each.name, each.header, list(each.rows)) for each in read_workbook(data, limits)]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_its_code_within_five_seconds(name: str) -> None:
    make, code = HOSTILE[name]
    data = make()
    start = time.monotonic()
    with pytest.raises(FileRejected) as caught:
        read_all(data)
    assert time.monotonic() - start < 5
    assert caught.value.code == code
    assert "%(" not in str(caught.value)


def test_every_refusal_has_a_sentence() -> None:
    assert {code for _make, code in HOSTILE.values()} <= FILE_SENTENCES.keys()
    assert "200000" in str(FileRejected("too_many_rows", sheet="日志", limit=200_000))
    assert str(CellError("formula", "=A1")) == str(CELL_SENTENCES["formula"])


def test_bomb_is_stopped_by_the_bytes_that_come_out() -> None:
    with pytest.raises(FileRejected) as caught:
        read_all(zeros(4), Limits(unpacked_bytes=2 * MEGABYTE))
    assert caught.value.code == "too_large_unpacked"


CHILD = """
import resource, sys
from core.spreadsheets.errors import FileRejected
from core.spreadsheets.reader import read_workbook
resource.setrlimit(resource.RLIMIT_AS, (400 * 1024 * 1024,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
try:
    for sheet in read_workbook(sys.argv[1]):
        for row in sheet.rows:
            pass
    print("read")
except FileRejected as error:
    print(error.code)
"""


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (lambda: zeros(290), "read"),
        (lambda: lying_size(250), "cut_off"),
        (lambda: workbook('<row r="1">' + "<c/>" * 20_000_000 + "</row>"), "too_complex"),
        (lambda: sheet("<a>" * 20_000_000), "too_complex"),
        (lambda: workbook(HEADER, shared="<si/>" * 20_000_000), "too_much_text"),
        (lambda: workbook(HEADER + "<row/>" * 1_000_000), "read"),
        (lambda: workbook(HEADER, before='<dimension ref="A1:XFD1048576"/>'), "read"),
    ],
    ids=["290 MB", "lying size", "one row", "deep nest", "shared texts", "empty rows", "17 billion cells"],
)
def test_worst_files_stay_within_memory_and_time(
    make: Callable[[], bytes], answer: str, tmp_path: Path
) -> None:
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(make())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.stdout.strip(), done.stderr) == (answer, "")
    assert after.ru_utime - before.ru_utime < 6


SMALL = packed(
    parts(
        worksheet(
            HEADER
            + f'<row r="2">{cell("A2", "张三")}<c r="B2" s="1"><v>43405</v></c></row>'
            + '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>1.1000000000000001</v></c></row>'
        ),
        shared="<si><t>x</t></si>",
    )
)


def attempt(data: bytes) -> None:
    with contextlib.suppress(FileRejected):
        read_all(data)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.binary(max_size=4)), min_size=1, max_size=6),
    st.integers(0, len(SMALL)),
)
def test_changed_bytes_are_read_or_refused(changes: list[tuple[int, bytes]], end: int) -> None:
    data = bytearray(SMALL)
    for at, new in changes:
        data[at : at + len(new)] = new
    attempt(bytes(data))
    attempt(bytes(data[:end]))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(zipfile.ZipFile(io.BytesIO(SMALL)).namelist())),
    st.integers(0, 2000),
    st.integers(0, 30),
    st.one_of(
        st.text(max_size=8), st.sampled_from(["-1", "1e999", "NaN", '"', "<", "<f>A1</f>", "99999999999"])
    ),
)
def test_changed_xml_is_read_or_refused(name: str, at: int, length: int, new: str) -> None:
    with zipfile.ZipFile(io.BytesIO(SMALL)) as archive:
        content = {part: archive.read(part) for part in archive.namelist()}
    old = content[name]
    at %= len(old)
    content[name] = old[:at] + new.encode("utf-8", "surrogatepass") + old[at + length :]
    attempt(packed(content))


def test_reader_does_not_start_without_defusedxml() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import core.spreadsheets.reader"],
        env={"OPENPYXL_DEFUSEDXML": "False"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "openpyxl must run with defusedxml" in done.stderr
