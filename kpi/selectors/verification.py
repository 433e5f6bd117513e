"""The queue of rows that wait for somebody to accept or reject them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.exceptions import NotVisible
from core.models import User
from departments.models import Activity, Unit
from departments.permissions import reach_of
from departments.selectors import unit_tree
from kpi.calculations.risk import KINDS, Found, Risk, risks
from kpi.models import LogCheck, LogEntry, LogStatus, Platform
from kpi.selectors import month_policies
from kpi.selectors.facts import successors
from kpi.selectors.risks import earlier_links, facts_of, limits_of, of_open_months, pictures_of

ACT = "log.verify"


def rows_seen(user: User) -> "QuerySet[LogEntry]":
    """The rows of the people in the units where the person verifies, their own excepted."""
    reach = reach_of(user)
    rows = LogEntry.objects.select_related("staff__unit", "platform", "evidence")
    if reach.everything:
        return rows.exclude(staff__user=user)
    rows = rows.filter(root_id__in=reach.roots, staff__unit_id__in=reach.units_for(ACT))
    return rows if reach.staff_id is None else rows.exclude(staff_id=reach.staff_id)


def rows_waiting(user: User) -> "QuerySet[LogEntry]":
    """Submitted rows that count and whose month is not locked: what the person has to decide."""
    rows = rows_seen(user).filter(~Exists(successors()), status=LogStatus.SUBMITTED, count__gt=0)
    reach = reach_of(user)
    return of_open_months(rows, None if reach.everything else reach.roots)


@dataclass(frozen=True)
class RiskLine:
    """A risk of a row with the row it was found by; ``other`` is nothing when the reader may not see it."""

    kind: Risk
    other: LogEntry | None = None
    found: Found | None = None


def risks_shown(user: User, rows: Sequence[LogEntry]) -> dict[int, list[RiskLine]]:
    """The risks of the rows of a page, worst first: at most four queries.

    Links and pictures are looked up again, as the other row may have been rejected since; what needs a
    person's whole history is as it was found when the row was marked.
    """
    links = earlier_links(rows)
    own, others = pictures_of(rows)
    found: dict[int, list[Found]] = {}
    marked = Risk.BURST | Risk.LARGE_COUNT | Risk.FOREIGN_DOMAIN
    for row in rows:
        before: list[Found] = []
        if row.pk in links:
            before.append(Found(Risk.SAME_LINK, links[row.pk]))
        if row.pk in own:
            mine = own[row.pk]
            same = sorted(one.entry for one in others[row.pk] if one.sha256 == mine.sha256)
            before += [Found(Risk.SAME_IMAGE, entry) for entry in same[:1]]
        if row.risk & Risk.NEAR_IMAGE:
            before.append(Found(Risk.NEAR_IMAGE))
        before += [Found(kind) for kind in KINDS if kind & marked & Risk(row.risk)]
        found[row.pk] = before
    return _with_rows(user, found)


def _with_rows(user: User, found: dict[int, list[Found]]) -> dict[int, list[RiskLine]]:
    wanted = {one.other for lines in found.values() for one in lines if one.other is not None}
    seen: Any = LogEntry.objects.visible_to(user)
    known = (
        {row.pk: row for row in seen.filter(pk__in=wanted).select_related("staff", "platform")}
        if wanted
        else {}
    )
    return {
        pk: sorted(
            (RiskLine(one.kind, known.get(one.other or 0), one) for one in lines), key=lambda line: -line.kind
        )
        for pk, lines in found.items()
    }


@dataclass(frozen=True)
class RowPage:
    """A row with everything that helps to decide; ``seen``: the number of its last decision, 0 for none."""

    entry: LogEntry
    risks: list[RiskLine]
    checks: list[LogCheck]
    waits: bool
    follows: int | None

    @property
    def seen(self) -> int:
        return self.checks[-1].number if self.checks else 0


def row_page(user: User, pk: int) -> RowPage:
    """Raises ``NotVisible`` for a row that is missing, out of reach, or the person's own."""
    entry = rows_seen(user).select_related("partner", "duty", "created_by").filter(pk=pk).first()
    if entry is None:
        raise NotVisible("log")
    today = timezone.localdate()
    limits = limits_of(month_policies(unit_tree(today), [entry.staff.unit_id], today)[entry.staff.unit_id])
    domains = Platform.objects.filter(pk=entry.platform_id).values_list("pk", "domains")
    known = {key: tuple(one.strip().lower() for one in row if one.strip()) for key, row in domains}
    found = risks(facts_of([entry], known, [limits])[entry.pk], limits)
    waiting = rows_waiting(user)
    follows = waiting.exclude(pk=pk).order_by("-risk", "date", "pk").values_list("pk", flat=True).first()
    return RowPage(
        entry=entry,
        risks=_with_rows(user, {pk: list(found)})[pk],
        checks=list(entry.checks.select_related("by").order_by("number")),
        waits=waiting.filter(pk=pk).exists(),
        follows=follows,
    )


@dataclass(frozen=True)
class UnitOption:
    """A unit in a select; the label is indented by its depth."""

    pk: int
    code: str
    name: str
    depth: int

    @property
    def label(self) -> str:
        return "\u3000" * self.depth + self.name


def verifying_units(user: User) -> list[UnitOption]:
    """The units where the person verifies, as a tree: one query."""
    reach = reach_of(user)
    units: Any = Unit.objects.without_tree_fields().visible_to(user)
    if not reach.everything:
        units = units.filter(pk__in=reach.units_for(ACT))
    return as_tree(units.values_list("pk", "code", "name", "parent_id"))


def as_tree(rows: Any) -> list[UnitOption]:
    """(id, code, name, parent) of some units → in the order of the tree.

    Units whose parent is not among them are tops.
    """
    by_parent: dict[int | None, list[tuple[int, str, str]]] = {}
    rows = list(rows)
    known = {pk for pk, _code, _name, _parent in rows}
    for pk, code, name, parent in sorted(rows, key=lambda row: row[1], reverse=True):
        by_parent.setdefault(parent if parent in known else None, []).append((pk, code, name))
    found, stack = [], [(one, 0) for one in by_parent.get(None, ())]
    while stack:
        (pk, code, name), depth = stack.pop()
        found.append(UnitOption(pk, code, name, depth))
        stack += [(one, depth + 1) for one in by_parent.get(pk, ())]
    return found


def below(options: Sequence[UnitOption], code: str) -> frozenset[int] | None:
    """The ids of a unit and of those below it, as far as they are options; ``None``: it is not among them."""
    place = next((at for at, option in enumerate(options) if option.code == code), None)
    if place is None:
        return None
    top = options[place]
    under = takewhile(lambda one: one.depth > top.depth, options[place + 1 :])
    return frozenset({top.pk, *(one.pk for one in under)})


def with_seen(rows: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
    """``seen``: the number of the last decision on each row, which a form sends along; 0 for none."""
    last = LogCheck.objects.filter(entry=OuterRef("pk")).order_by("-number").values("number")[:1]
    return rows.annotate(seen=Coalesce(Subquery(last), 0))


def activity_names() -> dict[str, str]:
    """Code → name of every activity: one query."""
    return dict(Activity.objects.values_list("code", "name"))
