"""Deduction rules and the findings made under them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign, Store
from core.fields import RateField
from core.guards import Span
from core.models import StoredFile
from departments.models import Staff, Unit
from departments.permissions import reach_of
from incentives.models.schemes import PoolScheme, RoleHolder

if TYPE_CHECKING:
    from core.models import User


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


def _held(holders: Q) -> Exists:
    """Whether somebody of ``holders`` held the finding's role on its day."""
    return Exists(
        RoleHolder.objects.filter(
            holders,
            Q(end__isnull=True) | Q(end__gte=OuterRef("date")),
            scheme_code=OuterRef("scheme_code"),
            role=OuterRef("role"),
            start__lte=OuterRef("date"),
        )
    )


class FindingQuerySet(models.QuerySet[Any]):
    """Findings with the role they hit, seen by whom they concern."""

    def with_role(self) -> Any:
        """Annotated with ``role``: of the version of the rule that held on the day, else of the first one."""
        versions = FindingRule.objects.filter(
            scheme__code=OuterRef("scheme_code"), code=OuterRef("rule_code")
        ).order_by("scheme__valid_from")
        begun = versions.filter(scheme__valid_from__lte=OuterRef("date")).reverse()
        return self.annotate(
            role=Coalesce(Subquery(begun.values("role")[:1]), Subquery(versions.values("role")[:1]))
        )

    def hitting(self, holders: Q) -> Any:
        """Those that hit a person of ``holders`` (a condition on role holders): held the role on the day."""
        return self.with_role().filter(_held(holders))

    def visible_to(self, user: "User") -> Any:
        """Those of whole organisations one answers for, those one proposed, and those that hit oneself or
        somebody of the units one answers for.
        """
        reach = reach_of(user)
        if reach.everything:
            return self.with_role()
        concerned = _held(Q(staff__unit_id__in=reach.units) | Q(staff_id=reach.staff_id))
        return self.with_role().filter(Q(root_id__in=reach.whole_roots) | Q(proposed_by=user) | Q(concerned))


class Finding(models.Model):
    """A lapse that somebody recorded; only a confirmed one counts.  Rule: HT-09 … HT-20.

    One proposes, another confirms; both are empty for findings that came in a workbook as settled.

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
    evidence_file = models.ForeignKey(
        StoredFile,
        verbose_name=_("evidence file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawal = models.CharField(_("why it was withdrawn"), max_length=500, blank=True)

    objects = FindingQuerySet.as_manager()
    guard = Span("acts_from", "acts_to")

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["date", "ident"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=1),
                name="incentives_finding_percent",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="incentives_finding_two_people",
                violation_error_message=_("Nobody confirms what they proposed."),
            ),
        ]
        indexes = [models.Index(fields=["root", "date"], name="incentives_finding_root")]

    def __str__(self) -> str:
        return f"{self.date} {self.rule_code}"


class FindingAnswer(models.Model):
    """What a person whom a finding hits says to it; one each.  It changes no figure, so it has no guard."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    staff = models.ForeignKey(Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("answer"), max_length=1000)
    answered_at = models.DateTimeField(_("answered"), auto_now=True)

    class Meta:
        verbose_name = _("answer to a finding")
        verbose_name_plural = _("answers to findings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "staff"], name="incentives_finding_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.text[:40]}"
