"""The table of the daily promotion log."""

import hashlib
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import jobs, registry
from core.interchange.columns import Choice, Code, Column, Day, Integer, Ref, Text
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.models import Duty
from departments.tables.lookups import path_of, staff_roots, staff_unit
from kpi.calculations.links import link_key
from kpi.jobs import LOOK_AT_RISKS
from kpi.models import LogEntry, LogStatus
from kpi.tables.persons import own_staff_id
from kpi.tables.quotas import known_activities

register_messages(
    partner_is_self=_("The partner must be somebody else."),
    not_activity=_("No quota rule and no activity row names “%(code)s”."),
    replaces_itself=_("A row cannot replace itself."),
)


# A row without an id is told from others by all its columns but count, status and note.
KEY_WITHOUT_ID = [
    *("date", "staff_no", "platform", "activity", "handle"),
    *("url", "partner", "supersedes", "duty"),
]


class LogsTable(Table):
    name = "logs"
    label = "推广日志"
    model = LogEntry
    act = "log.verify"
    derived = ("root_id", "month", "row_key", "link_key")
    lookup_field = "row_key"
    root_column = "staff_no"
    columns = (
        Column("row_id", "行号", Code(64), key=True),
        Column("date", "日期", Day(), required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), required=True, attribute="staff"),
        Column("platform", "平台", Ref("platforms"), required=True),
        Column("activity", "动作", Code(), required=True),
        Column("handle", "账号名", Code(100)),
        Column("count", "数量", Integer(max=1_000_000_000_000), required=True),
        Column("url", "链接", Text(500)),
        Column("partner", "互动同事", Ref("staff", "staff_no")),
        Column(
            "status",
            "状态",
            Choice(LogStatus),
            default="submitted",
            states={"valid": "log.verify", "rejected": "log.verify"},
        ),
        Column("supersedes", "更正行号", Ref("logs", "row_id"), deferred=True),
        Column("duty", "职责", Integer(min=1)),
        Column("note", "备注", Text(500)),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.limit_codes(self.name, {row.values["supersedes"] for row in rows} - {None, ""})
        self._staff = context.codes("staff")
        self._platforms = context.codes("platforms")
        self._activities = known_activities(context)
        self._people = staff_roots(context)
        self._duties: dict[tuple[int, int], int] | None = None

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        values = row.values
        fields: dict[str, Any] = {
            "row_id": values["row_id"],
            "date": values["date"],
            "staff_id": self._staff.get(values["staff_no"]),
            "platform_id": self._platforms.get(values["platform"]),
            "activity": values["activity"],
            "handle": values["handle"] or "",
            "count": values["count"],
            "url": values["url"] or "",
            "partner_id": self._staff.get(values["partner"]) if values["partner"] else None,
            "status": values["status"],
            "duty_id": None,
            "note": values["note"] or "",
            "row_key": self._row_key(values),
        }
        if fields["staff_id"] is None and values["staff_no"]:
            context.check_known(row, "staff_no", "staff", values["staff_no"])
            row.blocked = True
        if fields["platform_id"] is None and values["platform"]:
            context.check_known(row, "platform", "platforms", values["platform"])
            row.blocked = True
        if fields["partner_id"] is None and values["partner"]:
            context.check_known(row, "partner", "staff", values["partner"])
            row.blocked = True
        if values["duty"]:
            fields["duty_id"] = self._duty(context, row)
        if values["activity"] and values["activity"] not in self._activities:
            row.error("activity", "not_activity", code=values["activity"])
        return fields

    def _row_key(self, values: dict[str, Any]) -> str:
        """The row's own id, or a digest of all columns but count, status and note."""
        if values["row_id"]:
            return f"id:{values['row_id']}"
        parts = [str(values[name] or "") for name in KEY_WITHOUT_ID]
        return "key:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]

    def _duty(self, context: ImportContext, row: Row) -> int | None:
        """The duty with the number, of the person's unit or the nearest above that has it."""
        if self._duties is None:
            self._duties = {
                (unit, number): pk for pk, unit, number in Duty.objects.values_list("pk", "unit_id", "number")
            }
            self._numbers = {other.get("number") for other in context.rows.get("duties", ())}
        number = row.values["duty"]
        for unit in path_of(context, staff_unit(context, self._staff.get(row.values["staff_no"]))):
            if (unit, number) in self._duties:
                return self._duties[unit, number]
        if number in self._numbers:
            row.blocked = True
        elif not row.blocked:
            row.error("duty", "unknown_code", code=number, table=registry.tables["duties"].label)
        return None

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        person = self._people.get(fields["staff_id"])
        fields["root_id"] = person[0] if person else None
        fields["month"] = fields["date"].replace(day=1) if fields["date"] else None
        fields["link_key"] = link_key(fields["url"] or "")
        if row.values["partner"] and row.values["partner"] == row.values["staff_no"]:
            row.error("partner", "partner_is_self")
        if row.values["supersedes"] and row.values["supersedes"] == row.values["row_id"]:
            row.error("supersedes", "replaces_itself")

    def check_states(self, context: ImportContext, row: Row) -> None:
        """Nobody verifies a row of their own."""
        before = row.before["status"] if row.before else LogStatus.SUBMITTED
        if row.fields["status"] != before and row.fields["staff_id"] == own_staff_id(context):
            row.error("status", "own_line")

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """New rows are looked at for what deserves a second look, once they stand."""
        if rows:
            jobs.enqueue(LOOK_AT_RISKS, dedupe_key=LOOK_AT_RISKS)

    def key_cells(self, row: Row) -> list[str]:
        return ["row_id"] if row.values["row_id"] else KEY_WITHOUT_ID

    def key_of(self, fields: dict[str, Any]) -> tuple[Any, ...]:
        return (fields.get("row_key"),)

    @property
    def key_fields(self) -> list[str]:
        return ["row_key"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_unit(context, fields["staff_id"])

    def queryset(self) -> QuerySet[Any]:
        return LogEntry.objects.order_by("date", "pk")

    def export_paths(self) -> list[str]:
        swap = {"supersedes": "supersedes__row_id", "duty": "duty__number"}
        return [swap.get(path, path) for path in super().export_paths()]
