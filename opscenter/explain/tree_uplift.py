"""The uplift of a campaign as a tree: stores ← days ← the very days that each is compared with.

Pure: nothing is computed again but differences of figures that are shown.  Rule: calculation.md §3.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns.models import StoreUplift
from campaigns.selectors.changes import ChangeLine
from core.money import round_money
from core.months import Month
from core.templatetags.ui import money, number
from opscenter.dashboards import wording
from opscenter.dashboards.selectors.people import exact
from opscenter.explain.selectors_uplift import UpliftBasis
from opscenter.explain.tree import Clause, Node

TERMS_SHOWN = 6


def uplift_node(basis: UpliftBasis, month: Month, more_url: str = "") -> Node:
    """``more_url``: the address of the page, to which ``?page=`` is added for further stores."""
    result = basis.result
    changes = [_changes_node(basis.changes)] if basis.changes else []
    children = [_method_node(basis), *changes, *(_store_node(row) for row in basis.stores)]
    if basis.page.has_other_pages():
        children.append(_rest_node(basis, more_url))
    return Node(
        name="uplift",
        anchor="uplift",
        label=_("Uplift of the campaign “%(name)s”") % {"name": basis.campaign.name},
        figure=money(result.uplift),
        formula=_uplift_formula(basis),
        note=_days_words(basis.campaign.start, basis.campaign.end),
        url=reverse("month:campaign", args=[month, basis.campaign.code]) if basis.linked else "",
        tone="bad" if result.uplift is not None and result.uplift < 0 else "",
        children=tuple(children),
    )


def _days_words(first: date, last: date) -> str:
    if first == last:
        return date_format(first, "SHORT_DATE_FORMAT")
    return f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}"


def _uplift_formula(basis: UpliftBasis) -> str:
    if basis.result.uplift is None:
        return "; ".join(wording.lacks(basis.result.missing))
    terms = [row.uplift for row in basis.stores if row.uplift is not None]
    if len(terms) == 1 and not basis.page.has_other_pages():
        return ""
    if len(terms) > TERMS_SHOWN or basis.page.has_other_pages():
        return (
            ngettext("sum of %(count)s comparable store", "sum of %(count)s comparable stores", basis.used)
            % {"count": basis.used}
            + f" = {money(basis.result.uplift)}"
        )
    shown = " + ".join(money(one) if one >= 0 else f"({money(one)})" for one in terms)
    return f"{shown} = {money(basis.result.uplift)}"


def _method_node(basis: UpliftBasis) -> Node:
    """With what the days are compared, and which rule chose it."""
    rule = basis.rule
    clause = None
    if rule is not None:
        key = f"{rule.unit.code}:{rule.type}:{rule.scale}"
        clause = Clause(
            rule.clause,
            pgettext("between titles", " · ").join(basis.documents) or rule.unit.name,
            ngettext("%(count)s day, since %(day)s", "%(count)s days, since %(day)s", rule.n)
            % {"count": rule.n, "day": rule.valid_from.isoformat()},
            reverse("rules:show", args=["baseline_methods", key]) if basis.rule_linked else "",
        )
    return Node(
        label=_("Compared with: %(method)s")
        % {"method": wording.named(wording.METHODS, basis.result.method)},
        note=wording.named(wording.METHOD_SOURCES, basis.source) if basis.source else "",
        clause=clause,
    )


def _changes_node(changes: list[ChangeLine]) -> Node:
    """What the campaign is compared with was changed: told with every statement.  Rule: KQ-04."""
    return Node(
        label=_("Changes after approval"),
        figure=number(len(changes)),
        tone="warn",
        children=tuple(
            Node(
                label=line.change.reason,
                figure=str(line.change.get_decision_display()),
                note="; ".join(f"{term.label}: {term.before} → {term.after}" for term in line.terms),
                tone="warn" if line.late else "",
            )
            for line in changes
        ),
    )


def _rest_node(basis: UpliftBasis, more_url: str) -> Node:
    """The stores that stand on other pages, with their sum, so that the terms add up."""
    page = basis.page
    others = page.paginator.count - len(basis.stores)
    following = page.next_page_number() if page.has_next() else 1
    return Node(
        label=ngettext("%(count)s other store", "%(count)s other stores", others) % {"count": others},
        figure=money(basis.rest),
        note=_("page %(page)s of %(pages)s") % {"page": page.number, "pages": page.paginator.num_pages},
        more=f"{more_url}?page={following}#uplift",
    )


def _store_node(row: StoreUplift) -> Node:
    days = row.steps.get("days", [])
    label = f"{row.store.name} ({row.store.code})"
    children = tuple(_day_node(step, row.store.name) for step in days)
    if not row.comparable:
        return Node(
            label=label,
            figure=_("left out"),
            note=wording.named(wording.STORE_REASONS, row.reason),
            tone="warn",
            children=children,
        )
    return Node(
        name=f"store-{row.store.code}",
        label=label,
        figure=money(row.uplift),
        formula=_("actual %(actual)s − baseline %(baseline)s = %(uplift)s")
        % {"actual": money(row.actual), "baseline": money(row.baseline), "uplift": money(row.uplift)},
        tone="bad" if row.uplift is not None and row.uplift < 0 else "",
        children=children,
    )


def _day_node(step: Mapping[str, Any], store: str) -> Node:
    """An activity day: its store-day row, the days it is compared with, and those passed over."""
    if step["counted"] != "yes":
        reason = wording.named(wording.DAY_REASONS, step.get("reason", ""))
        if step.get("campaign"):
            reason = f"{reason} {step['campaign']}"
        return Node(label=_weekday(step["date"]), figure="—", note=reason, tone="warn")
    actual, mean = exact(step.get("actual")), exact(step.get("mean"))
    rows = [
        Node(
            label=_("store-day %(store)s %(day)s") % {"store": store, "day": _weekday(step["date"])},
            figure=profit(actual),
            note=_("gross profit of the day"),
        )
    ]
    compared = [
        Node(
            label=_("store-day %(store)s %(day)s") % {"store": store, "day": _weekday(one["date"])},
            figure=profit(Decimal(one["gross_profit"])),
            note=_("gross profit of the day"),
        )
        for one in step.get("baseline_days", ())
    ]
    if compared:
        rows.append(
            Node(
                label=_("Baseline of the day"),
                figure=profit(mean),
                formula=f"{profit(exact(step.get('sum')))} ÷ {step.get('count')} = {profit(mean)}",
                children=tuple(compared),
            )
        )
    if excluded := step.get("excluded", ()):
        rows.append(_excluded_node(excluded))
    if step.get("lacks"):
        return Node(
            label=_weekday(step["date"]),
            figure=profit(actual),
            note=wording.named(wording.STORE_REASONS, step["lacks"]),
            tone="warn",
            children=tuple(rows),
        )
    return Node(
        label=_weekday(step["date"]),
        figure=profit(actual - mean) if actual is not None and mean is not None else "—",
        formula=_("actual %(actual)s − baseline %(baseline)s")
        % {"actual": profit(actual), "baseline": profit(mean)},
        children=tuple(rows),
    )


def _excluded_node(excluded: Any) -> Node:
    return Node(
        label=_("Days passed over"),
        figure=number(len(excluded)),
        children=tuple(
            Node(label=_weekday(one["date"]), note=wording.named(wording.DAY_REASONS, one["reason"]))
            for one in excluded
        ),
    )


def profit(value: Decimal | None) -> str:
    """Gross profit of a day: as money, and with all its decimals where it has more than two."""
    if value is None or value == round_money(value):
        return money(value)
    return number(value)


def _weekday(text: str) -> str:
    """``2024-05-11 Sat``; a month without such a day stays ``2024-05``."""
    if len(text) != len("2024-05-11"):
        return text
    return f"{text} {date_format(date.fromisoformat(text), 'D')}"
