"""The board, the calendar, the list and the tree of plans."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaigns.models import Campaign, CampaignState, CampaignType
from campaigns.selectors.board import (
    BoardFilter,
    board,
    both_ways,
    calendar_weeks,
    in_month,
    list_rows,
    unit_options,
    units_below,
    with_text,
)
from campaigns.selectors.plans import plan_tree
from core.access import access, account
from core.lists import FigureColumn, ListPage, MoneyColumn, StateColumn
from core.months import Month
from departments.permissions import MEMBER, may, reach_of

PLANNING = may("campaign.plan")


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _filter(request: HttpRequest) -> BoardFilter:
    type_ = request.GET.get("type", "")
    return BoardFilter(
        unit=request.GET.get("unit", "")[:40],
        month=_month(request.GET.get("month", "")),
        type=type_ if type_ in CampaignType.values else "",
    )


def _frame(request: HttpRequest, here: str) -> dict[str, Any]:
    """What every page of the room shows around its content."""
    user = account(request)
    return {
        "here": here,
        "units": unit_options(user),
        "types": CampaignType.choices,
        "may_plan": PLANNING.allows(user),
        "may_template": reach_of(user).allows("campaign.approve"),
    }


@access(MEMBER)
@require_safe
def board_page(request: HttpRequest) -> HttpResponse:
    """The campaigns by state."""
    today, wanted = timezone.localdate(), _filter(request)
    columns = board(account(request), wanted, today)
    context = {
        **_frame(request, "board"),
        "columns": columns,
        "wanted": wanted,
        "today": today,
        "empty": not any(column.cards for column in columns),
    }
    return render(request, "campaigns/board.html", context)


@access(MEMBER)
@require_safe
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The campaigns of a month by day."""
    wanted, today = _filter(request), timezone.localdate()
    month = wanted.month or Month.of(today)
    weeks = calendar_weeks(account(request), wanted, month)
    context = {
        **_frame(request, "calendar"),
        "weeks": weeks,
        "wanted": wanted,
        "month": month,
        "before": month.plus(-1),
        "after": month.plus(1),
        "both": both_ways(account(request), wanted.unit, month),
        "today": today,
        "empty": not any(day.campaigns for week in weeks for day in week),
    }
    return render(request, "campaigns/calendar.html", context)


@access(MEMBER)
@require_safe
def plans_page(request: HttpRequest) -> HttpResponse:
    """The tree of a year: year → quarter → month → campaign."""
    text = request.GET.get("year", "")
    year = int(text) if len(text) == 4 and text.isdecimal() and text > "1900" else timezone.localdate().year
    tree = plan_tree(account(request), year)
    return render(request, "campaigns/plans.html", {**_frame(request, "plans"), "tree": tree, "year": year})


def _cell(label: Any, css: str = "") -> dict[str, Any]:
    """Attributes of a column whose cells name themselves on a phone, where a row becomes a card."""
    return {"td": {"data-label": label, "class": css}, "th": {"class": css}}


class CampaignTable(tables.Table):
    """Campaigns, the latest first."""

    name = tables.TemplateColumn(
        template_name="campaigns/_name.html",
        verbose_name=_("Campaign"),
        order_by="name",
        attrs={"td": {"class": "oc-card-head"}},
    )
    status = StateColumn("status", verbose_name=_("State"), attrs=_cell(_("State")))
    unit = tables.Column(verbose_name=_("Unit"), accessor="unit__name", attrs=_cell(_("Unit")))
    type = tables.Column(verbose_name=_("Type"), attrs=_cell(_("Type")))
    start = tables.DateColumn(format="Y-m-d", verbose_name=_("From"), attrs=_cell(_("From"), "num"))
    end = tables.DateColumn(format="Y-m-d", verbose_name=_("To"), attrs=_cell(_("To"), "num"))
    tasks_done = FigureColumn(verbose_name=_("Tasks done"), attrs=_cell(_("Tasks done"), "num"))
    tasks_overdue = FigureColumn(verbose_name=_("Overdue"), attrs=_cell(_("Overdue"), "num"))
    budget = MoneyColumn(verbose_name=_("Budget"), accessor="budget_shown", attrs=_cell(_("Budget"), "num"))
    plan = tables.Column(verbose_name=_("Written plan"), attrs=_cell(_("Written plan")), empty_values=())
    summary = tables.Column(verbose_name=_("Summary"), attrs=_cell(_("Summary")), empty_values=())
    author = tables.Column(verbose_name=_("Author"), default="—", attrs=_cell(_("Author")))

    class Meta:
        model = Campaign
        fields = ("name", "status", "unit", "type", "start", "end", "tasks_done", "tasks_overdue")
        sequence = (*fields, "budget", "plan", "summary", "author")
        order_by = "-end"

    def value_name(self, record: Any) -> str:
        return str(record.name)

    def render_tasks_done(self, record: Any) -> str:
        return f"{record.tasks_done} / {record.tasks_all}"

    def render_plan(self, record: Any) -> Any:
        return _written(record.plan)

    def render_summary(self, record: Any) -> Any:
        return _written(record.summary)

    def render_author(self, value: Any) -> str:
        return str(value.get_full_name() or value.get_username())


def _written(present: bool | None) -> Any:
    return "—" if present is None else _("there") if present else _("missing")


class CampaignFilter(django_filters.FilterSet):
    """By text, state, type, unit with everything below, and month."""

    q = django_filters.CharFilter(label=_("Name or code"), method="by_text")
    status = django_filters.ChoiceFilter(
        label=_("State"), choices=CampaignState.choices, empty_label=_("any state")
    )
    type = django_filters.ChoiceFilter(
        label=_("Type"), choices=CampaignType.choices, empty_label=_("any type")
    )
    unit = django_filters.ChoiceFilter(label=_("Unit"), empty_label=_("all units"), method="by_unit")
    month = django_filters.CharFilter(label=_("Month, as 2024-05"), method="by_month")

    class Meta:
        model = Campaign
        fields = ("q", "status", "type", "unit", "month")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].extra["choices"] = unit_options(account(self.request))

    def by_text(self, rows: Any, name: str, value: str) -> Any:
        return with_text(rows, value)

    def by_unit(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(unit_id__in=units_below(account(self.request), value))

    def by_month(self, rows: Any, name: str, value: str) -> Any:
        month = _month(value)
        return in_month(rows, month) if month else rows


class CampaignList(ListPage):
    access = MEMBER
    template_name = "campaigns/list.html"
    title = _("Campaigns")
    table_class = CampaignTable
    filterset_class = CampaignFilter
    empty_title = _("No campaigns")
    empty_text = _("Campaigns that you plan or import, and those with a task for you, appear here.")
    empty_icon = "megaphone"

    def get_queryset(self) -> Any:
        return list_rows(account(self.request), timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **_frame(self.request, "list")}
