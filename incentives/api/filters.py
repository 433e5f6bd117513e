"""Filters of the resources of REWARD."""

import django_filters

from core.api.filters import MonthFilter
from departments.models import PeriodState
from incentives.models import Finding, FindingStatus, Payout, PayoutKind, Settlement


class FindingFilters(django_filters.FilterSet):
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    scheme = django_filters.CharFilter(field_name="scheme_code")
    rule = django_filters.CharFilter(field_name="rule_code")
    status = django_filters.MultipleChoiceFilter(choices=FindingStatus.choices)

    class Meta:
        model = Finding
        fields: list[str] = []


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
    unit = django_filters.CharFilter(field_name="unit__code")
    kind = django_filters.ChoiceFilter(choices=PayoutKind.choices)
    campaign = django_filters.CharFilter(field_name="share__pool__campaign__code")

    class Meta:
        model = Payout
        fields: list[str] = []
