"""When a month's work is due, and how much of it is looked at: settings of a unit, in versions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import RateField
from departments.models import Unit
from departments.querysets import UnitOwnedQuerySet


class MonthPolicy(models.Model):
    """A version of a unit's settings; the nearest unit upward with one begun by the day holds.

    ``entry_close_day``: until which day of the next month people log themselves, afterwards their leader
    does.  ``sample_rate``, ``sample_min``: the random sample that is enough where nothing looks wrong.
    ``accept_bound``: up to which share of bad rows, as a sample without any shows at 95 %, the rest may be
    accepted.  ``burst_*``, ``usual_factor``: many rows at once, or a count so many times a usual day's, are
    looked at.
    ``*_due``: days of the next month.  Rule: domain.md §4.4, §4.5, §9.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="month_policies"
    )
    valid_from = models.DateField(_("valid from"))
    entry_close_day = models.PositiveSmallIntegerField(_("last day to log"))
    sample_rate = RateField(_("share to sample"))
    sample_min = models.PositiveSmallIntegerField(_("least to sample"))
    accept_bound = RateField(_("highest share to accept"))
    burst_rows = models.PositiveSmallIntegerField(_("rows of a burst"))
    burst_minutes = models.PositiveSmallIntegerField(_("minutes of a burst"))
    usual_factor = models.PositiveSmallIntegerField(_("times a usual day"))
    self_due = models.PositiveSmallIntegerField(_("self-rating due"))
    manager_due = models.PositiveSmallIntegerField(_("rating due"))
    review_due = models.PositiveSmallIntegerField(_("review due"))

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("month settings")
        verbose_name_plural = _("month settings")
        ordering = ["unit", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="kpi_month_policy_version"),
            models.CheckConstraint(
                condition=Q(sample_rate__gte=0, sample_rate__lte=1), name="kpi_month_policy_sample_rate"
            ),
            models.CheckConstraint(
                condition=Q(accept_bound__gte=0, accept_bound__lte=1), name="kpi_month_policy_accept_bound"
            ),
            models.CheckConstraint(
                condition=Q(
                    entry_close_day__lte=28, self_due__lte=28, manager_due__lte=28, review_due__lte=28
                ),
                name="kpi_month_policy_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.valid_from}"
