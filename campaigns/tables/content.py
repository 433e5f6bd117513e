"""The tables of content and channels: articles with their readings, the days of channels."""

from typing import Any

from campaigns.models import (
    Article,
    ArticleKind,
    ArticleReading,
    Campaign,
    Channel,
    ChannelDay,
    ChannelKind,
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
    money,
)
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table
from departments.tables.lookups import root_of


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
