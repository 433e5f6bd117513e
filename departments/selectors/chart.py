"""The organisation as it stood on a day: who lies below whom, who leads, how many people."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.exceptions import NotVisible
from core.models import User
from departments.models import Unit, UnitKind, UnitPlacement
from departments.permissions import reach_of
from departments.selectors.facts import people_of, unit_tree

#: more children than this stand below each other, so that the chart does not run wide
MOST_SIDE_BY_SIDE = 6


@dataclass
class Box:
    """A unit of the chart.  ``people`` counts those in the unit itself, ``total`` those below it as well.

    ``reports_to`` is set where the unit reports elsewhere than to its parent.  Rule: YJ-04.
    """

    pk: int
    code: str
    name: str
    kind: str
    head: str
    people: int
    total: int = 0
    units: int = 0
    reports_to: str = ""
    children: list["Box"] = field(default_factory=list)

    @property
    def kind_label(self) -> str:
        return str(UnitKind(self.kind).label)

    @property
    def stacked(self) -> bool:
        """Whether the children stand below each other: groups without groups, and where there are many."""
        return len(self.children) > MOST_SIDE_BY_SIDE or not any(child.children for child in self.children)

    def all(self) -> Iterator["Box"]:
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True)
class Chart:
    """``counts``: (kind, number of units) below the top; ``past``: heads are not known for that day."""

    on: date
    past: bool
    roots: list[tuple[str, str]]
    root: Box
    counts: list[tuple[str, int]]
    changes: list[date]


def own_root(user: User) -> Unit | None:
    """The organisation a person begins with: their own, else the first they may see."""
    reach = reach_of(user)
    roots = Unit.objects.without_tree_fields().visible_to(user).filter(parent__isnull=True).order_by("code")
    own = roots.filter(pk__in=reach.roots).first() if reach.roots else None
    found: Unit | None = own or roots.first()
    return found


def org_chart(user: User, on: date, today: date, root_code: str = "") -> Chart:
    """The chart of an organisation on a day: a fixed number of queries, whatever its size.

    Raises ``NotVisible`` for an organisation that is unknown or not the person's.  Rule: YJ-03, YJ-04.
    """
    rows: Any = Unit.objects.without_tree_fields().visible_to(user)
    roots = list(rows.filter(parent__isnull=True).order_by("code"))
    top = next((row for row in roots if row.code == root_code), None) if root_code else own_root(user)
    if top is None:
        raise NotVisible("unit")
    units = {row.pk: row for row in rows.filter(root_id=top.pk).select_related("head")}
    placements = _placements(set(units))
    tree = unit_tree(on)
    counted: dict[int, int] = defaultdict(int)
    for person in people_of(top.pk, on, on):
        unit, _position = person.placement(on)
        if unit is not None:
            counted[unit] += 1
    boxes: dict[int, Box] = {}
    for pk, row in units.items():
        history = placements.get(pk, [])
        if history and (history[0].valid_from or date.min) > on and pk != top.pk:
            continue  # it did not exist yet
        placed = _held(history, on)
        boxes[pk] = Box(
            pk=pk,
            code=row.code,
            name=tree.names[pk],
            kind=placed.kind if placed else row.kind,
            head=row.head.name if row.head and on >= today else "",
            people=counted[pk],
        )
    for pk, box in boxes.items():
        parent = tree.parents[pk]
        # Who a unit reports to has no history of its own; it is that of today.
        reports_to = units[pk].reports_to_id
        if reports_to and reports_to != parent and reports_to in boxes:
            box.reports_to = boxes[reports_to].name
        if pk != top.pk and parent in boxes:
            boxes[parent].children.append(box)
    whole = boxes[top.pk]
    _sum(whole)
    kinds: dict[str, int] = defaultdict(int)
    for box in whole.all():
        if box is not whole:
            kinds[box.kind] += 1
    return Chart(
        on=on,
        past=on < today,
        roots=[(row.code, row.name) for row in roots],
        root=whole,
        counts=[(str(UnitKind(kind).label), kinds[kind]) for kind in UnitKind.values if kinds[kind]],
        changes=sorted(
            {row.valid_from for rows in placements.values() for row in rows if row.valid_from}, reverse=True
        ),
    )


def _placements(units: set[int]) -> dict[int, list[UnitPlacement]]:
    found: dict[int, list[UnitPlacement]] = defaultdict(list)
    rows = UnitPlacement.objects.filter(unit_id__in=units)
    for row in sorted(rows, key=lambda row: row.valid_from or date.min):
        found[row.unit_id].append(row)
    return found


def _held(history: list[UnitPlacement], on: date) -> UnitPlacement | None:
    """The latest placement that has begun, else the first."""
    begun = [row for row in history if (row.valid_from or date.min) <= on]
    return begun[-1] if begun else next(iter(history), None)


def _sum(box: Box) -> None:
    box.children.sort(key=lambda child: child.code)
    for child in box.children:
        _sum(child)
    box.total = box.people + sum(child.total for child in box.children)
    box.units = sum(1 + child.units for child in box.children)
