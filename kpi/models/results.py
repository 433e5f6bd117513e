"""What a roll-up found: attainment by person and rule, and the monthly score."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField, MoneyField, RateField
from core.guards import Point
from departments.models import Staff, Unit
from departments.querysets import StaffOwnedQuerySet
from kpi.models.quotas import QuotaRule
from kpi.models.schemes import AssessmentScheme


class ScoreStatus(models.TextChoices):
    SETTLED = "settled", _("settled")
    MISSING = "missing", _("data missing")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class Attainment(models.Model):
    """A person's month under one quota rule, with the steps that led to it."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="attainments"
    )
    rule = models.ForeignKey(QuotaRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+")
    applicable = models.BooleanField(_("applicable"))
    target = FixedField(_("target"), places=4, null=True)
    credited = FixedField(_("credited"), places=4, null=True)
    raw = FixedField(_("logged"), places=4, null=True)
    rate = RateField(_("rate"), null=True)
    steps = models.JSONField(_("steps"), default=dict)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("attainment")
        verbose_name_plural = _("attainment")
        ordering = ["staff", "rule"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "month", "rule"], name="kpi_attainment_once"),
        ]
        indexes = [models.Index(fields=["root", "month"], name="kpi_attainment_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.rule}"


class Score(models.Model):
    """A person's monthly score: items, points, total, grade, coefficient, bonus.  Rule: KQ-22 … KQ-24."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="scores"
    )
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(
        AssessmentScheme, verbose_name=_("scheme"), on_delete=models.PROTECT, related_name="+"
    )
    items = models.JSONField(_("items"))
    bonus_points = FixedField(_("bonus points"), places=2)
    deduction_points = FixedField(_("points off"), places=2)
    veto = models.BooleanField(_("veto"))
    total = FixedField(_("total"), places=2, null=True)
    grade = models.CharField(_("grade"), max_length=10, null=True)  # noqa: DJ001 - no grade is not an empty one
    coefficient = FixedField(_("coefficient"), places=2, null=True)
    proration = RateField(_("proration"))
    bonus_base = MoneyField(_("bonus base"), null=True)
    bonus = MoneyField(_("bonus"), null=True)
    status = models.CharField(_("status"), max_length=15, choices=ScoreStatus)
    missing = models.JSONField(_("missing"), default=list)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["month", "staff"]
        constraints = [models.UniqueConstraint(fields=["staff", "month"], name="kpi_score_once")]
        indexes = [models.Index(fields=["root", "month"], name="kpi_score_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.total}"
