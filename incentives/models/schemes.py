"""Incentive pool schemes in versions, their roles and who holds them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField, RateField
from core.guards import Span
from departments.models import Staff, Unit
from departments.querysets import StaffOwnedQuerySet, UnitOwnedQuerySet


class Combination(models.TextChoices):
    MAX = "max", _("the larger shortfall")
    SUM = "sum", _("the sum of the shortfalls")


class Residual(models.TextChoices):
    LARGEST_REMAINDER = "largest_remainder", _("largest remainder")
    RESERVE_ABSORBS = "reserve_absorbs", _("the reserve takes the rest")


class WithheldTo(models.TextChoices):
    HOLD = "hold", _("held until released")
    COMPANY = "company", _("back to the company")
    RESERVE = "reserve", _("into the reserve")


class PoolScheme(models.Model):
    """One version of a scheme; the latest one begun by the month's end holds.  Rule: HT-05 … HT-08, HT-21.

    Holders, findings, manuscripts and funds name a scheme by ``code``: they outlive its versions.
    """

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="pool_schemes"
    )
    valid_from = models.DateField(_("valid from"))
    rate = RateField(_("rate"))
    reserve_share = RateField(_("reserve's share"))
    base_year = models.PositiveSmallIntegerField(_("base year"))
    growth = RateField(_("growth a year"))
    activity_reach = models.PositiveIntegerField(_("readers of an activity article"))
    welfare_reach = models.PositiveIntegerField(_("readers of a welfare article"))
    combine = models.CharField(_("shortfalls"), max_length=5, choices=Combination)
    residual = models.CharField(_("spare 分"), max_length=20, choices=Residual)
    withheld = models.CharField(_("withheld money"), max_length=10, choices=WithheldTo)
    reach_days = models.PositiveSmallIntegerField(_("days until readers count"))
    monthly_fund = MoneyField(_("monthly fund"))
    account_fee = MoneyField(_("account fee a year"))
    account_fee_month = models.PositiveSmallIntegerField(_("month of the fee"))
    fee_employee = MoneyField(_("fee of an employee"))
    fee_pharmacist = MoneyField(_("fee of a pharmacist"))
    fee_customer = MoneyField(_("fee of a customer"))

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("incentive scheme")
        verbose_name_plural = _("incentive schemes")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="incentives_scheme_version"),
            models.CheckConstraint(
                condition=Q(
                    rate__gte=0, rate__lte=1, reserve_share__gte=0, reserve_share__lte=1, growth__gte=0
                ),
                name="incentives_scheme_shares",
            ),
            models.CheckConstraint(
                condition=Q(account_fee_month__gte=1, account_fee_month__lte=12),
                name="incentives_scheme_fee_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PoolRole(models.Model):
    """A role of a scheme version with its coefficient.  Rule: HT-04, HT-08, HT-29."""

    scheme = models.ForeignKey(
        PoolScheme, verbose_name=_("scheme"), on_delete=models.CASCADE, related_name="roles"
    )
    role = models.CharField(_("role"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    share = RateField(_("share"))
    order = models.PositiveSmallIntegerField(_("order"), null=True, blank=True)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    duty = models.TextField(_("duty"), blank=True)
    assessor = models.CharField(_("assessor"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["scheme", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "role"], name="incentives_role_code"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="incentives_role_share"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleHolder(models.Model):
    """Who holds a role from when to when; one person may hold two.  Rule: HT-02."""

    scheme_code = models.CharField(_("scheme"), max_length=40)
    role = models.CharField(_("role"), max_length=40)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="pool_roles"
    )
    start = models.DateField(_("from"))
    end = models.DateField(_("to"), null=True, blank=True)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Span("start", "end")

    class Meta:
        verbose_name = _("role holder")
        verbose_name_plural = _("role holders")
        ordering = ["scheme_code", "role", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme_code", "role", "staff", "start"], name="incentives_role_holder_once"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="incentives_role_holder_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.staff}"
