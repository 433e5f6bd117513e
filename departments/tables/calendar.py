"""The table of days that differ from the national calendar."""

from typing import Any

from core.interchange.columns import Choice, Column, Day, Text
from core.interchange.tables import Table
from core.models import CalendarDay
from core.models.calendar import DayKind


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
