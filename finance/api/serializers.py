"""Rows of COST as programs read them."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import MonthField, RowSerializer, code_of
from finance.models import FundKind, FundMonth


class MovementSerializer(serializers.Serializer[Any]):
    """An amount that moved into the fund or out of it."""

    date = serializers.CharField()
    kind = serializers.CharField()
    id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the base has an argument of this name
    destination = serializers.CharField()
    amount = serializers.CharField()


class WaitingSerializer(serializers.Serializer[Any]):
    """A spending or release that waits until the fund has the money."""

    date = serializers.CharField()
    kind = serializers.CharField()
    id = serializers.CharField()
    amount = serializers.CharField()


class FundMonthSerializer(RowSerializer):
    """A fund's month: opening + inflow − outflow = closing."""

    month = MonthField(read_only=True)
    unit = code_of("root.code")
    scheme = code_of("fund.scheme_code")
    fund = serializers.ChoiceField(source="fund.kind", choices=FundKind.choices, read_only=True)
    movements = MovementSerializer(many=True, read_only=True)
    pending = WaitingSerializer(many=True, read_only=True)

    class Meta:
        model = FundMonth
        fields = [
            *("id", "month", "unit", "scheme", "fund", "opening", "inflow", "outflow", "closing"),
            *("movements", "pending"),
        ]
