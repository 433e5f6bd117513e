"""What the tables of every app ask about units and people while an import runs, read once each."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from core import registry
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table
from departments.models import Position, Staff, Unit


def unit_map(context: ImportContext) -> dict[int, tuple[str, int | None, int]]:
    """id → (code, parent id, root id) of all units as they stand now, read once an import."""
    if "units" not in context.known:
        context.known["units"] = {
            pk: (code, parent, root or pk)
            for pk, code, parent, root in Unit.objects.without_tree_fields().values_list(
                "pk", "code", "parent_id", "root_id"
            )
        }
    known: dict[int, tuple[str, int | None, int]] = context.known["units"]
    return known


def root_of(context: ImportContext, unit_id: int | None) -> int | None:
    """The root of a unit that stands."""
    found = unit_map(context).get(unit_id) if unit_id else None
    return found[2] if found else None


def path_of(context: ImportContext, unit_id: int | None) -> Iterator[int]:
    """The unit and those above it, nearest first."""
    units = unit_map(context)
    while unit_id is not None:
        yield unit_id
        unit_id = units[unit_id][1]


def staff_roots(context: ImportContext) -> dict[int, tuple[int, int]]:
    """person id → (root id, unit id), read once an import."""
    if "staff_roots" not in context.known:
        context.known["staff_roots"] = {
            pk: (root, unit) for pk, root, unit in Staff.objects.values_list("pk", "root_id", "unit_id")
        }
    known: dict[int, tuple[int, int]] = context.known["staff_roots"]
    return known


def own_staff(context: ImportContext) -> int:
    """The id of the person who imports, read once; 0 for the system and for a log-in of nobody."""
    if "own_staff" not in context.known:
        user = context.user
        found = Staff.objects.filter(user_id=user.pk).values_list("pk", flat=True).first() if user else None
        context.known["own_staff"] = found or 0
    own: int = context.known["own_staff"]
    return own


def staff_root(context: ImportContext, staff_id: int | None) -> int | None:
    """The organisation of a person."""
    found = staff_roots(context).get(staff_id) if staff_id else None
    return found[0] if found else None


def staff_unit(context: ImportContext, staff_id: int | None) -> int | None:
    """The unit a person is in now."""
    found = staff_roots(context).get(staff_id) if staff_id else None
    return found[1] if found else None


def position_near(context: ImportContext, row: Row, column: str, unit_id: int | None) -> int | None:
    """The id of the position that a code means for a unit: its own, else the nearest above, else that
    of another
    unit of the same organisation."""
    code = row.values.get(column)
    if not code:
        return None
    if "positions" not in context.known:
        found: dict[str, dict[int, int]] = defaultdict(dict)
        for pk, unit, name in Position.objects.order_by("pk").values_list("pk", "unit_id", "code"):
            found[name][unit] = pk
        context.known["positions"] = found
    units: dict[int, int] = context.known["positions"].get(code, {})
    for unit in path_of(context, unit_id):
        if unit in units:
            return units[unit]
    root = root_of(context, unit_id)
    for unit, pk in units.items():
        if root_of(context, unit) == root:
            return pk
    known = units or code in context.in_file["positions"]
    if known and (unit_id is None or not units):
        row.blocked = True
    else:
        row.error(column, "unknown_code", code=code, table=registry.tables["positions"].label)
    return None


class OrderedSpan(Table):
    """A table with ``start`` and ``end``."""

    date_column = "start"

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["start"] and fields["end"] and fields["end"] < fields["start"]:
            row.error("end", "ends_before_start")


class StaffSpan(OrderedSpan):
    """Dated rows of a person; the organisation is the person's."""

    derived = ("root_id",)
    root_column = "staff_no"

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        super().derive(context, row, fields)
        fields["root_id"] = staff_root(context, fields["staff_id"])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_unit(context, fields["staff_id"])
