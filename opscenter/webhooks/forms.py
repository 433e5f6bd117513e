"""What a webhook needs."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from departments.models import Unit, WebhookEvent


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Of your own server, reachable from the internet by https."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )


class NewWebhookForm(WebhookForm):
    """``roots``: the organisations that the person may choose."""

    root: Any = forms.ModelChoiceField(queryset=None, label=_("Organisation"), empty_label=None)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, roots: "QuerySet[Unit]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["root"]
        choice.queryset = roots
        self.fields["form_key"].initial = uuid.uuid4


class EditWebhookForm(WebhookForm):
    active = forms.BooleanField(label=_("In use"), required=False)
