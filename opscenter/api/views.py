"""The acts that are also commands (compute, import, export, lock), the jobs, the rules of a person."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView, RowViewSet, person
from core.exceptions import NotVisible
from core.lists import XLSX
from core.months import Month
from departments.permissions import MEMBER, may
from departments.selectors import unit_tree
from incentives.api.serializers import SettlementSerializer
from incentives.selectors.readable import settlements_readable
from incentives.services.export import incentive_sheet
from kpi.api.serializers import QuotaSerializer
from kpi.selectors.readable import person_readable
from opscenter.api.filters import JobFilters
from opscenter.api.serializers import (
    JobSerializer,
    LockSerializer,
    MonthAndUnitSerializer,
    UploadSerializer,
)
from opscenter.dashboards.acts import ACTS, act_do, may_export
from opscenter.dashboards.roll_ups import roll_up_request
from opscenter.dashboards.scope import MonthScope, month_scope
from opscenter.dashboards.selectors.jobs import job_rows, job_shown
from opscenter.data.selectors.imports import import_job
from opscenter.data.services import import_accept, import_check
from opscenter.rules.selectors import bound_by

NO_MONTH = _("A month is needed here, such as 2018-11.")


def _asked(serializer: Any, request: Request) -> tuple[MonthScope, dict[str, Any]]:
    """What was sent, as a month of an organisation that the person belongs to."""
    sent = serializer(data=request.data)
    sent.is_valid(raise_exception=True)
    values = sent.validated_data
    return month_scope(person(request), values["month"], values["unit"]), values


def _job(request: Request, job: Any) -> Response:
    return Response(JobSerializer(job, context={"request": request}).data, status=202)


class RollUpView(ApiView):
    """Compute a month."""

    access = may("month.roll_up")

    @extend_schema(
        request=MonthAndUnitSerializer,
        responses={202: JobSerializer},
        operation_id="roll_ups_create",
    )
    def post(self, request: Request) -> HttpResponse:
        """Ask for a month of an organisation to be computed; the job that already waits is returned."""

        def act() -> Response:
            scope, _values = _asked(MonthAndUnitSerializer, request)
            return _job(request, roll_up_request(scope))

        return self.done_once(request, act)


class ImportView(ApiView):
    """Check a workbook."""

    access = MEMBER
    parser_classes = [MultiPartParser]

    @extend_schema(request=UploadSerializer, responses={202: JobSerializer}, operation_id="imports_create")
    def post(self, request: Request) -> HttpResponse:
        """Upload a workbook to be checked; nothing is written.  Accept it at `imports/{id}/accept/`.

        The job's result has every error with sheet, row, column, value and what would be right.
        """

        def act() -> Response:
            sent = UploadSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            return _job(request, import_check(actor=person(request), upload=sent.validated_data["file"]))

        return self.done_once(request, act)


class ImportAcceptView(ApiView):
    """Accept a checked workbook."""

    access = MEMBER

    @extend_schema(request=None, responses={202: JobSerializer}, operation_id="imports_accept_create")
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Import the very bytes that the check `id` found in order; asking twice gives the same job."""

        def act() -> Response:
            return _job(request, import_accept(actor=person(request), check=import_job(person(request), pk)))

        return self.done_once(request, act)


class ExportView(ApiView):
    """The incentive sheet."""

    access = may("month.export")

    @extend_schema(
        request=MonthAndUnitSerializer,
        responses={(200, XLSX): OpenApiTypes.BINARY},
        operation_id="exports_create",
        extensions={"x-not-repeatable": True},
    )
    def post(self, request: Request) -> HttpResponse:
        """The incentive sheet of a month as a workbook; every export is recorded."""
        scope, _values = _asked(MonthAndUnitSerializer, request)
        if not may_export(scope):
            raise NotVisible("sheet")
        name, data = incentive_sheet(scope.root, scope.month, actor=scope.user, printed_at=timezone.now())
        answer = HttpResponse(data, content_type=XLSX)
        answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return answer


class LockView(ApiView):
    """Lock an approved month."""

    access = may("month.lock")

    @extend_schema(request=LockSerializer, responses={200: SettlementSerializer}, operation_id="locks_create")
    def post(self, request: Request) -> HttpResponse:
        """Freeze an approved month of an organisation for good.  Nobody can undo this."""

        def act() -> Response:
            scope, values = _asked(LockSerializer, request)
            act_do(scope, ACTS["lock"], values["reason"])
            rows = settlements_readable(person(request))
            settled = rows.get(period__root=scope.root, period__month=scope.month.first)
            return Response(SettlementSerializer(settled).data)

        return self.done_once(request, act)


class JobView(RowViewSet):
    """Jobs that you asked for, and of the people whose system you look after."""

    access = MEMBER
    serializer_class = JobSerializer
    filterset_class = JobFilters
    ordering_fields = ("id", "created_at")
    ordering = ("-id",)

    def rows(self, user: Any) -> Any:
        return job_rows(user).order_by("-pk")

    def get_object(self) -> Any:
        return job_shown(person(self.request), self.kwargs["pk"])


class PersonQuotasView(ApiView):
    """The quota rules that hold for a person."""

    access = MEMBER

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "month",
                str,
                required=False,
                description="A month, such as 2018-11; the running one if empty.",
            )
        ],
        responses={200: QuotaSerializer(many=True)},
        operation_id="people_quotas_list",
    )
    def get(self, request: Request, staff_no: str) -> Response:
        """The rules that hold for a person in a month: your own, or of somebody you are responsible for."""
        text = request.query_params.get("month", "")
        try:
            month = Month.parse(text) if text else Month.of(timezone.localdate())
        except ValueError as error:
            raise ValidationError({"month": [NO_MONTH]}) from error
        staff = person_readable(person(request), staff_no)
        held = bound_by(staff, month, unit_tree(month.last))
        return Response(QuotaSerializer([version.row for version in held.quotas], many=True).data)
