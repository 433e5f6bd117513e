"""For whom which version of a rule holds in a month, and what each person owes by it.

The decisions are those of the month's calculation (``kpi.calculations``); nothing here computes output.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.months import Month
from core.workdays import WorkCalendar
from departments.selectors import UnitTree
from incentives.models import RoleHolder
from kpi.calculations.attainment import RuleMonth, attain
from kpi.calculations.month import PersonFacts, SchemeBook, SchemeVersion, place
from kpi.calculations.rules import Platform as PlatformFacts
from kpi.calculations.rules import RuleBook, RuleVersion, applicable_rules
from kpi.calculations.schemes import parse_item
from kpi.calculations.service import Assignment, Leave, employed_span, leave_days, placements
from kpi.calculations.slots import MonthDays
from kpi.calculations.subjects import PersonMonth
from kpi.models import Platform
from kpi.selectors.facts import quota_version, scheme_version
from opscenter.rules.kinds import KINDS
from opscenter.rules.versions import Cells, Version, versions


@dataclass
class Held:
    """What holds for one person: quota rules by id with the target where asked for, a scheme, roles.

    ``roles``: (scheme code, role).
    """

    person: PersonFacts
    unit: int | None
    quotas: dict[int, Decimal | None] = field(default_factory=dict)
    scheme: int | None = None
    roles: list[tuple[str, str]] = field(default_factory=list)


def drafted_scheme(row: Any, items: Iterable[Cells], key: int) -> SchemeVersion:
    """An assessment scheme with its items as cells, stored or drafted, as the calculation takes it."""
    return scheme_version(
        row,
        [
            parse_item(
                str(item["code"]),
                Decimal(str(item["weight"])),
                str(item["source"]),
                str(item["method"]),
                str(item["params"] or ""),
            )
            for item in items
        ],
        key,
    )


def units_of(tree: UnitTree, root_id: int) -> set[int]:
    return {unit for unit, root in tree.roots.items() if root == root_id}


class HolderBook:
    """Asks the rules of a month for one person after another.

    ``platforms``: where given, targets are worked out too (rule: calculation.md §1); then ``calendar`` must
    be the real one, as targets depend on working days.
    """

    def __init__(
        self,
        month: Month,
        tree: UnitTree,
        rules: Iterable[RuleVersion],
        schemes: Iterable[SchemeVersion],
        calendar: WorkCalendar | None = None,
        platforms: dict[str, PlatformFacts] | None = None,
    ) -> None:
        self.month, self.tree, self.platforms = month, tree, platforms
        self.days = MonthDays.of(month, calendar or WorkCalendar({}))
        self.rules = RuleBook(rules, self.days)
        self.schemes = SchemeBook(schemes, month)
        self._months: dict[int, RuleMonth] = {}

    def of(self, person: PersonFacts) -> Held:
        """The rules that hold for a person on some day of the month, the scheme at its end."""
        span = employed_span(person.joined, person.left, self.days)
        if span is None:
            return Held(person, None)
        placed = placements(
            [Assignment(row.start, row.end, self.tree.path(row.unit)) for row in person.assignments],
            self.tree.path(person.unit),
        )
        away = (
            leave_days([Leave(*leave) for leave in person.leaves], self.days)
            if self.platforms
            else frozenset()
        )
        unit, position = place(person, span[1])
        held = Held(person, unit)
        for holding in applicable_rules(self.rules, person.joined, person.left, placed, away):
            target = None
            if self.platforms is not None:
                key = holding.rule.key
                if key not in self._months:
                    self._months[key] = RuleMonth.of(holding.rule, self.days, self.platforms)
                nothing = PersonMonth(person.staff_no, (), ())
                target = attain(self._months[key], nothing, holding.service).target
            held.quotas[holding.rule.key] = target
        version = self.schemes.of(self.tree.path(unit), position) if unit is not None else None
        held.scheme = version.key if version else None
        return held


def platform_facts() -> dict[str, PlatformFacts]:
    """Every platform with the days on which it is open.  Rule: YJ-20."""
    rows = Platform.objects.values_list("code", "opened", "closed")
    return {code: PlatformFacts(code, opened, closed) for code, opened, closed in rows}


def roles_held(
    month: Month, *, root_id: int | None = None, staff_ids: Collection[int] | None = None
) -> dict[int, list[tuple[str, str]]]:
    """Person → the (scheme code, role) they hold on some day of the month: one query."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows: Any = RoleHolder.objects.filter(start__lte=month.last).filter(
        Q(end__isnull=True) | Q(end__gte=month.first)
    )
    if root_id is not None:
        rows = rows.filter(root_id=root_id)
    if staff_ids is not None:
        rows = rows.filter(staff_id__in=staff_ids)
    for staff, scheme, role in rows.order_by("scheme_code", "role").values_list(
        "staff_id", "scheme_code", "role"
    ):
        if (scheme, role) not in found[staff]:
            found[staff].append((scheme, role))
    return found


def in_month(month: Month, units: Collection[int], kind: str) -> Q:
    """The condition on versions of a kind that may hold on some day of the month."""
    condition = Q(unit_id__in=units, valid_from__lte=month.last)
    if kind == "quota_rules":
        condition &= Q(valid_to__isnull=True) | Q(valid_to__gte=month.first)
    return condition


def month_versions(root_id: int, month: Month, tree: UnitTree) -> dict[str, list[Version]]:
    """The versions of quota rules and of both kinds of schemes that may hold in the month."""
    units = units_of(tree, root_id)
    return {
        name: versions(KINDS[name], in_month(month, units, name), parts=True)
        for name in ("quota_rules", "schemes", "pool_schemes")
    }


def latest_pools(found: Iterable[Version], month: Month) -> dict[str, Version]:
    """Scheme code → the version that holds in the month."""
    return {version.row.code: version for version in found if version.valid_from <= month.last}


def holdings(
    month: Month,
    tree: UnitTree,
    people: Iterable[PersonFacts],
    found: dict[str, list[Version]],
    roles: dict[int, list[tuple[str, str]]],
) -> list[Held]:
    """What holds for each person; those for whom nothing holds are among them."""
    book = HolderBook(
        month,
        tree,
        [quota_version(version.row, version.row.pk) for version in found["quota_rules"]],
        [
            drafted_scheme(version.row, version.parts["scheme_items"], version.row.pk)
            for version in found["schemes"]
        ],
    )
    held = []
    for person in people:
        one = book.of(person)
        one.roles = roles.get(person.key, [])
        held.append(one)
    return held


def units_under(tree: UnitTree, found: Iterable[Version], on: date, version: Version) -> set[int]:
    """The units for which a version is the nearest upward among those of its kind (and, but for the unit, of
    its key) that have begun."""
    others = [name for name in version.kind.key if name != "unit"]
    same = [
        row
        for row in found
        if row.begun(on) and all(row.cells.get(name) == version.cells.get(name) for name in others)
    ]
    latest: dict[int, Version] = {}
    for row in sorted(same, key=lambda row: row.valid_from):
        latest[row.row.unit_id] = row
    root = tree.roots[version.row.unit_id]
    nearest = {
        unit: next((latest[above] for above in tree.path(unit) if above in latest), None)
        for unit in units_of(tree, root)
    }
    return {unit for unit, row in nearest.items() if row is not None and row.row.pk == version.row.pk}
