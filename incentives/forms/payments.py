"""Forms of payments: a batch, a file made again, what became of payments, a bank account."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incentives.models import BankFileProfile


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LayoutForm(forms.Form):
    """Base: which layout the file has."""

    profile = forms.TypedChoiceField(
        label=_("Layout of the bank file"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, profiles: list[BankFileProfile], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["profile"]
        field.choices = [(one.pk, one.name) for one in profiles]


class BatchForm(LayoutForm):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class AgainForm(LayoutForm):
    reason = forms.CharField(label=_("Why the file is made again"), max_length=500, required=False)


class SettleForm(forms.Form):
    day = forms.DateField(label=_("Paid on"), initial=timezone.localdate, widget=_day())


class ReturnForm(forms.Form):
    day = forms.DateField(label=_("Returned on"), initial=timezone.localdate, widget=_day())
    reason = forms.CharField(label=_("What the bank says"), max_length=500, required=False)


class AccountForm(forms.Form):
    number = forms.CharField(
        label=_("Account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("8 to 32 digits. It is kept encrypted; later only the last four digits are shown."),
    )
    holder = forms.CharField(label=_("Account holder"), max_length=60)
    branch = forms.CharField(label=_("Bank branch"), max_length=100, required=False)


class AccountsForm(forms.Form):
    """Many accounts at once, as rows of a spreadsheet."""

    text = forms.CharField(
        label=_("Rows"),
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "A line each: staff number, account number, account holder, bank branch; copied from a "
            "spreadsheet, or with commas between. Without a holder it is the person."
        ),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("What you need the number for"), max_length=500, required=False)
