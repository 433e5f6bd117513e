"""The tables of MEASURE: platforms, accounts, quota rules, logs, metrics, schemes, ratings, points."""

from kpi.tables.logs import LogsTable
from kpi.tables.metrics import MetricsTable, MetricValuesTable
from kpi.tables.platforms import AccountsTable, PlatformsTable
from kpi.tables.quotas import QuotaRulesTable
from kpi.tables.ratings import RatingsTable, ScorePointsTable
from kpi.tables.schemes import SchemeItemsTable, SchemesTable

TABLES = (
    PlatformsTable(),
    AccountsTable(),
    QuotaRulesTable(),
    LogsTable(),
    MetricsTable(),
    MetricValuesTable(),
    SchemesTable(),
    SchemeItemsTable(),
    RatingsTable(),
    ScorePointsTable(),
)
