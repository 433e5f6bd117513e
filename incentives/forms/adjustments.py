"""The form of an adjustment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.months import Month


def month_input() -> forms.TextInput:
    """A month to choose; where the browser knows no such control, to type."""
    return forms.TextInput(attrs={"type": "month", "placeholder": "2018-11"})


class MonthField(forms.CharField):
    """A month, written as 2018-11."""

    widget = month_input()

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError:
            raise forms.ValidationError(_("A month is written as 2018-11.")) from None


class AdjustmentForm(forms.Form):
    """Whose locked month is wrong by how much, and in which month that is settled."""

    staff_no = forms.CharField(label=_("Staff number"), max_length=40)
    about = MonthField(label=_("Month that is corrected"), help_text=_("A locked month."))
    month = MonthField(label=_("Paid in"), help_text=_("A later month that is still open."))
    amount = forms.DecimalField(
        label=_("Amount (yuan)"),
        max_digits=12,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        help_text=_("Below 0 it takes back; a person's month never falls below 0."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
