"""Filters that many resources have."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from core.months import Month


class _MonthText(forms.CharField):
    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        try:
            return Month.parse(text).first if text else None
        except ValueError:
            raise ValidationError(_("A month is needed here, such as 2018-11.")) from None


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "2018-11"})
class MonthFilter(django_filters.Filter):
    """``?month=2018-11`` on a column that holds a month's first day."""

    field_class = _MonthText

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)
