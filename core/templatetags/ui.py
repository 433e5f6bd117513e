"""The parts that pages are made of: figures, states, headings, tables, fields, charts.

Figures are formatted from exact numbers only; an undefined figure shows as a dash.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.money import Exact, ratio, round_half_up, round_money, round_rate

register = template.Library()

UNDEFINED = "—"
SELECTED = format_html(" {}", "selected")
#: figures kept as they were written
MOST_WRITTEN = 8192

TONES_OF_STATES = {
    **dict.fromkeys(
        ("approved", "confirmed", "valid", "settled", "paid", "published", "done", "locked", "delivered"),
        "good",
    ),
    **dict.fromkeys(
        ("submitted", "proposed", "reviewed", "computed", "running", "queued", "active"), "active"
    ),
    **dict.fromkeys(("missing", "overdue", "held", "warning"), "warn"),
    **dict.fromkeys(("rejected", "refused", "failed", "vetoed"), "bad"),
}


def _grouped(value: Exact, places: int) -> str:
    return _written(value, places, get_language())


@lru_cache(maxsize=MOST_WRITTEN)
def _written(value: Exact, places: int, language: str | None) -> str:
    """A large table shows the same few hundred figures again and again; equal ones are written alike."""
    # Rounded first: number_format cuts decimals off instead of rounding them.
    return number_format(round_half_up(value, places), decimal_pos=places, force_grouping=True)


@register.simple_tag
def site_name() -> str:
    """The installation's name, also where no request is at hand."""
    return settings.SITE_NAME


@register.filter
def money(value: Exact | None) -> str:
    """An amount in yuan with thousands separators and two decimals: 1,284.50.  Rounded half-up."""
    return UNDEFINED if value is None else _grouped(round_money(value), 2)


@register.filter
def percent(value: Exact | None, places: int = 2) -> str:
    """A share of one as a percentage: 0.9533 → 95.33%.  Rounded half-up to ``places`` decimals."""
    return UNDEFINED if value is None else _share(value, places, get_language())


@lru_cache(maxsize=MOST_WRITTEN)
def _share(value: Exact, places: int, language: str | None) -> str:
    return f"{_grouped(round_half_up(value, places + 2) * 100, places)}%"


@register.filter
def rate(value: Exact | None) -> str:
    """A factor or coefficient with its four decimals: 1.2000.  Rounded half-up."""
    return UNDEFINED if value is None else _grouped(round_rate(value), 4)


@register.filter
def number(value: Exact | None, places: int = 4) -> str:
    """A count or quantity with thousands separators, without superfluous zeros: 1,284.5.  Rounded half-up."""
    return UNDEFINED if value is None else _shortest(value, places, get_language())


@lru_cache(maxsize=MOST_WRITTEN)
def _shortest(value: Exact, places: int, language: str | None) -> str:
    rounded = round_half_up(value, places)
    if rounded == rounded.to_integral_value():
        return _grouped(rounded, 0)
    return _grouped(rounded, -int(rounded.normalize().as_tuple().exponent))


# Words and bars stand in every row of long tables: drawn without a template of their own.
@register.simple_tag
def pill(label: str | Promise, tone: str = "") -> SafeString:
    """A short word with a dot.  Tones: good, active, warn, bad, or none."""
    return format_html('<span class="oc-pill{}">{}</span>\n', f" {tone}" if tone else "", label)


@register.simple_tag
def state_badge(state: str, label: str | Promise = "") -> SafeString:
    """A record's state in its tone: ``{% state_badge settlement.state settlement.get_state_display %}``."""
    return pill(label or state, TONES_OF_STATES.get(state, ""))


@register.simple_tag
def progress(value: Exact | None, label: str | Promise, maximum: Exact = 1) -> SafeString:
    """A bar of ``value`` out of ``maximum``, named ``label`` for those who cannot see it."""
    exact = None if value is None else ratio(value, maximum)
    if exact is None:
        return format_html('<span class="oc-faint">{}</span>\n', UNDEFINED)
    share = round_rate(exact)
    return format_html(
        '<progress class="oc-progress {}" max="1" value="{}" aria-label="{}"></progress>\n',
        "full" if share >= 1 else "",
        str(share),
        label,
    )


@register.simple_tag
def unit_options(units: Iterable[Any], chosen: str) -> SafeString:
    """The options of a select of units (``code``, ``label``); ``chosen``: the code of the chosen one."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one.code, SELECTED if one.code == chosen else "", one.label) for one in units),
    )


@register.simple_block_tag
def page_head(content: str, title: str, subtitle: str = "") -> SafeString:
    """The heading of a page; what stands between the tags are its actions."""
    return render_to_string(
        "components/page_head.html",
        {"title": title, "subtitle": subtitle, "actions": content if content.strip() else ""},
    )


@register.simple_block_tag
def card(content: str, title: str = "", subtitle: str = "", css: str = "") -> SafeString:
    """A card with an optional heading; a table inside goes to its edges."""
    return render_to_string(
        "components/card.html", {"title": title, "subtitle": subtitle, "body": content, "css": css}
    )


@register.simple_block_tag
def table_wrapper(content: str, label: str) -> SafeString:
    """Lets a wide table scroll within itself; ``label`` names the region for keyboards and screen readers."""
    return render_to_string("components/table_wrapper.html", {"label": label, "body": content})


@register.simple_block_tag
def empty_state(content: str, title: str, icon: str = "inbox") -> SafeString:
    """What would be here (``title``) and, between the tags, how to get it."""
    return render_to_string(
        "components/empty_state.html",
        {"title": title, "icon": icon, "body": content if content.strip() else ""},
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.RequestContext, page: Page[Any]) -> dict[str, Any]:
    """Links to the other pages of a list; filters and order stay as they are."""
    paginator = page.paginator
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "request": context["request"],
        "page": page,
        "numbers": list(numbers),
        "ellipsis": paginator.ELLIPSIS,
    }


@register.inclusion_tag("components/chart.html")
def chart(kind: str, identifier: str, data: dict[str, Any], label: str, height: str = "") -> dict[str, Any]:
    """A chart (line, bar or waterfall) of ``data`` as described at the head of ``charts.js``.

    ``label`` says in words what it shows; ``height`` is empty, ``low`` or ``tall``.
    """
    return {"kind": kind, "identifier": identifier, "data": data, "label": label, "height": height}


CONTROL_CLASSES = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "select": "form-select",
    "selectmultiple": "form-select",
    "boolean": "form-select",
    "checkboxselectmultiple": "oc-ticks",
}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A labelled control with its help and what is wrong beside it."""
    kind = bound.widget_type
    css = CONTROL_CLASSES.get(kind, "form-control")
    control = bound.as_widget(attrs={"class": f"{css} is-invalid" if bound.errors else css})
    return {"bound": bound, "control": control, "inline": kind == "checkbox"}


@register.filter
def is_web_link(text: str) -> bool:
    """Whether a text that somebody typed may become a link: an address of the web, nothing that runs."""
    return text.lower().startswith(("http://", "https://"))
