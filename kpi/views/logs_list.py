"""The list of log rows: one's own, and those of the people one is responsible for."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.lists import FigureColumn, ListPage, StateColumn
from departments.permissions import MEMBER
from kpi.forms.logs import DayInput
from kpi.models import LogEntry, LogStatus
from kpi.selectors.choices import counted_by, platforms_offered
from kpi.selectors.logs import logs_seen

#: short texts stay on one line; on a phone the table is moved sideways instead
ONE_LINE = {"td": {"class": "text-nowrap"}}


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
    url = tables.TemplateColumn(
        template_name="logs/_link.html",
        verbose_name=_("Link"),
        accessor="url",
        orderable=False,
        attrs=ONE_LINE,
    )
    status = StateColumn("status", verbose_name=_("State"))
    note = tables.Column(verbose_name=_("Note"), orderable=False)

    class Meta:
        order_by = ("-date", "-pk")

    def value_url(self, value: str) -> str:
        return value


class LogFilter(django_filters.FilterSet):
    """``rule``: the rows that a quota rule counts."""

    staff = django_filters.CharFilter(label=_("Staff number"), field_name="staff__staff_no")
    first = django_filters.DateFilter(label=_("From"), field_name="date", lookup_expr="gte")
    last = django_filters.DateFilter(label=_("To"), field_name="date", lookup_expr="lte")
    platform = django_filters.ModelChoiceFilter(
        label=_("Platform"), queryset=platforms_offered, to_field_name="code", empty_label=_("all platforms")
    )
    status = django_filters.ChoiceFilter(
        label=_("State"), choices=LogStatus.choices, empty_label=_("all states")
    )
    rule = django_filters.CharFilter(label=_("Quota rule"), method="of_rule")

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "last"):
            self.form.fields[name].widget = DayInput()

    def of_rule(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        return counted_by(rows, value)


class LogListView(ListPage):
    """What was logged, newest first."""

    access = MEMBER
    title = _("Daily log")
    subtitle = _("Every row as it was logged; corrections stand beside what they replaced.")
    empty_title = _("Nothing is logged yet")
    empty_text = _("Rows appear here as soon as somebody logs their work on Today.")
    empty_icon = "notebook-pen"
    table_class = LogTable
    filterset_class = LogFilter

    def get_queryset(self) -> "QuerySet[LogEntry]":
        return logs_seen(self.request.user)
