"""The tables of WORK: stores and their days, member days, baselines, campaigns, articles, channels."""

from campaigns.tables.campaigns import CampaignsTable
from campaigns.tables.content import ArticleReadingsTable, ArticlesTable, ChannelDaysTable, ChannelsTable
from campaigns.tables.stores import (
    BaselineMethodsTable,
    MemberDaysTable,
    ProductDaysTable,
    StoreDaysTable,
    StoresTable,
)

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
