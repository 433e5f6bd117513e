"""The tables of WHO: units, positions, duties, activities, documents, staff and their dates."""

from departments.tables.calendar import CalendarTable
from departments.tables.people import AssignmentsTable, GrantsTable, LeavesTable, StaffTable
from departments.tables.units import ActivitiesTable, DocumentsTable, DutiesTable, PositionsTable, UnitsTable

TABLES = (
    UnitsTable(),
    PositionsTable(),
    DutiesTable(),
    ActivitiesTable(),
    DocumentsTable(),
    StaffTable(),
    AssignmentsTable(),
    GrantsTable(),
    LeavesTable(),
    CalendarTable(),
)
