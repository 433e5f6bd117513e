"""WHO: units, positions, duties, documents, people, leave, and the months of a root unit."""

from departments.models.documents import Document
from departments.models.people import Assignment, Grant, Leave, Role, Staff
from departments.models.periods import Period, PeriodState
from departments.models.units import Activity, Duty, Position, Unit, UnitKind, UnitPlacement

__all__ = [
    "Activity",
    "Assignment",
    "Document",
    "Duty",
    "Grant",
    "Leave",
    "Period",
    "PeriodState",
    "Position",
    "Role",
    "Staff",
    "Unit",
    "UnitKind",
    "UnitPlacement",
]
