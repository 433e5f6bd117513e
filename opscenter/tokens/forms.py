"""What a new access key needs."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

#: how long a key may live, in days
TERMS = ((30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("one year")))


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        help_text=_("Such as the name of the program and the machine it runs on."),
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TERMS, coerce=int, initial=90)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid.uuid4
