"""The list of log rows: one's own, and those of the people one is responsible for."""

from typing import Any, cast

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.lists import FigureColumn, ListPage
from core.models import User
from core.templatetags.ui import pill, state_badge
from departments.permissions import MEMBER, reach_of
from kpi.forms.logs import DayInput
from kpi.models import LogEntry, LogStatus
from kpi.selectors.choices import counted_by, platform_choices, rules_offered, units_read
from kpi.selectors.logs import logs_seen
from kpi.selectors.verification import below
from kpi.templatetags.verification import logged_link

#: short texts stay on one line
ONE_LINE = {"td": {"class": "text-nowrap"}}
REPLACED = _("replaced")
#: on a phone it has a line of its own, or none when there is nothing
WIDE = {"td": {"class": "oc-wide"}}


class LogTable(tables.Table):
    date = tables.DateColumn(
        verbose_name=_("Day"), linkify=("logs:show", {"pk": tables.A("pk")}), attrs=ONE_LINE
    )
    staff = tables.Column(
        verbose_name=_("Person"), accessor="staff__name", order_by="staff__staff_no", attrs=ONE_LINE
    )
    platform = tables.Column(verbose_name=_("Platform"), accessor="platform__name", attrs=ONE_LINE)
    activity = tables.Column(
        verbose_name=_("Activity"), accessor="activity_name", order_by="activity", attrs=ONE_LINE
    )
    handle = tables.Column(verbose_name=_("Account"), attrs=ONE_LINE)
    count = FigureColumn(verbose_name=_("Count"))
    status = tables.Column(verbose_name=_("State"), attrs=ONE_LINE)
    url = tables.Column(
        verbose_name=_("Link"), orderable=False, attrs={"td": {"class": "oc-wide text-nowrap"}}, default=""
    )
    note = tables.Column(verbose_name=_("Note"), orderable=False, attrs=WIDE, default="")

    class Meta:
        order_by = ("-date", "-pk")
        row_attrs = {"class": lambda record: "oc-replaced" if record.replaced else ""}

    def render_url(self, value: str) -> str:
        return logged_link(value)

    def render_status(self, record: Any) -> str:
        """The state of a row, and whether a newer one stands for it."""
        state: str = state_badge(record.status, record.get_status_display())
        return format_html("{} {}", state, pill(REPLACED, "warn")) if record.replaced else state

    def value_url(self, value: str) -> str:
        return value

    def value_status(self, record: Any) -> str:
        state = str(record.get_status_display())
        return f"{state}, {REPLACED}" if record.replaced else state


class LogFilter(django_filters.FilterSet):
    """``rule``: the rows that a quota rule counts."""

    unit = django_filters.ChoiceFilter(label=_("Unit"), method="of_unit", empty_label=_("all units"))
    staff = django_filters.CharFilter(label=_("Staff number"), field_name="staff__staff_no")
    first = django_filters.DateFilter(label=_("From"), field_name="date", lookup_expr="gte")
    last = django_filters.DateFilter(label=_("To"), field_name="date", lookup_expr="lte")
    platform = django_filters.ChoiceFilter(
        label=_("Platform"), field_name="platform__code", empty_label=_("all platforms")
    )
    status = django_filters.ChoiceFilter(
        label=_("State"), choices=LogStatus.choices, empty_label=_("all states")
    )
    rule = django_filters.ChoiceFilter(label=_("Quota rule"), method="of_rule", empty_label=_("all rules"))

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = cast(User, self.request.user)
        self.units = units_read(user)
        self.filters["rule"].extra["choices"] = rules_offered(user)
        self.filters["platform"].extra["choices"] = platform_choices()
        if not self.units:
            del self.filters["staff"]
        # Who reads only their own rows, or those of a single unit, has nothing to choose.
        if len(self.units) > 1:
            self.filters["unit"].extra["choices"] = [(one.code, one.label) for one in self.units]
        else:
            del self.filters["unit"]
        for name in ("first", "last"):
            self.form.fields[name].widget = DayInput()

    def of_unit(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        return rows.filter(staff__unit_id__in=below(self.units, value) or ())

    def of_rule(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        return counted_by(rows, value)


class LogListView(ListPage):
    """What was logged, newest first."""

    access = MEMBER
    title = _("Daily log")
    template_name = "logs/list.html"
    subtitle = _("Every row as it was logged; corrections stand beside what they replaced.")
    empty_title = _("Nothing is logged yet")
    empty_text = _("Rows appear here as soon as somebody logs their work on Today.")
    empty_icon = "notebook-pen"
    table_class = LogTable
    filterset_class = LogFilter

    def get_queryset(self) -> "QuerySet[LogEntry]":
        # What the rows show of others, and no more.
        return logs_seen(self.request.user).select_related(None).select_related("staff", "platform")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Whose rows they are needs no column for those who read only their own."""
        reach = reach_of(cast(User, self.request.user))
        return {} if reach.everything or reach.units else {"exclude": ("staff",)}
