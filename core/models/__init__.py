"""The shared kernel's tables."""

from core.models.audit import AuditEvent
from core.models.calendar import CalendarDay
from core.models.files import StoredFile
from core.models.jobs import Job
from core.models.users import User

__all__ = ["AuditEvent", "CalendarDay", "Job", "StoredFile", "User"]
