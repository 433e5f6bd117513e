"""The people of the page tests: one organisation with a person for every role, and an outsider.

``co`` has the departments ``co-a`` (staff, peer, leader; below it the group ``co-a1``: below) and ``co-b``
(other, other-leader); manager, director, finance, hr, auditor and admin hold their role on the whole of it.
``outsider`` is the manager of another organisation.  It is Wednesday, 15 May 2024; April is computed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.test import Client

from core.interchange.importer import import_sheets
from core.models import User
from core.months import Month
from core.spreadsheets.csv_reader import read_csv_folder
from departments.models import Staff, Unit
from incentives.services.roll_up import month_roll_up

#: Wednesday, 10 o'clock in Shanghai
NOW = datetime(2024, 5, 15, 2, 0, tzinfo=UTC)
MONTH = Month(2024, 5)
APRIL = Month(2024, 4)
ROLES = ("staff", "leader", "manager", "director", "finance", "hr", "auditor", "admin", "outsider")
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class People:
    """The people by their log-in, which is the staff number without its prefix."""

    users: dict[str, User]
    root: Unit

    def user(self, name: str) -> User:
        return self.users[name]

    def staff(self, name: str) -> Staff:
        return Staff.objects.get(user=self.users[name])

    def client(self, name: str) -> Client:
        """A browser in which the person is signed in; in Chinese, the default."""
        client = Client()
        client.force_login(self.users[name])
        return client


def load_people() -> People:
    """Import the tables of this folder, give everybody a log-in, compute April."""
    report = import_sheets(read_csv_folder(Path(__file__).parent))
    assert report.accepted, [error.as_dict() for error in report.errors]
    users = {}
    for person in Staff.objects.select_related("user"):
        user = person.user
        assert user is not None, person
        user.set_password(PASSWORD)
        user.first_name = person.name
        user.save()
        users[user.username] = user
    root = Unit.objects.get(code="co")
    month_roll_up(actor=None, root=root, month=APRIL)
    return People(users, root)
