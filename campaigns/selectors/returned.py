"""Why a plan or a campaign came back to its author.  Rule: KQ-03."""

from campaigns.models import CampaignState, Flow
from campaigns.services.flow import STEPS
from core.models import AuditEvent


def returned_because(subject: Flow) -> AuditEvent | None:
    """The record of its last return, with reason and person, while it waits for its author; else ``None``.

    One query, and only while it is returned.
    """
    if subject.status != CampaignState.RETURNED:
        return None
    records = AuditEvent.objects.filter(
        target_type=subject._meta.label_lower, target_id=str(subject.pk), action=STEPS["return"].action
    )
    return records.select_related("actor").order_by("-pk").first()
