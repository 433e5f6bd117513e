"""Units of any depth with dated history, their positions and numbered duties."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode, TreeNodeForeignKey

from departments.querysets import UnitQuerySet


class UnitKind(models.TextChoices):
    COMPANY = "company", _("company")
    CENTRE = "centre", _("centre")
    DEPARTMENT = "department", _("department")
    GROUP = "group", _("group")


class Unit(TreeNode):
    """A unit as it stands today; how it stood before is in its placements.  Rule: YJ-03, YJ-04.

    ``root`` is the top of its tree (itself for a root): facts carry it, so that the guard of a frozen
    month needs no walk up the tree.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind)
    parent = TreeNodeForeignKey(
        "self",
        verbose_name=_("parent unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    reports_to = models.ForeignKey(
        "self",
        verbose_name=_("reports to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    head = models.ForeignKey(
        "departments.Staff",
        verbose_name=_("head"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    root = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta(TreeNode.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UnitPlacement(models.Model):
    """Name and place of a unit from a day on (null = always); the latest one that has begun holds."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="placements")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind)
    parent = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reports_to = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("unit history")
        verbose_name_plural = _("unit history")
        ordering = ["unit", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="departments_placement_once_a_day"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_from__isnull=True), name="departments_placement_one_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from or ''}".strip()


class Position(models.Model):
    """A post inside a unit, with its duties and requirements.  Rule: YJ-03, YJ-06."""

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="positions")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    headcount = models.PositiveIntegerField(_("headcount"), null=True, blank=True)
    duties = models.TextField(_("duties"), blank=True)
    requirements = models.TextField(_("requirements"), blank=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["unit", "code"]
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="departments_position_code")]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """A numbered duty of a unit or of one of its positions.  Rule: YJ-05."""

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="duties")
    number = models.PositiveIntegerField(_("number"))
    category = models.CharField(_("category"), max_length=100, blank=True)
    item = models.CharField(_("item"), max_length=100)
    summary = models.TextField(_("summary"), blank=True)
    position = models.ForeignKey(
        Position,
        verbose_name=_("position"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["unit", "number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="departments_duty_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.item}"


class Activity(models.Model):
    """The name of something people do and log, e.g. a forum post."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
