"""The sheet of a template that explains its columns; an import passes over it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import (
    Choice,
    Code,
    Codes,
    Column,
    Day,
    Days,
    Fixed,
    Integer,
    MonthOf,
    Ref,
    Share,
    Text,
    YesNo,
)
from core.spreadsheets.reader import Sheet

#: name and first heading of the sheet by language
TITLES = {"zh-hans": ("说明", "工作表"), "en": ("Notes", "Sheet")}

HEADINGS = (_("Column"), _("English name"), _("Key"), _("Required"), _("What it holds"), _("If empty"))


def titles(language: str) -> tuple[str, str]:
    """Sheet name and first heading."""
    return TITLES.get(language.lower(), TITLES["en"])


def is_explanation(sheet: Sheet) -> bool:
    """Whether a sheet is that of a template, in either language."""
    return (sheet.name, sheet.header[0] if sheet.header else "") in TITLES.values()


def explanation(tables: Sequence[Any], language: str) -> Iterator[list[str]]:
    """Its rows: the heading, then a line for each column of each table."""
    with translation.override(language):
        yield [titles(language)[1], *map(str, HEADINGS)]
        for table in tables:
            for column in table.columns:
                yield [
                    table_title(table, language),
                    column_title(column, language),
                    column.name,
                    "◇" if column.key else "",
                    "*" if column.required else "",
                    describe(column, language),
                    _default(column),
                ]


def table_title(table: Any, language: str) -> str:
    return str(table.label if titles(language) == TITLES["zh-hans"] else table.name)


def column_title(column: Column, language: str) -> str:
    return column.label if titles(language) == TITLES["zh-hans"] else column.name


def _default(column: Column) -> str:
    value = column.kind.cell(column.default_value())
    return "" if value is None else str(value)


def describe(column: Column, language: str) -> str:
    """What a cell of the column may hold, in the language that is active."""
    from core import registry

    kind = column.kind
    if isinstance(kind, Choice):
        return ", ".join(f"{value} = {label}" for value, label in kind.choices.choices)
    if isinstance(kind, Ref):
        return _("a code of the table “%(table)s”") % {
            "table": table_title(registry.tables[kind.table], language)
        }
    if isinstance(kind, Integer):
        return _("a whole number of at least %(min)s") % {"min": kind.min}
    if isinstance(kind, Share):
        return str(_("a share between 0 and 1, such as 0.25 or 25%"))
    if isinstance(kind, Fixed):
        return _("a number with at most %(places)s decimals") % {"places": kind.places}
    for kinds, text in (
        ((Days,), _("dates such as 2018-11-03, separated by commas")),
        ((Codes,), _("codes, separated by commas")),
        ((Day,), _("a date such as 2018-11-03")),
        ((MonthOf,), _("a month such as 2018-11")),
        ((YesNo,), _("是 or 否 (yes or no)")),
        ((Code,), _("a code")),
    ):
        if isinstance(kind, kinds):
            return str(text)
    return _("text of at most %(max)s characters") % {
        "max": kind.max_length if isinstance(kind, Text) else 500
    }
