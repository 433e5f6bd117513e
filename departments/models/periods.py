"""A month of a root unit and its state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models.units import Unit
from departments.querysets import PeriodQuerySet


class PeriodState(models.TextChoices):
    OPEN = "open", _("open")
    COMPUTED = "computed", _("computed")
    REVIEWED = "reviewed", _("reviewed")
    PUBLISHED = "published", _("published")
    APPROVED = "approved", _("approved")
    LOCKED = "locked", _("locked")
    PAID = "paid", _("paid")


# A frozen month takes no fact and no result any more; the database's guards read the same two words.
FROZEN = (PeriodState.LOCKED, PeriodState.PAID)


class Period(models.Model):
    """A month of a root unit: open → computed → reviewed → published → approved → locked → paid."""

    root = models.ForeignKey(Unit, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="periods")
    month = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=PeriodState, default=PeriodState.OPEN)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("month")
        verbose_name_plural = _("months")
        ordering = ["-month", "root"]
        constraints = [
            models.UniqueConstraint(fields=["root", "month"], name="departments_period_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="departments_period_first_day"),
            models.CheckConstraint(
                condition=models.Q(state__in=PeriodState.values), name="departments_period_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.month:%Y-%m}"

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN
