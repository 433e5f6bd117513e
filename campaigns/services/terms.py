"""The terms of a plan or a campaign: which they are, what is wrong with them, and as text for a change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.models import HORIZONS, BaselineMethodCode, Campaign, Channel, Flow, Measure, Plan, Store
from core.exceptions import RuleViolation
from core.months import Month

Terms = Mapping[str, Any]
Problem = dict[str, Any]

SHARED = ("name", "start", "end", "aim", "goals", "channels", "content", "budget", "carried")
CAMPAIGN_TERMS = (
    *SHARED, "type", "scale", "stores", "products", "pays", "baseline", "baseline_dates", "planned_in",
)  # fmt: skip
PLAN_TERMS = (*SHARED, "horizon", "parent")
REFERENCES: Mapping[str, type[Plan]] = {"planned_in": Plan, "parent": Plan}
EVERY_STORE = "*"


def names_of(subject: Flow) -> tuple[str, ...]:
    return CAMPAIGN_TERMS if isinstance(subject, Campaign) else PLAN_TERMS


def plain(value: Any) -> Any:
    """A term as it is kept in a change: text, lists, yes and no; nothing is rounded."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Plan):
        return value.pk
    return value


def standing(subject: Flow) -> dict[str, Any]:
    """The terms of a row, as they are kept in a change."""
    return {
        name: getattr(subject, f"{name}_id") if name in REFERENCES else plain(getattr(subject, name))
        for name in names_of(subject)
    }


def differences(subject: Flow, wanted: Terms) -> dict[str, list[Any]]:
    """Term → what stands and what is to stand, of those that differ."""
    before = standing(subject)
    after = {name: plain(wanted[name]) for name in names_of(subject) if name in wanted}
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def apply_terms(subject: Flow, wanted: Terms) -> list[str]:
    """Set the terms on the row and give the names of the fields to save."""
    names = [name for name in names_of(subject) if name in wanted]
    for name in names:
        setattr(subject, name, wanted[name])
    if isinstance(subject, Campaign):
        subject.month = Month.of(subject.end).first
        return [*names, "month"]
    return names


def restored(name: str, value: Any) -> Any:
    """A term of a change as the field takes it."""
    if name in ("start", "end"):
        return date.fromisoformat(value)
    if name == "budget":
        return None if value is None else Decimal(value)
    if name in REFERENCES:
        return None if value is None else REFERENCES[name].objects.get(pk=value)
    return value


def refuse(problems: list[tuple[str, Any]]) -> None:
    """Raise ``RuleViolation`` with what is wrong by field, if anything is."""
    if problems:
        errors = [{"field": field, "message": message} for field, message in problems]
        raise RuleViolation("terms", _("Something is missing or wrong; see below."), errors)


def shared_problems(wanted: Terms) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if not wanted["name"].strip():
        found.append(("name", _("Give it a name.")))
    if wanted["end"] < wanted["start"]:
        found.append(("end", _("The last day lies before the first.")))
    if wanted["budget"] is not None and wanted["budget"] < 0:
        found.append(("budget", _("A budget cannot be below zero.")))
    if any(goal["measure"] == Measure.OTHER and not goal["name"] for goal in wanted["goals"]):
        found.append(("goals", _("Say what the figure of each goal is.")))
    if any(not goal["target"] for goal in wanted["goals"]):
        found.append(("goals", _("A goal needs its number.")))
    known = set(Channel.objects.filter(code__in=wanted["channels"]).values_list("code", flat=True))
    if set(wanted["channels"]) - known:
        found.append(("channels", _("There is no such channel.")))
    return found


def campaign_problems(wanted: Terms, root_id: int) -> list[tuple[str, Any]]:
    """What is wrong with a campaign's terms; the same conditions as in a workbook."""
    found = shared_problems(wanted)
    codes = set(wanted["stores"]) - {EVERY_STORE}
    known = set(Store.objects.filter(root_id=root_id, code__in=codes).values_list("code", flat=True))
    if not wanted["stores"]:
        found.append(("stores", _("Choose its stores, or all of them.")))
    if codes - known:
        found.append(("stores", _("A store belongs to another organisation.")))
    if wanted["baseline"] == BaselineMethodCode.FIXED_DATES and not wanted["baseline_dates"]:
        found.append(("baseline_dates", _("This method needs its dates.")))
    if any(day >= wanted["start"].isoformat() for day in wanted["baseline_dates"]):
        found.append(("baseline_dates", _("A day to compare with must lie before the campaign.")))
    plan = wanted["planned_in"]
    if plan is not None and plan.root_id != root_id:
        found.append(("planned_in", _("The plan belongs to another organisation.")))
    elif plan is not None and not plan.start <= wanted["end"] <= plan.end:
        found.append(("planned_in", _("The campaign ends outside the days of the plan.")))
    return found


def plan_problems(wanted: Terms, root_id: int, own: int | None = None) -> list[tuple[str, Any]]:
    """What is wrong with a plan's terms: it lies within a plan of a wider horizon."""
    found = shared_problems(wanted)
    parent = wanted["parent"]
    if parent is None:
        return found
    if parent.root_id != root_id or parent.pk == own:
        found.append(("parent", _("The plan belongs to another organisation.")))
    elif HORIZONS.index(parent.horizon) >= HORIZONS.index(wanted["horizon"]):
        found.append(("parent", _("It must be part of a plan for a longer time.")))
    elif wanted["start"] < parent.start or wanted["end"] > parent.end:
        found.append(("start", _("Its days must lie within those of the plan it is part of.")))
    return found


def check_terms(subject: Flow, wanted: Terms) -> None:
    """Raise ``RuleViolation`` with what is wrong with the terms of a row that stands."""
    if isinstance(subject, Campaign):
        refuse(campaign_problems(wanted, subject.root_id))
    elif isinstance(subject, Plan):
        refuse(plan_problems(wanted, subject.root_id, subject.pk))
