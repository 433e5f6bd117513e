"""The tables of WORK: stores and their days, member days, baselines, campaigns, articles, channels."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    COUNTED_STATES,
    FIXED_TERMS,
    Article,
    ArticleKind,
    ArticleReading,
    BaselineMethod,
    BaselineMethodCode,
    Campaign,
    CampaignScale,
    CampaignState,
    CampaignType,
    Channel,
    ChannelDay,
    ChannelKind,
    DateAlignment,
    MemberDay,
    ProductDay,
    Store,
    StoreDay,
)
from core.interchange.columns import (
    Choice,
    Code,
    Codes,
    Column,
    Day,
    Days,
    Fixed,
    Integer,
    Ref,
    Text,
    YesNo,
    money,
)
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from core.workdays import WorkCalendar
from departments.selectors import work_calendar
from departments.tables.lookups import root_of
from departments.tables.versions import VersionedTable

register_messages(
    closed_before_opened=_("The last open day lies before the first."),
    campaign_ends_before_start=_("The campaign ends before it begins."),
    profit_needed=_("A day on which the store was open needs its gross profit."),
    dates_needed=_("The method fixed_dates needs its dates in baseline_dates."),
    baseline_not_before=_("A baseline date must lie before the campaign."),
    approved_terms=_("It is approved: propose the change on its page; somebody else decides about it."),
    own_approval=_("Nobody approves a plan of their own."),
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


def first_of(day: date | None) -> date | None:
    """The month of a day; a cell that could not be read has none."""
    return day.replace(day=1) if day else None


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


class CampaignsTable(Table):
    name = "campaigns"
    label = "活动"
    model = Campaign
    lookup_field = "code"
    date_column = "end"
    derived = ("root_id", "month")
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("type", "活动类型", Choice(CampaignType), required=True),
        Column("scale", "规模", Choice(CampaignScale), required=True),
        Column("start", "开始日期", Day(), required=True),
        Column("end", "结束日期", Day(), required=True),
        Column("stores", "门店", Codes(), required=True),
        Column("products", "单品", Codes(), default=list),
        Column("pays", "计提", YesNo(), default=True),
        Column(
            "status",
            "状态",
            Choice(CampaignState),
            default="approved",
            states=dict.fromkeys(
                ("approved", "running", "reviewed", "closed", "returned"), "campaign.approve"
            ),
        ),
        Column("baseline", "基线", Choice(BaselineMethodCode)),
        Column("baseline_dates", "基线日期", Days(), default=list),
        Column("plan", "书面方案", YesNo()),
        Column("summary", "书面总结", YesNo()),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["work_calendar"] = work_calendar()
        context.known["member_days"] = set(MemberDay.objects.values_list("root_id", "date"))
        if context.user is not None:
            mine = Q(author=context.user) | Q(edited_by=context.user) | Q(submitted_by=context.user)
            context.known["own_campaigns"] = set(Campaign.objects.filter(mine).values_list("code", flat=True))

    def check_states(self, context: ImportContext, row: Row) -> None:
        """What no single person can do on a page: change the terms of what is approved, approve their own."""
        if row.before is None:
            return
        stood, status = row.before["status"] in COUNTED_STATES, row.fields["status"]
        changed = [name for name in FIXED_TERMS if row.before[name] != row.fields[name]]
        if stood and changed:
            row.error(changed[0], "approved_terms")
        if not stood and status in COUNTED_STATES and row.fields["code"] in context.known["own_campaigns"]:
            row.error("status", "own_approval")

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = super().build(context, row)
        fields["baseline"] = fields["baseline"] or ""
        for code in row.get("stores") or ():
            if code != "*":
                context.check_known(row, "stores", "stores", code)
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"])
        start, end = fields["start"], fields["end"]
        fields["month"] = first_of(end)
        if start and end and end < start:
            row.error("end", "campaign_ends_before_start")
        if fields["baseline"] == BaselineMethodCode.FIXED_DATES and not fields["baseline_dates"]:
            row.error("baseline_dates", "dates_needed")
        if start and any(day >= start.isoformat() for day in fields["baseline_dates"] or ()):
            row.error("baseline_dates", "baseline_not_before")
        if row.sound:
            self._warn(context, row, fields)

    def _warn(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """A type or scale that does not fit the dates is a warning."""
        calendar: WorkCalendar = context.known["work_calendar"]
        codes = []
        first, last = fields["start"], fields["end"]
        days = (last - first).days + 1
        if fields["type"] == CampaignType.WEEKEND and (
            days > 2 or any(calendar.is_workday(day) or calendar.is_holiday(day) for day in {first, last})
        ):
            codes.append("not_a_weekend")
        # Member days without a unit hold for every organisation.
        known = {day for root, day in context.known["member_days"] if root in (None, fields["root_id"])}
        if fields["type"] == CampaignType.MEMBER_DAY and not known.issuperset({first, last}):
            codes.append("not_a_member_day")
        if fields["scale"] == CampaignScale.SMALL and (days > 1 or len(fields["stores"]) > 1):
            codes.append("not_small")
        if fields["scale"] == CampaignScale.MEDIUM and days > 1:
            codes.append("not_medium")
        for code in codes:
            context.warnings.append(
                {
                    "sheet": row.sheet,
                    "row": row.number,
                    "column": "type" if code in ("not_a_weekend", "not_a_member_day") else "scale",
                    "value": fields["code"],
                    "code": code,
                    "message": str(WARNINGS[code]),
                }
            )


WARNINGS = {
    "not_a_weekend": _("A weekend campaign, but its days are not a weekend."),
    "not_a_member_day": _("A member-day campaign, but its days are not member days."),
    "not_small": _("A small campaign, but it has more than one store or day."),
    "not_medium": _("A medium campaign, but it has more than one day."),
}


class ArticlesTable(Table):
    name = "articles"
    label = "推文"
    model = Article
    lookup_field = "code"
    date_column = "published"
    derived = ("root_id", "month")
    columns = (
        Column("code", "编码", Code(60), key=True, required=True),
        Column("unit", "组织", Ref("units")),
        Column("published", "发表日期", Day(), required=True),
        Column("title", "标题", Text(200), required=True),
        Column("kind", "类别", Choice(ArticleKind), required=True),
        Column("campaign", "活动", Ref("campaigns")),
        Column("readers", "阅读人数", Integer()),
        Column("shares", "分享人数", Integer()),
        Column("likes", "点赞数", Integer()),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["campaign_roots"] = dict(Campaign.objects.values_list("pk", "root_id"))

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"]) or context.known["campaign_roots"].get(
            fields["campaign_id"]
        )
        fields["month"] = first_of(fields["published"])


class ArticleReadingsTable(Table):
    name = "article_readings"
    label = "推文读数"
    model = ArticleReading
    visible_through = "article"
    root_column = "article"
    derived = ("root_id", "month")
    range_field = "date"
    columns = (
        Column("article", "推文", Ref("articles"), key=True, required=True),
        Column("date", "日期", Day(), key=True, required=True),
        Column("readers", "阅读人数", Integer(), required=True),
        Column("shares", "分享人数", Integer()),
        Column("likes", "点赞数", Integer()),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["articles"] = {
            pk: (root, unit) for pk, root, unit in Article.objects.values_list("pk", "root_id", "unit_id")
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = context.known["articles"].get(fields["article_id"], (None, None))[0]
        fields["month"] = first_of(fields["date"])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        """The article's unit: who may enter the article may enter how often it was read."""
        root, unit = context.known["articles"].get(fields["article_id"], (None, None))
        return unit or root


class ChannelsTable(Table):
    name = "channels"
    label = "渠道"
    model = Channel
    act = "rules.edit"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("kind", "类别", Choice(ChannelKind), required=True),
    )


class ChannelDaysTable(Table):
    name = "channel_days"
    label = "渠道日报"
    model = ChannelDay
    visible_through = "campaign"
    root_column = "campaign"
    derived = ("root_id", "month")
    range_field = "date"
    columns = (
        Column("date", "日期", Day(), key=True, required=True),
        Column("channel", "渠道", Ref("channels"), key=True, required=True),
        Column("campaign", "活动", Ref("campaigns"), key=True),
        Column("cost", "费用", money()),
        Column("impressions", "曝光", Integer(max=1_000_000_000_000)),
        Column("clicks", "点击", Integer(max=1_000_000_000_000)),
        Column("leads", "线索", Integer()),
        Column("orders", "订单", Integer()),
        Column("revenue", "销售额", Fixed(min=0)),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["campaign_roots"] = dict(Campaign.objects.values_list("pk", "root_id"))

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = context.known["campaign_roots"].get(fields["campaign_id"])
        fields["month"] = first_of(fields["date"])


TABLES = (
    StoresTable(),
    StoreDaysTable(),
    ProductDaysTable(),
    MemberDaysTable(),
    BaselineMethodsTable(),
    CampaignsTable(),
    ArticlesTable(),
    ArticleReadingsTable(),
    ChannelsTable(),
    ChannelDaysTable(),
)
