"""Contacts of authors without a log-in are kept no longer than needed.  Rule: domain.md §6.1 (19, 47)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.job_context import JobContext
from core.schedule import Daily
from incentives.models import ManuscriptStatus, Submission

FORGET_CONTACTS = "manuscript_contacts"
FORGOTTEN = audit.register_action("manuscript.contacts_forgotten", _("contacts of authors forgotten"))


def contacts_due(now: datetime) -> Any:
    """The submissions whose contact has served: refused, taken back or published, so many days ago."""
    before = timezone.localdate(now) - timedelta(days=settings.MANUSCRIPT_CONTACT_DAYS)
    over = Q(manuscript__status=ManuscriptStatus.REFUSED, decided_at__date__lt=before)
    over |= Q(manuscript__status=ManuscriptStatus.PUBLISHED, manuscript__published__lt=before)
    return Submission.objects.filter(over).exclude(sealed_contact="")


def forget_contacts(context: JobContext) -> None:
    """Erase the contacts that are due; one audit row says how many."""
    with transaction.atomic():
        count = contacts_due(timezone.now()).update(sealed_contact="")
        if count:
            audit.record(actor=None, action=FORGOTTEN, change={"count": count})
        context.finish({"forgotten": count})


def _ask(day: date) -> tuple[dict[str, Any], str]:
    return {}, f"{FORGET_CONTACTS}:{day}"


NIGHTLY_CONTACTS = Daily(kind=FORGET_CONTACTS, at=time(3, 40), ask=_ask)
