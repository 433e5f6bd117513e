"""Filters of the resources of MEASURE."""

from typing import Any, cast

import django_filters

from core.api.filters import MonthFilter
from core.models import User
from departments.api_filters import PersonFilter, UnitFilter
from kpi.models import Attainment, LogEntry, LogStatus, QuotaRule, Score, ScoreStatus
from kpi.selectors.choices import counted_by, rules_offered


class LogFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    staff_no = django_filters.CharFilter(field_name="staff__staff_no")
    unit = UnitFilter(field_name="staff__unit_id")
    platform = django_filters.CharFilter(field_name="platform__code")
    activity = django_filters.CharFilter(field_name="activity")
    row_id = django_filters.CharFilter(field_name="row_id")
    status = django_filters.MultipleChoiceFilter(choices=LogStatus.choices)
    rule = django_filters.CharFilter(
        method="of_rule", label="Code of a quota rule: the rows that its latest version counts."
    )

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def of_rule(self, rows: Any, name: str, value: str) -> Any:
        offered = {code for code, _name in rules_offered(cast(User, self.request.user))}
        return counted_by(rows, value) if value in offered else rows.none()


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
    unit = UnitFilter(field_name="staff__unit_id")
    q = PersonFilter(field_name="staff")
    rule = django_filters.CharFilter(field_name="rule__code")
    applicable = django_filters.BooleanFilter(field_name="applicable")

    class Meta:
        model = Attainment
        fields: list[str] = []


class ScoreFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    staff_no = django_filters.CharFilter(field_name="staff__staff_no")
    unit = UnitFilter(field_name="unit_id")
    q = PersonFilter(field_name="staff")
    scheme = django_filters.CharFilter(field_name="scheme__code")
    status = django_filters.MultipleChoiceFilter(choices=ScoreStatus.choices)

    class Meta:
        model = Score
        fields: list[str] = []
