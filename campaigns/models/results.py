"""What a roll-up found: the uplift of a campaign and of each of its stores."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.stores import Store
from core.fields import FixedField, MoneyField
from core.guards import Point
from departments.models import Unit
from departments.querysets import UnitOwnedQuerySet


class UpliftStatus(models.TextChoices):
    SETTLED = "settled", _("settled")
    MISSING = "missing", _("data missing")


class CampaignResultQuerySet(UnitOwnedQuerySet):
    unit_path = "campaign__unit_id"


class Uplift(models.Model):
    """A campaign's uplift: gross profit in yuan, visitors and units.  Rule: HT-25 … HT-28."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="+"
    )
    method = models.CharField(_("method"), max_length=40)
    status = models.CharField(_("status"), max_length=10, choices=UpliftStatus)
    missing = models.JSONField(_("missing"), default=list)
    uplift = MoneyField(_("uplift"), null=True)
    visitors = FixedField(_("visitors"), places=2, null=True)
    units = FixedField(_("units sold"), places=2, null=True)
    products = models.JSONField(_("products"), default=list)

    objects = CampaignResultQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("uplift")
        verbose_name_plural = _("uplift")
        ordering = ["month", "campaign"]
        constraints = [models.UniqueConstraint(fields=["campaign", "month"], name="campaigns_uplift_once")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.uplift}"


class StoreUplift(models.Model):
    """A store's part of it, day by day in ``steps``; a store that is not comparable says why."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    result = models.ForeignKey(Uplift, on_delete=models.CASCADE, related_name="stores")
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="+")
    comparable = models.BooleanField(_("comparable"))
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    actual = MoneyField(_("actual"), null=True)
    baseline = MoneyField(_("baseline"), null=True)
    uplift = MoneyField(_("uplift"), null=True)
    visitors = FixedField(_("visitors"), places=2, null=True)
    units = FixedField(_("units sold"), places=2, null=True)
    steps = models.JSONField(_("steps"), default=dict)

    guard = Point()

    class Meta:
        verbose_name = _("store uplift")
        verbose_name_plural = _("store uplift")
        ordering = ["result", "store"]
        constraints = [
            models.UniqueConstraint(fields=["result", "store"], name="campaigns_store_uplift_once")
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.uplift}"
