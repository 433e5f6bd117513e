"""Changes after approval: each with a reason and somebody else's decision, never rewritten.  Rule: KQ-04."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from campaigns.models.flow import person
from campaigns.models.plans import Plan


class Decision(models.TextChoices):
    APPROVED = "approved", _("approved")
    REFUSED = "refused", pgettext_lazy("decision", "refused")


def decided(label: str, subject: str) -> list[models.BaseConstraint]:
    """One open change at a time; decided by somebody else, and wholly or not at all."""
    return [
        models.UniqueConstraint(
            fields=[subject], condition=Q(decision__isnull=True), name=f"campaigns_{label}_one_open"
        ),
        models.CheckConstraint(
            condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            name=f"campaigns_{label}_two_people",
            violation_error_message=_("Nobody decides about a change of their own."),
        ),
        models.CheckConstraint(
            condition=Q(decision__isnull=True, decided_by__isnull=True)
            | Q(decision__isnull=False, decided_by__isnull=False),
            name=f"campaigns_{label}_decided_by_somebody",
        ),
    ]


class Change(models.Model):
    """``terms``: field → what stood and what is to stand, as text and lists."""

    terms = models.JSONField(_("what changes"))
    reason = models.CharField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("proposed by"), on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    key = models.UUIDField(unique=True, editable=False)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, null=True)  # noqa: DJ001
    decided_by = person(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    # Null until decided: a column that is filled in once, like the three above.
    remark = models.CharField(_("remark"), max_length=500, null=True)  # noqa: DJ001

    append_only = True
    append_once = ("decision", "decided_by", "decided_at", "remark")

    class Meta:
        abstract = True
        ordering = ["-proposed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.proposed_at:%Y-%m-%d} {self.reason[:40]}"


class CampaignChange(Change):
    """A change of a campaign that is approved: baseline, stores, dates and the rest of its terms."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="changes"
    )

    class Meta(Change.Meta):
        verbose_name = _("change of a campaign")
        verbose_name_plural = _("changes of campaigns")
        constraints = decided("campaign_change", "campaign")


class PlanChange(Change):
    """An adjustment of a plan that is approved."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="changes")

    class Meta(Change.Meta):
        verbose_name = _("adjustment of a plan")
        verbose_name_plural = _("adjustments of plans")
        constraints = decided("plan_change", "plan")
