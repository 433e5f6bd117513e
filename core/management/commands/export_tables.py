"""``manage.py export_tables --out FILE.xlsx [TABLE …]``: tables as a workbook, or their blank template."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import registry
from core.interchange.exporter import export_workbook, template_workbook
from core.management.base import DataCommand
from core.spreadsheets.writer import save_bytes


class Command(DataCommand):
    help = "Write tables into a workbook that import_workbook takes back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tables", nargs="*", help="names of tables, English or Chinese (none = all)")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--template", action="store_true", help="no rows, but explanations and choices")
        parser.add_argument("--language", choices=["zh-hans", "en"], help="of sheet and column names")

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"] or ("en" if (get_language() or "").startswith("en") else "zh-hans")
        try:
            if options["template"]:
                workbook = template_workbook(options["tables"], language)
            else:
                workbook = export_workbook(options["tables"], None, language)
        except LookupError as error:
            raise CommandError(
                _("There is no table “%(name)s”. Tables: %(known)s.")
                % {"name": error.args[0], "known": ", ".join(registry.tables)}
            ) from error
        options["out"].write_bytes(save_bytes(workbook, created=timezone.now()))
        self.stdout.write(str(options["out"]))
