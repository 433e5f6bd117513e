"""``manage.py restore DIR``: a checked backup takes the place of what is there."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backup import backup_restore
from core.exceptions import DomainError


class Command(BaseCommand):
    help = "Check a backup and put it in place of the database and the files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--replace", action="store_true", help="give up the data that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup_restore(options["folder"], replace=options["replace"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("The backup of %(made_at)s is in place.") % {"made_at": manifest["made_at"]})
