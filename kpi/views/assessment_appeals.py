"""The pages of appeals: the list, an objection to a line of one's own month, the answer."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.access import access, account
from core.exceptions import RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, StateColumn, cell
from core.months import Month
from departments.permissions import MEMBER, reach_of
from kpi.forms.assessment import AnswerForm, AppealForm, month_choices
from kpi.models import Appeal, AppealState
from kpi.selectors.appeals import (
    appeal_line,
    appeal_lines,
    appeal_of,
    appeal_window,
    appeals_against,
    appeals_visible,
    may_decide,
    own_windows,
    subjects,
)
from kpi.selectors.ratings import own_staff
from kpi.services.appeals import appeal_decide, appeal_file


class AppealTable(tables.Table):
    """Appeals, those that wait first."""

    person = tables.TemplateColumn(
        template_name="assessment/_appeal_name.html",
        verbose_name=gettext_lazy("Person"),
        order_by="staff__staff_no",
        attrs=HEAD,
    )
    month = tables.DateColumn("Y-m", verbose_name=gettext_lazy("Month"), attrs=cell(gettext_lazy("Month")))
    kind = tables.Column(verbose_name=gettext_lazy("About"), attrs=cell(gettext_lazy("About")))
    title = tables.Column(verbose_name=gettext_lazy("Line"), attrs={"td": {"class": "oc-wide"}})
    created_at = tables.DateTimeColumn(
        "Y-m-d H:i", verbose_name=gettext_lazy("Made"), attrs=cell(gettext_lazy("Made"))
    )
    state = StateColumn("state", verbose_name=gettext_lazy("State"), attrs=cell(gettext_lazy("State")))

    class Meta:
        model = Appeal
        fields = ("person", "month", "kind", "title", "created_at", "state")

    def render_kind(self, value: str) -> str:
        kind = subjects.get(value)
        return str(kind.label) if kind else value

    def value_person(self, record: Appeal) -> str:
        return record.staff.name


class AppealFilter(django_filters.FilterSet):
    month = django_filters.ChoiceFilter(label=gettext_lazy("Month"), empty_label=gettext_lazy("all months"))
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=AppealState.choices, empty_label=gettext_lazy("all states")
    )
    q = django_filters.CharFilter(label=gettext_lazy("Name or number"), method="of_person")

    class Meta:
        model = Appeal
        fields = ("month", "state", "q")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = month_choices(timezone.localdate())
        self.filters["month"].extra["choices"] = [(f"{value}-01", label) for value, label in months]

    def of_person(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(Q(staff__name__icontains=value) | Q(staff__staff_no__icontains=value))


class AppealListPage(ListPage):
    access = MEMBER
    title = gettext_lazy("Appeals")
    subtitle = gettext_lazy("An objection to one line of a published month; only that line waits.")
    template_name = "assessment/appeals.html"
    table_class = AppealTable
    filterset_class = AppealFilter
    empty_title = gettext_lazy("No appeals")
    empty_text = gettext_lazy(
        "Once a month is published, everybody can object to a line of their own result for some working days."
    )
    empty_icon = "message-square-warning"

    def get_queryset(self) -> "QuerySet[Any]":
        return appeals_visible(account(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = account(self.request)
        return {
            **super().get_context_data(**kwargs),
            "windows": own_windows(user),
            "may_rate": reach_of(user).allows("rating.enter"),
        }


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_new(request: HttpRequest, month: Month) -> HttpResponse:
    """Choose a line of one's own month, then say what is wrong with it."""
    user = account(request)
    staff = own_staff(user)
    window = appeal_window(staff, month)
    asked = request.POST if request.method == "POST" else request.GET
    kind, reference = asked.get("kind", ""), asked.get("line", "")
    line = appeal_line(staff, month, kind, reference) if kind else None
    form = AppealForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and line is not None:
        status = 422
        if form.is_valid():
            try:
                made = appeal_file(
                    actor=user, month=month, kind=kind, reference=reference, text=form.cleaned_data["text"]
                )
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Your appeal is in. Only this line waits for the answer."))
                return redirect("assessment:appeal_answer", made.pk)
    context = {
        "month": month,
        "window": window,
        "line": line,
        "form": form,
        "groups": [] if line else appeal_lines(staff, month),
        "known": appeals_against(staff, month),
    }
    return render(request, "assessment/appeal_new.html", context, status=status)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal: read by those who see it, decided by somebody else with the right."""
    user = account(request)
    shown = appeal_of(user, pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                appeal_decide(
                    actor=user,
                    appeal_id=pk,
                    uphold=request.POST.get("verdict") == "uphold",
                    answer=form.cleaned_data["answer"],
                )
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("The appeal is decided; the person sees your answer."))
                return redirect("assessment:appeal_answer", pk)
    context = {
        "appeal": shown,
        "month": Month.of(shown.month),
        "kind": subjects.get(shown.kind),
        "form": form,
        "may_decide": shown.state == AppealState.OPEN and may_decide(shown, user),
    }
    return render(request, "assessment/appeal.html", context, status=status)
