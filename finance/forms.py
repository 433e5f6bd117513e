"""Forms of requests to spend."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.attachments import AttachmentField
from finance.services import Asked


class FundRequestForm(forms.Form):
    """How much of which fund, and what for."""

    fund = forms.TypedChoiceField(label=_("Fund"), coerce=int)
    amount = forms.DecimalField(
        label=_("Amount (yuan)"),
        max_digits=12,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0.01"}),
    )
    purpose = forms.CharField(
        label=_("Purpose"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = AttachmentField(
        label=_("Evidence file"),
        help_text=_("An offer or an invoice: PDF, picture or Office file, up to 10 MB."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, funds: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fund"]
        field.choices = funds

    @property
    def asked(self) -> Asked:
        given = self.cleaned_data
        return Asked(given["fund"], given["amount"], given["purpose"], given["file"])


class ApproveForm(forms.Form):
    day = forms.DateField(
        label=_("Booked on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("In a month that is not locked."),
    )


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("Why it is refused"), max_length=500, required=False)
