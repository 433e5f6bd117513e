"""What a person owes in a month: quota rules in versions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from departments.models import Document, Unit
from departments.querysets import UnitOwnedQuerySet


class Basis(models.TextChoices):
    PERSON = "person", _("per person")
    ACCOUNT = "account", _("per account")
    PLATFORM = "platform", _("per platform")
    PAIR = "pair", _("with a colleague")


class QuotaPeriod(models.TextChoices):
    DAY = "day", _("a day")
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")


class DayBasis(models.TextChoices):
    CALENDAR = "calendar", _("calendar days")
    WORKDAY = "workday", _("working days")


class Surplus(models.TextChoices):
    NONE = "none", _("does not carry over")
    MONTH = "month", _("carries over within the month")


class QuotaRule(models.Model):
    """One version of a quota rule.  Rule: YJ-07 … YJ-19, WZ-17; calculation.md §1.

    ``activities`` and ``platforms`` are lists of codes: a version never changes once used, and codes are
    never given to something else.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="quota_rules"
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    activities = models.JSONField(_("activities"))
    platforms = models.JSONField(_("platforms"))
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    period = models.CharField(_("period"), max_length=10, choices=QuotaPeriod)
    amount = FixedField(_("amount"), places=4)
    accounts_required = models.PositiveSmallIntegerField(_("accounts required"), default=1)
    platforms_required = models.PositiveSmallIntegerField(_("platforms required"), null=True, blank=True)
    day_basis = models.CharField(_("days"), max_length=10, choices=DayBasis, default=DayBasis.CALENDAR)
    surplus = models.CharField(_("surplus"), max_length=10, choices=Surplus, default=Surplus.NONE)
    weight = FixedField(_("weight"), places=4, default=1)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    document = models.ForeignKey(
        Document,
        verbose_name=_("document"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    clause = models.CharField(_("clause"), max_length=100, blank=True)

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota rule")
        verbose_name_plural = _("quota rules")
        ordering = ["unit", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "code", "valid_from"], name="kpi_quota_rule_version"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="kpi_quota_rule_order",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="kpi_quota_rule_amount"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="kpi_quota_rule_weight"),
        ]

    def __str__(self) -> str:
        return self.name
