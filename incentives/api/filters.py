"""Filters of the resources of REWARD."""

from datetime import date
from typing import Any

import django_filters

from core.api.filters import MonthFilter
from core.months import Month
from departments.api_filters import PersonFilter, UnitFilter
from departments.models import PeriodState
from incentives.models import Finding, FindingStatus, Payout, PayoutKind, Settlement
from incentives.selectors.finding_board import in_month, with_text


class FindingFilters(django_filters.FilterSet):
    month = MonthFilter(method="of_month", label="Those of its days, and those that act on it.")
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    scheme = django_filters.CharFilter(field_name="scheme_code")
    rule = django_filters.CharFilter(field_name="rule_code")
    campaign = django_filters.CharFilter(field_name="campaign__code")
    status = django_filters.MultipleChoiceFilter(choices=FindingStatus.choices)
    q = django_filters.CharFilter(method="of_text", label="A part of the rule, the note or the store.")

    class Meta:
        model = Finding
        fields: list[str] = []

    def of_month(self, rows: Any, name: str, value: date) -> Any:
        return in_month(rows, Month.of(value))

    def of_text(self, rows: Any, name: str, value: str) -> Any:
        return with_text(rows, value)


class SettlementFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="period__month")
    unit = django_filters.CharFilter(field_name="period__root__code")
    state = django_filters.MultipleChoiceFilter(field_name="period__state", choices=PeriodState.choices)

    class Meta:
        model = Settlement
        fields: list[str] = []


class PayoutFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    staff_no = django_filters.CharFilter(field_name="staff__staff_no")
    unit = UnitFilter(field_name="unit_id")
    q = PersonFilter(field_name="staff")
    kind = django_filters.ChoiceFilter(choices=PayoutKind.choices)
    campaign = django_filters.CharFilter(field_name="share__pool__campaign__code")

    class Meta:
        model = Payout
        fields: list[str] = []
