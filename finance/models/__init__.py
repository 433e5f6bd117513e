"""COST: funds, their entries and the ledger."""

from finance.models.funds import EntryKind, Fund, FundEntry, FundKind, FundMonth
from finance.models.ledger import AccountKind, LedgerAccount, Transfer
from finance.models.requests import FundRequest, RequestState

__all__ = [
    "AccountKind",
    "EntryKind",
    "Fund",
    "FundEntry",
    "FundKind",
    "FundMonth",
    "FundRequest",
    "LedgerAccount",
    "RequestState",
    "Transfer",
]
