"""Funds of an incentive scheme: maintenance, reserve, withheld."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField
from core.guards import Point
from departments.models import Unit
from departments.querysets import RootOwnedQuerySet


class FundKind(models.TextChoices):
    MAINTENANCE = "maintenance", _("maintenance fund")
    RESERVE = "reserve", _("reserve")
    WITHHELD = "withheld", _("withheld")


class EntryKind(models.TextChoices):
    OPENING = "opening", _("opening balance")
    SPEND = "spend", _("spending")
    RELEASE = "release", _("release")


class Fund(models.Model):
    """One purse of a scheme, named by the scheme's code: it outlives the scheme's versions.  Rule:
    HT-05, HT-22.
    """

    scheme_code = models.CharField(_("scheme"), max_length=40)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(_("fund"), max_length=12, choices=FundKind)

    objects = RootOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["scheme_code", "kind"]
        constraints = [models.UniqueConstraint(fields=["scheme_code", "kind"], name="finance_fund_once")]

    def __str__(self) -> str:
        return f"{self.scheme_code} {self.get_kind_display()}"


class FundEntry(models.Model):
    """An opening balance, a spending or a release that somebody recorded."""

    ident = models.CharField(_("id"), max_length=60, unique=True)
    fund = models.ForeignKey(Fund, verbose_name=_("fund"), on_delete=models.PROTECT, related_name="entries")
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    amount = MoneyField(_("amount"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = RootOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("fund entry")
        verbose_name_plural = _("fund entries")
        ordering = ["date", "ident"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="finance_fund_entry_amount")]

    def __str__(self) -> str:
        return f"{self.date} {self.fund} {self.amount}"


class FundMonth(models.Model):
    """A fund's month as the roll-up found it: opening + in − out = closing, and what waits to be paid."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    fund = models.ForeignKey(Fund, verbose_name=_("fund"), on_delete=models.PROTECT, related_name="months")
    opening = MoneyField(_("opening"))
    inflow = MoneyField(_("in"))
    outflow = MoneyField(_("out"))
    closing = MoneyField(_("closing"))
    movements = models.JSONField(_("movements"), default=list)
    pending = models.JSONField(_("waiting to be paid"), default=list)

    objects = RootOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("fund month")
        verbose_name_plural = _("fund months")
        ordering = ["month", "fund"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "month"], name="finance_fund_month_once"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("inflow") - F("outflow")),
                name="finance_fund_month_adds_up",
            ),
            models.CheckConstraint(condition=Q(closing__gte=0), name="finance_fund_month_no_overdraft"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.month:%Y-%m}"
