"""MEASURE:
platforms, accounts, quota rules, daily logs, metrics, schemes, ratings and the results of a month.
"""

from kpi.models.appeals import Appeal, AppealState
from kpi.models.evidence import DutyTick, EvidenceImage
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
    PointState,
    Rating,
    SchemeItem,
    ScoreMethod,
    ScorePoint,
)
from kpi.models.verification import LogCheck, LogSample, SampledRow, SampleOutcome, Verdict

__all__ = [
    "Account",
    "Appeal",
    "AppealState",
    "AssessmentScheme",
    "Attainment",
    "Basis",
    "DayBasis",
    "DutyTick",
    "EvidenceImage",
    "LogCheck",
    "LogEntry",
    "LogSample",
    "LogStatus",
    "Metric",
    "MetricDirection",
    "MetricValue",
    "MonthPolicy",
    "PayMode",
    "Platform",
    "PlatformKind",
    "PointKind",
    "PointState",
    "QuotaPeriod",
    "QuotaRule",
    "Rating",
    "SampleOutcome",
    "SampledRow",
    "SchemeItem",
    "Score",
    "ScoreMethod",
    "ScorePoint",
    "ScoreStatus",
    "Surplus",
    "Verdict",
]
