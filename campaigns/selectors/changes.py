"""Changes after approval as people read them, on a page and on every statement.  Rule: KQ-04."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaigns.models import (
    FIXED_TERMS,
    METHOD_TERM,
    BaselineMethodCode,
    Campaign,
    CampaignChange,
    Change,
    DateAlignment,
    Decision,
    Measure,
    Plan,
)
from campaigns.services.terms import REFERENCES
from core.exceptions import NotVisible
from core.money import fraction, round_money
from core.templatetags.ui import UNDEFINED, money


@dataclass(frozen=True)
class TermLine:
    """A term with what stood and what stands instead."""

    label: str
    before: str
    after: str
    fixed: bool


@dataclass(frozen=True)
class ChangeLine:
    """A change; ``late``: proposed on or after the first day, when results began to show."""

    change: Change
    terms: list[TermLine]
    late: bool

    @property
    def waits(self) -> bool:
        return self.change.decision is None

    @property
    def holds(self) -> bool:
        return self.change.decision == Decision.APPROVED


def plan_names(changes: Sequence[Change]) -> dict[int, str]:
    """The names of the plans that changes speak of: one query at most."""
    pks = {
        value
        for change in changes
        for name, both in change.terms.items()
        for value in both
        if name in REFERENCES and value
    }
    return dict(Plan.objects.filter(pk__in=pks).values_list("pk", "name")) if pks else {}


def change_line(change: Change, model: type[Any], start: date, plans: dict[int, str]) -> ChangeLine:
    return ChangeLine(
        change=change,
        terms=[
            TermLine(
                label=str(model._meta.get_field(name).verbose_name),
                before=term_text(model, name, before, plans),
                after=term_text(model, name, after, plans),
                fixed=name in (*FIXED_TERMS, METHOD_TERM),
            )
            for name, (before, after) in change.terms.items()
        ],
        late=localtime(change.proposed_at).date() >= start,
    )


def change_line_of(subject: Any, pk: int) -> ChangeLine:
    """One change of a plan or campaign.  Raises ``NotVisible`` when it has no such change."""
    change: Change | None = subject.changes.select_related("proposed_by", "decided_by").filter(pk=pk).first()
    if change is None:
        raise NotVisible("change")
    return change_line(change, type(subject), subject.start, plan_names([change]))


def change_lines(changes: Sequence[Change], model: type[Any], start: date) -> list[ChangeLine]:
    """The changes of one plan or campaign with their terms in words."""
    plans = plan_names(changes)
    return [change_line(change, model, start, plans) for change in changes]


def term_text(model: type[Any], name: str, value: Any, plans: dict[int, str]) -> str:
    """A term in words."""
    if name in REFERENCES:
        return plans.get(value, UNDEFINED)
    if value is None or value == "" or value == []:
        return UNDEFINED
    if name == METHOD_TERM:
        return method_text(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "budget":
        return money(round_money(fraction(value)))
    if name == "goals":
        return "；".join(_goal_text(goal) for goal in value)
    if name == "stores" and value == ["*"]:
        return _("all stores")
    if isinstance(value, list):
        return "、".join(value)
    if name == "baseline":
        return str(dict(BaselineMethodCode.choices).get(value, value))
    choices = dict(model._meta.get_field(name).choices or ())
    return str(choices.get(value, value))


def method_text(kept: Sequence[str]) -> str:
    """A fixed method in words, with the number of its days where it has one and how last year is aligned."""
    code, n, align = kept
    name = str(dict(BaselineMethodCode.choices).get(code, code))
    if code == BaselineMethodCode.LAST_YEAR:
        return f"{name} ({dict(DateAlignment.choices).get(align, align)})"
    return name if code == BaselineMethodCode.FIXED_DATES else f"{name} × {n}"


def _goal_text(goal: dict[str, str]) -> str:
    return f"{goal['name'] or Measure(goal['measure']).label} {goal['target']}"


def changes_printed(campaigns: Iterable[int]) -> dict[int, list[ChangeLine]]:
    """The approved changes of what campaigns are compared with, for every statement that shows an uplift: two
    queries, whatever their number.
    """
    rows = (
        CampaignChange.objects.filter(campaign_id__in=list(campaigns), decision=Decision.APPROVED)
        .select_related("campaign", "proposed_by", "decided_by")
        .order_by("campaign_id", "proposed_at", "pk")
    )
    kept = [row for row in rows if set(row.terms) & set(FIXED_TERMS)]
    names = plan_names(kept)
    found: dict[int, list[ChangeLine]] = {}
    for row in kept:
        line = change_line(row, Campaign, row.campaign.start, names)
        found.setdefault(row.campaign_id, []).append(line)
    return found
