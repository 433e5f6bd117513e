"""Filters of the resources of MEASURE."""

import django_filters

from core.api.filters import MonthFilter
from kpi.models import Attainment, LogEntry, LogStatus, QuotaRule, Score, ScoreStatus


class LogFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    staff_no = django_filters.CharFilter(field_name="staff__staff_no")
    unit = django_filters.CharFilter(field_name="staff__unit__code")
    platform = django_filters.CharFilter(field_name="platform__code")
    activity = django_filters.CharFilter(field_name="activity")
    row_id = django_filters.CharFilter(field_name="row_id")
    status = django_filters.MultipleChoiceFilter(choices=LogStatus.choices)

    class Meta:
        model = LogEntry
        fields: list[str] = []


class QuotaFilters(django_filters.FilterSet):
    unit = django_filters.CharFilter(field_name="unit__code")
    code = django_filters.CharFilter(field_name="code")
    begun_by = django_filters.DateFilter(field_name="valid_from", lookup_expr="lte")

    class Meta:
        model = QuotaRule
        fields: list[str] = []


class AttainmentFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    staff_no = django_filters.CharFilter(field_name="staff__staff_no")
    unit = django_filters.CharFilter(field_name="staff__unit__code")
    rule = django_filters.CharFilter(field_name="rule__code")
    applicable = django_filters.BooleanFilter(field_name="applicable")

    class Meta:
        model = Attainment
        fields: list[str] = []


class ScoreFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    staff_no = django_filters.CharFilter(field_name="staff__staff_no")
    unit = django_filters.CharFilter(field_name="unit__code")
    scheme = django_filters.CharFilter(field_name="scheme__code")
    status = django_filters.MultipleChoiceFilter(choices=ScoreStatus.choices)

    class Meta:
        model = Score
        fields: list[str] = []
