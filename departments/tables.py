"""The tables of WHO: units, positions, duties, activities, documents, staff and their dates."""

from collections import defaultdict
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Integer, Ref, Text, YesNo, money
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from core.models import CalendarDay
from core.models.calendar import DayKind
from departments.models import (
    Activity,
    Assignment,
    Document,
    Duty,
    Grant,
    Leave,
    Position,
    Role,
    Staff,
    Unit,
    UnitKind,
    UnitPlacement,
)

register_messages(
    parent_loop=_("The unit lies below itself; give another parent."),
    ends_before_start=_("The last day lies before the first."),
    overlapping_assignment=_("The person is assigned twice on %(day)s; end one assignment the day before."),
    username_taken=_("The log-in “%(name)s” belongs to somebody else."),
)


def unit_map(context: ImportContext) -> dict[int, tuple[str, int | None, int]]:
    """id → (code, parent id, root id) of all units as they stand now, read once an import."""
    if "units" not in context.known:
        context.known["units"] = {
            pk: (code, parent, root)
            for pk, code, parent, root in Unit.objects.values_list("pk", "code", "parent_id", "root_id")
        }
    known: dict[int, tuple[str, int | None, int]] = context.known["units"]
    return known


def root_of(context: ImportContext, unit_id: int | None) -> int | None:
    """The root of a unit that stands."""
    return unit_map(context)[unit_id][2] if unit_id in unit_map(context) else None


def path_of(context: ImportContext, unit_id: int | None) -> list[int]:
    """The unit and those above it, nearest first."""
    path = []
    while unit_id is not None:
        path.append(unit_id)
        unit_id = unit_map(context)[unit_id][1]
    return path


def staff_roots(context: ImportContext) -> dict[int, tuple[int, int]]:
    """person id → (root id, unit id), read once an import."""
    if "staff_roots" not in context.known:
        context.known["staff_roots"] = {
            pk: (root, unit) for pk, root, unit in Staff.objects.values_list("pk", "root_id", "unit_id")
        }
    known: dict[int, tuple[int, int]] = context.known["staff_roots"]
    return known


def position_near(context: ImportContext, row: Row, column: str, unit_id: int | None) -> int | None:
    """The id of the position that a code means for a unit: its own, else the nearest above, else the only one."""
    code = row.values.get(column)
    if not code:
        return None
    if "positions" not in context.known:
        found: dict[str, dict[int, int]] = defaultdict(dict)
        for pk, unit, name in Position.objects.order_by("pk").values_list("pk", "unit_id", "code"):
            found[name][unit] = pk
        context.known["positions"] = found
    units = context.known["positions"].get(code, {})
    if not units:
        if code not in context.in_file["position codes"]:
            row.error(column, "unknown_code", code=code, table=PositionsTable.label)
        return None
    for unit in path_of(context, unit_id):
        if unit in units:
            return int(units[unit])
    return int(next(iter(units.values())))


class OrderedSpan(Table):
    """A table with ``start`` and ``end``."""

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields.get("start") and fields.get("end") and fields["end"] < fields["start"]:
            row.error("end", "ends_before_start")


class StaffSpan(OrderedSpan):
    """Dated rows of a person; the organisation is the person's."""

    derived = ("root_id",)

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        super().derive(context, row, fields)
        fields["root_id"] = staff_roots(context).get(fields["staff_id"], (None, None))[0]


class UnitsTable(Table):
    name = "units"
    label = "组织"
    model = Unit
    act = "rules.edit"
    derived = ("root_id",)
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
        by_code = {row.get("code"): row for row in rows}
        depth: dict[int, int] = {}
        for row in rows:
            seen, above = [row], by_code.get(row.get("parent"))
            while above is not None and above not in seen:
                seen.append(above)
                above = by_code.get(above.get("parent"))
            if above is row:
                row.error("parent", "parent_loop")
            depth[id(row)] = len(seen)
        rows.sort(key=lambda row: depth[id(row)])
        context.known["depth"] = depth

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = super().build(context, row)
        fields["root_id"] = None
        return fields

    def key_of(self, fields: dict[str, Any]) -> tuple[Any, ...]:
        return (fields.get("code"),)

    def create(self, context: ImportContext, rows: list[Row]) -> None:
        """Level by level: a unit's root is known once its parent stands."""
        codes = context.codes("units")
        for row in rows:
            parent = row.get("parent")
            if parent:
                row.fields["parent_id"] = codes.get(parent)
                row.fields["root_id"] = root_of(context, row.fields["parent_id"])
            unit = Unit.objects.create(**row.fields)
            if not parent:
                Unit.objects.filter(pk=unit.pk).update(root_id=unit.pk)
            row.pk = unit.pk
            codes[unit.code] = unit.pk
            unit_map(context)[unit.pk] = (unit.code, unit.parent_id, unit.root_id or unit.pk)
            self._place(row)

    def update(self, context: ImportContext, rows: list[Row], names: list[str]) -> None:
        """A move or a new name from a later day on keeps what was before."""
        for row in rows:
            assert row.pk is not None
            code, old_parent, root = unit_map(context)[row.pk]
            if "parent" in row.positions:
                parent = context.codes("units").get(row.get("parent") or "")
                if (root_of(context, parent) or row.pk) != root:
                    row.error("parent", "other_root", code=code)
                    continue
                if row.pk in path_of(context, parent):
                    row.error("parent", "parent_loop")
                    continue
            else:
                parent = old_parent
            row.fields |= {"parent_id": parent, "root_id": root}
            Unit.objects.filter(pk=row.pk).update(**{k: v for k, v in row.fields.items() if k != "code"})
            unit_map(context)[row.pk] = (code, parent, root)
            self._place(row)

    def _place(self, row: Row) -> None:
        fields = row.fields
        UnitPlacement.objects.update_or_create(
            unit_id=row.pk,
            valid_from=fields["valid_from"],
            defaults={name: fields[name] for name in ("name", "kind", "parent_id")},
        )

    def existing(self, context: ImportContext, rows: Any) -> Any:
        """The root is derived while writing, so it is what stands that counts."""
        rows = list(rows)
        standing = {
            unit.code: unit for unit in Unit.objects.filter(code__in=[row.get("code") for row in rows])
        }
        for row in rows:
            unit = standing.get(row.get("code"))
            if unit:
                row.fields["root_id"] = unit.root_id
                if row.get("parent") in context.codes("units"):
                    row.fields["parent_id"] = context.codes("units")[row.get("parent")]
        return Unit.objects.filter(pk__in=[unit.pk for unit in standing.values()])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return fields.get("root_id")


class PositionsTable(Table):
    name = "positions"
    label = "岗位"
    model = Position
    act = "rules.edit"
    columns = (
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("headcount", "编制人数", Integer()),
        Column("duties", "岗位职责", Text(4000)),
        Column("requirements", "任职要求", Text(4000)),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.in_file["position codes"].update(row.get("code") for row in rows if row.get("code"))


class DutiesTable(Table):
    name = "duties"
    label = "职责"
    model = Duty
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


class StaffTable(Table):
    name = "staff"
    label = "人员"
    model = Staff
    act = "rules.edit"
    derived = ("root_id",)
    columns = (
        Column("staff_no", "工号", Code(), key=True, required=True),
        Column("name", "姓名", Text(60), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("position", "岗位", Ref("positions")),
        Column(
            "role",
            "角色",
            Choice(Role),
            default="staff",
            states={role: "roles.grant" for role in Role.values if role != Role.STAFF},
        ),
        Column("joined", "入职日期", Day(), required=True),
        Column("left", "离职日期", Day()),
        Column("phone", "电话", Text(30)),
        Column("bonus_base", "绩效基数", money()),
        Column("username", "登录名", Code(150), attribute="user", states={"*": "roles.grant"}),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {
            column.field_name: row.values.get(column.name)
            for column in self.columns
            if column.name not in ("unit", "position", "username")
        }
        fields["unit_id"] = context.resolve(row, self.columns[2], row.get("unit"))
        fields["position_id"] = position_near(context, row, "position", fields["unit_id"])
        fields["root_id"] = root_of(context, fields["unit_id"])
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["left"] and fields["left"] < fields["joined"]:
            row.error("left", "ends_before_start")
        known = staff_roots(context).get(context.codes("staff").get(fields["staff_no"], 0))
        if known and fields["root_id"] and known[0] != fields["root_id"]:
            row.error("unit", "other_root", code=fields["staff_no"])

    def create(self, context: ImportContext, rows: list[Row]) -> None:
        super().create(context, rows)
        for row in rows:
            assert row.pk is not None
            staff_roots(context)[row.pk] = (row.fields["root_id"], row.fields["unit_id"])

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """Log-ins by name: made when there is none yet, without a usable password."""
        wanted = {row.get("username"): row for row in rows if row.get("username") and row.pk}
        if not wanted:
            return
        users = get_user_model().objects.in_bulk(list(wanted), field_name="username")
        taken = dict(
            Staff.objects.filter(user__username__in=list(wanted)).values_list("user__username", "pk")
        )
        for username, row in wanted.items():
            if taken.get(username, row.pk) != row.pk:
                row.error("username", "username_taken", name=username)
            elif username not in taken:
                user = users.get(username) or get_user_model().objects.create_user(username=username)
                Staff.objects.filter(pk=row.pk).update(user=user)

    def export_paths(self) -> list[str]:
        return [path if path != "user" else "user__username" for path in super().export_paths()]


class AssignmentsTable(StaffSpan):
    name = "assignments"
    label = "任职"
    model = Assignment
    act = "rules.edit"
    columns = (
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("unit", "组织", Ref("units"), required=True),
        Column("position", "岗位", Ref("positions")),
        Column("start", "开始日期", Day(), key=True, required=True),
        Column("end", "结束日期", Day()),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        unit_id = context.resolve(row, self.columns[1], row.get("unit"))
        return {
            "staff_id": context.resolve(row, self.columns[0], row.get("staff_no")),
            "unit_id": unit_id,
            "position_id": position_near(context, row, "position", unit_id),
            "start": row.get("start"),
            "end": row.get("end"),
        }

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """Nobody is in two units on one day."""
        by_key = {(row.fields.get("staff_id"), row.fields.get("start")): row for row in rows}
        people = {staff for staff, _start in by_key if staff}
        previous: Assignment | None = None
        for item in Assignment.objects.filter(staff_id__in=people).order_by("staff_id", "start"):
            if previous and previous.staff_id == item.staff_id and (previous.end is None or previous.end >= item.start):
                row = by_key.get((item.staff_id, item.start)) or by_key.get((item.staff_id, previous.start))
                if row:
                    row.error("start", "overlapping_assignment", day=item.start)
            previous = item


class GrantsTable(OrderedSpan):
    name = "grants"
    label = "授权"
    model = Grant
    act = "roles.grant"
    columns = (
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("role", "角色", Choice(Role), key=True, required=True),
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("start", "开始日期", Day()),
        Column("end", "结束日期", Day()),
    )


class LeavesTable(StaffSpan):
    name = "leaves"
    label = "请假"
    model = Leave
    columns = (
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("start", "开始日期", Day(), key=True, required=True),
        Column("end", "结束日期", Day(), key=True, required=True),
        Column("kind", "类别", Text(40)),
        Column("reduces_target", "减免任务", YesNo(), default=True),
    )
    range_field = "start"


class CalendarTable(Table):
    name = "calendar"
    label = "日历"
    model = CalendarDay
    act = "rules.edit"
    range_field = "date"
    columns = (
        Column("date", "日期", Day(), key=True, required=True),
        Column("kind", "类别", Choice(DayKind), required=True),
        Column("note", "备注", Text(200)),
    )

    def touched(self, fields: dict[str, Any]) -> Any:
        """A day of the calendar belongs to every organisation."""
        day = fields.get("date")
        return (None, day.replace(day=1), day) if day else None


TABLES = (
    UnitsTable(),
    PositionsTable(),
    DutiesTable(),
    ActivitiesTable(),
    DocumentsTable(),
    StaffTable(),
    AssignmentsTable(),
    GrantsTable(),
    LeavesTable(),
    CalendarTable(),
)
