"""Deduction rules and the findings made under them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign, Store
from core.fields import RateField
from core.guards import Span
from departments.models import Unit
from departments.querysets import RootOwnedQuerySet
from incentives.models.schemes import PoolScheme


class FindingScope(models.TextChoices):
    CAMPAIGN = "campaign", _("the campaign")
    MONTH = "month", _("the month")
    YEAR = "year", _("the following year")


class FindingMode(models.TextChoices):
    PER_CASE = "per_case", _("per case")
    PERCENT = "percent", _("a percentage")
    SHARE = "share", _("the item's share")
    ALL = "all", _("all")


class FindingStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class FindingRule(models.Model):
    """What a lapse costs a role.  Rule: HT-09 … HT-20.

    ``value``: what one occurrence takes (per_case, 0–1) or the number of items that share the role (share).
    """

    scheme = models.ForeignKey(
        PoolScheme, verbose_name=_("scheme"), on_delete=models.CASCADE, related_name="finding_rules"
    )
    code = models.CharField(_("code"), max_length=40)
    role = models.CharField(_("role"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    scope = models.CharField(_("acts on"), max_length=10, choices=FindingScope)
    mode = models.CharField(_("takes"), max_length=10, choices=FindingMode)
    value = RateField(_("value"), null=True, blank=True)
    due = models.CharField(pgettext_lazy("finding rule", "due"), max_length=40, blank=True)
    required = models.PositiveIntegerField(_("required"), null=True, blank=True)
    clause = models.CharField(_("clause"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("deduction rule")
        verbose_name_plural = _("deduction rules")
        ordering = ["scheme", "role", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="incentives_finding_rule_code"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(mode__in=["percent", "all"]),
                name="incentives_finding_rule_value",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """A lapse that somebody recorded; only a confirmed one counts.

    ``acts_from`` … ``acts_to`` are the months a change would touch: the month of its date, or for a yearly
    finding the following calendar year.
    """

    ident = models.CharField(_("id"), max_length=60, unique=True)
    scheme_code = models.CharField(_("scheme"), max_length=40)
    rule_code = models.CharField(_("rule"), max_length=40)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    date = models.DateField(_("date"))
    acts_from = models.DateField(editable=False)
    acts_to = models.DateField(editable=False)
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    occurrences = models.PositiveIntegerField(_("occurrences"), null=True, blank=True)
    percent = RateField(_("percentage"), null=True, blank=True)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    assessor = models.CharField(_("assessor"), max_length=60, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=FindingStatus, default=FindingStatus.PROPOSED
    )

    objects = RootOwnedQuerySet.as_manager()
    guard = Span("acts_from", "acts_to")

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["date", "ident"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=1),
                name="incentives_finding_percent",
            )
        ]
        indexes = [models.Index(fields=["root", "date"], name="incentives_finding_root")]

    def __str__(self) -> str:
        return f"{self.date} {self.rule_code}"
