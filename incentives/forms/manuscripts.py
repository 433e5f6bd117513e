"""Forms of manuscripts: for the staff, for authors without a log-in, and for those who decide."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.attachments import AttachmentField
from incentives.models import AuthorKind, VoteChoice
from incentives.services.manuscripts import MOST_CHARACTERS, Draft
from incentives.services.submissions import GUESTS, Guest

#: how long a page may lie open before it is sent
OPEN_FOR = timedelta(days=1)
#: how long a link may live, in days
LINK_TERMS = ((7, _("a week")), (30, _("30 days")), (90, _("90 days")), (365, _("one year")))


def _text_field() -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 12, "data-characters": "", "autocomplete": "off"})
    return forms.CharField(label=_("Text"), required=False, max_length=MOST_CHARACTERS, widget=area)


class ManuscriptForm(forms.Form):
    """What somebody on the staff hands in."""

    kind = forms.ChoiceField(
        label=_("I write as"),
        choices=[
            (AuthorKind.EMPLOYEE, _("an employee")),
            (AuthorKind.PHARMACIST, _("a pharmacist or physician")),
        ],
        initial=AuthorKind.EMPLOYEE,
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = _text_field()
    file = AttachmentField()
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    @property
    def draft(self) -> Draft:
        given = self.cleaned_data
        return Draft(
            given["title"], given["text"], given.get("kind") or AuthorKind.EMPLOYEE, given.get("file")
        )


class RevisionForm(forms.Form):
    """A returned manuscript, better."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = _text_field()
    file = AttachmentField(help_text=_("PDF, picture or Office file, up to 10 MB. Empty: the one there is."))

    @property
    def draft(self) -> Draft:
        given = self.cleaned_data
        return Draft(given["title"], given["text"], attachment=given.get("file"))


class GuestForm(forms.Form):
    """What somebody hands in who has no log-in.

    No session stands behind it: instead of a session's token it carries a key that we signed when the page
    was opened.  It acts with nobody's rights, so there is nothing that another site could borrow.
    """

    kind = forms.ChoiceField(
        label=_("I write as"),
        choices=[
            (kind, _("a customer") if kind == AuthorKind.CUSTOMER else _("a pharmacist or physician"))
            for kind in reversed(GUESTS)
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        max_length=60,
        required=False,
        help_text=_("The fee goes to this name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("Phone or WeChat (optional)"),
        max_length=60,
        required=False,
        help_text=_("Only for questions about this manuscript and its fee; kept encrypted."),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = _text_field()
    consent = forms.BooleanField(label=_("I have read this and agree."), required=False)
    # People do not see it; programs that fill in everything do.
    website = forms.CharField(required=False, max_length=200, label=_("Leave this empty"))
    key = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, salt: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.salt = salt
        self.fields["key"].initial = self.new_key

    def new_key(self) -> str:
        return signing.dumps(uuid4().hex, salt=self.salt)

    def clean_key(self) -> UUID:
        try:
            opened: str = signing.loads(self.cleaned_data["key"], salt=self.salt, max_age=OPEN_FOR)
        except signing.BadSignature as error:
            # What was typed stays; a fresh key goes with it.
            self.data = {**{name: self.data[name] for name in self.data}, "key": self.new_key()}
            raise ValidationError(_("The page was open for too long. Send it again, please.")) from error
        return UUID(opened)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave the last field empty, please."))
        return ""

    @property
    def draft(self) -> Draft:
        return Draft(self.cleaned_data["title"], self.cleaned_data["text"], self.cleaned_data["kind"])

    def guest(self, consent: str) -> Guest:
        given = self.cleaned_data
        return Guest(given["name"], given["contact"], consent if given["consent"] else "")


class ReceiptForm(forms.Form):
    """The number and the code that came with a manuscript."""

    reference = forms.CharField(
        label=_("Reference number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=pgettext_lazy("of a receipt", "Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )


class GuestRevisionForm(ReceiptForm):
    """A returned manuscript of an author without a log-in, better."""

    reference = forms.CharField(max_length=20, widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = _text_field()

    @property
    def draft(self) -> Draft:
        return Draft(self.cleaned_data["title"], self.cleaned_data["text"])


class ScreenForm(forms.Form):
    remark = forms.CharField(
        label=_("Remark"),
        max_length=500,
        required=False,
        help_text=_("Needed when you return it: what is to be changed."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VoteForm(forms.Form):
    choice = forms.ChoiceField(choices=VoteChoice.choices, widget=forms.HiddenInput)
    remark = forms.CharField(
        label=_("Remark (optional)"),
        max_length=500,
        required=False,
        help_text=_("The author reads it, without your name, once it is decided."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PublishForm(forms.Form):
    day = forms.DateField(
        label=_("Published on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    address = forms.URLField(
        label=_("Address of the article"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://mp.weixin.qq.com/s/…"}),
    )


class ContactForm(forms.Form):
    reason = forms.CharField(label=_("What you need it for"), max_length=500, required=False)


class LinkForm(forms.Form):
    """A new address for authors without a log-in."""

    scheme = forms.ChoiceField(label=_("Incentive scheme"))
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Where you hand it out, such as a group or a poster.")
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=LINK_TERMS, coerce=int, initial=30)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, schemes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scheme"]
        field.choices = schemes
