"""Reads of WHO, set-based: people with their dated unit paths, the tree on a day, locked months."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import F, Q

from core.models import CalendarDay
from core.workdays import WorkCalendar
from departments.models import Assignment, Leave, Period, Staff, Unit
from departments.models.periods import FROZEN


def frozen_months() -> Iterator[tuple[int, date]]:
    """(root id, first day) of every locked month."""
    yield from Period.objects.filter(state__in=FROZEN).values_list("root_id", "month")


def work_calendar() -> WorkCalendar:
    """The national calendar with the overrides of the table ``calendar``: one query."""
    rows: Any = CalendarDay.objects.values_list("date", "kind")
    return WorkCalendar(dict(rows))


@dataclass(frozen=True)
class UnitTree:
    """The units of the deployment as they stood on a day."""

    codes: dict[int, str]
    names: dict[int, str]
    parents: dict[int, int | None]
    roots: dict[int, int]

    @cached_property
    def children(self) -> dict[int | None, list[int]]:
        below: dict[int | None, list[int]] = defaultdict(list)
        for unit, parent in self.parents.items():
            below[parent].append(unit)
        return below

    @cached_property
    def ids(self) -> dict[str, int]:
        return {code: unit for unit, code in self.codes.items()}

    def path(self, unit: int | None) -> tuple[int, ...]:
        """The unit and those above it, nearest first."""
        if unit is None:
            return ()
        known: dict[int, tuple[int, ...]] = self._paths
        if unit not in known:
            known[unit] = (unit, *self.path(self.parents.get(unit)))
        return known[unit]

    @cached_property
    def _paths(self) -> dict[int, tuple[int, ...]]:
        return {}

    def subtree(self, unit: int) -> set[int]:
        """The unit and all below it."""
        found, queue = {unit}, [unit]
        while queue:
            for child in self.children.get(queue.pop(), ()):
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return found


UNIT = ("pk", "code", "root_id", "name", "parent_id")
PLACEMENT = ("pk", "valid_from", "name", "parent_id")


def unit_tree(on: date) -> UnitTree:
    """The tree on a day: of each unit's placements the latest one that has begun, else its first.

    One query.
    """
    codes: dict[int, str] = {}
    names: dict[int, str] = {}
    parents: dict[int, int | None] = {}
    roots: dict[int, int] = {}
    # A row for each placement, of each unit the earliest first.
    begin = F("placements__valid_from").asc(nulls_first=True)
    rows: Any = (
        Unit.objects.without_tree_fields()
        .order_by("code", begin)
        .values_list(*UNIT, *(f"placements__{name}" for name in PLACEMENT))
    )
    for pk, code, root, name, parent, placement, begun, placed, above in rows:
        known = pk in codes
        codes[pk], roots[pk] = code, root or pk
        if placement is None:
            names[pk], parents[pk] = name, parent
        elif not known or begun is None or begun <= on:
            names[pk], parents[pk] = placed, above
    return UnitTree(codes, names, parents, roots)


@dataclass(frozen=True)
class Person:
    """A person with everything that says when they were in service where.

    ``assignments``: (unit id, position id, start, end); ``leaves``: (start, end) of leave that
    reduces targets.
    """

    pk: int
    staff_no: str
    name: str
    unit_id: int
    position_id: int | None
    joined: date
    left: date | None
    bonus_base: Any
    assignments: tuple[tuple[int, int | None, date, date | None], ...] = ()
    leaves: tuple[tuple[date, date], ...] = ()

    def employed(self, first: date, last: date) -> bool:
        """Whether some day of the span is a day of employment."""
        return self.joined <= last and (self.left is None or self.left >= first)

    def placement(self, day: date) -> tuple[int | None, int | None]:
        """(unit id, position id) on a day; nowhere between two assignments."""
        if not self.assignments:
            return self.unit_id, self.position_id
        for unit, position, start, end in self.assignments:
            if start <= day and (end is None or day <= end):
                return unit, position
        return None, None


def people_of(
    root_id: int,
    first: date,
    last: date,
    staff_ids: Collection[int] | None = None,
    *,
    leave: bool = True,
) -> list[Person]:
    """Those employed on some day of the span, by staff number, with assignments and leave: three queries.

    ``staff_ids``: of these only; without ``leave`` it is not read.
    """
    of_them = {} if staff_ids is None else {"staff_id__in": staff_ids}
    assignments: dict[int, list[tuple[int, int | None, date, date | None]]] = defaultdict(list)
    for staff, *row in (
        Assignment.objects.filter(staff__root_id=root_id, **of_them)
        .order_by("staff_id", "start")
        .values_list("staff_id", "unit_id", "position_id", "start", "end")
    ):
        assignments[staff].append(tuple(row))  # type: ignore[arg-type]
    leaves: dict[int, list[tuple[date, date]]] = defaultdict(list)
    if leave:
        for staff, start, end in Leave.objects.filter(
            staff__root_id=root_id, reduces_target=True, start__lte=last, end__gte=first, **of_them
        ).values_list("staff_id", "start", "end"):
            leaves[staff].append((start, end))
    rows = (
        Staff.objects.filter(root_id=root_id, joined__lte=last)
        .filter(Q(left__isnull=True) | Q(left__gte=first))
        .filter(**({} if staff_ids is None else {"pk__in": staff_ids}))
        .order_by("staff_no")
        .values_list("pk", "staff_no", "name", "unit_id", "position_id", "joined", "left", "bonus_base")
    )
    return [
        Person(*row, assignments=tuple(assignments.get(row[0], ())), leaves=tuple(leaves.get(row[0], ())))
        for row in rows
    ]
