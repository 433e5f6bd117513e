"""Versions of rules as their cells, and as people read them: which hold on a day, what they say."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import registry
from core.exceptions import NotVisible
from core.interchange.columns import Choice, Codes, Column, Day, Fixed, Ref, Share, YesNo
from core.interchange.problems import CellProblem
from core.interchange.tables import Table
from core.models import User
from core.templatetags import ui
from departments.permissions import reach_of
from departments.selectors import UnitTree
from opscenter.rules.kinds import KINDS, RuleKind, label_of

Cells = dict[str, Any]
#: whole numbers below this stand without separators
UNGROUPED = 10_000


@dataclass
class Version:
    """A version of a rule: its row, and the cells it has in the interchange table and those of its parts."""

    kind: RuleKind
    row: Any
    cells: Cells
    parts: dict[str, list[Cells]] = field(default_factory=dict)

    @property
    def valid_from(self) -> date:
        found: date = self.row.valid_from
        return found

    @property
    def valid_to(self) -> date | None:
        found: date | None = getattr(self.row, "valid_to", None)
        return found

    @property
    def code(self) -> str:
        return self.kind.code(self.cells)

    @property
    def name(self) -> str:
        return str(getattr(self.row, "name", "") or self.row)

    def begun(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)


@dataclass
class Rule:
    """A rule with all its versions, oldest first; ``held`` is the one that holds on the day asked for."""

    kind: RuleKind
    code: str
    versions: list[Version]
    held: Version | None

    @cached_property
    def shown(self) -> Version:
        """The version that holds, else the next one to begin, else the last."""
        return self.held or self.versions[-1]

    @property
    def name(self) -> str:
        return self.shown.name

    @property
    def unit(self) -> Any:
        return self.shown.row.unit

    @property
    def document(self) -> Any:
        return getattr(self.shown.row, "document", None)

    @property
    def clause(self) -> str:
        return str(getattr(self.shown.row, "clause", ""))


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


def _paths(table: Table) -> list[tuple[Column, str]]:
    return list(zip(table.columns, table.export_paths(), strict=True))


def cells_of(table: Table, row: Any) -> Cells:
    """The cells of a stored row, as an export writes them."""
    return {
        column.name: column.kind.cell(value) if (value := _value(row, path)) not in (None, "") else None
        for column, path in _paths(table)
    }


def _related(table: Table) -> list[str]:
    return sorted({path.partition("__")[0] for _column, path in _paths(table) if "__" in path})


def readable_units(user: User, tree: UnitTree) -> frozenset[int] | None:
    """The units whose rules a person may read: those in reach, and, as rules hold downwards, those above
    them and above the person; ``None``: all."""
    reach = reach_of(user)
    if reach.everything:
        return None
    own = set(reach.units) | (set().union(*reach.roles.values()) if reach.roles else set())
    return frozenset(above for unit in own if unit in tree.parents for above in tree.path(unit))


def versions(kind: RuleKind, condition: Q | None = None, *, parts: bool = False) -> list[Version]:
    """Stored versions, oldest first: one query, and one more for each kind of parts."""
    table = kind.table
    rows: Any = table.model._default_manager.filter(condition or Q())
    related = sorted({*_related(table), "unit"})
    found = [
        Version(kind, row, cells_of(table, row))
        for row in rows.select_related(*related).order_by("valid_from", "pk")
    ]
    for name in kind.parts if parts else ():
        part: Table = registry.tables[name]
        by_version: dict[int, list[Cells]] = defaultdict(list)
        below: Any = part.queryset().filter(scheme_id__in=[version.row.pk for version in found])
        for row in below.select_related(*_related(part)):
            by_version[row.scheme_id].append(cells_of(part, row))
        for version in found:
            version.parts[name] = by_version[version.row.pk]
    return found


def rules_of(found: Iterable[Version], on: date) -> list[Rule]:
    """Versions grouped by the rule they belong to; the latest one begun on the day holds."""
    by_code: dict[str, list[Version]] = defaultdict(list)
    for version in found:
        by_code[version.code].append(version)
    return [
        Rule(
            kind=rows[0].kind,
            code=code,
            versions=rows,
            held=next((row for row in reversed(rows) if row.begun(on)), None),
        )
        for code, rows in by_code.items()
    ]


def rule_list(user: User, tree: UnitTree, on: date, kinds: Iterable[RuleKind] = ()) -> list[Rule]:
    """The rules a person may read, by kind, unit and name: one query a kind."""
    units = readable_units(user, tree)
    condition = Q() if units is None else Q(unit_id__in=units)
    found = []
    for kind in kinds or KINDS.values():
        rules = rules_of(versions(kind, condition), on)
        found += sorted(rules, key=lambda rule: (rule.unit.code, rule.name, rule.code))
    return found


def rule_shown(user: User, tree: UnitTree, kind_name: str, code: str, on: date) -> Rule:
    """One rule with the parts of all its versions.

    Raises ``NotVisible`` for one that is unknown or not to be read.
    """
    kind = KINDS.get(kind_name)
    if kind is None:
        raise NotVisible("rule")
    units = readable_units(user, tree)
    condition = Q() if units is None else Q(unit_id__in=units)
    if kind.key == ("code",):
        condition &= Q(code=code)
    rule = next(
        (each for each in rules_of(versions(kind, condition, parts=True), on) if each.code == code), None
    )
    if rule is None:
        raise NotVisible("rule")
    return rule


# --- as people read them ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """What people call the codes in cells, by table."""

    by_table: dict[str, dict[str, str]]

    def of(self, table: str, code: str) -> str:
        return self.by_table.get(table, {}).get(code) or code


def names(tables: Iterable[str]) -> Names:
    """The names of the rows that cells of rules refer to: one query a table.

    A platform that has an end says so.  Rule: YJ-20.
    """
    found: dict[str, dict[str, str]] = {}
    for name in tables:
        model: Any = registry.tables[name].model
        key, text = ("number", "title") if name == "documents" else ("code", "name")
        rows = model._default_manager.order_by()
        if name == "platforms":
            found[name] = {
                code: _("%(name)s (closed %(day)s)") % {"name": called, "day": closed} if closed else called
                for code, called, closed in rows.values_list(key, text, "closed")
            }
        else:
            found[name] = dict(rows.values_list(key, text))
    return Names(found)


def shown(column: Column, cell: Any, called: Names) -> str:
    """A cell in words; one that cannot be read is shown as it is."""
    if cell in (None, ""):
        return ui.UNDEFINED
    kind = column.kind
    try:
        value = kind.parse(cell)
    except CellProblem:
        return str(cell)  # a draft may hold anything
    if isinstance(kind, Choice):
        return str(dict(kind.choices.choices).get(value, value))
    if isinstance(kind, YesNo):
        return _("yes") if value else _("no")
    if isinstance(kind, Day):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(kind, Share):
        return ui.percent(value)
    if isinstance(kind, Fixed):
        return ui.money(value) if kind.places == 2 else ui.number(value)
    if isinstance(kind, Ref):
        return called.of(kind.table, value)
    if isinstance(kind, Codes):
        return _(", ").join(called.of(column.name, code) for code in value)
    # A year is no quantity: small whole numbers stand without separators.
    return ui.number(value) if isinstance(value, int) and value >= UNGROUPED else str(value)


def lines(kind: RuleKind, cells: Cells, called: Names, part: str = "") -> list[tuple[str, str]]:
    """(label, value) of every cell that says something."""
    table: Table = registry.tables[part or kind.name]
    columns = kind.part_columns(part) if part else kind.columns
    return [
        (label_of(table, column), shown(column, cells.get(column.name), called))
        for column in columns
        if cells.get(column.name) not in (None, "")
    ]
