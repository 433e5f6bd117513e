"""Which layout an export has: its header row is the first of ten with three known headings or more."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from core.spreadsheets.reader import Row, Sheet

_NOISE = re.compile(r"[\s:：*]|[（(][^）)]*[）)]")


@dataclass(frozen=True)
class Layout:
    """A kind of export.  ``needs``: headings without which it is none; ``count``: the field that counts as
    readers; ``window_days``: after how many days its numbers stop moving.
    """

    code: str
    needs: tuple[str, ...]
    count: str = ""
    window_days: int | None = None


@dataclass(frozen=True)
class Found:
    """A sheet with a header row: where each field stands, and the rows below."""

    sheet: str
    layout: Layout
    columns: dict[str, int]
    headings: dict[str, str]
    rows: Iterator[Row]

    def cell(self, cells: Sequence[Any], field: str) -> Any:
        """The cell of a field; ``None`` where the row or the file has none."""
        index = self.columns.get(field, -1)
        return cells[index] if 0 <= index < len(cells) else None


@dataclass(frozen=True)
class Headings:
    """The contents of ``headers.json``."""

    fields: dict[str, tuple[str, ...]]
    layouts: tuple[Layout, ...]
    header_rows: int
    known_headers: int


@cache
def headings() -> Headings:
    """What is known of headings and layouts, read once."""
    stored = json.loads((Path(__file__).parent / "headers.json").read_text(encoding="utf-8"))
    return Headings(
        fields={name: tuple(map(plain, aliases)) for name, aliases in stored["fields"].items()},
        layouts=tuple(
            Layout(row["code"], tuple(row["needs"]), row.get("count", ""), row.get("window_days"))
            for row in stored["layouts"]
        ),
        header_rows=stored["header_rows"],
        known_headers=stored["known_headers"],
    )


def plain(heading: Any) -> str:
    """A heading as it is compared: without white space, colons and what stands in brackets."""
    return _NOISE.sub("", str(heading or "")).lower()


def find_layout(sheet: Sheet) -> Found | None:
    """The layout of a sheet, or ``None`` when it is no export that is known."""
    known = headings()
    first: Row = (0, tuple(sheet.header))
    rows = iter(sheet.rows)
    # Taken one by one: what is not looked at stays for whoever reads the rows below.
    for _number, cells in chain([first], islice(rows, known.header_rows - 1)):
        titles = [plain(cell) for cell in cells]
        columns = _columns(titles, known)
        if len(columns) >= known.known_headers:
            layout = next((one for one in known.layouts if set(one.needs) <= columns.keys()), None)
            if layout is None:
                return None
            shown = {name: str(cells[index]) for name, index in columns.items()}
            return Found(sheet.name, layout, columns, shown, rows)
    return None


def _columns(titles: list[str], known: Headings) -> dict[str, int]:
    """field → column; of several headings of a field the one that is named first counts."""
    found = {}
    for name, aliases in known.fields.items():
        index = next((titles.index(alias) for alias in aliases if alias in titles), None)
        if index is not None:
            found[name] = index
    return found
