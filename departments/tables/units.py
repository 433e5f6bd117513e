"""The tables of the organisation: units with their history, positions, duties, activities, documents."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Integer, Ref, Text
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import NOWHERE, Row, Table
from departments.models import Activity, Document, Duty, Position, Unit, UnitKind, UnitPlacement
from departments.tables.lookups import path_of, position_near, root_of, unit_map

register_messages(parent_loop=_("The unit lies below itself; give another parent."))


class UnitsTable(Table):
    name = "units"
    label = "组织"
    model = Unit
    act = "rules.edit"
    date_column = "valid_from"
    root_column = "parent"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("kind", "类别", Choice(UnitKind), required=True),
        Column("parent", "上级", Ref("units")),
        Column("reports_to", "汇报对象", Ref("units"), deferred=True),
        Column("head", "负责人", Ref("staff", "staff_no"), deferred=True),
        Column("valid_from", "生效日期", Day()),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        """Parents first; a unit below itself is an error."""
        by_code = {row.get("code"): row for row in rows if row.get("code")}
        depths: dict[int, int] = {}
        for row in rows:
            path, seen = [row], {id(row)}
            above = by_code.get(row.get("parent"))
            while above is not None and id(above) not in seen and id(above) not in depths:
                path.append(above)
                seen.add(id(above))
                above = by_code.get(above.get("parent"))
            if above is not None and id(above) not in depths:
                for member in path[path.index(above) :] if above is not row else path:
                    member.error("parent", "parent_loop")
            depth = depths.get(id(above), -1) if above is not None else -1
            for member in reversed(path):
                depth += 1
                depths[id(member)] = depth
        rows.sort(key=lambda row: depths[id(row)])
        context.known["unit parents"] = {code: row.get("parent") for code, row in by_code.items()}

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        """The parent may be made by this import: who it is follows when it stands."""
        parent = row.get("parent")
        if parent:
            context.check_known(row, "parent", self.name, parent)
        return {
            "code": row.get("code"),
            "name": row.get("name"),
            "kind": row.get("kind"),
            "parent_id": context.codes(self.name).get(parent, NOWHERE) if parent else None,
            "valid_from": row.get("valid_from"),
        }

    def existing(self, rows: Sequence[Row]) -> Iterator[QuerySet[Any]]:
        yield Unit.objects.without_tree_fields().order_by()

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """A row is compared with the placement of its day: an older one that comes again changes nothing.

        An empty day means the placement that holds now.
        """
        if row.before is None:
            return
        if fields["valid_from"] is None:
            fields["valid_from"] = row.before["valid_from"]
        placed = self._placements(context).get((row.stands, fields["valid_from"]))
        if placed is not None:
            row.before |= placed
            if "parent" not in row.positions:
                fields["parent_id"] = placed["parent_id"]
        row.before["valid_from"] = fields["valid_from"] if placed else None
        self._check_parent(context, row, fields)

    def _check_parent(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """No move to another organisation, none below itself."""
        root = root_of(context, row.stands)
        if row.before is None or fields["parent_id"] == row.before["parent_id"]:
            return
        if fields["parent_id"] == NOWHERE:
            return  # below a unit that this import makes; checked when both stand
        if (root_of(context, fields["parent_id"]) or row.stands) != root:
            row.error("parent", "other_root", code=fields["code"])

    def _placements(self, context: ImportContext) -> dict[tuple[int, Any], dict[str, Any]]:
        if "placements" not in context.known:
            context.known["placements"] = {
                (unit, day): {"name": name, "kind": kind, "parent_id": parent}
                for unit, day, name, kind, parent in UnitPlacement.objects.values_list(
                    "unit_id", "valid_from", "name", "kind", "parent_id"
                )
            }
        found: dict[tuple[int, Any], dict[str, Any]] = context.known["placements"]
        return found

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        """The unit itself; for a new one the unit above, for a new organisation everything."""
        return self._standing(context, fields["code"])

    def _standing(self, context: ImportContext, code: str | None) -> int:
        """The unit, or the nearest above it that stood before this import."""
        parents, codes = context.known["unit parents"], context.codes(self.name)
        for _step in range(len(parents) + 1):
            if not code or code in codes:
                break
            code = parents.get(code)
        return codes.get(code or "", NOWHERE)

    def check_states(self, context: ImportContext, row: Row) -> None:
        """A move needs the right on the new unit above as well."""
        moves = row.before is not None and row.fields["parent_id"] != row.before["parent_id"]
        if moves and not context.may(self.act, self._standing(context, row.get("parent"))):
            row.error("parent", "not_allowed")

    def create(self, context: ImportContext, rows: list[Row]) -> None:
        """Level by level: a unit's root is known once its parent stands."""
        for row in rows:
            fields = row.fields
            if not self._find_parent(context, row):
                continue
            parent = fields["parent_id"]
            unit = Unit.objects.create(root_id=root_of(context, parent), **fields)
            if parent is None:
                Unit.objects.filter(pk=unit.pk).update(root_id=unit.pk)
            row.pk = unit.pk
            context.codes(self.name)[unit.code] = unit.pk
            context.known.setdefault("made units", {})[unit.pk] = parent or NOWHERE
            unit_map(context)[unit.pk] = (unit.code, parent, unit.root_id or unit.pk)
            self._place(row)

    def _find_parent(self, context: ImportContext, row: Row) -> bool:
        """Whether the unit above stands by now."""
        parent = row.get("parent")
        if "parent" not in row.positions:
            return True
        row.fields["parent_id"] = context.codes(self.name).get(parent) if parent else None
        if parent and row.fields["parent_id"] is None:
            row.blocked = True
        return not row.blocked

    def update(self, context: ImportContext, rows: list[Row], names: list[str]) -> None:
        """A move or a new name from a day on keeps what was before;
        the unit shows what has begun by today.
        """
        for row in rows:
            if not self._find_parent(context, row):
                continue
            code, _parent, root = unit_map(context)[row.stands]
            parent = row.fields["parent_id"]
            if (root_of(context, parent) or row.stands) != root:
                row.error("parent", "other_root", code=code)
                continue
            if row.stands in path_of(context, parent):
                row.error("parent", "parent_loop")
                continue
            self._place(row)
            shown = self._shown(context, row.stands)
            Unit.objects.filter(pk=row.pk).update(**shown)
            unit_map(context)[row.stands] = (code, shown["parent_id"], root)

    def _place(self, row: Row) -> None:
        fields = row.fields
        UnitPlacement.objects.update_or_create(
            unit_id=row.stands,
            valid_from=fields["valid_from"],
            defaults={name: fields[name] for name in ("name", "kind", "parent_id")},
        )

    def _shown(self, context: ImportContext, unit_id: int) -> dict[str, Any]:
        """The latest placement that has begun, else the first."""
        placements = sorted(
            UnitPlacement.objects.filter(unit_id=unit_id).values("valid_from", "name", "kind", "parent_id"),
            key=lambda placement: placement["valid_from"] or date.min,
        )
        begun = [each for each in placements if (each["valid_from"] or date.min) <= context.today]
        return dict(begun[-1] if begun else placements[0])

    def queryset(self) -> QuerySet[Any]:
        return Unit.objects.without_tree_fields().order_by("code")


class PositionsTable(Table):
    name = "positions"
    label = "岗位"
    model = Position
    visible_through = "unit"
    coded_by = "code"
    act = "rules.edit"
    columns = (
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("headcount", "编制人数", Integer()),
        Column("duties", "岗位职责", Text(4000)),
        Column("requirements", "任职要求", Text(4000)),
    )


class DutiesTable(Table):
    name = "duties"
    label = "职责"
    model = Duty
    visible_through = "unit"
    act = "rules.edit"
    columns = (
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("number", "序号", Integer(min=1), key=True, required=True),
        Column("category", "职责分类", Text(100)),
        Column("item", "职责项", Text(100), required=True),
        Column("summary", "工作重点概要", Text(4000)),
        Column("position", "岗位", Ref("positions")),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {column.field_name: row.values.get(column.name) for column in self.columns[1:5]}
        fields["unit_id"] = context.resolve(row, self.columns[0], row.get("unit"))
        fields["position_id"] = position_near(context, row, "position", fields["unit_id"])
        return fields


class ActivitiesTable(Table):
    name = "activities"
    label = "动作"
    model = Activity
    act = "rules.edit"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
    )


class DocumentsTable(Table):
    name = "documents"
    label = "制度"
    model = Document
    visible_through = "unit"
    act = "rules.edit"
    columns = (
        Column("number", "文件编号", Code(60), key=True, required=True),
        Column("version", "版本", Code(30), key=True, required=True),
        Column("title", "标题", Text(200), required=True),
        Column("unit", "组织", Ref("units")),
        Column("drafted_by", "编制", Text(60)),
        Column("drafted_on", "编制日期", Day()),
        Column("reviewed_by", "审核", Text(60)),
        Column("approved_by", "批准", Text(60)),
        Column("effective_from", "执行日期", Day()),
        Column("precedence", "效力等级", Integer(min=-1000), default=0),
    )
