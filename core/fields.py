"""Model fields for exact numbers: an integer in the database, a ``Decimal`` in Python."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import fraction, scaled, smallest_units


class FixedField(models.BigIntegerField):
    """A number with ``places`` decimals, stored as the integer number of its smallest units.

    Sums, comparisons and CHECK constraints are exact on SQLite and PostgreSQL alike.  A float raises
    ``TypeError``; a value with more decimals raises ``ValueError``, so nothing is rounded in silence.
    """

    if TYPE_CHECKING:
        # What the plugin of the type checker reads; the base class says int.
        _pyi_private_set_type: Any
        _pyi_private_get_type: Decimal  # type: ignore[assignment]

    description = _("Fixed-point number")
    default_error_messages = {
        "invalid_decimal": _("“%(value)s” is not a number."),
        "too_precise": _("“%(value)s” has more than %(places)s decimals."),
    }

    def __init__(self, *args: Any, places: int = 4, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else scaled(int(value), self.places)

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        units = smallest_units(value, self.places)
        if units is None:
            raise ValueError(f"{value} has more than {self.places} decimals")
        return units

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, float):
            raise TypeError("a float is not exact; use Decimal")
        try:
            number = Decimal(value)
            units = fraction(number) * 10**self.places
        except (InvalidOperation, TypeError, ValueError, OverflowError) as error:
            raise ValidationError(
                self.error_messages["invalid_decimal"], code="invalid", params={"value": value}
            ) from error
        if units.denominator != 1:
            raise ValidationError(
                self.error_messages["too_precise"],
                code="too_precise",
                params={"value": value, "places": self.places},
            )
        return scaled(units.numerator, self.places)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.IntegerField, self).formfield(
            **{"form_class": forms.DecimalField, "decimal_places": self.places, **kwargs}
        )


class MoneyField(FixedField):
    """An amount in yuan, stored as an integer number of 分."""

    description = _("Amount of money")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["places"] = 2
        super().__init__(*args, **kwargs)


class RateField(FixedField):
    """A rate, share or factor with 4 decimals."""

    description = _("Rate")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["places"] = 4
        super().__init__(*args, **kwargs)
