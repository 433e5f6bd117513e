"""The shared kernel's tables."""

from core.models.audit import AuditEvent
from core.models.calendar import CalendarDay
from core.models.files import StoredFile
from core.models.idempotency import IdempotentRequest
from core.models.jobs import Job
from core.models.tokens import ApiToken
from core.models.users import User

__all__ = ["ApiToken", "AuditEvent", "CalendarDay", "IdempotentRequest", "Job", "StoredFile", "User"]
