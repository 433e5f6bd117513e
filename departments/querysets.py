"""Which rows a person may see.  ``visible_to`` is the only door to rows for pages, exports and the API."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from tree_queries.query import TreeQuerySet

from departments.permissions import Reach, reach_of

if TYPE_CHECKING:
    from core.models import User


class UnitQuerySet(TreeQuerySet):
    def visible_to(self, user: "User") -> Any:
        """Everybody sees the whole organisation they belong to; outsiders see nothing."""
        reach = reach_of(user)
        return self if reach.everything else self.filter(root_id__in=reach.roots)


class StaffQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        return self if reach.everything else self.filter(Q(unit_id__in=reach.units) | Q(pk=reach.staff_id))

    def known_to(self, user: "User") -> Any:
        """Everybody of the person's organisations, for the name, the unit and the position alone."""
        reach = reach_of(user)
        return self if reach.everything else self.filter(root_id__in=reach.roots)


class StaffOwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to one person: their own, and those of the units they are responsible for."""

    def visible_to(self, user: "User") -> Any:
        """The people are looked up apart, so that an index on the person, or on the order, serves."""
        from departments.models import Staff

        reach = reach_of(user)
        if reach.everything:
            return self
        if not reach.units:
            return self.filter(staff_id=reach.staff_id)
        return self.filter(staff_id__in=Staff.objects.visible_to(user).order_by().values("pk"))


class UnitOwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to a unit, seen by those whose reach has the unit."""

    unit_path = "unit_id"

    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        return self if reach.everything else self.filter(**{f"{self.unit_path}__in": reach.units})


class RootOwnedQuerySet(models.QuerySet[Any]):
    """Rows of a whole organisation, seen by those responsible for all of it."""

    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        return self if reach.everything else self.filter(root_id__in=reach.whole_roots)


class DocumentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Any:
        """Those of the organisations a person belongs to; one without a unit is everybody's who belongs."""
        reach = reach_of(user)
        if reach.everything:
            return self
        if not reach.roots:
            return self.none()
        return self.filter(Q(unit__root_id__in=reach.roots) | Q(unit__isnull=True))


class RuleDraftQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Any:
        """Those who may make rules for the unit."""
        reach = reach_of(user)
        return self if reach.everything else self.filter(unit_id__in=reach.units_for("rules.edit"))


class PeriodQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        return self if reach.everything else self.filter(root_id__in=reach.roots)


__all__ = [
    "DocumentQuerySet",
    "PeriodQuerySet",
    "Reach",
    "RootOwnedQuerySet",
    "RuleDraftQuerySet",
    "StaffOwnedQuerySet",
    "StaffQuerySet",
    "UnitOwnedQuerySet",
    "UnitQuerySet",
]
