"""The tables of REWARD:
pool schemes, roles, holders, deduction rules, findings, manuscripts with their rules, fund entries,
bank files.
"""

from incentives.tables.findings import FindingRulesTable, FindingsTable
from incentives.tables.funds import FundEntriesTable
from incentives.tables.manuscripts import ManuscriptRulesTable, ManuscriptsTable
from incentives.tables.payments import BankColumnsTable, BankProfilesTable
from incentives.tables.schemes import PoolRolesTable, PoolSchemesTable, RoleHoldersTable

TABLES = (
    PoolSchemesTable(),
    PoolRolesTable(),
    RoleHoldersTable(),
    FindingRulesTable(),
    FindingsTable(),
    ManuscriptRulesTable(),
    ManuscriptsTable(),
    FundEntriesTable(),
    BankProfilesTable(),
    BankColumnsTable(),
)
