"""Overrides of the national work calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.guards import Point


class DayKind(models.TextChoices):
    WORKDAY = "workday", _("working day")
    WEEKEND = "weekend", _("day off")
    HOLIDAY = "holiday", _("statutory holiday")


class CalendarDay(models.Model):
    """One day whose kind differs from the published national calendar (table ``calendar``)."""

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DayKind)
    note = models.CharField(_("note"), max_length=200, blank=True)

    # A day of the calendar belongs to every organisation.
    guard = Point("date", root=None)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"
