"""The resources of REWARD."""

import json
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import RowViewSet, person
from departments.permissions import MEMBER
from incentives.api import filters, serializers
from incentives.selectors.readable import (
    findings_readable,
    payouts_readable,
    settlement_result,
    settlements_readable,
)


class FindingView(RowViewSet):
    """Findings that concern you, that you proposed, or of the people you are responsible for."""

    access = MEMBER
    serializer_class = serializers.FindingSerializer
    filterset_class = filters.FindingFilters
    ordering_fields = ("id", "date")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return findings_readable(user)


class SettlementView(RowViewSet):
    """The computed months of the organisations you belong to."""

    access = MEMBER
    serializer_class = serializers.SettlementSerializer
    filterset_class = filters.SettlementFilters
    ordering_fields = ("id",)
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return settlements_readable(user)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, url_path="result")
    def result(self, request: Request, pk: int) -> Response:
        """The whole result as stored, as `roll_up --format json` prints it; for those who read the money."""
        return Response(json.loads(settlement_result(person(request), pk)))


class PayoutView(RowViewSet):
    """What people get, as last computed: your own, and of those whose amounts you read by right."""

    access = MEMBER
    serializer_class = serializers.PayoutSerializer
    filterset_class = filters.PayoutFilters
    ordering_fields = ("id", "month")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return payouts_readable(user)
