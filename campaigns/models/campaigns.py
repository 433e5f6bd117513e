"""Campaigns in stores."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.guards import Point
from departments.models import Unit
from departments.querysets import UnitOwnedQuerySet


class CampaignType(models.TextChoices):
    WEEKEND = "weekend", _("weekend")
    MEMBER_DAY = "member_day", _("member day")
    MANUFACTURER = "manufacturer", _("manufacturer")
    OTHER = "other", _("other")


class CampaignScale(models.TextChoices):
    SMALL = "small", _("small")
    MEDIUM = "medium", _("medium")
    LARGE = "large", _("large")


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    RUNNING = "running", _("running")
    REVIEWED = "reviewed", _("reviewed")
    CLOSED = "closed", pgettext_lazy("campaign", "closed")


# Only an approved campaign counts and touches days; what follows approval is approved too.
COUNTED_STATES = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.REVIEWED, CampaignState.CLOSED)


class Campaign(models.Model):
    """A campaign; it belongs to the month of its end.  Rule: HT-07, calculation.md §3.

    ``stores`` is a list of codes, or ``["*"]`` for the stores of the unit and below that are open on
    some day.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="campaigns")
    type = models.CharField(_("type"), max_length=15, choices=CampaignType)
    scale = models.CharField(_("scale"), max_length=10, choices=CampaignScale)
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    stores = models.JSONField(_("stores"))
    products = models.JSONField(_("products"), default=list, blank=True)
    pays = models.BooleanField(_("pays"), default=True)
    status = models.CharField(
        _("status"), max_length=10, choices=CampaignState, default=CampaignState.APPROVED
    )
    baseline = models.CharField(_("baseline"), max_length=40, blank=True)
    baseline_dates = models.JSONField(_("baseline dates"), default=list, blank=True)
    plan = models.BooleanField(_("written plan"), null=True, blank=True)
    summary = models.BooleanField(_("written summary"), null=True, blank=True)

    objects = UnitOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-end", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="campaigns_campaign_order"),
        ]
        indexes = [models.Index(fields=["root", "end"], name="campaigns_campaign_root")]

    def __str__(self) -> str:
        return self.name
