"""Rows of REWARD as programs read them; fields are named as in the tables of the interchange."""

from rest_framework import serializers

from core.api.serializers import MonthField, RowSerializer, code_of
from departments.models import PeriodState
from incentives.models import Finding, Payout, Settlement


class FindingSerializer(RowSerializer):
    """A lapse that somebody recorded; only a confirmed one counts.  ``role`` is the role it hits."""

    scheme = code_of("scheme_code")
    rule = code_of("rule_code")
    role = serializers.CharField(read_only=True, allow_null=True)
    campaign = code_of("campaign.code", allow_null=True)
    store = code_of("store.code", allow_null=True)

    class Meta:
        model = Finding
        fields = [
            *("id", "ident", "scheme", "rule", "role", "date", "campaign", "occurrences", "percent"),
            *("store", "note", "evidence", "assessor", "answer", "status"),
        ]


class SettlementSerializer(RowSerializer):
    """A computed month of an organisation: its state, and the digest that its result has."""

    month = MonthField(source="period.month", read_only=True)
    unit = code_of("period.root.code")
    state = serializers.ChoiceField(source="period.state", choices=PeriodState.choices, read_only=True)

    class Meta:
        model = Settlement
        fields = [
            *("id", "month", "unit", "state", "revision", "digest", "computed_at"),
            *("reviewed_at", "published_at", "approved_at", "locked_at"),
        ]


class PayoutSerializer(RowSerializer):
    """What one person gets: a part of a role's line in a campaign's pool, or the bonus of the month."""

    month = MonthField(read_only=True)
    staff_no = code_of("staff.staff_no")
    unit = code_of("unit.code")
    scheme = code_of("share.pool.scheme.code", allow_null=True)
    campaign = code_of("share.pool.campaign.code", allow_null=True)
    role = code_of("share.role.role", allow_null=True)

    class Meta:
        model = Payout
        fields = [
            *("id", "month", "staff_no", "unit", "kind", "scheme", "campaign", "role"),
            *("days", "nominal", "amount"),
        ]
