"""Who has read the rules that hold for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models.people import Staff
from departments.querysets import StaffOwnedQuerySet


class RuleAcknowledgement(models.Model):
    """A person has read the rules that held for them in a month; append-only.

    ``digest`` is the SHA-256 of the rules as they were shown: rules that change have another one, and are
    asked about again.  Rule: domain.md §4.4 (pay rules are published and acknowledged).
    """

    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="acknowledgements"
    )
    month = models.DateField(_("month"))
    digest = models.CharField(_("digest"), max_length=64)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = StaffOwnedQuerySet.as_manager()
    append_only = True

    class Meta:
        verbose_name = _("acknowledgement of rules")
        verbose_name_plural = _("acknowledgements of rules")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "digest"], name="departments_acknowledgement_once"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="departments_acknowledgement_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.month:%Y-%m}"
