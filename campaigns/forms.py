"""What is typed into the pages of plans and campaigns, parsed; what may be, the services say."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.calculations.ratios import FIGURES
from campaigns.models import (
    BaselineMethodCode,
    Campaign,
    CampaignScale,
    CampaignType,
    Channel,
    Measure,
    NoteSubject,
    Plan,
    PlanHorizon,
    Store,
)
from campaigns.selectors.board import unit_options
from campaigns.selectors.plans import parent_options
from core.exceptions import DomainError
from core.forms import add_problems
from core.interchange.columns import Codes, Days
from core.interchange.problems import CellProblem
from core.models import User
from departments.models import Staff, Unit

GOAL_ROWS = 5
EVERY_STORE = "*"
LARGEST = Decimal("999999999999")


class DayField(forms.DateField):
    """A day in the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class AmountField(forms.DecimalField):
    """An amount in yuan with 分."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=LARGEST, decimal_places=2, **kwargs)


class DatesField(forms.CharField):
    """Several days in one line."""

    def clean(self, value: Any) -> Any:
        try:
            return Days().parse(super().clean(value))
        except CellProblem as error:
            raise ValidationError(
                _("Write days as 2024-05-11, separated by commas."), code="dates"
            ) from error


class ListField(forms.CharField):
    """Several codes in one line."""

    def clean(self, value: Any) -> Any:
        return Codes().parse(super().clean(value))


class KeyedForm(forms.Form):
    """A form that is known again when it is sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def refused(self, error: DomainError) -> None:
        """Show what a service refused; goals as a whole beside the first of them."""
        add_problems(self, error, {"goals": "goal_0_target"})


class ReasonMixin(forms.Form):
    """Why, where what is approved is to change."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Somebody else decides; the reason is printed with every statement."),
    )


class TermsForm(KeyedForm):
    """What plans and campaigns have in common."""

    name = forms.CharField(label=_("Name"), max_length=100)
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    aim = forms.CharField(label=_("Goal"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    content = forms.CharField(
        label=_("Content"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is done, and how."),
    )
    budget = AmountField(label=_("Budget, yuan"))
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    carried = forms.CharField(
        label=_("Lessons it starts from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the last review taught; filled in from it."),
    )

    def __init__(self, user: User, *args: Any, subject: Any = None, **kwargs: Any) -> None:
        self.user, self.subject = user, subject
        super().__init__(*args, **kwargs)
        self._fill("channels", [(one.code, one.name) for one in Channel.objects.order_by("code")])
        goals = [] if subject is None else subject.goals
        goals = self.initial.pop("goals", goals)
        for row in range(max(GOAL_ROWS, len(goals) + 1)):
            self._goal_row(row, goals[row] if row < len(goals) else {})

    def _fill(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _goal_row(self, row: int, goal: dict[str, str]) -> None:
        self.fields[f"goal_{row}_measure"] = forms.ChoiceField(
            label=_("Figure"),
            required=False,
            choices=[("", "—"), *Measure.choices],
            initial=goal.get("measure", ""),
        )
        self.fields[f"goal_{row}_name"] = forms.CharField(
            label=_("Name of the figure"), required=False, max_length=60, initial=goal.get("name", "")
        )
        self.fields[f"goal_{row}_target"] = forms.DecimalField(
            label=_("Number to reach"),
            required=False,
            max_value=LARGEST,
            decimal_places=4,
            initial=goal.get("target", ""),
        )

    def goal_rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """The three controls of each goal."""
        row = 0
        while f"goal_{row}_measure" in self.fields:
            yield self[f"goal_{row}_measure"], self[f"goal_{row}_name"], self[f"goal_{row}_target"]
            row += 1

    def goal_names(self) -> set[str]:
        return {name for name in self.fields if name.startswith("goal_")}

    def _goals(self) -> list[dict[str, str]]:
        """The goals as they are kept; what was typed in for a goal that stays is kept with it."""
        typed = {} if self.subject is None else {goal["name"]: goal["actual"] for goal in self.subject.goals}
        goals = []
        data = self.cleaned_data
        for row in range(len(self.goal_names()) // 3):
            measure, name = data[f"goal_{row}_measure"], data[f"goal_{row}_name"].strip()
            target = data[f"goal_{row}_target"]
            if not (measure or name or target is not None):
                continue
            goals.append(
                {
                    "measure": measure or Measure.OTHER.value,
                    "name": name,
                    "target": "" if target is None else format(target.normalize(), "f"),
                    "actual": typed.get(name, ""),
                }
            )
        return goals

    def terms(self) -> dict[str, Any]:
        """The terms as the services take them."""
        names = ("name", "start", "end", "aim", "content", "budget", "channels", "carried")
        return {**{name: self.cleaned_data[name] for name in names}, "goals": self._goals()}


class CampaignForm(TermsForm):
    """A campaign's terms.  ``code`` and ``unit`` are given once, when it is drafted."""

    field_order = [
        "key", "code", "unit", "name", "type", "scale", "start", "end", "stores", "pays", "baseline",
        "baseline_dates", "planned_in", "aim", "channels", "content", "budget", "products", "carried",
    ]  # fmt: skip

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Short and unique; letters, digits, - and _.")
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), to_field_name="code")
    type = forms.ChoiceField(label=_("Type"), choices=CampaignType.choices)
    scale = forms.ChoiceField(label=_("Scale"), choices=CampaignScale.choices)
    stores = forms.MultipleChoiceField(label=_("Stores"), widget=forms.CheckboxSelectMultiple)
    products = ListField(
        label=_("Single products"), required=False, help_text=_("Codes, separated by commas.")
    )
    pays = forms.BooleanField(label=_("It pays: its uplift feeds the pool"), required=False, initial=True)
    baseline = forms.ChoiceField(
        label=_("Compared with"),
        required=False,
        choices=[("", _("what the rules say for its type and scale")), *BaselineMethodCode.choices],
        help_text=_("Fixed once it is approved."),
    )
    baseline_dates = DatesField(
        label=_("Fixed days to compare with"),
        required=False,
        help_text=_("Only for fixed dates: days before the campaign, separated by commas."),
    )
    planned_in = forms.ModelChoiceField(
        Plan.objects.none(), label=_("Part of the plan"), required=False, empty_label=_("no plan")
    )

    def __init__(self, user: User, *args: Any, subject: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(user, *args, subject=subject, **kwargs)
        stores = Store.objects.visible_to(user).order_by("code")
        if subject is not None:
            del self.fields["code"], self.fields["unit"]
            stores = stores.filter(root_id=subject.root_id)
        else:
            choose_unit(self.fields["unit"], user, "campaign.plan")
        self._fill(
            "stores",
            [(EVERY_STORE, str(_("all that are open"))), *((one.code, one.name) for one in stores)],
        )
        planned: Any = self.fields["planned_in"]
        planned.queryset = parent_options(user)

    def terms(self) -> dict[str, Any]:
        names = ("type", "scale", "products", "pays", "baseline", "baseline_dates", "planned_in")
        stores = self.cleaned_data["stores"]
        return {
            **super().terms(),
            **{name: self.cleaned_data[name] for name in names},
            "stores": [EVERY_STORE] if EVERY_STORE in stores else stores,
        }


class PlanForm(TermsForm):
    """A plan's terms.  ``unit`` is given once."""

    field_order = [
        "key", "unit", "horizon", "parent", "name", "start", "end", "aim", "channels", "content", "budget",
        "carried",
    ]  # fmt: skip

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), to_field_name="code")
    horizon = forms.ChoiceField(label=_("Plan for a"), choices=PlanHorizon.choices)
    parent = forms.ModelChoiceField(
        Plan.objects.none(), label=_("Part of the plan"), required=False, empty_label=_("no plan")
    )

    def __init__(self, user: User, *args: Any, subject: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(user, *args, subject=subject, **kwargs)
        if subject is not None:
            del self.fields["unit"]
        else:
            choose_unit(self.fields["unit"], user, "campaign.plan")
        parent: Any = self.fields["parent"]
        parent.queryset = parent_options(user, ("year", "quarter"))

    def terms(self) -> dict[str, Any]:
        names = ("horizon", "parent")
        return {**super().terms(), **{name: self.cleaned_data[name] for name in names}}


class CampaignChangeForm(ReasonMixin, CampaignForm):
    """Other terms for an approved campaign."""


class PlanChangeForm(ReasonMixin, PlanForm):
    """Other terms for an approved plan."""


def choose_unit(field: Any, user: User, act: str = "") -> None:
    """Fill a field with the units that the person sees, or on which they may do ``act``."""
    options = unit_options(user, act)
    field.queryset = Unit.objects.without_tree_fields().filter(code__in=[code for code, _name in options])
    field.empty_label = _("choose a unit")
    if len(options) == 1:
        field.initial = options[0][0]


class NoteForm(KeyedForm):
    subject = forms.ChoiceField(label=_("About"), choices=NoteSubject.choices)
    text = forms.CharField(label=_("What was found"), widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(label=_("Source"), required=False, max_length=300)


class TaskForm(KeyedForm):
    """A task; with a receiving unit it is a hand-over."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("By unit"), empty_label=_("choose a unit"))
    to_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Handed to"),
        required=False,
        empty_label=_("nobody: a task"),
        help_text=_("With a unit here it is a hand-over."),
    )
    owner = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody yet")
    )
    due = DayField(label=_("Due"))

    def __init__(self, user: User, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.without_tree_fields().filter(root_id=campaign.root_id).order_by("code")
        people = Staff.objects.known_to(user).filter(root_id=campaign.root_id, left__isnull=True)
        for name, rows in (("unit", units), ("to_unit", units), ("owner", people.order_by("staff_no"))):
            field: Any = self.fields[name]
            field.queryset = rows
        self.fields["unit"].initial = campaign.unit_id
        self.fields["due"].initial = campaign.start


class TemplateForm(forms.Form):
    """A line of the list from which campaigns get their tasks."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("For campaigns of"), to_field_name="code")
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    by_unit = forms.ModelChoiceField(Unit.objects.none(), label=_("By unit"), empty_label=_("choose a unit"))
    to_unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Handed to"), required=False, empty_label=_("nobody: a task")
    )
    lead_days = forms.IntegerField(
        label=_("Days before the start"),
        initial=7,
        min_value=-60,
        max_value=365,
        help_text=_("Below zero: after the start."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_unit(self.fields["unit"], user, "campaign.approve")
        units = Unit.objects.without_tree_fields().visible_to(user).order_by("root__code", "code")
        for name in ("by_unit", "to_unit"):
            field: Any = self.fields[name]
            field.queryset = units


class DocumentForm(KeyedForm):
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 14}))


class ResultForm(forms.Form):
    """A channel's day.  Empty is not known, never zero."""

    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Channel"), to_field_name="code", empty_label=_("choose a channel")
    )
    date = DayField(label=_("Day"))
    cost = AmountField(label=_("Cost, yuan"))
    impressions = forms.IntegerField(label=_("Impressions"), required=False, min_value=0, max_value=10**12)
    clicks = forms.IntegerField(label=_("Clicks"), required=False, min_value=0, max_value=10**12)
    leads = forms.IntegerField(label=_("Leads"), required=False, min_value=0, max_value=2 * 10**9)
    orders = forms.IntegerField(label=_("Orders"), required=False, min_value=0, max_value=2 * 10**9)
    revenue = AmountField(label=_("Revenue, yuan"))

    def __init__(self, campaign: Campaign, today: datetime.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel: Any = self.fields["channel"]
        channel.queryset = Channel.objects.order_by("code")
        self.fields["date"].initial = min(today, campaign.end)

    def figures(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIGURES}


class ReadingForm(forms.Form):
    """How often an article had been read by a day."""

    article = forms.IntegerField(widget=forms.HiddenInput)
    date = DayField(label=_("Day"))
    readers = forms.IntegerField(label=_("Readers"), min_value=0, max_value=2 * 10**9)
