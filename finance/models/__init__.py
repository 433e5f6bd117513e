"""COST: funds, their entries and the ledger."""

from finance.models.funds import EntryKind, Fund, FundEntry, FundKind, FundMonth
from finance.models.ledger import AccountKind, LedgerAccount, Transfer

__all__ = [
    "AccountKind",
    "EntryKind",
    "Fund",
    "FundEntry",
    "FundKind",
    "FundMonth",
    "LedgerAccount",
    "Transfer",
]
