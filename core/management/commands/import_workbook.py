"""``manage.py import_workbook FILE.xlsx``: all tables of a workbook, all or nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from core.interchange.importer import ImportReport, import_sheets
from core.management.base import DataCommand
from core.spreadsheets.errors import FileRejected
from core.spreadsheets.preflight import content
from core.spreadsheets.reader import read_workbook


class Command(DataCommand):
    help = "Import the tables of a workbook, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["format"] == "json"
        try:
            data = content(options["file"])
            report = import_sheets(
                read_workbook(data), dry_run=options["dry_run"], digest=hashlib.sha256(data).hexdigest()
            )
        except (FileRejected, OSError) as error:
            message = str(error)
            if isinstance(error, OSError):
                message = _("“%(file)s” cannot be read: %(reason)s.") % {
                    "file": options["file"],
                    "reason": error.strerror,
                }
            if as_json:
                code = getattr(error, "code", "unreadable")
                rejection = {
                    "sheet": "",
                    "row": 0,
                    "column": "",
                    "value": "",
                    "code": code,
                    "message": message,
                }
                self._print_json({"status": "rejected", "errors": [rejection], "warnings": [], "tables": []})
            raise CommandError(message) from error
        if as_json:
            self._print_json(report.as_dict())
        else:
            self._print_text(report)
        if not report.accepted:
            raise CommandError(_("Nothing was imported: %(count)s errors.") % {"count": len(report.errors)})

    def _print_json(self, content: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(content, ensure_ascii=False))

    def _print_text(self, report: ImportReport) -> None:
        for error in report.errors:
            place = f"{error.sheet}!{error.row} {error.column}"
            self.stdout.write(f"{place}: {error.value!r} {error.message}")
        for warning in report.warnings:
            self.stdout.write(f"{warning['sheet']}!{warning['row']} {warning['value']}: {warning['message']}")
        for name, counts in report.counts.items() if report.accepted else ():
            figures = ", ".join(f"{outcome} {count}" for outcome, count in counts.items())
            self.stdout.write(f"{name}: {figures}")
