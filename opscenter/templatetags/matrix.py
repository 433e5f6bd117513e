"""The cells of large tables, each row's drawn in one go: a page has hundreds of them.

What stands in a cell is the same everywhere: a coloured rate, and what it is made of.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.money import Exact
from core.months import Month
from core.templatetags import ui
from kpi.selectors.team import TeamLine

register = template.Library()

EMPTY = format_html('<td class="num oc-team-none"><span class="oc-faint">{}</span></td>', "·")
CELL = (
    '<td class="num{}" data-label="{}"><a class="oc-rate {}" href="{}" title="{} {}">{}</a>'
    "<small>{} / {}</small></td>"
)
NOTHING = format_html('<td class="num"><span class="oc-faint">{}</span></td>', "·")
NOT_APPLICABLE = format_html('<td class="num"><span class="oc-faint">{}</span></td>', ui.UNDEFINED)
RATE = '<td class="num"><span class="oc-rate {}" title="{} / {}">{}</span></td>'


def _joined(cells: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((cell,) for cell in cells))


@register.simple_tag
def team_cells(line: TeamLine, month: Month, rows: str, expected: str, *, live: bool) -> SafeString:
    """A person of a team under each rule.  ``expected``: what names the figure beside the rate.

    A live cell leads to the rows it is made of (``rows``: the address of the month's), a stored one to the
    steps of the computation.
    """
    person, worst = line.person.staff_no, line.worst
    made_of = f"{rows}&staff={quote(person)}&rule=" if live else _steps(month, person)
    return _joined(
        EMPTY
        if cell is None
        else format_html(
            CELL,
            "" if cell.code in worst else " oc-team-rest",
            name,
            cell.tone,
            made_of + quote(cell.code),
            expected,
            ui.number(cell.expected, 1),
            ui.percent(cell.rate, 1),
            ui.number(cell.done, 1),
            ui.number(cell.target, 1),
        )
        for name, cell in line.cells
    )


def _steps(month: Month, staff_no: str) -> str:
    """The address of a rule's steps, up to its code."""
    return f"{reverse('month:person', args=[month, staff_no])}#rule-"


@register.simple_tag
def attainment_cells(shown: Iterable[tuple[Any, str]]) -> SafeString:
    """A person's attainment under each rule.  ``shown``: attainment (or nothing) and the tone of its rate."""
    language = get_language()
    return _joined(
        NOTHING
        if cell is None
        else _rate_cell(tone, cell.credited, cell.target, cell.rate, language)
        if cell.applicable
        else NOT_APPLICABLE
        for cell, tone in shown
    )


@lru_cache(maxsize=ui.MOST_WRITTEN)
def _rate_cell(
    tone: str, credited: Exact | None, target: Exact | None, rate: Exact | None, language: str | None
) -> SafeString:
    return format_html(RATE, tone, ui.number(credited), ui.number(target), ui.percent(rate))


@register.simple_tag
def score_items(items: Iterable[Any]) -> SafeString:
    """The items of a score with their points (``ItemShown``)."""
    return format_html_join(
        "",
        '<span title="{}"><small>{}</small> {}<small>/{}</small></span>',
        ((ui.percent(one.rate), one.name, ui.money(one.score), ui.number(one.weight, 2)) for one in items),
    )
