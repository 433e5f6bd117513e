"""``manage.py demo --prepare``: what a trial needs after the examples are loaded.

Arranges the plans of the examples, rolls up last month and the running one, gives the example people a
password, writes the incentive sheet and says who may sign in.  Rule: interfaces.md §1.
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.interchange.columns import as_text
from core.management.base import DataCommand
from core.models import User
from core.money import round_money
from core.months import Month
from core.spreadsheets.errors import CellError
from core.spreadsheets.reader import read_workbook
from departments.models import Grant, Role, Staff, Unit
from incentives.models import PoolScheme
from opscenter.example.sheets import example_usernames
from opscenter.example.terminal import aligned
from opscenter.example.trial import arrange
from opscenter.example.window import Window

# Everybody reads it on the screen: it protects nothing, and a production installation refuses it.
SHOWN_PASSWORD = "yunying-2018-demo"  # noqa: S105


class Command(DataCommand):
    help = "Roll the example months up, give the example people a password, write the incentive sheet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prepare", action="store_true", required=True, help="do it")
        parser.add_argument("--month", default="", help="YYYY-MM; default: last month")
        parser.add_argument("--print", action="store_true", help="also print the incentive sheet as a table")
        parser.add_argument("--force", action="store_true", help="also in production, with DEMO_PASSWORD set")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: str = os.environ.get("DEMO_PASSWORD", "")
        if settings.PRODUCTION and not (options["force"] and wanted):
            raise CommandError(_("In production the demo needs --force and a password in DEMO_PASSWORD."))
        running = Month.of(timezone.localdate())
        try:
            month = Month.parse(options["month"]) if options["month"] else running.plus(-1)
        except ValueError:
            raise CommandError(_("“%(month)s” is not a month; write it as 2018-11.") % options) from None
        arrange(Window(timezone.localdate()))
        for each in sorted({month, running}):
            call_command("roll_up", str(each), format="json", stdout=StringIO())
            self.stdout.write(_("%(month)s is rolled up.") % {"month": each})
        for book in self._sheets(month):
            self.stdout.write(_("The incentive sheet is in %(file)s.") % {"file": book})
            if options["print"]:
                for line in _printed(book):
                    self.stdout.write(line)
        self._give_passwords(wanted or SHOWN_PASSWORD, everybody=bool(wanted))
        self.stdout.write("")
        heads = _("organisation"), _("role"), _("name"), _("log-in")
        for line in aligned([heads, *_log_ins()]):
            self.stdout.write(line)
        self.stdout.write(_("Password: %(password)s") % {"password": wanted or SHOWN_PASSWORD})

    def _sheets(self, month: Month) -> Iterator[Path]:
        """The incentive sheets of the organisations that have a pool; the first takes the short name."""
        roots = Unit.objects.filter(pk__in=PoolScheme.objects.values("root_id")).order_by("code")
        for number, root in enumerate(roots):
            name = f"incentives-{month}.xlsx" if not number else f"incentives-{month}-{root.code}.xlsx"
            out = settings.VAR_DIR / name
            call_command("export_incentives", str(month), unit=root.code, out=out, stdout=StringIO())
            yield out

    def _give_passwords(self, password: str, *, everybody: bool) -> None:
        """One password for the example people; one that somebody chose stays, unless one is asked for."""
        users = list(User.objects.filter(username__in=example_usernames()))
        if not everybody:
            users = [user for user in users if not user.has_usable_password()]
        encoded = make_password(password)
        for user in users:
            user.password = encoded
        User.objects.bulk_update(users, ["password"])


def _log_ins() -> Iterator[tuple[str, str, str, str]]:
    """One example person per role of each organisation, by a grant first, then by their own role."""
    known = Staff.objects.filter(user__username__in=example_usernames()).select_related("root", "user")
    people = {person.pk: person for person in known.order_by("staff_no")}
    first: dict[tuple[int, str], Staff] = {}
    for grant in Grant.objects.filter(staff_id__in=people).order_by("staff__staff_no"):
        person = people[grant.staff_id]
        first.setdefault((person.root_id, grant.role), person)
    for person in people.values():
        first.setdefault((person.root_id, person.role), person)
    order = list(Role.values)
    for (_root, role), person in sorted(
        first.items(), key=lambda item: (item[1].root.code, order.index(item[0][1]))
    ):
        yield (
            person.root.name,
            str(Role(role).label),
            person.name,
            person.user.username if person.user else "",
        )


def _printed(book: Path) -> Iterator[str]:
    """The sheets of a workbook as lines; what stands alone in its row (titles, notes) as it is.

    The sheet with formulas is left out: its values are what a spreadsheet program makes of the others.
    """
    for sheet in read_workbook(book):
        cells = [sheet.header, *(cells for _number, cells in sheet.rows)]
        if any(isinstance(cell, CellError) for row in cells for cell in row):
            continue
        rows = [[_shown(cell) for cell in row] for row in cells]
        lines = aligned([row for row in rows if sum(map(bool, row)) > 1])
        yield ""
        for row in rows:
            yield "".join(row) if sum(map(bool, row)) <= 1 else next(lines)


def _shown(cell: Any) -> str:
    """A cell as text; an amount with its two decimals, which a workbook does not keep."""
    text = as_text(cell)
    return (
        f"{cell:.2f}"
        if isinstance(cell, Decimal) and text.partition(".")[2] and cell == round_money(cell)
        else text
    )
