"""The test organisation alpha in May 2024, rolled up, with a log-in for each of its people."""

import json
from pathlib import Path
from typing import Any

from core.interchange.importer import import_sheets
from core.models import User
from core.months import Month
from core.spreadsheets.csv_reader import read_csv_folder
from departments.models import Staff, Unit
from incentives.services.roll_up import month_roll_up
from tests.opscenter.conftest import PASSWORD

PRESETS = Path(__file__).resolve().parents[1] / "presets"
MONTH = Month(2024, 5)
PAGE = "/month/2024-05/"
EXPECTED: dict[str, Any] = json.loads((PRESETS / "alpha" / "expected-2024-05.json").read_text())


def load(slug: str) -> Unit:
    """Import a test organisation; gives its root."""
    report = import_sheets(read_csv_folder(PRESETS / slug))
    assert report.accepted, [error.as_dict() for error in report.errors]
    prefix = {"alpha": "al", "beta": "be"}[slug]
    return Unit.objects.get(code=f"{prefix}-company")


def compute(root: Unit) -> None:
    month_roll_up(actor=None, root=root, month=MONTH)


def give_log_ins() -> dict[str, User]:
    """A log-in named after the staff number for everybody."""
    users = {}
    for person in Staff.objects.filter(user=None):
        user = User.objects.create_user(person.staff_no, password=PASSWORD, first_name=person.name)
        person.user = user
        person.save(update_fields=["user"])
        users[person.staff_no] = user
    return users
