"""What the pages of the organisation ask for: a day and an organisation, and the filters of the lists."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from departments.models import Document, Staff, Unit
from departments.selectors.documents import STATUS_LABELS


class ChartForm(forms.Form):
    """Which organisation, on which day; what cannot be read is left out."""

    on = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    root = forms.CharField(label=_("Organisation"), required=False, max_length=40, widget=forms.HiddenInput)


def units_of(request: Any) -> "QuerySet[Unit]":
    """The units that the reader may choose in a filter."""
    rows: QuerySet[Unit] = Unit.objects.without_tree_fields()
    return rows.visible_to(request.user).order_by("code") if request else rows.none()  # type: ignore[attr-defined]


class PeopleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="named", label=_("Name or number"))
    unit = django_filters.ModelChoiceFilter(queryset=units_of, label=_("Unit"), empty_label=_("All units"))

    class Meta:
        model = Staff
        fields = ["q", "unit"]

    def named(self, rows: "QuerySet[Staff]", _name: str, value: str) -> "QuerySet[Staff]":
        return rows.filter(Q(name__icontains=value.strip()) | Q(staff_no__icontains=value.strip()))


class DocumentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="titled", label=_("Title or number"))
    status = django_filters.ChoiceFilter(
        choices=[(status.value, label) for status, label in STATUS_LABELS.items()],
        label=_("Status"),
        empty_label=_("All"),
    )

    class Meta:
        model = Document
        fields = ["q", "status"]

    def titled(self, rows: "QuerySet[Document]", _name: str, value: str) -> "QuerySet[Document]":
        return rows.filter(Q(title__icontains=value.strip()) | Q(number__icontains=value.strip()))
