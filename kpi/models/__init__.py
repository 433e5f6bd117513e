"""MEASURE:
platforms, accounts, quota rules, daily logs, metrics, schemes, ratings and the results of a month.
"""

from kpi.models.logs import LogEntry, LogStatus
from kpi.models.metrics import Metric, MetricDirection, MetricValue
from kpi.models.platforms import Account, Platform, PlatformKind
from kpi.models.policies import MonthPolicy
from kpi.models.quotas import Basis, DayBasis, QuotaPeriod, QuotaRule, Surplus
from kpi.models.results import Attainment, Score, ScoreStatus
from kpi.models.schemes import (
    AssessmentScheme,
    PayMode,
    PointKind,
    Rating,
    SchemeItem,
    ScoreMethod,
    ScorePoint,
)

__all__ = [
    "Account",
    "AssessmentScheme",
    "Attainment",
    "Basis",
    "DayBasis",
    "LogEntry",
    "LogStatus",
    "Metric",
    "MetricDirection",
    "MetricValue",
    "MonthPolicy",
    "PayMode",
    "Platform",
    "PlatformKind",
    "PointKind",
    "QuotaPeriod",
    "QuotaRule",
    "Rating",
    "SchemeItem",
    "Score",
    "ScoreMethod",
    "ScorePoint",
    "ScoreStatus",
    "Surplus",
]
