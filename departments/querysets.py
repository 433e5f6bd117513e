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


class StaffOwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to one person: their own, and those of the units they are responsible for."""

    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(Q(staff__unit_id__in=reach.units) | Q(staff_id=reach.staff_id))


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


class PeriodQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        return self if reach.everything else self.filter(root_id__in=reach.roots)


__all__ = [
    "PeriodQuerySet",
    "Reach",
    "RootOwnedQuerySet",
    "StaffOwnedQuerySet",
    "StaffQuerySet",
    "UnitOwnedQuerySet",
    "UnitQuerySet",
]
