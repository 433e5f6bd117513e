"""Stores and what they sold on a day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import FixedField
from core.guards import Point
from departments.models import Unit
from departments.querysets import UnitOwnedQuerySet


class StoreFactQuerySet(UnitOwnedQuerySet):
    unit_path = "store__unit_id"


class Store(models.Model):
    """A shop; outside ``opened`` … ``closed`` it is closed."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="stores")
    opened = models.DateField(_("opened"), null=True, blank=True)
    closed = models.DateField(_("closed"), null=True, blank=True)

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class StoreDay(models.Model):
    """A store's day.  A figure that is missing is null, never 0; gross profit is needed unless closed."""

    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="days")
    visitors = models.PositiveIntegerField(_("visitors"), null=True, blank=True)
    units = FixedField(_("units sold"), places=4, null=True, blank=True)
    revenue = FixedField(_("revenue"), places=4, null=True, blank=True)
    gross_profit = FixedField(_("gross profit"), places=4, null=True, blank=True)
    closed = models.BooleanField(pgettext_lazy("store-day", "closed"), default=False)

    objects = StoreFactQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("store-day")
        verbose_name_plural = _("store-days")
        ordering = ["date", "store"]
        constraints = [
            models.UniqueConstraint(fields=["store", "date"], name="campaigns_store_day_once"),
            models.CheckConstraint(
                condition=Q(closed=True) | Q(gross_profit__isnull=False),
                name="campaigns_store_day_has_profit",
            ),
        ]
        indexes = [models.Index(fields=["root", "date"], name="campaigns_store_day_root")]

    def __str__(self) -> str:
        return f"{self.date} {self.store}"


class ProductDay(models.Model):
    """A single product in a store on a day."""

    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="+")
    product = models.CharField(_("product"), max_length=60)
    units = FixedField(_("units sold"), places=4, null=True, blank=True)
    gross_profit = FixedField(_("gross profit"), places=4, null=True, blank=True)

    objects = StoreFactQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("product-day")
        verbose_name_plural = _("product-days")
        ordering = ["date", "store", "product"]
        constraints = [
            models.UniqueConstraint(fields=["store", "date", "product"], name="campaigns_product_day_once")
        ]
        indexes = [models.Index(fields=["root", "date"], name="campaigns_product_day_root")]

    def __str__(self) -> str:
        return f"{self.date} {self.store} {self.product}"


class MemberDay(models.Model):
    """A member day of a unit's stores, or without a unit of all; ``number`` is its ordinal in its month."""

    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveSmallIntegerField(_("number in the month"))

    objects = UnitOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("member day")
        verbose_name_plural = _("member days")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "date"], name="campaigns_member_day_once"),
            models.UniqueConstraint(
                fields=["date"], condition=Q(unit__isnull=True), name="campaigns_member_day_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.unit or ''}".strip()
