"""Requests to spend the money of a fund: asked for by one, decided by another."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from core.models import StoredFile
from departments.models import Unit
from departments.permissions import reach_of
from finance.models.funds import Fund, FundEntry

if TYPE_CHECKING:
    from core.models import User


class RequestState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class FundRequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Any:
        """One's own, and those of the organisations whose money one reads or decides about."""
        reach = reach_of(user)
        if reach.everything:
            return self
        roots = reach.units_for("money.read") | reach.units_for("fund.approve")
        return self.filter(Q(requested_by=user) | Q(root_id__in=roots))


class FundRequest(models.Model):
    """Somebody asks for money of a fund; approved by another it becomes one entry.  Rule: HT-22.

    Of the withheld fund it is a release, of the others a spending.
    """

    fund = models.ForeignKey(Fund, verbose_name=_("fund"), on_delete=models.PROTECT, related_name="requests")
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    form_key = models.UUIDField(unique=True, editable=False)
    amount = MoneyField(_("amount"))
    purpose = models.CharField(_("purpose"), max_length=500)
    evidence_file = models.ForeignKey(
        StoredFile,
        verbose_name=_("evidence file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(pgettext_lazy("of a request", "asked"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    entry = models.OneToOneField(
        FundEntry,
        verbose_name=_("fund entry"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="request",
    )

    objects = FundRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to spend")
        verbose_name_plural = _("requests to spend")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_fund_request_amount"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decided_by=F("requested_by")),
                name="finance_fund_request_two_people",
                violation_error_message=_("Nobody decides about a request of their own."),
            ),
            models.CheckConstraint(
                condition=Q(state="approved", entry__isnull=False, decided_by__isnull=False)
                | (~Q(state="approved") & Q(entry__isnull=True)),
                name="finance_fund_request_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="finance_fund_request_reason"
            ),
        ]
        indexes = [models.Index(fields=["root", "state"], name="finance_fund_request_root")]

    def __str__(self) -> str:
        return f"{self.fund} {self.amount}"
