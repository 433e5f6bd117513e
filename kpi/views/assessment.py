"""The pages of ratings: who is due, rating a person, rating oneself."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from core.access import access, account
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, cell
from core.months import Month
from core.templatetags import ui
from departments.permissions import MEMBER, may
from kpi.forms.assessment import RatingForm, SelfRatingForm, month_choices
from kpi.selectors.ratings import (
    RatingSheet,
    RatingTask,
    own_root,
    own_staff,
    people_to_propose,
    person_to_rate,
    rating_sheet,
    rating_tasks,
)
from kpi.services.ratings import rating_enter, rating_self

STATES: dict[str, tuple[str | Promise, str]] = {
    "draft": (pgettext_lazy("rating", "draft"), ""),
    "self_rated": (pgettext_lazy("rating", "self-rated"), "active"),
    "rated": (pgettext_lazy("rating", "rated"), "good"),
    "reviewed": (pgettext_lazy("rating", "reviewed"), "good"),
}
OPEN, LATE = "open", "late"


class TaskTable(tables.Table):
    """Who is to be rated, and how far it is."""

    name = tables.Column(verbose_name=gettext_lazy("Person"), attrs=HEAD, order_by="staff_no")
    unit = tables.Column(verbose_name=gettext_lazy("Unit"), attrs=cell(gettext_lazy("Unit")))
    self_rated = tables.Column(
        verbose_name=gettext_lazy("Self-rated"), attrs=cell(gettext_lazy("Self-rated"), "num")
    )
    rated = tables.Column(verbose_name=gettext_lazy("Rated"), attrs=cell(gettext_lazy("Rated"), "num"))
    due = tables.Column(
        verbose_name=gettext_lazy("Due"), order_by="due__rating", attrs=cell(gettext_lazy("Due"))
    )
    state = tables.Column(verbose_name=gettext_lazy("State"), attrs=cell(gettext_lazy("State")))

    def render_name(self, record: RatingTask) -> str:
        if record.own:
            url, beside = reverse("assessment:self", args=[record.month]), _("yourself")
        else:
            url, beside = reverse("assessment:rate", args=[record.month, record.staff_no]), record.staff_no
        return format_html('<a href="{}"><b>{}</b></a><small>{}</small>', url, record.name, beside)

    def render_due(self, record: RatingTask) -> str:
        late = ui.pill(_("overdue"), "warn") if record.late else ""
        return format_html("{} {}", date_format(record.due.rating, "m-d"), late)

    def render_self_rated(self, record: RatingTask) -> str:
        return f"{record.self_rated} / {len(record.items)}"

    def render_rated(self, record: RatingTask) -> str:
        return f"{record.rated} / {len(record.items)}"

    def render_state(self, value: str) -> str:
        label, tone = STATES[value]
        return ui.pill(label, tone)

    def value_name(self, record: RatingTask) -> str:
        return record.name

    def value_due(self, record: RatingTask) -> Any:
        return record.due.rating

    def value_state(self, value: str) -> str:
        return str(STATES[value][0])


class TaskFilter(django_filters.FilterSet):
    """Filters of a list that is worked out, not read: each is applied to the tasks."""

    month = django_filters.ChoiceFilter(label=gettext_lazy("Month"), empty_label=None)
    unit = django_filters.ChoiceFilter(label=gettext_lazy("Unit"), empty_label=gettext_lazy("all units"))
    show = django_filters.ChoiceFilter(
        label=gettext_lazy("Show"),
        empty_label=gettext_lazy("everybody"),
        choices=[(OPEN, gettext_lazy("to be rated")), (LATE, gettext_lazy("overdue"))],
    )
    q = django_filters.CharFilter(label=gettext_lazy("Name or number"))

    def __init__(self, data: Any = None, *args: Any, tasks: list[RatingTask], **kwargs: Any) -> None:
        self.tasks = tasks
        super().__init__(data, *args, **kwargs)
        self.filters["month"].extra["choices"] = month_choices(timezone.localdate())
        units = {str(task.unit_id): task.unit for task in tasks}
        self.filters["unit"].extra["choices"] = sorted(units.items(), key=lambda one: one[1])

    @property
    def qs(self) -> Any:
        wanted = self.form.cleaned_data if self.is_bound and self.form.is_valid() else {}
        unit, show, text = wanted.get("unit"), wanted.get("show"), (wanted.get("q") or "").strip().lower()
        return [
            task
            for task in self.tasks
            if (not unit or str(task.unit_id) == unit)
            and (show != OPEN or (task.open_items and not task.own))
            and (show != LATE or task.late)
            and (not text or text in task.name.lower() or text in task.staff_no.lower())
        ]


class RatingListPage(ListPage):
    access = may("rating.enter")
    title = gettext_lazy("Ratings")
    template_name = "assessment/ratings.html"
    table_class = TaskTable
    filterset_class = TaskFilter
    empty_title = gettext_lazy("Nobody is to be rated")
    empty_text = gettext_lazy(
        "People appear here when an assessment scheme with rated items holds for them in the month."
    )
    empty_icon = "star"

    @cached_property
    def month(self) -> Month:
        """The month asked for, else the last one: it is rated in the first days of this one."""
        try:
            return Month.parse(self.request.GET.get("month", ""))
        except ValueError:
            return Month.of(timezone.localdate()).plus(-1)

    @cached_property
    def tasks(self) -> list[RatingTask]:
        user = account(self.request)
        return rating_tasks(user, own_root(user), self.month)

    def get_queryset(self) -> "QuerySet[Any]":
        return people_to_propose(account(self.request))

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(filterset_class)
        asked = {**self.request.GET.dict(), "month": str(self.month)}
        return {**kwargs, "data": asked, "tasks": self.tasks}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        others = [task for task in self.tasks if not task.own]
        wanted = self.request.GET
        return {
            **context,
            "month": self.month,
            "to_rate": sum(bool(task.open_items) for task in others),
            "late": sum(task.late for task in others),
            "done": sum(not task.open_items for task in others),
            "own_task": next((task for task in self.tasks if task.own), None),
            "filtered": any(wanted.get(name) for name in ("unit", "show", "q")),
        }


def _stepper(sheet: RatingSheet) -> list[dict[str, Any]]:
    """draft → self-rated → rated → reviewed, for the head of a sheet."""
    at = list(STATES).index(sheet.state)
    return [
        {"label": label, "done": place < at, "now": place == at}
        for place, (label, _tone) in enumerate(STATES.values())
    ]


@access(may("rating.enter"))
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, month: Month, staff_no: str) -> HttpResponse:
    """A person's sheet: rated items to fill in, computed ones beside, the total as it would be."""
    user = account(request)
    staff = person_to_rate(user, staff_no)
    sheet = rating_sheet(staff, month)
    status = 200
    form = RatingForm(sheet, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if "preview" in request.POST:
                sheet, status = sheet.with_ratings(form.scores), 200
            else:
                try:
                    changed = rating_enter(
                        actor=user, staff=staff, month=month, given=form.given, seen=form.cleaned_data["seen"]
                    )
                except RuleViolation as error:
                    add_problems(form, error)
                    sheet = sheet.with_ratings(form.scores)
                except Conflict as error:
                    # What was typed stays; the page says what stands now, and saving again overwrites it.
                    status = error.status
                    form.add_error(None, str(error))
                    form.see_again()
                else:
                    messages.success(
                        request, _("The rating is saved.") if changed else _("Nothing has changed.")
                    )
                    return redirect(reverse("assessment:rate", args=[month, staff_no]))
    context = {
        "sheet": sheet,
        "form": form,
        "steps": _stepper(sheet),
        "preview": request.method == "POST" and "preview" in request.POST,
        "waits": not sheet.self_complete and timezone.localdate() <= sheet.due.self_rating,
    }
    return render(request, "assessment/rate.html", context, status=status)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def self_rate(request: HttpRequest, month: Month) -> HttpResponse:
    """What a person thinks of their own work: shown to the manager, never counted."""
    user = account(request)
    staff = own_staff(user)
    try:
        sheet = rating_sheet(staff, month)
    except NotVisible:
        return render(request, "assessment/self_none.html", {"month": month})
    status = 200
    form = SelfRatingForm(sheet, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = rating_self(actor=user, month=month, scores=form.scores)
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(
                    request, _("Your self-rating is saved.") if changed else _("Nothing has changed.")
                )
                return redirect("assessment:self", month)
    rated = any(line.rating and line.rating.score is not None for line in sheet.rated_lines)
    context = {
        "sheet": sheet,
        "form": form,
        "steps": _stepper(sheet),
        "rated": rated,
        "open": not sheet.frozen and not rated and timezone.localdate() <= sheet.due.self_rating,
    }
    return render(request, "assessment/self.html", context, status=status)
