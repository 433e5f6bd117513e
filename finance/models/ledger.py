"""The ledger: one row moves an amount from one account to another, so it balances by construction."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from core.guards import Point
from core.models.audit import AppendOnlyQuerySet
from departments.models import Unit


class AccountKind(models.TextChoices):
    COMPANY = "company", _("company")
    POOL = "pool", _("pool")
    MAINTENANCE = "maintenance", _("maintenance fund")
    RESERVE = "reserve", _("reserve")
    WITHHELD = "withheld", _("withheld")
    PAYABLE = "payable", _("payable")
    TAX = "tax", _("tax payable")


class LedgerAccount(models.Model):
    """An account of an organisation; ``key`` is the campaign, the scheme or the payee it is for."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    key = models.CharField(_("for"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        ordering = ["root", "kind", "key"]
        constraints = [models.UniqueConstraint(fields=["root", "kind", "key"], name="finance_account_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}".strip()


class Transfer(models.Model):
    """A posting: ``amount`` > 0 from ``source`` to ``target``.  Append-only; a mistake is mended by
    another row.

    ``reference`` is unique: the same fact posted twice is one row.
    """

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    date = models.DateField(_("date"))
    source = models.ForeignKey(
        LedgerAccount,
        verbose_name=pgettext_lazy("of a posting", "from"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    target = models.ForeignKey(
        LedgerAccount,
        verbose_name=pgettext_lazy("of a posting", "to"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    amount = MoneyField(_("amount"))
    kind = models.CharField(_("kind"), max_length=30)
    reference = models.CharField(_("reference"), max_length=200, unique=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = AppendOnlyQuerySet.as_manager()
    guard = Point()
    append_only = True

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_transfer_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="finance_transfer_two_accounts"),
        ]
        indexes = [models.Index(fields=["root", "month"], name="finance_transfer_month")]

    def __str__(self) -> str:
        return f"{self.date} {self.amount} {self.kind}"
