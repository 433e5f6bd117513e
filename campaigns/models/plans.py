"""Plans of a year, a quarter or a month, and the research they rest on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.flow import OPEN_STATES, CampaignState, Flow, two_people
from campaigns.querysets import PlanQuerySet
from departments.models import Unit

WAITING = [*(state.value for state in OPEN_STATES), CampaignState.SUBMITTED.value]


class PlanHorizon(models.TextChoices):
    YEAR = "year", _("year")
    QUARTER = "quarter", _("quarter")
    MONTH = "month", _("month")


#: the widest first: a plan stands under one of a wider horizon
HORIZONS = tuple(PlanHorizon.values)


class Plan(Flow):
    """A plan of a unit; it has plans of a narrower horizon and campaigns below it.  Rule: KQ-03, YJ-31."""

    name = models.CharField(_("name"), max_length=100)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="plans")
    horizon = models.CharField(_("horizon"), max_length=10, choices=PlanHorizon)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of the plan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
    )
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["start", "-end", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="campaigns_plan_order"),
            models.CheckConstraint(condition=Q(author__isnull=False), name="campaigns_plan_author"),
            models.CheckConstraint(
                condition=Q(status__in=WAITING) | Q(approved_by__isnull=False),
                name="campaigns_plan_approved_by_somebody",
            ),
            *two_people("plan"),
        ]
        indexes = [models.Index(fields=["root", "start"], name="campaigns_plan_root")]

    def __str__(self) -> str:
        return self.name


class NoteSubject(models.TextChoices):
    COMPETITOR = "competitor", _("competitors")
    CUSTOMER = "customer", _("target customers")
    MARKET = "market", _("market and share")
    PRODUCT = "product", _("products")
    OTHER = "other", _("other")


class ResearchNote(models.Model):
    """What was found out before and during a plan; written once.  Rule: KQ-02, YJ-31."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="notes")
    subject = models.CharField(_("subject"), max_length=12, choices=NoteSubject)
    text = models.TextField(pgettext_lazy("research", "finding"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    key = models.UUIDField(unique=True, editable=False)

    append_only = True

    class Meta:
        verbose_name = _("research note")
        verbose_name_plural = _("research notes")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plan}: {self.text[:40]}"
