"""The tables of indicators and their values."""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from core.interchange.columns import Choice, Code, Column, Fixed, MonthOf, Ref, Text
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table
from departments.permissions import reach_of
from departments.tables.lookups import root_of, staff_root, staff_unit
from kpi.models import Metric, MetricDirection, MetricValue


class MetricsTable(Table):
    name = "metrics"
    label = "指标"
    model = Metric
    act = "rules.edit"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit_of_measure", "计量单位", Text(30)),
        Column("direction", "方向", Choice(MetricDirection), default="more"),
    )


class MetricValuesTable(Table):
    name = "metric_values"
    label = "指标值"
    model = MetricValue
    derived = ("root_id",)
    range_field = "month"
    date_column = "month"
    root_column = "subject"
    columns = (
        Column("metric", "指标", Ref("metrics"), key=True, required=True),
        Column("subject", "对象", Code(), key=True, required=True),
        Column("month", "月份", MonthOf(), key=True, required=True),
        Column("value", "数值", Fixed(), required=True),
        Column("target", "目标值", Fixed()),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        subject = row.get("subject") or ""
        staff_id = context.codes("staff").get(subject)
        unit_id = None if staff_id else context.codes("units").get(subject)
        if subject and not staff_id and not unit_id:
            row.blocked = True
            if subject not in context.in_file["units"]:
                context.check_known(row, "subject", "staff", subject)
        return {
            "metric_id": context.resolve(row, self.columns[0], row.get("metric")),
            "staff_id": staff_id,
            "unit_id": unit_id,
            "month": row.get("month"),
            "value": row.get("value"),
            "target": row.get("target"),
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = staff_root(context, fields["staff_id"]) or root_of(context, fields["unit_id"])

    @property
    def key_fields(self) -> list[str]:
        return ["metric", "staff", "unit", "month"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_unit(context, fields["staff_id"]) or fields["unit_id"]

    def export_paths(self) -> list[str]:
        return ["metric__code", "subject", "month", "value", "target"]

    def queryset(self) -> QuerySet[Any]:
        return MetricValue.objects.annotate(subject=Coalesce("staff__staff_no", "unit__code")).order_by(
            "month", "metric__code", "subject"
        )

    def visible_to(self, user: Any) -> QuerySet[Any]:
        """Values of a person like the person, values of a unit like the unit's."""
        if user is None or reach_of(user).everything:
            return self.queryset()
        reach = reach_of(user)
        seen = Q(staff__unit_id__in=reach.units) | Q(staff_id=reach.staff_id) | Q(unit_id__in=reach.units)
        return self.queryset().filter(seen)
