"""The tables of REWARD:
pool schemes, roles, holders, deduction rules, findings, manuscripts, fund entries.
"""

from incentives.tables.findings import FindingRulesTable, FindingsTable
from incentives.tables.funds import FundEntriesTable
from incentives.tables.manuscripts import ManuscriptsTable
from incentives.tables.schemes import PoolRolesTable, PoolSchemesTable, RoleHoldersTable

TABLES = (
    PoolSchemesTable(),
    PoolRolesTable(),
    RoleHoldersTable(),
    FindingRulesTable(),
    FindingsTable(),
    ManuscriptsTable(),
    FundEntriesTable(),
)
