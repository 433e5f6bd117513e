"""The rows of the queue, each drawn in one go.

A row is a card with two forms; as a template, with its words and addresses looked up anew for each of them,
the rows cost more than all the rest of the page.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import quote

from django import template
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core.templatetags import ui
from core.templatetags.lucide import lucide
from kpi.models import LogEntry

register = template.Library()
#: the most of a link that is shown
LINK_LENGTH = 48
LINK = '<a class="oc-link" href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>'

ROW = """
<li class="card oc-vf-row" id="row-{pk}" data-row tabindex="-1">
  <label class="oc-vf-tick"><input class="form-check-input" type="checkbox" name="row" value="{pk}" form="many" aria-label="{tick}"></label>
  <div class="oc-vf-main">
    <p class="oc-vf-head">
      <a class="oc-vf-open" href="{show}?back={quoted}"><b>{name}</b></a>
      <span>{platform}</span><span>{activity}</span>{handle}
      <b class="oc-vf-count">× {count}</b>
    </p>
    <p class="oc-vf-sub">{day} · {unit}{more}</p>
    {risks}
  </div>
  <div class="oc-vf-acts">
    <form method="post" action="{decide}" hx-post="{decide}" hx-target="#row-{pk}" hx-swap="outerHTML" data-accept>
      {token}<input type="hidden" name="seen" value="{seen}"><input type="hidden" name="verdict" value="accepted"><input type="hidden" name="back" value="{back}">
      <button class="btn" type="submit">{check}{accept}</button>
    </form>
    <details class="oc-vf-reject">
      <summary class="btn">{cross}{reject}</summary>
      <form method="post" action="{decide}" hx-post="{decide}" hx-target="#row-{pk}" hx-swap="outerHTML">
        {token}<input type="hidden" name="seen" value="{seen}"><input type="hidden" name="verdict" value="rejected"><input type="hidden" name="back" value="{back}">
        <input class="form-control" name="reason" maxlength="500" required placeholder="{reason}" aria-label="{why}">
        <button class="btn btn-primary" type="submit">{reject}</button>
      </form>
    </details>
  </div>
</li>"""  # noqa: E501 - as it is sent


@register.simple_tag(takes_context=True)
def queue_rows(context: template.RequestContext, lines: Iterable[Mapping[str, Any]], back: str) -> SafeString:
    """The rows that wait.  ``lines``: entry (LogEntry with seen), its risks, activity (its name)."""
    token = get_token(context["request"])
    same = {
        "back": back,
        "quoted": quote(back),
        "token": format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token),
        "check": lucide("check", size=16, aria_hidden="true"),
        "cross": lucide("x", size=16, aria_hidden="true"),
        "accept": _("Accept"),
        "reject": _("Reject"),
        "reason": _("Reason; the person reads it"),
        "why": _("Reason to reject"),
    }
    tick = _("Tick %(name)s, %(day)s")
    day_shown = cache(_day)
    rows = (_row(line["entry"], line["activity"], line["risks"], tick, day_shown, same) for line in lines)
    return format_html_join("", "{}", ((row,) for row in rows))


def _row(
    entry: LogEntry,
    activity: str,
    risks: list[dict[str, Any]],
    tick: str,
    day_shown: Any,
    same: dict[str, Any],
) -> SafeString:
    day, name = day_shown(entry.date), entry.staff.name
    return format_html(
        ROW,
        **same,
        pk=entry.pk,
        seen=entry.seen,  # type: ignore[attr-defined]
        tick=tick % {"name": name, "day": day},
        show=reverse("verification:show", args=[entry.pk]),
        decide=reverse("verification:decide", args=[entry.pk]),
        name=name,
        platform=entry.platform.name,
        activity=activity,
        handle=format_html("<span>{}</span>", entry.handle) if entry.handle else "",
        count=ui.number(entry.count),
        day=day,
        unit=entry.staff.unit.name,
        more=_more(entry),
        risks=risk_lines(risks) if risks or entry.risk else _not_looked(),
    )


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@register.simple_tag
def logged_link(url: str) -> str:
    """A logged link, shortened; only web addresses become links."""
    shown = Truncator(url).chars(LINK_LENGTH)
    return format_html(LINK, url, shown) if ui.is_web_link(url) else shown


def _more(entry: LogEntry) -> SafeString:
    """The link, the note and the screenshot of a row, as far as it has them."""
    parts: list[str] = []
    if entry.url:
        parts.append(logged_link(entry.url))
    if entry.note:
        parts.append(entry.note)
    if entry.evidence_id:
        image = reverse("logs:image", args=[entry.pk])
        parts.append(format_html('<a href="{}">{}</a>', image, _("Screenshot")))
    return format_html_join("", " · {}", ((part,) for part in parts))


def _not_looked() -> SafeString:
    return format_html('<p class="oc-vf-sub">{}</p>', _("Not looked at for risks yet."))


@register.simple_tag
def risk_lines(risks: Iterable[Mapping[str, Any]]) -> SafeString:
    """What deserves a second look.  ``risks``: label, sentence, amount, other (LogEntry), tone."""
    lines = format_html_join("", "<li>{}<span>{}{}{}</span></li>", (_risk(risk) for risk in risks))
    return format_html('<ul class="oc-vf-risks">{}</ul>', lines) if lines else lines


def _risk(risk: Mapping[str, Any]) -> tuple[Any, ...]:
    amount, other = risk["amount"], risk["other"]
    beside: str | SafeString = ""
    if other:
        beside = format_html(
            ' <a href="{}">{} · {} · {}</a>',
            reverse("logs:show", args=[other.pk]),
            _day(other.date),
            other.staff.name,
            other.platform.name,
        )
    figure = f" ({ui.number(amount, 1)})" if amount else ""
    return ui.pill(risk["label"], risk["tone"]), risk["sentence"], figure, beside
