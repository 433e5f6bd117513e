"""A month's settlement: pools, shares, payouts, adjustments, and the frozen result."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from core.fields import MoneyField, RateField
from core.guards import Point
from core.models import StoredFile
from departments.models import Period, Staff, Unit
from departments.querysets import RootOwnedQuerySet, StaffOwnedQuerySet
from incentives.models.schemes import PoolRole, PoolScheme
from kpi.models import Score


class Settlement(models.Model):
    """The result of a month as one JSON object, and, once locked, everything it was computed from.

    ``result`` is the text that ``roll_up`` prints; ``digest`` its SHA-256.  ``scope`` says which unit each
    line belongs to, so that a subtree can be printed without the database.  ``sheet`` is the first export
    after the lock: every later one gives the same bytes.  ``computed_at`` is the last roll-up, ``revised_at``
    the one that found the figures as they are.  ``inputs`` is the compressed
    canonical JSON of every fact and rule used; a recomputation from it gives the same bytes.
    """

    period = models.OneToOneField(Period, on_delete=models.PROTECT, related_name="settlement")
    revision = models.PositiveIntegerField(_("revision"), default=0)
    result = models.TextField(_("result"), blank=True)
    scope = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    inputs = models.BinaryField(null=True, editable=False)
    inputs_digest = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(_("computed"), null=True)
    revised_at = models.DateTimeField(null=True)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField(_("locked"), null=True)
    sheet = models.ForeignKey(
        StoredFile, verbose_name=_("incentive sheet"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["-period__month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | Q(computed_by__isnull=True)
                | ~Q(reviewed_by=F("computed_by")),
                name="incentives_settlement_reviewed_by_another",
                violation_error_message=_("Nobody reviews a month they computed; ask somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    (Q(reviewed_by__isnull=True) | ~Q(approved_by=F("reviewed_by")))
                    & (Q(computed_by__isnull=True) | ~Q(approved_by=F("computed_by")))
                ),
                name="incentives_settlement_approved_by_another",
                violation_error_message=_("Nobody approves a month they computed or reviewed."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.period)


class Pool(models.Model):
    """The pool of one campaign.  What is paid, held and reserved is the pool, to the 分."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="+"
    )
    scheme = models.ForeignKey(
        PoolScheme, verbose_name=_("scheme"), on_delete=models.PROTECT, related_name="+"
    )
    uplift = MoneyField(_("uplift"))
    amount = MoneyField(_("pool"))
    shortfall = RateField(_("reach shortfall"))
    paid = MoneyField(_("paid"))
    held = MoneyField(_("held"))
    reserve = MoneyField(_("reserve"))
    steps = models.JSONField(_("steps"), default=dict)

    objects = RootOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        ordering = ["month", "campaign"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "month"], name="incentives_pool_once"),
            models.CheckConstraint(
                condition=Q(amount=F("paid") + F("held") + F("reserve")), name="incentives_pool_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, paid__gte=0, held__gte=0, reserve__gte=0),
                name="incentives_pool_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.amount}"


class PoolShare(models.Model):
    """A role's line of a pool: nominal → after findings → payout."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="shares")
    role = models.ForeignKey(PoolRole, verbose_name=_("role"), on_delete=models.PROTECT, related_name="+")
    nominal = MoneyField(_("nominal"))
    factor = RateField(_("factor"))
    after_findings = MoneyField(_("after deductions"))
    payout = MoneyField(_("payout"))
    vacant = models.BooleanField(_("vacant"))
    steps = models.JSONField(_("steps"), default=dict)

    guard = Point()

    class Meta:
        verbose_name = _("role's line")
        verbose_name_plural = _("roles' lines")
        ordering = ["pool", "role"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "role"], name="incentives_share_once"),
            models.CheckConstraint(
                condition=Q(payout__gte=0)
                & Q(payout__lte=F("after_findings"))
                & Q(after_findings__lte=F("nominal")),
                name="incentives_share_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.payout}"


class PayoutKind(models.TextChoices):
    POOL = "pool", _("pool")
    BONUS = "bonus", _("bonus")


class Payout(models.Model):
    """What one person gets: their part of a role's line, or their bonus of the month."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="payouts"
    )
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=PayoutKind)
    share = models.ForeignKey(
        PoolShare, null=True, blank=True, on_delete=models.CASCADE, related_name="payouts"
    )
    score = models.ForeignKey(Score, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(_("days in post"), null=True, blank=True)
    nominal = MoneyField(_("before deductions"))
    amount = MoneyField(_("amount"))

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["month", "staff", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["share", "staff"], name="incentives_payout_once_per_share"),
            models.UniqueConstraint(
                fields=["month", "staff"], condition=Q(kind="bonus"), name="incentives_payout_one_bonus"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="incentives_payout_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="pool", share__isnull=False) | Q(kind="bonus", score__isnull=False),
                name="incentives_payout_source",
            ),
        ]
        indexes = [models.Index(fields=["root", "month"], name="incentives_payout_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.amount}"


class Adjustment(models.Model):
    """A correction of a frozen month, paid or taken back in a later, open one."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    month = models.DateField(_("month it is paid in"))
    about_month = models.DateField(_("month it corrects"))
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="adjustments"
    )
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved by"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering = ["month", "staff"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__gt=F("about_month")), name="incentives_adjustment_later"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="incentives_adjustment_amount"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="incentives_adjustment_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.amount}"
