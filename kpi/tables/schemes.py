"""The tables of assessment schemes and their items."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Fixed, Integer, Ref, Share, Text
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row
from departments.tables.lookups import position_near, root_of
from departments.tables.versions import VersionedTable, VersionPartsTable
from kpi.calculations.schemes import (
    EVERY_RULE,
    band_problems,
    item_problems,
    parse_bands,
    parse_item,
    parse_source,
)
from kpi.models import AssessmentScheme, PayMode, SchemeItem, ScoreMethod
from kpi.tables.versions import same_root, summed, version_of, version_unit

register_messages(
    weights_not_100=_("The weights of the scheme sum to %(sum)s; they must sum to exactly 100.00."),
    bad_bands=_("Write the grades as A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50: falling bounds down to 0."),
    bad_source=_("Write the source as quota:CODE, quota:a+b, quota:*, metric:CODE or rating."),
    bad_params=_("Write the steps as 1.00:10,0.80:8,0:0 (falling bounds down to 0), or the points per case."),
)


class SchemesTable(VersionedTable):
    name = "schemes"
    label = "考核方案"
    model = AssessmentScheme
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("position", "岗位", Ref("positions")),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("cap", "上限", Fixed(min=0, max=100), default=Decimal("1.20")),
        Column("threshold", "门槛", Share(), default=Decimal("0.60")),
        Column("total_cap", "总分上限", Fixed(places=2, min=0), default=Decimal("120.00")),
        Column("bonus_max", "加分上限", Fixed(places=2, min=0), default=Decimal("10.00")),
        Column("deduct_max", "扣分上限", Fixed(places=2, min=0), default=Decimal("30.00")),
        Column("appeal_days", "申诉工作日", Integer(max=365), default=5),
        Column("pay_mode", "奖金方式", Choice(PayMode), default="by_grade"),
        Column("bands", "等级", Text(300), default="A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50"),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {
            column.field_name: row.values.get(column.name)
            for column in self.columns
            if column.name not in ("unit", "position")
        }
        fields["unit_id"] = context.resolve(row, self.columns[2], row.get("unit"))
        fields["position_id"] = position_near(context, row, "position", fields["unit_id"])
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        try:
            bands = sorted(parse_bands(fields["bands"] or ""), key=lambda band: -band.bound)
        except ValueError:
            bands = []
        if band_problems(bands):
            row.error("bands", "bad_bands")
        if "assessment roots" not in context.known:
            context.known["assessment roots"] = dict(
                AssessmentScheme.objects.values_list("code", "unit__root_id")
            )
        same_root(context, row, "assessment roots", fields["code"], root_of(context, fields["unit_id"]))


def item_problem(fields: dict[str, Any]) -> tuple[str, str] | None:
    """(column, problem) of an item whose source, method and parameters do not fit together."""
    try:
        parse_source(fields["source"])
    except ValueError:
        return "source", "bad_source"
    try:
        item = parse_item(
            fields["code"] or "",
            fields["weight"] or Decimal(0),
            fields["source"],
            fields["method"],
            fields["params"],
        )
    except ValueError:
        return "params", "bad_params"
    return ("params", "bad_params") if item_problems(item) else None


class SchemeItemsTable(VersionPartsTable):
    name = "scheme_items"
    label = "考核项"
    model = SchemeItem
    visible_through = "scheme"
    date_column = "valid_from"
    root_column = "scheme"
    parent = "schemes"
    columns = (
        Column("scheme", "考核方案", Code(), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("weight", "权重", Fixed(places=2, min=Decimal("0.01"), max=100), required=True),
        Column("source", "数据来源", Text(200), required=True),
        Column("method", "计分方法", Choice(ScoreMethod), default="linear"),
        Column("params", "参数", Text(300)),
        Column("clause", "条款", Text(100)),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {column.field_name: row.values.get(column.name) for column in self.columns[2:]}
        fields["scheme_id"] = version_of(
            context, row, "schemes", AssessmentScheme, row.get("scheme"), row.get("valid_from")
        )
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["source"] is None or fields["method"] is None:
            return
        problem = item_problem(fields)
        if problem:
            row.error(*problem)
            return
        source = parse_source(fields["source"])
        table_name = {"metric": "metrics", "quota": "quota_rules"}.get(source.kind, "")
        for code in source.codes if table_name else ():
            if code != EVERY_RULE:
                context.check_known(row, "source", table_name, code)

    @property
    def key_fields(self) -> list[str]:
        return ["scheme", "code"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return version_unit(context, AssessmentScheme, fields["scheme_id"])

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """The weights of a version sum to exactly 100.00.  Rule: KQ-22."""
        for row, total in summed(context, rows, SchemeItem, "code", "weight").values():
            if total != 100:
                row.error("weight", "weights_not_100", sum=total)

    def queryset(self) -> QuerySet[Any]:
        return SchemeItem.objects.order_by("scheme__code", "scheme__valid_from", "pk")

    def export_paths(self) -> list[str]:
        return ["scheme__code", "scheme__valid_from", *super().export_paths()[2:]]
