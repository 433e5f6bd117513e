"""Rows as programs read them: exact numbers as text with their decimals, months as ``2018-11``."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.fields import FixedField
from core.months import Month


@extend_schema_field({"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"})
class ExactNumber(serializers.Field):
    """A number as text, with the decimals it is kept with; never a binary fraction."""

    def to_representation(self, value: Decimal) -> str:
        return str(value)


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "2018-11"})
class MonthField(serializers.Field):
    """A month; ``2018-11`` in a request becomes a ``Month``."""

    default_error_messages = {"invalid_month": _("A month is needed here, such as 2018-11.")}

    def to_representation(self, value: date | Month) -> str:
        return str(value if isinstance(value, Month) else Month.of(value))

    def to_internal_value(self, data: Any) -> Month:
        try:
            return Month.parse(data)
        except (ValueError, AttributeError):
            self.fail("invalid_month")


NOT_SENT = _("This field cannot be sent.")


class RequestSerializer(serializers.Serializer[Any]):
    """What a request sends."""

    def to_internal_value(self, data: Any) -> Any:
        """A field that cannot be sent is an error, not something that is left out in silence."""
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError({str(name): [NOT_SENT] for name in unknown})
        return super().to_internal_value(data)


class RowSerializer(serializers.ModelSerializer[Any]):
    """A row that is only read."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        FixedField: ExactNumber,
    }

    def build_standard_field(self, field_name: str, model_field: "models.Field[Any, Any]") -> Any:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if field_class is ExactNumber:
            kwargs = {"allow_null": True} if model_field.null else {}
        return field_class, kwargs

    def get_extra_kwargs(self) -> dict[str, Any]:
        extra = super().get_extra_kwargs()
        return {**extra, **{name: {**extra.get(name, {}), "read_only": True} for name in self.Meta.fields}}


def code_of(path: str, **kwargs: Any) -> serializers.CharField:
    """The code of a related row; ``null`` where there is none."""
    return serializers.CharField(source=path, read_only=True, **kwargs)
