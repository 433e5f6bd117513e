"""Rows of an example as sheets of the interchange schema, and the rules of a preset as rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.utils import timezone

from core import registry
from core.interchange.columns import LIST_SEPARATORS
from core.spreadsheets.csv_reader import read_csv_folder
from core.spreadsheets.reader import Sheet
from opscenter.example.window import Window

PRESETS: Path = settings.BASE_DIR / "presets"
Row: TypeAlias = dict[str, Any]
#: a table's name and one row of it
Fact: TypeAlias = tuple[str, Row]


def _rows(folder: Path) -> dict[str, list[Row]]:
    """Every table of a folder as rows by column name."""
    return {
        sheet.name: [dict(zip(sheet.header, cells, strict=False)) for _number, cells in sheet.rows]
        for sheet in read_csv_folder(folder)
    }


@cache
def rules_of(slug: str) -> dict[str, list[Row]]:
    """The tables of a preset's rules; an empty cell is ``None``."""
    return _rows(PRESETS / slug)


def codes(cell: str | None) -> list[str]:
    """The codes of a cell that lists several."""
    return [part.strip() for part in LIST_SEPARATORS.split(cell or "") if part.strip()]


def sheet_of(name: str, rows: list[Row]) -> Sheet:
    """Rows that need not name the same columns as one sheet, numbered as a spreadsheet counts."""
    header = list(dict.fromkeys(column for row in rows for column in row))

    def numbered() -> Iterator[tuple[int, tuple[Any, ...]]]:
        for number, row in enumerate(rows, 2):
            yield number, tuple(row.get(column) for column in header)

    return Sheet(name, header, numbered())


def example_sheets(slug: str, today: date | None = None) -> list[Sheet]:
    """The people of a preset's example and the facts of its two months."""
    tables: dict[str, list[Row]] = defaultdict(list, _rows(PRESETS / slug / "example"))
    made: Iterable[Fact] = import_module(f"presets.{slug}.example.facts").facts(
        Window(today or timezone.localdate())
    )
    for table, row in made:
        tables[table].append(row)
    return [sheet_of(name, rows) for name, rows in tables.items()]


def example_slugs() -> list[str]:
    """The presets that come with an example."""
    return sorted(facts.parent.parent.name for facts in PRESETS.glob("*/example/facts.py"))


def example_usernames() -> set[str]:
    """The log-ins of the example people."""
    people = (_rows(PRESETS / slug / "example")["staff"] for slug in example_slugs())
    return {row["username"] for rows in people for row in rows if row.get("username")}


def register_examples() -> None:
    """Offer every example to ``load_preset --example``."""
    for slug in example_slugs():
        registry.examples.register(slug, lambda slug=slug: example_sheets(slug))
