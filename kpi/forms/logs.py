"""Forms of the daily log: they read what was typed; what is allowed, the service says."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from departments.models import Activity, Duty, Staff
from kpi.models import Account, Platform
from kpi.selectors.logs import NOTE_LENGTH, platform_activities
from kpi.services.evidence import too_large


def new_key() -> str:
    """The name of a form: what it adds is added once, however often it is sent."""
    return f"web-{uuid4().hex}"


class DayInput(forms.DateInput):
    """A day to choose; browsers know only the one way of writing it, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class KeyedForm(forms.Form):
    key = forms.RegexField(r"^web-[0-9a-f]{32}$", widget=forms.HiddenInput, initial=new_key)


class LogForm(KeyedForm):
    """One row in full."""

    date = forms.DateField(label=_("Day"), widget=DayInput)
    platform = forms.ModelChoiceField(
        label=_("Platform"),
        queryset=Platform.objects.none(),
        to_field_name="code",
        empty_label=_("choose a platform"),
    )
    activity = forms.ChoiceField(label=_("What you did"))
    handle = forms.CharField(
        label=_("Account"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "own-accounts", "autocomplete": "off"}),
    )
    count = forms.IntegerField(
        label=_("How many"),
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
        initial=1,
    )
    url = forms.CharField(
        label=_("Link"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "autocomplete": "off"}),
    )
    partner = forms.ModelChoiceField(
        label=_("Exchanged with"),
        queryset=Staff.objects.none(),
        required=False,
        to_field_name="staff_no",
        empty_label=_("nobody"),
        help_text=_("Only for an exchange with a colleague: it counts for the two of you."),
    )
    duty = forms.ModelChoiceField(
        label=_("Serves the duty"), queryset=Duty.objects.none(), required=False, empty_label=_("no duty")
    )
    note = forms.CharField(label=_("Note"), max_length=NOTE_LENGTH, required=False)
    screenshot = forms.FileField(
        label=_("Screenshot"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("A picture up to 10 MB. Only you and those who check your work can see it."),
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["date"].initial = today
        self.fields["date"].widget.attrs["max"] = today.isoformat()
        known = platform_activities(staff, parse_date(str(self.data.get("date", ""))) or today)
        platforms = Platform.objects.filter(Q(code__in=known) | Q(accounts__staff=staff)).distinct()
        if not self.is_bound:
            # One that is closed is not offered; named all the same, the service says what took its place.
            platforms = platforms.exclude(closed__lt=today)
        self.fields["platform"].queryset = platforms  # type: ignore[attr-defined]
        names = dict(Activity.objects.values_list("code", "name"))
        codes = sorted({code for activities in known.values() for code in activities} | set(names))
        choices = [("", _("choose what you did")), *((code, names.get(code, code)) for code in codes)]
        self.fields["activity"].choices = choices  # type: ignore[attr-defined]
        colleagues = Staff.objects.filter(root=staff.root_id).exclude(pk=staff.pk)
        self.fields["partner"].queryset = colleagues.filter(  # type: ignore[attr-defined]
            Q(left__isnull=True) | Q(left__gte=today)
        ).order_by("name")
        duties = Duty.objects.filter(unit_id__in=_path(staff)).order_by("unit_id", "number")
        self.fields["duty"].queryset = duties  # type: ignore[attr-defined]
        self.accounts = list(Account.objects.filter(staff=staff).values_list("handle", flat=True))

    def clean_screenshot(self) -> Any:
        upload = self.cleaned_data["screenshot"]
        if upload is not None and too_large(upload.size):
            raise forms.ValidationError(
                _("The picture is larger than 10 MB. Take a screenshot instead of a photo."), code="too_large"
            )
        return upload


def _path(staff: Staff) -> list[int]:
    """The person's unit and those above it."""
    return [unit.pk for unit in staff.unit.ancestors(include_self=True)]


class CorrectionForm(KeyedForm):
    count = forms.IntegerField(
        label=_("Right number"),
        min_value=0,
        help_text=_("0 takes the row back."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
    )
    handle = forms.CharField(label=_("Account"), max_length=100, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class PasteForm(KeyedForm):
    """Many links at once."""

    date = forms.DateField(label=_("Day"), widget=DayInput)
    text = forms.CharField(
        label=_("Links"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 7, "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_(
            "One or more per line. A number after a link (3 or ×3) is its count, other words are its note."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = timezone.localdate()


class RowForm(forms.Form):
    """One row of several that are logged together; untick to leave it out."""

    chosen = forms.BooleanField(required=False)
    url = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
    platform = forms.ModelChoiceField(queryset=Platform.objects.none(), required=False, to_field_name="code")
    activity = forms.ChoiceField(required=False)
    handle = forms.CharField(max_length=100, required=False)
    partner = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    count = forms.IntegerField(
        min_value=0, required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    )
    note = forms.CharField(max_length=NOTE_LENGTH, required=False)

    def __init__(
        self,
        *args: Any,
        platforms: list[Platform],
        activities: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        # The choices are read once for all rows, not once for each.
        self.known = {row.code: row for row in platforms}
        self.fields["platform"] = forms.ChoiceField(
            required=False, choices=[("", _("which platform?")), *((row.code, row.name) for row in platforms)]
        )
        self.fields["activity"].choices = [("", _("what was it?")), *activities]  # type: ignore[attr-defined]
        for name, label in (
            ("chosen", _("Log this row")),
            ("platform", _("Platform")),
            ("activity", _("What you did")),
            ("handle", _("Account")),
            ("count", _("How many")),
            ("note", _("Note")),
        ):
            css = {"chosen": "form-check-input", "platform": "form-select", "activity": "form-select"}
            self.fields[name].widget.attrs |= {
                "aria-label": label,
                "class": css.get(name, "form-control"),
            }
        for name in ("handle", "note"):
            self.fields[name].widget.attrs["placeholder"] = self.fields[name].widget.attrs["aria-label"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("chosen"):
            if given.get("platform") not in self.known:
                self.add_error("platform", _("Choose the platform."))
            if not given.get("activity"):
                self.add_error("activity", _("Choose what you did."))
            if given.get("count") is None and "count" not in self.errors:
                self.add_error("count", _("Enter how many."))
        return given
