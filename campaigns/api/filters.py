"""Filters of the resources of WORK."""

import django_filters

from campaigns.models import Article, ArticleKind, Campaign, CampaignState, CampaignType, StoreDay, Uplift
from core.api.filters import MonthFilter


class CampaignFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    code = django_filters.CharFilter(field_name="code")
    unit = django_filters.CharFilter(field_name="unit__code")
    type = django_filters.ChoiceFilter(choices=CampaignType.choices)
    status = django_filters.MultipleChoiceFilter(choices=CampaignState.choices)

    class Meta:
        model = Campaign
        fields: list[str] = []


class UpliftFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    campaign = django_filters.CharFilter(field_name="campaign__code")

    class Meta:
        model = Uplift
        fields: list[str] = []


class StoreDayFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    store = django_filters.CharFilter(field_name="store__code")

    class Meta:
        model = StoreDay
        fields: list[str] = []


class ArticleFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    code = django_filters.CharFilter(field_name="code")
    unit = django_filters.CharFilter(field_name="unit__code")
    kind = django_filters.ChoiceFilter(choices=ArticleKind.choices)
    campaign = django_filters.CharFilter(field_name="campaign__code")

    class Meta:
        model = Article
        fields: list[str] = []
