"""The tables of MEASURE, in the order of their references."""

from kpi.tables.logs import LogsTable
from kpi.tables.metrics import MetricsTable, MetricValuesTable
from kpi.tables.platforms import AccountsTable, PlatformsTable
from kpi.tables.policies import MonthPoliciesTable
from kpi.tables.quotas import QuotaRulesTable
from kpi.tables.ratings import RatingsTable, ScorePointsTable
from kpi.tables.schemes import SchemeItemsTable, SchemesTable

TABLES = (
    PlatformsTable(),
    AccountsTable(),
    QuotaRulesTable(),
    MonthPoliciesTable(),
    LogsTable(),
    MetricsTable(),
    MetricValuesTable(),
    SchemesTable(),
    SchemeItemsTable(),
    RatingsTable(),
    ScorePointsTable(),
)
