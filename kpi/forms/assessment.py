"""Forms of ratings, points and appeals."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.attachments import AttachmentField
from core.months import Month
from kpi.models import PointKind
from kpi.selectors.ratings import ItemLine, RatingSheet
from kpi.services.ratings import Given, seen_digest

MONTHS_BACK = 12


def month_choices(today: date) -> list[tuple[str, str]]:
    """The running month and those before it, newest first."""
    now = Month.of(today)
    return [
        (str(month), date_format(month.first, "YEAR_MONTH_FORMAT"))
        for month in (now.plus(-back) for back in range(MONTHS_BACK + 1))
    ]


def _shown(score: Decimal | None) -> str:
    """A number as people type it: 86, not 86.00."""
    return "" if score is None else f"{score.normalize():f}"


def _score_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "placeholder": "0–100"}),
    )


class RatingForm(forms.Form):
    """A manager's ratings of one person: a number and a remark for each rated item."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, sheet: RatingSheet, data: Any = None) -> None:
        self.sheet = sheet
        initial: dict[str, Any] = {"seen": self.now}
        for line in sheet.rated_lines:
            if line.rating is not None:
                initial[f"score_{line.row.code}"] = _shown(line.rating.score)
                initial[f"remark_{line.row.code}"] = line.rating.remark
        super().__init__(data, initial=initial)
        for line in sheet.rated_lines:
            self.fields[f"score_{line.row.code}"] = _score_field(_("Rating"))
            self.fields[f"remark_{line.row.code}"] = forms.CharField(
                label=_("Remark"), required=False, max_length=500
            )

    @property
    def now(self) -> str:
        """The mark of what stands now; what the page was opened with comes back in ``seen``."""
        return seen_digest(line.rating for line in self.sheet.rated_lines if line.rating is not None)

    def see_again(self) -> None:
        """What stands now has been shown: the next time the form comes back it knows of it."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": self.now}

    @property
    def groups(self) -> list[tuple[ItemLine, BoundField, BoundField]]:
        return [
            (line, self[f"score_{line.row.code}"], self[f"remark_{line.row.code}"])
            for line in self.sheet.rated_lines
        ]

    @property
    def given(self) -> dict[str, Given]:
        """What was entered; an item without a number and a remark stays as it is when nothing stood."""
        return {
            line.row.code: Given(
                self.cleaned_data.get(f"score_{line.row.code}"),
                self.cleaned_data.get(f"remark_{line.row.code}", "").strip(),
            )
            for line in self.sheet.rated_lines
        }

    @property
    def scores(self) -> dict[str, Decimal]:
        return {item: one.score for item, one in self.given.items() if one.score is not None}


class SelfRatingForm(forms.Form):
    """What a person thinks of their own work."""

    def __init__(self, sheet: RatingSheet, data: Any = None) -> None:
        self.sheet = sheet
        initial = {
            f"score_{line.row.code}": _shown(line.rating.self_score)
            for line in sheet.rated_lines
            if line.rating is not None
        }
        super().__init__(data, initial=initial)
        for line in sheet.rated_lines:
            self.fields[f"score_{line.row.code}"] = _score_field(line.row.name)

    @property
    def groups(self) -> list[tuple[ItemLine, BoundField]]:
        return [(line, self[f"score_{line.row.code}"]) for line in self.sheet.rated_lines]

    @property
    def scores(self) -> dict[str, Decimal | None]:
        return {
            line.row.code: self.cleaned_data.get(f"score_{line.row.code}") for line in self.sheet.rated_lines
        }


class PointForm(forms.Form):
    """A proposal of points or of a veto."""

    staff: Any = forms.ModelChoiceField(label=_("Person"), queryset=None, empty_label=_("choose a person"))
    month = forms.ChoiceField(label=_("Month"))
    kind = forms.ChoiceField(label=_("Kind"), choices=PointKind.choices)
    points = forms.DecimalField(
        label=_("Points"),
        required=False,
        max_digits=6,
        decimal_places=2,
        min_value=0,
        help_text=_("A veto has no points: it takes the whole bonus."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        required=False,
        help_text=_("Where it can be seen: a link, a document, a witness."),
    )
    file = AttachmentField()
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, people: Any, data: Any = None, files: Any = None, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial)
        fields: Any = self.fields
        fields["staff"].queryset = people
        fields["month"].choices = month_choices(timezone.localdate())


class ReasonForm(forms.Form):
    """Why something is refused or taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class AppealForm(forms.Form):
    """What is wrong with a line."""

    text = forms.CharField(
        label=_("What is wrong, and what would be right?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Upheld: say what will change, and by whom. Dismissed: say why the line stays."),
    )
