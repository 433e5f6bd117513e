"""Daily promotion output, append-only: a correction is a row that supersedes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.guards import Point
from core.models import StoredFile
from departments.models import Duty, Staff, Unit
from departments.querysets import StaffOwnedQuerySet
from kpi.models.platforms import Platform


class LogStatus(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    VALID = "valid", _("valid")
    REJECTED = "rejected", _("rejected")


class LogEntry(models.Model):
    """One row of a person's daily log.  A submitted row counts until it is rejected; a row that another,
    not rejected, row supersedes does not count.  Rule: YJ-09, YJ-15, calculation.md §1.

    ``row_key`` is the row's own id, or, for a row without one, a digest of all its columns but count,
    status and note: the natural key of the interchange table.
    """

    row_id = models.CharField(_("row"), max_length=64, blank=True)
    row_key = models.CharField(max_length=80, unique=True, editable=False)
    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    staff = models.ForeignKey(Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="logs")
    platform = models.ForeignKey(
        Platform, verbose_name=_("platform"), on_delete=models.PROTECT, related_name="+"
    )
    activity = models.CharField(_("activity"), max_length=40)
    handle = models.CharField(_("handle"), max_length=100, blank=True)
    count = models.PositiveBigIntegerField(_("count"))
    url = models.CharField(_("link"), max_length=500, blank=True)
    # The link's normal form as a digest: the same page logged twice has it twice.
    link_key = models.CharField(max_length=64, blank=True, editable=False)
    partner = models.ForeignKey(
        Staff, verbose_name=_("partner"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(_("status"), max_length=10, choices=LogStatus, default=LogStatus.SUBMITTED)
    supersedes = models.ForeignKey(
        "self",
        verbose_name=_("replaces"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
    )
    duty = models.ForeignKey(
        Duty, verbose_name=_("duty"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    evidence = models.ForeignKey(
        StoredFile,
        verbose_name=_("evidence"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("logged"), auto_now_add=True)
    # Bits of kpi.calculations.risk.Risk; 0: not looked at yet.
    risk = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("log row")
        verbose_name_plural = _("log rows")
        ordering = ["date", "pk"]
        indexes = [
            # Everything that a month's sums and gaps are read from, so that no row itself is.
            models.Index(
                fields=["root", "date", "staff", "platform", "count", "status", "id"], name="kpi_log_sums"
            ),
            # The list of all rows, newest first, whosever they are.
            models.Index(fields=["date", "id"], name="kpi_log_newest"),
            models.Index(fields=["staff", "date"], name="kpi_log_staff_date"),
            # Whole: SQLite takes no partial index whose condition stands in a parameter.
            models.Index(fields=["link_key"], name="kpi_log_links"),
            models.Index(fields=["staff", "id"], condition=Q(risk=0), name="kpi_log_unseen"),
            # The queue of those who verify: worst first, then by day.
            models.Index(
                fields=["root", "-risk", "date", "id"], condition=Q(status="submitted"), name="kpi_log_queue"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=0), name="kpi_log_count"),
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_log_month"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.staff} {self.activity} {self.count}"
