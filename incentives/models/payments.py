"""Paying a locked month: layouts of bank files, bank accounts, batches with their files and lines."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from core.models import StoredFile
from departments.models import Staff, Unit
from departments.permissions import reach_of
from departments.querysets import RootOwnedQuerySet

if TYPE_CHECKING:
    from core.models import User


class PaidQuerySet(models.QuerySet[Any]):
    """Rows of an organisation, seen by those who read its money."""

    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        return self if reach.everything else self.filter(root_id__in=reach.units_for("money.read"))


class BankAccountQuerySet(models.QuerySet[Any]):
    """Accounts, seen by those who keep them."""

    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        roots = reach.units_for("bank_account.edit")
        return self if reach.everything else self.filter(staff__root_id__in=roots)


class FileType(models.TextChoices):
    XLSX = "xlsx", _("workbook (xlsx)")
    CSV = "csv", _("comma-separated (csv)")
    TXT = "txt", _("text (txt)")


class MarkerRow(models.TextChoices):
    NONE = "none", _("none")
    FIRST = "first", _("first row")
    LAST = "last", _("last row")


class ColumnSource(models.TextChoices):
    NUMBER = "number", _("running number")
    ACCOUNT = "account", _("account number")
    HOLDER = "holder", _("account holder")
    AMOUNT = "amount", _("amount")
    BRANCH = "branch", _("bank branch")
    STAFF_NO = "staff_no", _("staff number")
    MONTH = "month", _("month")
    BATCH = "batch", _("batch number")
    PAYER_NAME = "payer_name", _("payer's name")
    PAYER_ACCOUNT = "payer_account", _("payer's account number")
    PAYER_BRANCH = "payer_branch", _("payer's bank branch")
    TEXT = "text", _("always the same text")
    BLANK = "blank", _("nothing")


class BankFileProfile(models.Model):
    """How a bank wants its batch file; its columns are rows too.  Rule: domain.md §1.5.

    ``marker``: a row with the total and the number of payments.  ``max_rows``: payments in one file.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    file_type = models.CharField(_("kind of file"), max_length=4, choices=FileType)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20)
    heading = models.BooleanField(_("with a heading row"))
    marker = models.CharField(_("row of totals"), max_length=5, choices=MarkerRow)
    max_rows = models.PositiveIntegerField(_("most payments in one file"))
    payer_name = models.CharField(_("payer's name"), max_length=100, blank=True)
    payer_account = models.CharField(_("payer's account number"), max_length=32, blank=True)
    payer_branch = models.CharField(_("payer's bank branch"), max_length=100, blank=True)

    objects = RootOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank file layout")
        verbose_name_plural = _("bank file layouts")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(max_rows__gt=0), name="incentives_bank_rows")]

    def __str__(self) -> str:
        return self.name


class BankFileColumn(models.Model):
    """One column of a bank file, from left to right by ``order``."""

    profile = models.ForeignKey(BankFileProfile, on_delete=models.CASCADE, related_name="columns")
    order = models.PositiveSmallIntegerField(_("order"))
    header = models.CharField(_("heading"), max_length=60)
    source = models.CharField(_("content"), max_length=15, choices=ColumnSource)
    text = models.CharField(_("text"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("bank file column")
        verbose_name_plural = _("bank file columns")
        ordering = ["profile", "order"]
        constraints = [models.UniqueConstraint(fields=["profile", "order"], name="incentives_bank_column")]

    def __str__(self) -> str:
        return self.header


class BankAccount(models.Model):
    """Where a person is paid: the number is sealed, four digits of it are shown.  Rule: domain.md §6."""

    staff = models.OneToOneField(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="bank_account"
    )
    holder = models.CharField(_("account holder"), max_length=60)
    branch = models.CharField(_("bank branch"), max_length=100, blank=True)
    sealed_number = models.TextField(editable=False)
    last_four = models.CharField(_("last four digits"), max_length=4)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["staff"]

    def __str__(self) -> str:
        return f"{self.staff} ···{self.last_four}"


class PaymentBatch(models.Model):
    """One payment run of a locked month.  ``form_key`` names the form: sent twice, it makes one batch."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    number = models.CharField(_("batch number"), max_length=60, unique=True)
    form_key = models.UUIDField(unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(pgettext_lazy("of a payment batch", "made"), auto_now_add=True)
    total = MoneyField(_("total"))
    count = models.PositiveIntegerField(_("payments"))

    objects = PaidQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["root", "month"], name="incentives_batch_month")]

    def __str__(self) -> str:
        return self.number


class PaymentFile(models.Model):
    """A file for the bank, kept as it was made.  A later ``revision`` holds the same payments and says so."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="files")
    revision = models.PositiveSmallIntegerField(_("revision"))
    part = models.PositiveSmallIntegerField(_("part"))
    profile = models.ForeignKey(
        BankFileProfile, verbose_name=_("bank file layout"), on_delete=models.PROTECT, related_name="+"
    )
    stored = models.ForeignKey(StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+")
    total = MoneyField(_("total"))
    count = models.PositiveIntegerField(_("payments"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(pgettext_lazy("of a payment batch", "made"), auto_now_add=True)

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["batch", "revision", "part"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "revision", "part"], name="incentives_bank_file_once"),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""), name="incentives_bank_file_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.stored.name


class PaymentMethod(models.TextChoices):
    BANK = "bank", _("by the bank")
    HAND = "hand", _("by hand")


class PaymentState(models.TextChoices):
    OPEN = "open", pgettext_lazy("of a payment", "on its way")
    PAID = "paid", pgettext_lazy("of a payment", "paid")
    RETURNED = "returned", pgettext_lazy("of a payment", "returned")


class PaymentLine(models.Model):
    """What one payee gets for a month: ``amount = gross − tax``.  Nobody is paid twice for one month.

    ``payee`` is the staff number, or the kind and name of an outsider, as in the ledger; ``last_four`` the
    end of the account it goes to.
    """

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="lines")
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    payee = models.CharField(_("payee"), max_length=120)
    name = models.CharField(_("name"), max_length=60)
    staff = models.ForeignKey(
        Staff,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
    )
    gross = MoneyField(_("before tax"))
    tax = MoneyField(_("tax withheld"))
    amount = MoneyField(_("amount"))
    method = models.CharField(_("paid how"), max_length=4, choices=PaymentMethod)
    last_four = models.CharField(_("last four digits"), max_length=4, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=PaymentState, default=PaymentState.OPEN)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("settled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    settled_on = models.DateField(_("paid or returned on"), null=True, blank=True)
    received_at = models.DateTimeField(_("receipt confirmed"), null=True, blank=True)

    objects = PaidQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["batch", "payee"]
        constraints = [
            models.UniqueConstraint(
                fields=["root", "month", "payee"],
                condition=~Q(state="returned"),
                name="incentives_payment_once",
                violation_error_message=_("This payee is paid for the month already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, tax__gte=0, gross=F("amount") + F("tax")),
                name="incentives_payment_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True)
                | Q(state="paid", settled_on__isnull=False)
                | (Q(state="returned", settled_on__isnull=False) & ~Q(reason="")),
                name="incentives_payment_settled",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(state="paid"),
                name="incentives_payment_received",
            ),
        ]
        indexes = [
            models.Index(fields=["root", "month", "state"], name="incentives_payment_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.name} {self.amount}"
