"""``manage.py lock_month YYYY-MM --unit CODE [--as USERNAME --reason TEXT]``."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from core.exceptions import DomainError
from core.management.base import DataCommand
from core.months import Month
from departments.models import Unit
from incentives.services.closing import month_lock


class Command(DataCommand):
    help = "Freeze an approved month; or any, as somebody with the right and for a reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--unit", required=True, help="code of the organisation")
        parser.add_argument("--as", dest="username", help="user name of somebody with the right to lock")
        parser.add_argument("--reason", default="", help="why the month is locked without approval")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except ValueError:
            raise CommandError(_("“%(month)s” is not a month; write it as 2018-11.") % options) from None
        root = Unit.objects.filter(code=options["unit"], parent__isnull=True).first()
        if root is None:
            raise CommandError(_("There is no organisation “%(unit)s”; name a unit at the top.") % options)
        actor = None
        if options["username"]:
            actor = get_user_model().objects.filter(username=options["username"], is_active=True).first()
            if actor is None:
                raise CommandError(_("There is no user “%(username)s”.") % options)
        try:
            settlement = month_lock(
                actor=actor, root=root, month=month, reason=options["reason"], force=actor is not None
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(month)s is locked: %(digest)s") % {"month": month, "digest": settlement.digest}
        )
