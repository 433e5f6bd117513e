"""Forms of findings."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.attachments import AttachmentField
from core.models import User
from incentives.selectors.finding_board import campaign_choices, rule_choices, store_choices
from incentives.services.findings import Proposal

HUNDRED = Decimal(100)


class FindingForm(forms.Form):
    """What has happened, under which rule, and what shows it."""

    rule = forms.ChoiceField(label=_("Rule"))
    date = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("What happened"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    occurrences = forms.IntegerField(
        label=_("Occurrences"), required=False, min_value=1, max_value=10_000, help_text=_("Empty means one.")
    )
    percent = forms.DecimalField(
        label=_("Percentage"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("Only for rules that take a percentage: 25 for 25 %."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )
    campaign: Any = forms.ModelChoiceField(
        label=_("Campaign"),
        queryset=None,
        required=False,
        empty_label=_("none"),
        help_text=_("Needed by rules that act on one campaign."),
    )
    store: Any = forms.ModelChoiceField(
        label=_("Store"),
        queryset=None,
        required=False,
        empty_label=_("none"),
        help_text=_("Which shop did not execute, if it is about one."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        required=False,
        help_text=_("Where it can be seen: a link, a document, a witness."),
    )
    file = AttachmentField()
    assessor = forms.CharField(
        label=_("Assessor"),
        max_length=60,
        required=False,
        help_text=_("Who assesses the role. Empty: as the scheme says."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["rule"].choices = [("", _("choose a rule")), *rule_choices(user)]
        fields["campaign"].queryset = campaign_choices(user, timezone.localdate())
        fields["store"].queryset = store_choices(user)

    @property
    def proposal(self) -> Proposal:
        given = self.cleaned_data
        scheme, _slash, rule = given["rule"].partition("/")
        percent = given["percent"]
        return Proposal(
            scheme=scheme,
            rule=rule,
            day=given["date"],
            note=given["note"],
            campaign=given["campaign"],
            store=given["store"],
            occurrences=given["occurrences"],
            percent=None if percent is None else percent / HUNDRED,
            evidence=given["evidence"],
            assessor=given["assessor"],
            attachment=given["file"],
        )


class WithdrawForm(forms.Form):
    """Why a finding is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class AnswerForm(forms.Form):
    """What a person says to a finding against them."""

    text = forms.CharField(
        label=_("Your answer"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
