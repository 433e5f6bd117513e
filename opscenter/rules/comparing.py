"""A draft beside the version it replaces: what differs, whom it touches, what they owe by it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core import registry
from core.interchange.columns import Column, Ref, reference
from core.interchange.problems import CellProblem
from core.models import User
from core.months import Month
from departments.models import Document, Period, PeriodState, Position, RuleDraft, Staff
from departments.selectors import UnitTree, work_calendar
from kpi.selectors.facts import person_facts, quota_version
from opscenter.rules.holders import (
    HolderBook,
    drafted_scheme,
    in_month,
    platform_facts,
    roles_held,
    units_of,
    units_under,
)
from opscenter.rules.kinds import KINDS, PART_LABELS, RuleKind, label_of
from opscenter.rules.versions import Cells, Names, Version, shown, versions

#: how many of those touched are named
MOST_NAMED = 50
#: the key under which the draft takes part in a calculation
DRAFT = 0


@dataclass(frozen=True)
class Difference:
    """A cell before and after."""

    label: str
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class RowDifference:
    """A row of a part; ``state`` is added, removed, changed or same."""

    title: str
    state: str
    cells: list[Difference]


@dataclass(frozen=True)
class PartDifference:
    label: str
    rows: list[RowDifference]

    @property
    def changed(self) -> bool:
        return any(row.state != "same" for row in self.rows)


@dataclass(frozen=True)
class Touched:
    """A person whom the draft touches, with what they owe before and after where it is a quota."""

    staff_no: str
    name: str
    unit: str
    old: Decimal | None = None
    new: Decimal | None = None


@dataclass(frozen=True)
class Affected:
    """``people`` names the first of those the reader may see; ``count`` counts all."""

    month: Month
    units: list[str]
    count: int
    people: list[Touched]
    targets: bool = False


@dataclass(frozen=True)
class Comparison:
    before: Version | None
    cells: list[Difference]
    parts: list[PartDifference]
    affected: Affected
    recompute: list[Month] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many cells and rows differ."""
        rows = sum(1 for part in self.parts for row in part.rows if row.state != "same")
        return sum(1 for cell in self.cells if cell.changed) + rows


def compared(reader: User, draft: RuleDraft, tree: UnitTree, called: Names, today: date) -> Comparison:
    """The draft beside the latest version that began before it."""
    kind = KINDS[draft.kind]
    others = [version for version in versions(kind, parts=True) if version.code == draft.code]
    before = next((row for row in reversed(others) if row.valid_from < draft.valid_from), None)
    old = before.cells if before else {}
    new = draft.rows[kind.name][0]
    return Comparison(
        before=before,
        cells=_cells(kind.name, kind.columns, old, new, called),
        parts=[
            PartDifference(
                str(PART_LABELS[part]),
                _rows(kind, part, before.parts[part] if before else [], draft.rows.get(part, []), called),
            )
            for part in kind.parts
        ],
        affected=affected(reader, draft, tree, today),
        recompute=_computed_since(draft),
    )


def _cells(table: str, columns: Iterable[Column], old: Cells, new: Cells, called: Names) -> list[Difference]:
    return [
        Difference(
            label_of(registry.tables[table], column),
            shown(column, old.get(column.name), called),
            shown(column, new.get(column.name), called),
        )
        for column in columns
        if old.get(column.name) not in (None, "") or new.get(column.name) not in (None, "")
    ]


def _rows(
    kind: RuleKind, part: str, old: list[Cells], new: list[Cells], called: Names
) -> list[RowDifference]:
    """The rows of a part by their own key, in the order of the new version, those taken out at the end."""
    columns = kind.part_columns(part)
    key = next(column.name for column in columns if column.key)
    before = {str(row[key]): row for row in old}
    after = {str(row[key]): row for row in new}
    found = []
    for code in [*after, *(code for code in before if code not in after)]:
        cells = _cells(part, columns, before.get(code, {}), after.get(code, {}), called)
        if code not in before:
            state = "added"
        elif code not in after:
            state = "removed"
        else:
            state = "changed" if any(cell.changed for cell in cells) else "same"
        row = after.get(code) or before[code]
        found.append(RowDifference(str(row.get("name") or code), state, cells))
    return found


def _computed_since(draft: RuleDraft) -> list[Month]:
    """Months that were computed without the draft though it is to hold in them."""
    first = Month.of(draft.valid_from).first
    rows = (
        Period.objects.filter(root_id=draft.root_id, month__gte=first)
        .exclude(state=PeriodState.OPEN)
        .order_by("month")
        .values_list("month", flat=True)
    )
    return [Month.of(month) for month in rows]


# --- whom it touches ----------------------------------------------------------------------------------


def unsaved(kind: RuleKind, draft: RuleDraft) -> Any:
    """The draft's version as a row that is not stored.  Raises ``CellProblem`` for a cell that is wrong."""
    cells = draft.rows[kind.name][0]
    values: dict[str, Any] = {}
    for column in kind.columns:
        cell = cells.get(column.name)
        value = column.kind.parse(cell) if cell else column.default_value()
        if isinstance(column.kind, Ref):
            values[column.field_name] = _referred(column, value, draft)
        else:
            values[column.field_name] = value
    return kind.table.model(**values)


def _referred(column: Column, code: str | None, draft: RuleDraft) -> Any:
    """The row behind a code: a draft was checked, so it is there."""
    table = reference(column).table
    if table == "units":
        return draft.unit
    if not code:
        return None
    if table == "documents":
        return Document.objects.filter(number=code).order_by("effective_from", "version").last()
    return Position.objects.filter(code=code, unit__root_id=draft.root_id).order_by("pk").first()


def affected(reader: User, draft: RuleDraft, tree: UnitTree, today: date) -> Affected:
    """Whom the draft touches in the running month, or in the one it begins in when that is later."""
    month = Month.of(max(draft.valid_from, today))
    kind = KINDS[draft.kind]
    people = {person.key: person for person in person_facts(draft.root_id, month)}
    targets: dict[int, tuple[Decimal | None, Decimal | None]] = {}
    try:
        row = unsaved(kind, draft)
    except CellProblem:
        return Affected(month, [], 0, [])
    units: set[int] = set()
    if kind.name == "quota_rules":
        targets = _quota_targets(draft, row, tree, month, list(people.values()))
        touched = set(targets)
    elif kind.name == "schemes":
        touched = _assessed(draft, row, tree, month, list(people.values()))
    elif kind.name == "pool_schemes":
        holders = roles_held(month, root_id=draft.root_id)
        touched = {
            staff for staff, roles in holders.items() if any(code == row.code for code, _role in roles)
        }
    else:
        version = Version(kind, row, dict(draft.rows[kind.name][0]))
        stored = versions(kind, Q(unit_id__in=units_of(tree, draft.root_id)))
        units = units_under(tree, [*stored, version], max(draft.valid_from, today), version)
        touched = {person.key for person in people.values() if person.unit in units}
    touched &= set(people)
    units = units or {people[pk].unit for pk in touched}
    seen: Any = Staff.objects.visible_to(reader).filter(pk__in=touched)
    named = [
        Touched(staff_no, name, tree.names[unit], *targets.get(pk, (None, None)))
        for pk, staff_no, name, unit in seen.order_by("staff_no").values_list(
            "pk", "staff_no", "name", "unit_id"
        )[:MOST_NAMED]
    ]
    return Affected(
        month=month,
        units=[tree.names[unit] for unit in sorted(units, key=lambda unit: tree.codes[unit])],
        count=len(touched),
        people=named,
        targets=bool(targets),
    )


def _quota_targets(
    draft: RuleDraft, row: Any, tree: UnitTree, month: Month, people: list[Any]
) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Person → what they owe by the rule without and with the draft; those it does not hold for left out."""
    condition = in_month(month, units_of(tree, draft.root_id), draft.kind) & Q(code=row.code)
    stored = [
        quota_version(version.row, version.row.pk) for version in versions(KINDS[draft.kind], condition)
    ]
    calendar, platforms = work_calendar(), platform_facts()
    without = HolderBook(month, tree, stored, (), calendar, platforms)
    with_it = HolderBook(month, tree, [*stored, quota_version(row, DRAFT)], (), calendar, platforms)
    found = {}
    for person in people:
        after = with_it.of(person)
        if DRAFT in after.quotas:
            found[person.key] = (_owed(without.of(person).quotas), _owed(after.quotas))
    return found


def _owed(targets: dict[int, Decimal | None]) -> Decimal | None:
    """Who moves inside the month owes by two versions."""
    known = [target for target in targets.values() if target is not None]
    return sum(known, Decimal(0)) if known else None


def _assessed(draft: RuleDraft, row: Any, tree: UnitTree, month: Month, people: list[Any]) -> set[int]:
    """Those whose month is judged by the draft."""
    stored = [
        drafted_scheme(version.row, version.parts["scheme_items"], version.row.pk)
        for version in versions(
            KINDS[draft.kind], in_month(month, units_of(tree, draft.root_id), draft.kind), parts=True
        )
    ]
    # Numbered above all that are stored: of two that begin on a day the later one counts.
    key = max((version.key for version in stored), default=0) + 1
    items = [dict(cells) for cells in draft.rows["scheme_items"]]
    for cells in items:
        cells["method"] = cells.get("method") or "linear"
    book = HolderBook(month, tree, (), [*stored, drafted_scheme(row, items, key)])
    return {person.key for person in people if book.of(person).scheme == key}
