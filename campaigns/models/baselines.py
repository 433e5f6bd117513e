"""Which baseline holds for which kind of campaign, from when on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import CampaignScale, CampaignType
from departments.models import Unit
from departments.querysets import UnitOwnedQuerySet


class BaselineMethodCode(models.TextChoices):
    PREV_WEEKENDS = "prev_weekends_same_weekday", _("same weekday of the weekends before")
    PREV_MEMBER_DAYS = "same_member_day_prev_months", _("same member day of the months before")
    ORDINARY_DAYS = "nearest_ordinary_days", _("nearest ordinary days")
    LAST_YEAR = "last_year_same_dates", _("same dates of last year")
    FIXED_DATES = "fixed_dates", _("fixed dates")


class DateAlignment(models.TextChoices):
    DATE = "date", _("same date")
    WEEKDAY = "weekday", _("same weekday (364 days before)")


class BaselineMethod(models.Model):
    """The method for campaigns of a type and scale that start on or after ``valid_from``.  Rule:
    HT-25 … HT-28.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    type = models.CharField(_("type"), max_length=15, choices=CampaignType)
    scale = models.CharField(_("scale"), max_length=10, choices=CampaignScale)
    valid_from = models.DateField(_("valid from"))
    method = models.CharField(_("method"), max_length=40, choices=BaselineMethodCode)
    n = models.PositiveSmallIntegerField(_("number of days"))
    align = models.CharField(_("alignment"), max_length=10, choices=DateAlignment)
    clause = models.CharField(_("clause"), max_length=100, blank=True)

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("baseline method")
        verbose_name_plural = _("baseline methods")
        ordering = ["unit", "type", "scale", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "type", "scale", "valid_from"], name="campaigns_baseline_method_version"
            ),
            models.CheckConstraint(condition=models.Q(n__gte=1), name="campaigns_baseline_method_n"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.get_scale_display()} {self.get_method_display()}"
