"""The written plan and the written summary.  Rule: HT-12, YJ-23."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignDocument, CampaignState, CampaignTask, DocumentKind
from campaigns.services.flow import locked, needed
from core import audit, guards
from core.exceptions import Conflict, NotAllowed
from core.models import User
from departments.permissions import reach_of

WRITTEN = audit.register_action("campaign.document_written", _("document written"))


def may_write(actor: User, campaign: Campaign) -> bool:
    """Who plans the campaign, who drafted it, and whoever has a task in it: copywriters are staff."""
    reach = reach_of(actor)
    if reach.allows("campaign.plan", campaign.unit_id) or campaign.author_id == actor.pk:
        return True
    return (
        reach.staff_id is not None
        and CampaignTask.objects.filter(campaign=campaign, owner_id=reach.staff_id).exists()
    )


def document_write(
    *, actor: User, campaign_id: int, kind: DocumentKind, text: str, key: UUID
) -> CampaignDocument:
    """Write a new version; the campaign then has the document, which deductions and closing ask for.

    ``key`` names the form: sent twice, it writes once.  Raises ``NotVisible``, ``NotAllowed``,
    ``RuleViolation`` without text, ``Conflict`` in a closed campaign and in a locked month.
    """
    with guards.translate(), transaction.atomic():
        campaign = locked(Campaign, actor, campaign_id)
        if not may_write(actor, campaign):
            raise NotAllowed("document.write")
        known = CampaignDocument.objects.filter(key=key).first()
        if known is not None:
            return known
        if not text.strip():
            raise needed("text", _("Write the document."))
        if campaign.status == CampaignState.CLOSED:
            raise Conflict("closed", _("The campaign is closed."))
        document = CampaignDocument.objects.create(
            campaign=campaign, kind=kind, text=text.strip(), author=actor, key=key
        )
        flag = "plan" if kind == DocumentKind.PLAN else "summary"
        if getattr(campaign, flag) is not True:
            setattr(campaign, flag, True)
            campaign.save(update_fields=[flag])
        change = {"kind": kind, "characters": len(document.text)}
        audit.record(actor=actor, action=WRITTEN, target=campaign, change=change)
    return document
