"""The tables of stores: their days, member days, and the baselines that rules choose."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    BaselineMethod,
    BaselineMethodCode,
    CampaignScale,
    CampaignType,
    DateAlignment,
    MemberDay,
    ProductDay,
    Store,
    StoreDay,
)
from campaigns.tables.months import first_of
from core.interchange.columns import (
    Choice,
    Code,
    Column,
    Day,
    Fixed,
    Integer,
    Ref,
    Text,
    YesNo,
)
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.tables.lookups import root_of
from departments.tables.versions import VersionedTable

register_messages(
    closed_before_opened=_("The last open day lies before the first."),
    profit_needed=_("A day on which the store was open needs its gross profit."),
)


class StoresTable(Table):
    name = "stores"
    label = "门店"
    model = Store
    act = "rules.edit"
    derived = ("root_id",)
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("opened", "开业日期", Day()),
        Column("closed", "停业日期", Day()),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"])
        if fields["opened"] and fields["closed"] and fields["closed"] < fields["opened"]:
            row.error("closed", "closed_before_opened")


class StoreFacts(Table):
    """Facts of a store on a day."""

    derived = ("root_id", "month")
    range_field = "date"
    root_column = "store"

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["stores"] = {
            pk: (root, unit) for pk, root, unit in Store.objects.values_list("pk", "root_id", "unit_id")
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = context.known["stores"].get(fields["store_id"], (None, None))[0]
        fields["month"] = first_of(fields["date"])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        unit: int | None = context.known["stores"].get(fields["store_id"], (None, None))[1]
        return unit


class StoreDaysTable(StoreFacts):
    name = "store_days"
    label = "门店日报"
    model = StoreDay
    columns = (
        Column("date", "日期", Day(), key=True, required=True),
        Column("store", "门店", Ref("stores"), key=True, required=True),
        Column("visitors", "进店客数", Integer()),
        Column("units", "销量", Fixed()),
        Column("revenue", "销售额", Fixed()),
        Column("gross_profit", "毛利", Fixed()),
        Column("closed", "停业", YesNo(), default=False),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        super().derive(context, row, fields)
        if fields["gross_profit"] is None and not fields["closed"]:
            row.error("gross_profit", "profit_needed")


class ProductDaysTable(StoreFacts):
    name = "product_days"
    label = "单品日报"
    model = ProductDay
    columns = (
        Column("date", "日期", Day(), key=True, required=True),
        Column("store", "门店", Ref("stores"), key=True, required=True),
        Column("product", "单品", Code(60), key=True, required=True),
        Column("units", "销量", Fixed()),
        Column("gross_profit", "毛利", Fixed()),
    )


class MemberDaysTable(Table):
    name = "member_days"
    label = "会员日"
    model = MemberDay
    act = "rules.edit"
    derived = ("root_id", "month")
    range_field = "date"
    columns = (
        Column("date", "日期", Day(), key=True, required=True),
        Column("unit", "组织", Ref("units"), key=True),
        Column("number", "当月第几个", Integer(min=1, max=31), required=True),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"])
        fields["month"] = first_of(fields["date"])


class BaselineMethodsTable(VersionedTable):
    name = "baseline_methods"
    label = "基线方法"
    model = BaselineMethod
    columns = (
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("type", "活动类型", Choice(CampaignType), key=True, required=True),
        Column("scale", "规模", Choice(CampaignScale), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("method", "方法", Choice(BaselineMethodCode), required=True),
        Column("n", "天数", Integer(min=1, max=8), default=3),
        Column("align", "对齐方式", Choice(DateAlignment), default="date"),
        Column("clause", "条款", Text(100)),
    )
