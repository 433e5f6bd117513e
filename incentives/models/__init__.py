"""REWARD: pool schemes, roles, findings, manuscripts, settlements, payouts, adjustments."""

from incentives.models.findings import (
    Finding,
    FindingAnswer,
    FindingMode,
    FindingRule,
    FindingScope,
    FindingStatus,
)
from incentives.models.manuscripts import AuthorKind, Manuscript, ManuscriptStatus
from incentives.models.schemes import (
    Combination,
    PoolRole,
    PoolScheme,
    Residual,
    RoleHolder,
    WithheldTo,
)
from incentives.models.settlements import Adjustment, Payout, PayoutKind, Pool, PoolShare, Settlement

__all__ = [
    "Adjustment",
    "AuthorKind",
    "Combination",
    "Finding",
    "FindingAnswer",
    "FindingMode",
    "FindingRule",
    "FindingScope",
    "FindingStatus",
    "Manuscript",
    "ManuscriptStatus",
    "Payout",
    "PayoutKind",
    "Pool",
    "PoolRole",
    "PoolScheme",
    "PoolShare",
    "Residual",
    "RoleHolder",
    "Settlement",
    "WithheldTo",
]
