"""Rows of MEASURE as programs read and send them; fields are named as in the tables of the interchange."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import ExactNumber, MonthField, RequestSerializer, RowSerializer, code_of
from kpi.models import Attainment, LogEntry, QuotaRule, Score
from kpi.services.log_intake import SentLog


class LogSerializer(RowSerializer):
    """One row of a person's daily log."""

    month = MonthField(read_only=True)
    staff_no = code_of("staff.staff_no")
    platform = code_of("platform.code")
    partner = code_of("partner.staff_no", allow_null=True)
    supersedes = serializers.IntegerField(source="supersedes_id", read_only=True, allow_null=True)
    duty = serializers.IntegerField(source="duty.number", read_only=True, allow_null=True)

    class Meta:
        model = LogEntry
        fields = [
            *("id", "row_id", "date", "month", "staff_no", "platform", "activity", "handle", "count"),
            *("url", "partner", "status", "supersedes", "duty", "note", "created_at"),
        ]


class SentLogSerializer(RequestSerializer):
    """A row to log.  Without `staff_no` it is your own; its state is for those who verify to set."""

    date = serializers.DateField()
    staff_no = serializers.CharField(max_length=40, required=False)
    platform = serializers.CharField(max_length=40, help_text="Code of the platform.")
    activity = serializers.CharField(max_length=40)
    count = serializers.IntegerField(min_value=0, max_value=1_000_000_000_000)
    handle = serializers.CharField(max_length=100, required=False, allow_blank=True)
    url = serializers.CharField(max_length=500, required=False, allow_blank=True)
    partner = serializers.CharField(
        max_length=40, required=False, help_text="Staff number of the colleague of an exchange."
    )
    duty = serializers.IntegerField(
        min_value=1, max_value=32767, required=False, help_text="Number of the duty that the work serves."
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        return SentLog(**super().to_internal_value(data))


class QuotaSerializer(RowSerializer):
    """One version of a quota rule: what is owed by whom from when on."""

    unit = code_of("unit.code")
    activities = serializers.ListField(child=serializers.CharField(), read_only=True)
    platforms = serializers.ListField(child=serializers.CharField(), read_only=True)
    document = code_of("document.number", allow_null=True)

    class Meta:
        model = QuotaRule
        fields = [
            *("id", "unit", "code", "name", "activities", "platforms", "basis", "period", "amount"),
            *("accounts_required", "platforms_required", "day_basis", "surplus", "weight"),
            *("valid_from", "valid_to", "document", "clause"),
        ]


class AttainmentSerializer(RowSerializer):
    """A person's month under one rule.  Where the rule does not apply, the figures are ``null``."""

    month = MonthField(read_only=True)
    staff_no = code_of("staff.staff_no")
    rule = code_of("rule.code")
    rule_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Attainment
        fields = [
            *("id", "month", "staff_no", "rule", "rule_id", "applicable"),
            *("target", "credited", "raw", "rate"),
        ]


class ScoreItemSerializer(serializers.Serializer[Any]):
    """One item of a score."""

    code = serializers.CharField()
    weight = serializers.CharField()
    rate = serializers.CharField(allow_null=True)
    score = serializers.CharField(allow_null=True)


class ScoreSerializer(RowSerializer):
    """A person's monthly score.  The amounts are ``null`` unless ``amounts_shown``."""

    month = MonthField(read_only=True)
    staff_no = code_of("staff.staff_no")
    unit = code_of("unit.code")
    scheme = code_of("scheme.code")
    items = ScoreItemSerializer(many=True, read_only=True)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    amounts_shown = serializers.BooleanField(read_only=True)
    bonus_base = ExactNumber(read_only=True, allow_null=True)
    bonus = ExactNumber(read_only=True, allow_null=True)

    class Meta:
        model = Score
        fields = [
            *("id", "month", "staff_no", "unit", "scheme", "items", "bonus_points", "deduction_points"),
            *("veto", "total", "grade", "coefficient", "proration", "status", "missing"),
            *("amounts_shown", "bonus_base", "bonus"),
        ]

    def to_representation(self, instance: Any) -> Any:
        shown = super().to_representation(instance)
        return shown if instance.amounts_shown else {**shown, "bonus_base": None, "bonus": None}
