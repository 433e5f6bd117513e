"""What LibreOffice makes of the sheet: every check holds, and it can be signed on paper, by 3 and by 300."""

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from incentives.services.export import incentive_sheet
from tests.incentives.sheet.month import MONTH, make_month

SOFFICE = shutil.which("soffice")
PRINTED = dt.datetime(2018, 12, 2, 0, 15, tzinfo=dt.UTC)
#: A4 landscape in points
A4 = (842, 595)
TITLE = re.compile(r"示例大药房有限公司2018年11月绩效奖金发放表（(.+?)）（试算）")
SIGNATURES = ("制表：", "审核：", "财务复核：", "审批（总经理）：", "日期：")
# Every second person is of 运营部, the planner first: 100.01, 16.00 a writer, and every third one's bonus.
NET = {
    3: {"运营部": ("2,116.01", "人民币贰仟壹佰壹拾陆元零壹分"), "推广部": ("16.00", "人民币壹拾陆元整")},
    300: {
        # 149 writers and 50 bonuses; 150 writers and 50 bonuses
        "运营部": ("102,484.01", "人民币壹拾万贰仟肆佰捌拾肆元零壹分"),
        "推广部": ("102,400.00", "人民币壹拾万贰仟肆佰元整"),
    },
}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice: there is no soffice"),
]
needs_poppler = pytest.mark.skipif(
    not (shutil.which("pdftotext") and shutil.which("pdfinfo")),
    reason="needs poppler: there is no pdftotext or pdfinfo",
)


def converted(folder: Path, people: int, kind: str) -> Path:
    source = folder / "sheet.xlsx"
    source.write_bytes(incentive_sheet(make_month(people), MONTH, printed_at=PRINTED)[1])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "out")]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    return folder / "out" / f"sheet.{kind}"


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()


def test_every_check_holds(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(converted(tmp_path, 5, "xlsx"), data_only=True)["校验"]
    results = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[5]]
    assert len(results) == 21 + 1
    assert {row[5] for row in results} == {"一致"}


@needs_poppler
@pytest.mark.clause("HT-29")
@pytest.mark.parametrize(("people", "most"), [(3, 8), pytest.param(300, 60, marks=pytest.mark.slow)])
def test_printed_pages(tmp_path: Path, people: int, most: int) -> None:
    pdf = str(converted(tmp_path, people, "pdf"))
    pages = output("pdftotext", "-layout", pdf, "-").split("\f")[:-1]
    sizes = re.findall(
        r"size:\s+([\d.]+) x ([\d.]+)", output("pdfinfo", "-f", "1", "-l", str(len(pages)), pdf)
    )

    assert [(round(float(wide)), round(float(high))) for wide, high in sizes] == [A4] * len(pages)
    assert len(pages) <= most
    bare = ["".join(page.split()) for page in pages]  # the gaps around digits are the printer's
    assert all(f"第{number}页/共{len(pages)}页" in page for number, page in enumerate(bare, 1))
    parts = [TITLE.search(page) for page in pages]
    assert all(parts)
    names = [found[1] for found in parts if found]
    assert list(dict.fromkeys(names)) == [
        "汇总",
        "运营部",
        "推广部",
        "外部稿酬",
        "公账台账",
        "调整明细",
        "校验",
    ]
    for department, (net, words) in NET[people].items():
        own = [page for page, name in zip(pages, names, strict=True) if name == department]
        assert (len(own) > 1) == (people > 3)
        # The heads stand on each page; sum, amount in words and the row to sign on the last one only.
        assert all(all(head in page for head in ("序号", "实发金额", "签收", "备注")) for page in own)
        assert all("所属期：2018年11月" in page and "单位：元" in page for page in own)
        last = own[-1]
        assert net in last
        assert words in last
        assert all(one in last for one in SIGNATURES)
        assert not any(one in page for page in own[:-1] for one in SIGNATURES)
    text = "".join(pages)
    assert all(re.search(rf"员工{number}\b", text) for number in range(2, people))
    assert all(sum(one in page for page in pages) == len(dict.fromkeys(names)) - 1 for one in SIGNATURES[:1])
