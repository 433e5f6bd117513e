"""``manage.py roll_up YYYY-MM [--unit CODE] [--format text|json]``."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from core.exceptions import DomainError
from core.management.base import DataCommand
from core.months import Month
from departments.models import Unit
from incentives.calculations.result import as_text, merged, units_below, within
from incentives.reports import result_table
from incentives.services.roll_up import month_roll_up, settlement_of


class Command(DataCommand):
    help = "Compute a month of one organisation, or of all, and print the result."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument(
            "--unit", help="code of a unit; its whole organisation is computed, its part printed"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except ValueError:
            raise CommandError(_("“%(month)s” is not a month; write it as 2018-11.") % options) from None
        unit = None
        roots = Unit.objects.filter(parent__isnull=True).order_by("code")
        if options["unit"]:
            unit = Unit.objects.select_related("root").filter(code=options["unit"]).first()
            if unit is None or unit.root is None:
                raise CommandError(_("There is no unit “%(unit)s”.") % options)
            roots = roots.filter(pk=unit.root_id)
        contents = []
        for root in roots:
            try:
                content = month_roll_up(actor=None, root=root, month=month)
            except DomainError as error:
                raise CommandError(str(error)) from error
            if unit is not None and unit.pk != root.pk:
                scope = settlement_of(root, month).scope
                content = within(content, scope, units_below(scope, unit.code))
            contents.append(content)
        result = merged(contents, month)
        self.stdout.write(as_text(result) if options["format"] == "json" else result_table(result))
