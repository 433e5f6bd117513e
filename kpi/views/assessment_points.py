"""The pages of points and vetoes: the list, a proposal, the decision."""

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
from core.lists import HEAD, FigureColumn, ListPage, cell
from core.money import ZERO
from core.months import Month
from core.templatetags import ui
from departments.permissions import MEMBER, may, reach_of
from kpi.forms.assessment import PointForm, ReasonForm, month_choices
from kpi.models import PointKind, PointState, ScorePoint
from kpi.selectors.points import STATES, point_page, points_visible, waiting_points
from kpi.selectors.ratings import people_to_propose
from kpi.services.points import point_approve, point_propose, point_refuse


class PointTable(tables.Table):
    """Points of people, by month."""

    person = tables.TemplateColumn(
        template_name="assessment/_point_name.html",
        verbose_name=gettext_lazy("Person"),
        order_by="staff__staff_no",
        attrs=HEAD,
    )
    month = tables.DateColumn("Y-m", verbose_name=gettext_lazy("Month"), attrs=cell(gettext_lazy("Month")))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), attrs=cell(gettext_lazy("Kind")))
    points = FigureColumn(verbose_name=gettext_lazy("Points"), attrs=cell(gettext_lazy("Points"), "num"))
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), attrs={"td": {"class": "oc-wide"}})
    state = tables.Column(
        verbose_name=gettext_lazy("State"), orderable=False, attrs=cell(gettext_lazy("State"))
    )

    class Meta:
        model = ScorePoint
        fields = ("person", "month", "kind", "points", "reason", "state")

    def render_state(self, value: PointState) -> str:
        return ui.state_badge(value, value.label)

    def value_state(self, value: PointState) -> str:
        return str(value.label)

    def value_person(self, record: ScorePoint) -> str:
        return record.staff.name


class PointFilter(django_filters.FilterSet):
    month = django_filters.ChoiceFilter(label=gettext_lazy("Month"), empty_label=gettext_lazy("all months"))
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"), choices=PointKind.choices, empty_label=gettext_lazy("all kinds")
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=PointState.choices,
        method="of_state",
        empty_label=gettext_lazy("all states"),
    )
    q = django_filters.CharFilter(label=gettext_lazy("Name or number"), method="of_person")

    class Meta:
        model = ScorePoint
        fields = ("month", "kind", "state", "q")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = month_choices(timezone.localdate())
        self.filters["month"].extra["choices"] = [(f"{value}-01", label) for value, label in months]

    def of_state(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(STATES[value])

    def of_person(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(Q(staff__name__icontains=value) | Q(staff__staff_no__icontains=value))


class PointListPage(ListPage):
    access = MEMBER
    title = gettext_lazy("Points and vetoes")
    subtitle = gettext_lazy("Proposed by one person, approved by another; only approved ones count.")
    template_name = "assessment/points.html"
    table_class = PointTable
    filterset_class = PointFilter
    empty_title = gettext_lazy("No points yet")
    empty_text = gettext_lazy(
        "Bonus points, points off and vetoes appear here once a leader proposes them for somebody."
    )
    empty_icon = "badge-plus"

    def get_queryset(self) -> "QuerySet[Any]":
        return points_visible(account(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = account(self.request)
        return {
            **super().get_context_data(**kwargs),
            "may_propose": reach_of(user).allows("rating.enter"),
            "waiting": waiting_points(user) if reach_of(user).allows("points.approve") else 0,
        }


@access(may("rating.enter"))
@require_http_methods(["GET", "HEAD", "POST"])
def point_add(request: HttpRequest) -> HttpResponse:
    """Propose points or a veto for somebody."""
    user = account(request)
    people = people_to_propose(user)
    status = 200
    if request.method == "POST":
        form = PointForm(people, request.POST, request.FILES)
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                point = point_propose(
                    actor=user,
                    staff=given["staff"],
                    month=Month.parse(given["month"]),
                    kind=PointKind(given["kind"]),
                    points=given["points"] or ZERO,
                    reason=given["reason"],
                    key=given["key"],
                    evidence=given["evidence"],
                    attachment=given["file"],
                )
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Proposed. It counts once somebody else approves it."))
                return redirect("assessment:point_approve", point.pk)
    else:
        asked = request.GET
        person = people.filter(staff_no=asked.get("staff", "")).first()
        month = asked.get("month", str(Month.of(timezone.localdate())))
        form = PointForm(people, initial={"staff": person, "month": month})
    return render(request, "assessment/point_add.html", {"form": form}, status=status)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of points: approved, refused or withdrawn by those who may; read by those who see it."""
    user = account(request)
    page = point_page(user, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                if request.POST.get("act") == "approve":
                    point_approve(actor=user, point_id=pk, reason=reason)
                    messages.success(
                        request, _("Approved. It counts from the next computation of the month.")
                    )
                else:
                    point_refuse(actor=user, point_id=pk, reason=reason)
                    messages.success(request, _("The proposal is ended; it does not count."))
            except RuleViolation as error:
                add_problems(form, error)
            else:
                return redirect("assessment:point_approve", pk)
    return render(request, "assessment/point.html", {"page": page, "form": form}, status=status)
