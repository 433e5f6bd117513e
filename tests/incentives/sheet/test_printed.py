"""What LibreOffice makes of the sheet: every check holds, and nobody's line is lost on paper."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from incentives.services.export import incentive_sheet
from tests.incentives.sheet.month import MONTH, make_month

SOFFICE = shutil.which("soffice")
PRINTED = dt.datetime(2018, 12, 2, 0, 15, tzinfo=dt.UTC)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice: there is no soffice"),
]


def converted(folder: Path, people: int, kind: str) -> Path:
    source = folder / "sheet.xlsx"
    source.write_bytes(incentive_sheet(make_month(people), MONTH, printed_at=PRINTED)[1])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "out")]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    return folder / "out" / f"sheet.{kind}"


def test_every_check_holds(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(converted(tmp_path, 5, "xlsx"), data_only=True)["校验"]
    results = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[5]]
    assert len(results) == 21 + 1
    assert {row[5] for row in results} == {"一致"}


@pytest.mark.slow
def test_pages_of_three_hundred_people(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs poppler: there is no pdftotext")
    pdf = converted(tmp_path, 300, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=60
    ).stdout.decode()
    pages = text.split("\f")[:-1]
    assert all(f"第 {number} 页 / 共 {len(pages)} 页" in page for number, page in enumerate(pages, 1))
    assert all(f"员工{number} " in text for number in range(2, 300))
    assert sum("签收" in page for page in pages) >= 20
