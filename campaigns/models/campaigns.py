"""Campaigns in stores."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.flow import Flow, two_people
from campaigns.models.plans import Plan
from campaigns.querysets import CampaignQuerySet
from core.guards import Point
from departments.models import Unit


class CampaignType(models.TextChoices):
    WEEKEND = "weekend", _("weekend")
    MEMBER_DAY = "member_day", _("member day")
    MANUFACTURER = "manufacturer", _("manufacturer")
    OTHER = "other", _("other")


class CampaignScale(models.TextChoices):
    SMALL = "small", _("small")
    MEDIUM = "medium", _("medium")
    LARGE = "large", _("large")


#: what a campaign is compared with: fixed once it is approved, and printed with every statement when changed
FIXED_TERMS = ("start", "end", "type", "scale", "stores", "pays", "baseline", "baseline_dates")
#: what a change says of the baseline method beside the terms that were asked for
METHOD_TERM = "fixed_method"


class Campaign(Flow):
    """A campaign; it belongs to the month of its end.  Rule: HT-07, calculation.md §3.

    ``stores`` is a list of codes, or ``["*"]`` for the stores of the unit and below that are open on
    some day.

    Its terms are fixed once it is approved: a change is a ``CampaignChange`` that somebody else approves.
    So is the baseline method that the rules chose then: ``fixed_method`` with its number of days and its
    alignment; a rule that comes later does not touch it.  Empty = chosen by the rules when it is computed.
    ``plan`` and ``summary`` say whether the two documents are there; ``None`` = nobody said.
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
    baseline = models.CharField(_("baseline"), max_length=40, blank=True)
    baseline_dates = models.JSONField(_("baseline dates"), default=list, blank=True)
    fixed_method = models.CharField(_("baseline method"), max_length=40, blank=True, editable=False)
    fixed_n = models.PositiveSmallIntegerField(_("number of days"), null=True, editable=False)
    fixed_align = models.CharField(_("alignment"), max_length=10, blank=True, editable=False)
    planned_in = models.ForeignKey(
        Plan,
        verbose_name=_("part of the plan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaigns",
    )
    plan = models.BooleanField(_("written plan"), null=True, blank=True)
    summary = models.BooleanField(_("written summary"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-end", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="campaigns_campaign_order"),
            models.CheckConstraint(
                condition=Q(fixed_method="", fixed_n__isnull=True, fixed_align="")
                | (~Q(fixed_method="") & Q(fixed_n__isnull=False, fixed_n__gte=1) & ~Q(fixed_align="")),
                name="campaigns_campaign_method_whole",
            ),
            *two_people("campaign"),
        ]
        indexes = [models.Index(fields=["root", "end"], name="campaigns_campaign_root")]

    def __str__(self) -> str:
        return self.name
