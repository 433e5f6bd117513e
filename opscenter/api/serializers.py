"""What is sent to ask for an act on a month, and how a job is told."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import MonthField, RequestSerializer, RowSerializer
from core.models import Job
from opscenter.dashboards.selectors.jobs import RULE_REPLAY


class MonthAndUnitSerializer(RequestSerializer):
    """A month of an organisation."""

    month = MonthField()
    unit = serializers.CharField(max_length=40, help_text="Code of the organisation.")


class LockSerializer(MonthAndUnitSerializer):
    """A month of an organisation, and why it is locked."""

    reason = serializers.CharField(max_length=500)


class UploadSerializer(RequestSerializer):
    """A workbook whose sheets are tables of the interchange."""

    file = serializers.FileField(help_text="An .xlsx file of at most 20 MB.")


class JobSerializer(RowSerializer):
    """A piece of work: `state` is queued, running, done, failed or cancelled; `result` what came of it."""

    name = serializers.SerializerMethodField(help_text="The file or the month that it is about.")
    result = serializers.SerializerMethodField(
        help_text="What came of it; of a replay, which names people and amounts, only for whoever asked."
    )

    class Meta:
        model = Job
        fields = [
            *("id", "kind", "name", "state", "progress", "total", "message", "error", "result"),
            *("created_at", "started_at", "finished_at"),
        ]

    def get_name(self, job: Job) -> str:
        return str(job.arguments.get("name") or job.arguments.get("month") or "")

    def get_result(self, job: Job) -> dict[str, Any]:
        asker: Any = self.context["request"].user
        if job.kind == RULE_REPLAY and job.requested_by_id != asker.pk:
            return {}
        result: dict[str, Any] = job.result
        return result
