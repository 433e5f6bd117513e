"""``manage.py verify_backup DIR``: whether a backup could be restored."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backup import backup_problems


class Command(BaseCommand):
    help = "Read a backup back and compare it with its manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        problems = backup_problems(options["folder"])
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(_("The backup cannot be relied on."))
        self.stdout.write(_("The backup is complete and can be read back."))
