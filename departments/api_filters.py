"""Filters that the API has because its pages have them: a unit with everything below it, a person's name."""

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from django.utils import timezone

from departments.selectors import unit_tree

if TYPE_CHECKING:
    from django.db.models import QuerySet


class UnitFilter(django_filters.CharFilter):
    """``?unit=`` with the code of a unit: its rows and those of all units below it.

    ``field_name`` is the path to the id of the unit.
    """

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        if not value:
            return qs
        tree = unit_tree(timezone.localdate())
        unit = tree.ids.get(value)
        below = tree.subtree(unit) if unit is not None else set()
        found: QuerySet[Any] = qs.filter(**{f"{self.field_name}__in": below})
        return found


class PersonFilter(django_filters.CharFilter):
    """``?q=`` with a part of a person's name or staff number; ``field_name`` is the path to the person."""

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        if not value:
            return qs
        name, number = f"{self.field_name}__name__icontains", f"{self.field_name}__staff_no__icontains"
        found: QuerySet[Any] = qs.filter(Q(**{name: value}) | Q(**{number: value}))
        return found
