"""An export of articles as rows of the tables ``articles`` and ``article_readings``.

A row is recognised by its address, else by account (the unit), day and title.  The numbers of the public
account stop moving after their window, so a later export counts as a reading of the window's last day; that
is the reading the incentive rules ask for.  Rule: KQ-14, HT-21, domain.md §3.3 and §3.4.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _

from campaigns.exports.headings import Found
from campaigns.exports.values import LowerBound, NotRead, count_of, day_of, is_nothing
from core.interchange.jobs import Prepared
from core.interchange.problems import RowError, register_messages
from core.months import Month
from core.spreadsheets.reader import Row, Sheet

TITLE_LENGTH = 200
FIGURES = ("readers", "shares", "likes")
#: the parts of an address by which the public account names an article; the rest says who shared it
PUBLIC_ACCOUNT = ("__biz", "mid", "idx", "sn")

register_messages(
    counted_before_published=_("The article is younger than the day the file was made."),
    title_needed=_("The row has no title."),
)
NOTES = {
    "lower_bound": _("“%(value)s” is a lower bound, not a number: the reading is left out."),
    "no_figure": _("The readers are not told; the reading is left out, it does not count as 0."),
    "unknown_article": _("There is no such article yet; it is left out. Choose a kind to add new ones."),
    "month_left_out": _("The month %(month)s is locked; the row is left out."),
}


@dataclass(frozen=True)
class Wanted:
    """What the person chose: the account's unit, the kind of articles that are new ("" = leave them out), the
    day on which the file was made.
    """

    unit: str
    kind: str
    counted_on: date


@dataclass(frozen=True)
class Known:
    """What stands: codes of articles, their codes by day and title, and the locked months."""

    codes: Collection[str]
    by_title: Mapping[tuple[date, str], str]
    locked: Collection[Month]


@dataclass
class ArticleRow:
    """A row of the file as far as it could be read."""

    number: int
    title: str
    published: date
    url: str
    counted: date
    cells: tuple[Any, ...]


@dataclass
class Reading:
    """The rows of one file, and what is wrong in them."""

    rows: list[ArticleRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def code_of_url(url: str) -> str:
    """The code of an article that is known by its address; the same for every way to write the address."""
    parts = urlsplit(url.strip())
    query = parse_qs(parts.query)
    named = [query[name][0] for name in PUBLIC_ACCOUNT if name in query]
    identity = "|".join(named) if len(named) > 1 else f"{parts.path}?{parts.query}"
    return _code("url", parts.netloc.lower(), identity)


def code_of_title(unit: str, published: date, title: str) -> str:
    """The code of a new article without an address."""
    return _code("title", unit, published.isoformat(), title)


def _code(*parts: str) -> str:
    return "ex-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def read_articles(found: Found, wanted: Wanted) -> Reading:
    """The rows of a list of articles; rows without title and day (sums, remarks) are passed over."""
    reading = Reading()
    for number, cells in found.rows:
        title, published = found.cell(cells, "title"), found.cell(cells, "published")
        if is_nothing(published) and (is_nothing(title) or is_nothing(found.cell(cells, found.layout.count))):
            continue
        try:
            day = day_of(published)
        except NotRead:
            day = None
        try:
            counted = day_of(found.cell(cells, "counted")) or wanted.counted_on
        except NotRead:
            counted = None
        problems = [
            (name, cell, code)
            for name, cell, code in (
                ("title", title, "title_needed" if is_nothing(title) else ""),
                ("published", published, "" if day else "not_date"),
                ("counted", found.cell(cells, "counted"), "" if counted else "not_date"),
                (
                    "published",
                    published,
                    "counted_before_published" if day and counted and day > counted else "",
                ),
            )
            if code
        ]
        for name, cell, code in problems:
            reading.errors.append(_error(found, number, name, cell, code))
        if not problems and day and counted:
            url = found.cell(cells, "url")
            reading.rows.append(
                ArticleRow(
                    number,
                    str(title).strip()[:TITLE_LENGTH],
                    day,
                    "" if is_nothing(url) else str(url).strip(),
                    counted,
                    tuple(cells),
                )
            )
    return reading


def _error(found: Found, number: int, name: str, cell: Any, code: str, **params: Any) -> RowError:
    text = "" if cell is None else str(cell)
    return RowError(found.sheet, number, found.headings.get(name, name), text[:200], code, params)


def convert(found: Found, reading: Reading, wanted: Wanted, known: Known) -> Prepared:
    """The rows of the tables, with what was left out as warnings."""
    converter = _Converter(found, wanted, known, list(reading.errors))
    for row in reading.rows:
        converter.take(row)
    return Prepared(list(converter.sheets()), converter.errors, converter.warnings)


class _Converter:
    def __init__(self, found: Found, wanted: Wanted, known: Known, errors: list[RowError]) -> None:
        self.found = found
        self.wanted = wanted
        self.known = known
        self.errors = errors
        self.warnings: list[dict[str, Any]] = []
        self.articles: list[Row] = []
        self.readings: list[Row] = []
        self.fields = {"readers": found.layout.count, "shares": "shares", "likes": "likes"}
        self.figures = [name for name in FIGURES if self.fields[name] in found.columns]

    def take(self, row: ArticleRow) -> None:
        code, new = self._identify(row)
        if new and not self.wanted.kind:
            self._note(row, "title", row.title, "unknown_article")
            return
        day = self._counted(row)
        months = [Month.of(day), *([Month.of(row.published)] if new else [])]
        locked = next((month for month in months if month in self.known.locked), None)
        if locked:
            self._note(row, "published", row.published, "month_left_out", month=locked)
            return
        counts = self._counts(row)
        if counts is None:
            return
        if new:
            cells = (code, self.wanted.unit, row.published, row.title, self.wanted.kind)
            self.articles.append((row.number, cells))
        if counts["readers"] is not None:
            self.readings.append((row.number, (code, day, *(counts[name] for name in self.figures))))

    def _identify(self, row: ArticleRow) -> tuple[str, bool]:
        """The article's code, and whether it is new."""
        by_url = code_of_url(row.url) if row.url else ""
        if by_url in self.known.codes:
            return by_url, False
        standing = self.known.by_title.get((row.published, row.title))
        if standing:
            return standing, False
        return by_url or code_of_title(self.wanted.unit, row.published, row.title), True

    def _counted(self, row: ArticleRow) -> date:
        window = self.found.layout.window_days
        return row.counted if window is None else min(row.counted, row.published + timedelta(days=window))

    def _counts(self, row: ArticleRow) -> dict[str, int | None] | None:
        """The figures; ``None`` when one cannot be read."""
        counts: dict[str, int | None] = {}
        for name in self.figures:
            source = self.fields[name]
            cell = self.found.cell(row.cells, source)
            try:
                counts[name] = count_of(cell)
            except LowerBound:
                counts[name] = None
                self._note(row, source, cell, "lower_bound")
            except NotRead:
                self.errors.append(_error(self.found, row.number, source, cell, "not_whole_number", min=0))
                return None
            if name == "readers" and counts[name] is None and is_nothing(cell):
                self._note(row, source, cell, "no_figure")
        return counts

    def _note(self, row: ArticleRow, name: str, cell: Any, code: str, **params: Any) -> None:
        text = "" if cell is None else str(cell)[:200]
        self.warnings.append(
            {
                "sheet": self.found.sheet,
                "row": row.number,
                "column": self.found.headings.get(name, name),
                "value": text,
                "code": code,
                "message": str(NOTES[code]) % {"value": text, **params},
            }
        )

    def sheets(self) -> Iterator[Sheet]:
        """The sheets of the two tables; an empty one is left out."""
        if self.articles:
            yield Sheet("articles", ["code", "unit", "published", "title", "kind"], iter(self.articles))
        if self.readings:
            yield Sheet("article_readings", ["article", "date", *self.figures], iter(self.readings))
