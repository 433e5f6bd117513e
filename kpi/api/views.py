"""The resources of MEASURE."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import RowViewSet, person
from departments.permissions import MEMBER
from kpi.api import filters, serializers
from kpi.selectors.readable import (
    attainment_readable,
    logs_readable,
    quotas_readable,
    scores_readable,
)
from kpi.services.log_intake import form_key, log_take_in, logs_take_in

#: rows of one request
MOST_ROWS = 500
ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="SentLogs",
    serializers=[serializers.SentLogSerializer, serializers.SentLogSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)
MADE = PolymorphicProxySerializer(
    component_name="MadeLogs",
    serializers=[serializers.LogSerializer, serializers.LogSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)


@extend_schema_view(
    list=extend_schema(description="Your own rows, and those of the people you are responsible for."),
    retrieve=extend_schema(description="One row of the log."),
)
class LogView(RowViewSet):
    """The daily log."""

    access = MEMBER
    serializer_class = serializers.LogSerializer
    filterset_class = filters.LogFilters
    ordering_fields = ("id", "date")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return logs_readable(user)

    @extend_schema(request=ONE_OR_MANY, responses={201: MADE})
    def create(self, request: Request) -> HttpResponse:
        """Log one row, or a list of at most 500: all or nothing.

        For yourself until the closing day of the month after; those who verify logs, for their people too.
        """

        def act() -> Response:
            actor, many = person(request), isinstance(request.data, list)
            limits: dict[str, Any] = {"allow_empty": False, "max_length": MOST_ROWS} if many else {}
            sent = serializers.SentLogSerializer(data=request.data, many=many, **limits)
            sent.is_valid(raise_exception=True)
            rows = sent.validated_data if many else [sent.validated_data]
            key = form_key(actor, request.headers.get("Idempotency-Key"), rows)
            made: Any = (
                logs_take_in(actor=actor, rows=rows, key=key)
                if many
                else log_take_in(actor=actor, row=rows[0], key=key)
            )
            return Response(serializers.LogSerializer(made, many=many).data, status=201)

        return self.done_once(request, act)


class QuotaView(RowViewSet):
    """Quota rules in versions, of your units and of those above them."""

    access = MEMBER
    serializer_class = serializers.QuotaSerializer
    filterset_class = filters.QuotaFilters
    ordering_fields = ("id", "code", "valid_from")
    ordering = ("id",)

    def rows(self, user: Any) -> Any:
        return quotas_readable(user)


class AttainmentView(RowViewSet):
    """Attainment by person, month and rule, as last computed: your own and your people's."""

    access = MEMBER
    serializer_class = serializers.AttainmentSerializer
    filterset_class = filters.AttainmentFilters
    ordering_fields = ("id", "month")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return attainment_readable(user)


class ScoreView(RowViewSet):
    """Monthly scores, as last computed; amounts only where you may read them."""

    access = MEMBER
    serializer_class = serializers.ScoreSerializer
    filterset_class = filters.ScoreFilters
    ordering_fields = ("id", "month")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return scores_readable(user)
