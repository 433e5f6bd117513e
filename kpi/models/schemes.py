"""Assessment schemes in versions, ratings and points."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import FixedField, RateField
from core.guards import Point
from core.models import StoredFile
from departments.models import Position, Staff, Unit
from departments.querysets import StaffOwnedQuerySet, UnitOwnedQuerySet


class PayMode(models.TextChoices):
    BY_GRADE = "by_grade", _("by grade")
    BY_SCORE = "by_score", _("by score")


class ScoreMethod(models.TextChoices):
    LINEAR = "linear", _("linear")
    STEP = "step", _("in steps")
    PER_CASE = "per_case", _("points off per case")
    BOOLEAN = "boolean", _("reached or not")
    MANUAL = "manual", _("rated")


class PointKind(models.TextChoices):
    BONUS = "bonus", _("bonus points")
    DEDUCTION = "deduction", _("points off")
    VETO = "veto", _("veto")


class PointState(models.TextChoices):
    """What became of proposed points; follows from who signed, it is no column."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", pgettext_lazy("decision", "refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AssessmentScheme(models.Model):
    """One version of an assessment scheme; the latest one begun by the month's end holds.  Rule:
    KQ-22 … KQ-24.

    ``bands`` is text, e.g. ``A:90:1.20,B:80:1.00``: grade, lower bound of the total, coefficient.
    """

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="schemes")
    position = models.ForeignKey(
        Position,
        verbose_name=_("position"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    valid_from = models.DateField(_("valid from"))
    cap = RateField(_("cap"))
    threshold = RateField(_("threshold"))
    total_cap = FixedField(_("highest total"), places=2)
    bonus_max = FixedField(_("most bonus points"), places=2)
    deduct_max = FixedField(_("most points off"), places=2)
    appeal_days = models.PositiveSmallIntegerField(_("working days to appeal"))
    pay_mode = models.CharField(_("bonus"), max_length=10, choices=PayMode)
    bands = models.CharField(_("grades"), max_length=300)

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment scheme")
        verbose_name_plural = _("assessment schemes")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="kpi_scheme_version"),
            models.CheckConstraint(
                condition=Q(
                    cap__gte=0, threshold__gte=0, total_cap__gte=0, bonus_max__gte=0, deduct_max__gte=0
                ),
                name="kpi_scheme_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchemeItem(models.Model):
    """An indicator of a scheme with its weight; the weights of a version sum to exactly 100.00."""

    scheme = models.ForeignKey(
        AssessmentScheme, verbose_name=_("scheme"), on_delete=models.CASCADE, related_name="items"
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    weight = FixedField(_("weight"), places=2)
    source = models.CharField(_("source"), max_length=200)
    method = models.CharField(_("method"), max_length=10, choices=ScoreMethod)
    params = models.CharField(_("parameters"), max_length=300, blank=True)
    clause = models.CharField(_("clause"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("assessment item")
        verbose_name_plural = _("assessment items")
        ordering = ["scheme", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="kpi_scheme_item_code"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="kpi_scheme_item_weight"),
        ]

    def __str__(self) -> str:
        return self.name


class Rating(models.Model):
    """A manager's rating 0 … 100 of one item, beside the person's own.  Rule: KQ-23.

    Scheme and item are named by code: the version that holds is the one of the month.  ``rated_by`` is empty
    for ratings that came in a workbook.
    """

    month = models.DateField(_("month"))
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="ratings"
    )
    scheme_code = models.CharField(_("scheme"), max_length=40)
    item_code = models.CharField(_("item"), max_length=40)
    self_score = FixedField(_("self-rating"), places=2, null=True, blank=True)
    score = FixedField(_("rating"), places=2, null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    rated_by = models.ForeignKey(
        Staff,
        verbose_name=_("rated by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    rated_at = models.DateTimeField(_("rated"), null=True, blank=True, editable=False)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["month", "staff", "item_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "staff", "scheme_code", "item_code"], name="kpi_rating_once"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100), name="kpi_rating_score"
            ),
            models.CheckConstraint(
                condition=Q(self_score__isnull=True) | Q(self_score__gte=0, self_score__lte=100),
                name="kpi_rating_self_score",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_rating_month"),
            models.CheckConstraint(
                condition=Q(rated_by__isnull=True) | ~Q(rated_by=models.F("staff")),
                name="kpi_rating_not_oneself",
                violation_error_message=_("Nobody rates themselves."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.item_code}"


class ScorePoint(models.Model):
    """Bonus points, points off or a veto, with a reason; nobody approves what they proposed.

    People sign with a name.  ``refused_by`` ended a proposal with ``refusal``, the reason: somebody else, or
    the proposer, who thereby withdrew it.  Approval wins: a workbook may still approve what was refused.
    """

    month = models.DateField(_("month"))
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="score_points"
    )
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=PointKind)
    points = FixedField(_("points"), places=2, default=0)
    reason = models.CharField(_("reason"), max_length=500)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    proposed_by = models.CharField(_("proposed by"), max_length=60, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=60, blank=True)
    refused_by = models.CharField(_("refused by"), max_length=60, blank=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=500, blank=True)
    evidence_file = models.ForeignKey(
        StoredFile,
        verbose_name=_("evidence file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = StaffOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("points")
        verbose_name_plural = _("points")
        ordering = ["month", "staff", "code"]
        constraints = [
            models.UniqueConstraint(fields=["month", "staff", "code"], name="kpi_score_point_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="kpi_score_point_not_negative"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=models.F("proposed_by")),
                name="kpi_score_point_two_people",
                violation_error_message=_("Nobody approves what they proposed."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="kpi_score_point_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.staff} {self.get_kind_display()}"

    @property
    def state(self) -> PointState:
        """A row that names nobody was recorded as settled by the system."""
        if self.approved_by or not self.proposed_by:
            return PointState.APPROVED
        if self.refused_by:
            return PointState.WITHDRAWN if self.refused_by == self.proposed_by else PointState.REFUSED
        return PointState.PROPOSED

    def get_state_display(self) -> str:
        return str(self.state.label)
