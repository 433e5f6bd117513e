"""The resources of WORK."""

from typing import Any

from campaigns.api import filters, serializers
from campaigns.selectors.readable import (
    articles_readable,
    campaigns_readable,
    store_days_readable,
    uplifts_readable,
)
from core.api.views import RowViewSet
from departments.permissions import LEADING, MEMBER


class CampaignView(RowViewSet):
    """Campaigns of the units you are responsible for, those you drafted, and those with a task for you."""

    access = MEMBER
    serializer_class = serializers.CampaignSerializer
    filterset_class = filters.CampaignFilters
    ordering_fields = ("id", "code", "end")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return campaigns_readable(user)


class UpliftView(RowViewSet):
    """What campaigns brought above their baseline, store by store, as last computed."""

    access = LEADING
    serializer_class = serializers.UpliftSerializer
    filterset_class = filters.UpliftFilters
    ordering_fields = ("id", "month")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return uplifts_readable(user)


class StoreDayView(RowViewSet):
    """Daily figures of the stores of the units you are responsible for."""

    access = LEADING
    serializer_class = serializers.StoreDaySerializer
    filterset_class = filters.StoreDayFilters
    ordering_fields = ("id", "date")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return store_days_readable(user)


class ArticleView(RowViewSet):
    """Articles of the units you are responsible for."""

    access = LEADING
    serializer_class = serializers.ArticleSerializer
    filterset_class = filters.ArticleFilters
    ordering_fields = ("id", "published")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return articles_readable(user)
