"""The forms of imports, templates, exports."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import ArticleKind
from core.models import User
from core.months import Month
from opscenter.data.selectors.tables import import_units, table_groups


class UploadForm(forms.Form):
    """A workbook."""

    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        help_text=_("At most 20 MB. It is only checked first; nothing is written before you accept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class ExportUploadForm(forms.Form):
    """An export of a platform, and whose account it is."""

    file = forms.FileField(
        label=_("Export of the platform"),
        help_text=_("The file as the platform gives it: .xlsx, .xls or .csv."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.html,.htm,.txt"}),
    )
    unit: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Account of"),
        empty_label=_("choose a unit"),
        help_text=_("The unit whose account the file is from."),
    )
    kind = forms.ChoiceField(
        label=_("Articles that are new"),
        choices=[("", _("leave them out")), *ArticleKind.choices],
        required=False,
        help_text=_("New articles of this kind count against its target of readers."),
    )
    counted_on = forms.DateField(
        label=_("Exported on"),
        help_text=_("The day on which the platform counted. Numbers of later days never replace it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.queryset = import_units(user)
        self.fields["counted_on"].initial = timezone.localdate

    def clean_counted_on(self) -> Any:
        day = self.cleaned_data["counted_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day


class TablesForm(forms.Form):
    """Some tables, grouped by area."""

    tables = forms.MultipleChoiceField(
        label=_("Tables"),
        choices=[],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one table.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = table_groups()
        choice: Any = self.fields["tables"]
        choice.choices = [(one.name, one.title) for group in self.groups for one in group.tables]

    @property
    def chosen(self) -> list[str]:
        """The names that were ticked, also of a form with errors."""
        if not self.is_bound:
            return []
        values = self["tables"].value()
        return list(values) if isinstance(values, list | tuple) else []


class ExportForm(TablesForm):
    """Some tables, of one month or of all."""

    month = forms.CharField(
        label=_("Only the month"),
        required=False,
        help_text=_("Such as 2018-11; empty = everything. Tables without months are given whole."),
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2018-11"}),
    )

    def clean_month(self) -> Month | None:
        text = self.cleaned_data["month"].strip()
        try:
            return Month.parse(text) if text else None
        except ValueError:
            raise ValidationError(_("A month is needed here, such as 2018-11.")) from None
