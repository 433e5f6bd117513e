"""When the last backup was made.  Rule: KQ-32."""

from core.backup import BACKED_UP
from core.models import AuditEvent


def last_backup() -> AuditEvent | None:
    """The record of the latest backup of this installation."""
    return AuditEvent.objects.filter(action=BACKED_UP).order_by("-pk").first()
