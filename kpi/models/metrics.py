"""Indicators that are measured elsewhere and recorded by month."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import FixedField
from core.guards import Point
from departments.models import Staff, Unit
from departments.querysets import UnitOwnedQuerySet


class MetricDirection(models.TextChoices):
    MORE = "more", _("more is better")
    LESS = "less", _("fewer is better")
    RANGE = "range", _("close to the target is better")


class Metric(models.Model):
    """An indicator that an assessment item can take as its source.  Rule: WZ-05."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    unit_of_measure = models.CharField(_("unit of measure"), max_length=30, blank=True)
    direction = models.CharField(
        _("direction"), max_length=10, choices=MetricDirection, default=MetricDirection.MORE
    )

    class Meta:
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class MetricValue(models.Model):
    """What a person or a unit reached in a month; exactly one of the two is its subject."""

    metric = models.ForeignKey(
        Metric, verbose_name=_("metric"), on_delete=models.PROTECT, related_name="values"
    )
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    month = models.DateField(_("month"))
    value = FixedField(_("value"), places=4)
    target = FixedField(_("target"), places=4, null=True, blank=True)

    objects = UnitOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("metric value")
        verbose_name_plural = _("metric values")
        ordering = ["month", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "staff", "month"],
                condition=Q(staff__isnull=False),
                name="kpi_metric_value_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["metric", "unit", "month"],
                condition=Q(unit__isnull=False),
                name="kpi_metric_value_once_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(staff__isnull=True) ^ Q(unit__isnull=True), name="kpi_metric_value_subject"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_metric_value_month"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.month:%Y-%m} {self.staff or self.unit}"
