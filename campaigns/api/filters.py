"""Filters of the resources of WORK."""

from datetime import date
from typing import Any

import django_filters

from campaigns.models import Article, ArticleKind, Campaign, CampaignState, CampaignType, StoreDay, Uplift
from campaigns.selectors.board import in_month, with_text
from core.api.filters import MonthFilter
from core.months import Month
from departments.api_filters import UnitFilter


class CampaignFilters(django_filters.FilterSet):
    month = MonthFilter(method="of_month", label="Those that run on some day of the month.")
    ends_in = MonthFilter(field_name="month", label="Those that belong to the month, as they end in it.")
    code = django_filters.CharFilter(field_name="code")
    unit = UnitFilter(field_name="unit_id")
    q = django_filters.CharFilter(method="of_text", label="A part of the name or the code.")
    type = django_filters.ChoiceFilter(choices=CampaignType.choices)
    status = django_filters.MultipleChoiceFilter(choices=CampaignState.choices)

    class Meta:
        model = Campaign
        fields: list[str] = []

    def of_month(self, rows: Any, name: str, value: date) -> Any:
        return in_month(rows, Month.of(value))

    def of_text(self, rows: Any, name: str, value: str) -> Any:
        return with_text(rows, value)


class UpliftFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    unit = UnitFilter(field_name="campaign__unit_id")
    campaign = django_filters.CharFilter(field_name="campaign__code")

    class Meta:
        model = Uplift
        fields: list[str] = []


class StoreDayFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    unit = UnitFilter(field_name="store__unit_id")
    store = django_filters.CharFilter(field_name="store__code")
    closed = django_filters.BooleanFilter(field_name="closed")

    class Meta:
        model = StoreDay
        fields: list[str] = []


class ArticleFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    code = django_filters.CharFilter(field_name="code")
    unit = UnitFilter(field_name="unit_id")
    kind = django_filters.ChoiceFilter(choices=ArticleKind.choices)
    campaign = django_filters.CharFilter(field_name="campaign__code")

    class Meta:
        model = Article
        fields: list[str] = []
