"""``manage.py load_preset SLUG|all [--example]``:
an organisation's rules, and on request its example month.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from core import registry
from core.interchange.importer import import_sheets
from core.management.base import DataCommand
from core.spreadsheets.csv_reader import read_csv_folder

PRESETS = settings.BASE_DIR / "presets"


class Command(DataCommand):
    help = "Load the rules of a preset, all or nothing; loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="a folder of presets/, or all")
        parser.add_argument("--example", action="store_true", help="also people and facts of two months")

    def handle(self, *args: Any, **options: Any) -> None:
        known = sorted(folder.name for folder in PRESETS.iterdir() if folder.is_dir())
        slug = options["slug"]
        if slug != "all" and slug not in known:
            raise CommandError(
                _("There is no preset “%(slug)s”. Presets: %(known)s.")
                % {"slug": slug, "known": ", ".join(known)}
            )
        if options["example"] and settings.PRODUCTION and slug == "all":
            raise CommandError(_("In production example data is loaded only for a preset named by itself."))
        for name in known if slug == "all" else [slug]:
            self.load(name, PRESETS / name)
            if options["example"]:
                self.load_example(name)

    def load(self, name: str, folder: Path) -> None:
        """Import one folder of tables."""
        self._import(name, read_csv_folder(folder))

    def load_example(self, name: str) -> None:
        """The example people and facts of a preset, made for last month and the running one.

        Only what is new is added: what people changed in a trial stays, and so does a locked month.
        """
        source = registry.examples.get(name)
        if source is not None:
            self._import(f"{name} --example", source(), keep=True)

    def _import(self, title: str, sheets: Any, *, keep: bool = False) -> None:
        report = import_sheets(sheets, keep=keep)
        if not report.accepted:
            for error in report.errors[:50]:
                self.stderr.write(
                    f"{error.sheet}!{error.row} {error.column} {error.value!r}: {error.message}"
                )
            raise CommandError(_("“%(name)s” was not loaded.") % {"name": title})
        new = sum(counts["created"] + counts["updated"] for counts in report.counts.values())
        same = sum(counts["unchanged"] for counts in report.counts.values())
        self.stdout.write(f"{title}: +{new} ={same}")
