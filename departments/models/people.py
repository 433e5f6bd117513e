"""People, where they work from when to when, what they may do, and their leave."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField
from core.guards import Span
from departments.models.units import Position, Unit
from departments.querysets import StaffOwnedQuerySet, StaffQuerySet


class Role(models.TextChoices):
    """What a person is to a unit and everything below it."""

    STAFF = "staff", _("staff")
    LEADER = "leader", _("group leader")
    MANAGER = "manager", _("manager")
    DIRECTOR = "director", _("director")
    FINANCE = "finance", _("finance")
    HR = "hr", _("personnel")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("administrator")


class Staff(models.Model):
    """A person.  ``unit`` is where they are while they have no dated assignments."""

    staff_no = models.CharField(_("staff number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="staff")
    position = models.ForeignKey(
        Position,
        verbose_name=_("position"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="holders",
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.STAFF)
    joined = models.DateField(_("joined"))
    left = models.DateField(_("left"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    bonus_base = MoneyField(_("bonus base"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("log-in"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="staff",
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["staff_no"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left__isnull=True) | Q(left__gte=F("joined")),
                name="departments_staff_left_after_joined",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(bonus_base__isnull=True) | Q(bonus_base__gte=0),
                name="departments_staff_bonus_base",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """Where a person works from a day on; moves between units are rows.  A leave-out is nowhere."""

    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="assignments"
    )
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(
        Position,
        verbose_name=_("position"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    start = models.DateField(_("from"))
    end = models.DateField(_("to"), null=True, blank=True)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Span("start", "end")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["staff", "start"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "start"], name="departments_assignment_start"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="departments_assignment_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} → {self.unit}"


class Grant(models.Model):
    """A role beyond the person's own, on a unit and everything below it."""

    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="grants"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    start = models.DateField(_("from"), null=True, blank=True)
    end = models.DateField(_("to"), null=True, blank=True)

    objects = StaffOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["staff", "role"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "role", "unit"], name="departments_grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.get_role_display()} {self.unit}"


class Leave(models.Model):
    """Days off; only leave that reduces targets takes days out of service."""

    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="leaves"
    )
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    reduces_target = models.BooleanField(_("reduces targets"), default=True)

    objects = StaffOwnedQuerySet.as_manager()
    guard = Span("start", "end")

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        ordering = ["staff", "start"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "start"], name="departments_leave_once"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="departments_leave_order"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.start}–{self.end}"
