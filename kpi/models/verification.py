"""Who accepted or rejected which log row and why, and the random samples that spoke for many rows."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.guards import Point
from departments.models import Staff, Unit
from departments.querysets import StaffOwnedQuerySet, UnitOwnedQuerySet
from kpi.models.logs import LogEntry


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("log row", "accepted")
    REJECTED = "rejected", _("rejected")


class SampleOutcome(models.TextChoices):
    REST_ACCEPTED = "rest_accepted", _("the rest was accepted")
    FULL_CHECK = "full_check", _("every row has to be checked")


class LogSample(models.Model):
    """Rows of a unit and month drawn by chance to speak for all.  Rule: domain.md §4.5.

    ``population`` rows, stored in ``rows``, ranked by ``seed``; the first ``size`` of them are the sample.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    month = models.DateField(_("month"))
    population = models.PositiveIntegerField(_("rows in all"))
    size = models.PositiveIntegerField(_("rows drawn"))
    seed = models.PositiveBigIntegerField(_("seed"))
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drawn by"), on_delete=models.PROTECT, related_name="+"
    )
    drawn_at = models.DateTimeField(_("drawn"), auto_now_add=True)
    outcome = models.CharField(_("outcome"), max_length=15, choices=SampleOutcome, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("concluded by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    concluded_at = models.DateTimeField(_("concluded"), null=True)

    objects = UnitOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "month"], condition=Q(outcome=""), name="kpi_sample_one_open"
            ),
            models.CheckConstraint(
                condition=Q(size__lte=F("population"), size__gt=0), name="kpi_sample_size"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", concluded_at__isnull=True)
                | (~Q(outcome="") & Q(concluded_at__isnull=False)),
                name="kpi_sample_concluded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"


class SampledRow(models.Model):
    """A row that a sample speaks for; ``place`` is its rank by the seed, from 1."""

    sample = models.ForeignKey(LogSample, on_delete=models.PROTECT, related_name="rows")
    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()

    append_only = True

    class Meta:
        verbose_name = _("row of a sample")
        verbose_name_plural = _("rows of samples")
        ordering = ["sample", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "entry"], name="kpi_sampled_row_once"),
            models.UniqueConstraint(fields=["sample", "place"], name="kpi_sampled_row_place"),
        ]

    def __str__(self) -> str:
        return f"{self.sample} {self.place}"


class LogCheck(models.Model):
    """A decision on a log row, never changed; deciding again is one more row.  ``number`` counts from 1.

    ``by_staff`` is nobody for somebody outside the organisation; ``sample``: the one the row was drawn in, or
    that spoke for it.  Nobody decides on a row of their own.
    """

    entry = models.ForeignKey(LogEntry, on_delete=models.PROTECT, related_name="checks")
    number = models.PositiveSmallIntegerField()
    staff = models.ForeignKey(Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), on_delete=models.PROTECT, related_name="+"
    )
    by_staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    sample = models.ForeignKey(LogSample, null=True, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField(_("decided"), auto_now_add=True)

    objects = StaffOwnedQuerySet.as_manager()
    append_only = True

    class Meta:
        verbose_name = _("check of a log row")
        verbose_name_plural = _("checks of log rows")
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="kpi_log_check_once"),
            models.CheckConstraint(
                condition=Q(by_staff__isnull=True) | ~Q(by_staff=F("staff")),
                name="kpi_log_check_not_own",
                violation_error_message=_("Nobody verifies a row of their own."),
            ),
            models.CheckConstraint(
                condition=Q(verdict="accepted") | ~Q(reason=""), name="kpi_log_check_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.get_verdict_display()}"
