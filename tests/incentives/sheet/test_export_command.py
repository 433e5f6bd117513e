"""``manage.py export_incentives`` writes the file, or says in one sentence why not."""

from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from core.models import AuditEvent
from tests.incentives.sheet.month import make_month

pytestmark = pytest.mark.django_db


def test_file_is_written_and_audited_as_the_system(tmp_path: Path) -> None:
    make_month()
    out = tmp_path / "new" / "sheet.xlsx"
    call_command("export_incentives", "2018-11", "--unit", "R", "--out", str(out))
    assert openpyxl.load_workbook(out).sheetnames[0] == "汇总"
    event = AuditEvent.objects.get()
    assert (event.actor, event.action) == (None, "month.export")


@pytest.mark.parametrize(
    ("month", "unit", "said"),
    [
        ("2018-11", "X", "There is no unit “X”."),
        ("2018-11", "R1", "“R1” lies below another unit; the sheet is made for a whole organisation."),
        ("2018-10", "R", "2018-10 of “R” is not computed; roll it up first."),
        ("2018-13", "R", "'2018-13' is not a month; write it as YYYY-MM"),
    ],
)
def test_refusal_is_one_sentence(tmp_path: Path, month: str, unit: str, said: str) -> None:
    make_month()
    out = tmp_path / "sheet.xlsx"
    with translation.override("en"), pytest.raises(CommandError) as error:
        call_command("export_incentives", month, "--unit", unit, "--out", str(out))
    assert str(error.value) == said
    assert error.value.returncode == 1
    assert not out.exists()


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    make_month()
    with translation.override("en"), pytest.raises(CommandError, match="cannot be written"):
        call_command("export_incentives", "2018-11", "--unit", "R", "--out", str(tmp_path))
