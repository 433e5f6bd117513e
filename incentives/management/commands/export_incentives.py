"""``manage.py export_incentives YYYY-MM --unit CODE --out FILE.xlsx``: the incentive sheet of a month."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import DomainError
from core.management.base import DataCommand
from core.months import Month
from departments.models import Unit
from incentives.services.export import incentive_sheet


class Command(DataCommand):
    help = "Write the incentive sheet of a month of a root unit as a workbook."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--unit", required=True, help="code of the root unit")
        parser.add_argument("--out", required=True, type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        root = Unit.objects.filter(code=options["unit"]).first()
        if root is None:
            raise CommandError(_("There is no unit “%(unit)s”.") % {"unit": options["unit"]})
        try:
            _name, data = incentive_sheet(root, month, printed_at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        out: Path = options["out"]
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(data)
        except OSError as error:
            raise CommandError(
                _("“%(file)s” cannot be written: %(reason)s.") % {"file": out, "reason": error.strerror}
            ) from error
        self.stdout.write(str(out))
