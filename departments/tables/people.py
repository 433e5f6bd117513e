"""The tables of people: staff with their log-ins, assignments, grants, leave."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Ref, Text, YesNo, money
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.models import Assignment, Grant, Leave, Role, Staff
from departments.permissions import reach_of
from departments.tables.lookups import (
    OrderedSpan,
    StaffSpan,
    own_staff,
    position_near,
    root_of,
    staff_roots,
)

register_messages(
    ends_before_start=_("The last day lies before the first."),
    overlapping_assignment=_("The person is assigned twice on %(day)s; end one assignment the day before."),
    username_taken=_("The log-in “%(name)s” belongs to somebody else."),
    own_rights=_("Nobody gives a role or a bonus to themselves; somebody else has to do it."),
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
        Column("bonus_base", "绩效基数", money(), private="money.read"),
        Column("username", "登录名", Code(150), attribute="user", deferred=True, states={"*": "roles.grant"}),
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

    def check_states(self, context: ImportContext, row: Row) -> None:
        """Nobody gives themselves another role or another bonus."""
        if row.before is None or row.pk != own_staff(context):
            return
        for name in ("role", "bonus_base"):
            if row.before[name] != row.fields[name]:
                row.error(name, "own_rights")

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["left"] and fields["joined"] and fields["left"] < fields["joined"]:
            row.error("left", "ends_before_start")
        if not row.values["username"]:
            row.late.pop("username", None)  # an empty cell leaves the log-in that stands

    def create(self, context: ImportContext, rows: list[Row]) -> None:
        super().create(context, rows)
        self._remember(context, rows)

    def update(self, context: ImportContext, rows: list[Row], names: list[str]) -> None:
        super().update(context, rows, names)
        self._remember(context, rows)

    def _remember(self, context: ImportContext, rows: list[Row]) -> None:
        for row in rows:
            staff_roots(context)[row.stands] = (row.fields["root_id"], row.fields["unit_id"])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return int(fields["unit_id"]) if fields["unit_id"] else None

    def deferred_path(self, column: Column) -> str:
        return "user__username"

    def write_deferred(self, context: ImportContext, column: Column, rows: list[Row]) -> None:
        """Log-ins by name: made when there is none yet, without a usable password."""
        users = get_user_model().objects
        wanted = {row.values["username"]: row for row in rows}
        if len(wanted) < len(rows):
            for row in rows:
                if wanted[row.values["username"]] is not row:
                    row.error("username", "username_taken", name=row.values["username"])
        known = users.in_bulk(list(wanted), field_name="username")
        taken = dict(
            Staff.objects.filter(user__username__in=list(wanted)).values_list("user__username", "pk")
        )
        for username, row in wanted.items():
            if taken.get(username, row.pk) != row.pk:
                row.error("username", "username_taken", name=username)
                continue
            user = known.get(username) or users.create_user(username, first_name=row.fields["name"])
            Staff.objects.filter(pk=row.stands).update(user=user)

    def export_paths(self) -> list[str]:
        return [path if path != "user" else "user__username" for path in super().export_paths()]

    def export_columns(self, user: Any, queryset: QuerySet[Any]) -> Sequence[Column]:
        """Pay is left out unless the reader may read it of everybody in the export."""
        if user is None:
            return self.columns
        reach = reach_of(user)
        units = set(queryset.order_by().values_list("unit_id", flat=True))
        return [
            column
            for column in self.columns
            if not column.private or all(reach.allows(column.private, unit) for unit in units)
        ]


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

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        super().derive(context, row, fields)
        unit_root = root_of(context, fields["unit_id"])
        if unit_root and fields["root_id"] and unit_root != fields["root_id"]:
            row.error("unit", "other_root", code=row.get("staff_no"))

    def check_states(self, context: ImportContext, row: Row) -> None:
        """Moving somebody needs the right on both units."""
        if not context.may(self.act, row.fields["unit_id"]):
            row.error("unit", "not_allowed")

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """Nobody is assigned to two places on a day."""
        by_key = {
            (row.fields["staff_id"], row.fields["start"]): row
            for row in rows
            if row.fields["staff_id"] and row.sound
        }
        people = {staff for staff, _start in by_key}
        previous: Any = None
        for staff, start, end in (
            Assignment.objects.filter(staff_id__in=people)
            .order_by("staff_id", "start")
            .values_list("staff_id", "start", "end")
        ):
            if previous and previous[0] == staff and (previous[2] is None or previous[2] >= start):
                row = by_key.get((staff, start)) or by_key.get((staff, previous[1]))
                if row:
                    row.error("start", "overlapping_assignment", day=start)
            previous = (staff, start, end)


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

    def check_states(self, context: ImportContext, row: Row) -> None:
        """Nobody grants a role to themselves."""
        if row.fields["staff_id"] and row.fields["staff_id"] == own_staff(context):
            row.error("staff_no", "own_rights")


class LeavesTable(StaffSpan):
    name = "leaves"
    label = "请假"
    model = Leave
    columns = (
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("start", "开始日期", Day(), key=True, required=True),
        Column("end", "结束日期", Day(), required=True),
        Column("kind", "类别", Text(40)),
        Column("reduces_target", "减免任务", YesNo(), default=True),
    )
    range_field = "start"
