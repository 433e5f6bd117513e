"""``manage.py backup DIR``: one folder with everything that must not be lost."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core import audit
from core.backup import BACKED_UP, backup_make
from core.exceptions import DomainError


class Command(BaseCommand):
    help = "Write the database and the private files into a new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup_make(options["folder"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest["tables"].values())
        # After the copy, so that the backup says nothing about itself; the data page shows it.
        audit.record(actor=None, action=BACKED_UP, change={"rows": rows, "files": len(manifest["files"])})
        self.stdout.write(
            _("%(rows)s rows and %(files)s files are in %(folder)s.")
            % {"rows": rows, "files": len(manifest["files"]), "folder": options["folder"]}
        )
