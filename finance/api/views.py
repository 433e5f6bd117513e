"""The resources of COST."""

from typing import Any

import django_filters

from core.api.filters import MonthFilter
from core.api.views import RowViewSet
from departments.permissions import may
from finance.api.serializers import FundMonthSerializer
from finance.models import FundKind, FundMonth
from finance.readable import fund_months_readable


class FundFilters(django_filters.FilterSet):
    month = MonthFilter(field_name="month")
    unit = django_filters.CharFilter(field_name="root__code")
    scheme = django_filters.CharFilter(field_name="fund__scheme_code")
    fund = django_filters.ChoiceFilter(field_name="fund__kind", choices=FundKind.choices)

    class Meta:
        model = FundMonth
        fields: list[str] = []


class FundView(RowViewSet):
    """The months of the funds, for those who read the organisation's money."""

    access = may("money.read")
    serializer_class = FundMonthSerializer
    filterset_class = FundFilters
    ordering_fields = ("id", "month")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return fund_months_readable(user)
