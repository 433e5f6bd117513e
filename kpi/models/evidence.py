"""Screenshots as evidence, and ticks of duties without a number."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile
from departments.models import Duty, Staff
from departments.querysets import StaffOwnedQuerySet


class EvidenceImage(models.Model):
    """How a screenshot is found again: ``sha256`` of the file as it came, ``dhash`` of how it looks.

    ``dhash``: 64 bits as 16 hexadecimal digits, each telling whether a point is darker than its neighbour.
    """

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="image")
    sha256 = models.CharField(max_length=64, db_index=True)
    dhash = models.CharField(max_length=16, db_index=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))

    class Meta:
        verbose_name = _("screenshot")
        verbose_name_plural = _("screenshots")

    def __str__(self) -> str:
        return str(self.file)


class DutyTick(models.Model):
    """A duty without a number, done on a day.  Rule: YJ-17."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="duty_ticks")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="ticks")
    date = models.DateField(_("date"))
    at = models.DateTimeField(auto_now_add=True)

    objects = StaffOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty done")
        verbose_name_plural = _("duties done")
        ordering = ["date", "pk"]
        constraints = [models.UniqueConstraint(fields=["staff", "duty", "date"], name="kpi_duty_tick_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.duty}"
