"""Appeals: a person disputes one line of their own published month; only that line waits."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.models import Staff, Unit
from departments.querysets import StaffOwnedQuerySet


class AppealState(models.TextChoices):
    OPEN = "open", _("waiting for an answer")
    UPHELD = "upheld", _("upheld")
    DISMISSED = "dismissed", _("dismissed")


class Appeal(models.Model):
    """An objection to one line of a person's month.  Rule: KQ-24, calculation.md §2.

    ``kind`` and ``reference`` name the line in a way that outlives a new computation; ``title`` is how it
    read when the appeal was made.  ``holds`` names the payouts that wait for the answer: ``bonus``, or
    ``pool/<campaign>/<role>``.  No guard: an answer may come after the month is locked.
    """

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    month = models.DateField(_("month"))
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="appeals"
    )
    kind = models.CharField(_("about"), max_length=20)
    reference = models.CharField(max_length=120, editable=False)
    title = models.CharField(_("line"), max_length=200)
    text = models.CharField(_("objection"), max_length=1000)
    holds = models.JSONField(_("payouts that wait"), default=list, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=AppealState, default=AppealState.OPEN)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        Staff,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = StaffOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "month", "kind", "reference"],
                name="kpi_appeal_once_a_line",
                violation_error_message=_("There is an appeal against this line already."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="kpi_appeal_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("staff")),
                name="kpi_appeal_not_own",
                violation_error_message=_("Nobody decides an appeal of their own."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_appeal_month"),
        ]
        indexes = [models.Index(fields=["root", "month", "state"], name="kpi_appeal_root")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.title}"
