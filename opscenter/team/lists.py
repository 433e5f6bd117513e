"""The lists of a unit: who logged nothing, and who is how far."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from core.lists import ListPage, PercentColumn
from core.months import Month
from core.templatetags.ui import percent, progress
from departments.models import Staff
from departments.permissions import LEADING
from kpi.selectors.team import RankLine, Standings, TeamScope, team_ranking
from kpi.selectors.team_days import last_workdays, people_without_log
from opscenter.team.requests import frame, requested_scope
from opscenter.team.selectors import computed_at, month_choices

DAYS = (1, 2, 3, 5, 10)


def cell(label: Any, css: str = "") -> dict[str, Any]:
    """Attributes of a column whose cells name themselves on a phone, where a row becomes a card."""
    return {"td": {"data-label": label, "class": css}, "th": {"class": css}}


HEAD = {"td": {"class": "oc-card-head"}}


class TeamFilter(django_filters.FilterSet):
    """The unit and, where it matters, the month; the page applies them itself."""

    unit = django_filters.ChoiceFilter(label=gettext_lazy("Unit"), empty_label=None, method="as_it_is")

    def __init__(self, *args: Any, scope: TeamScope, **kwargs: Any) -> None:
        self.scope = scope
        super().__init__(*args, **kwargs)
        self.filters["unit"].extra["choices"] = [(one.code, one.label) for one in scope.options]

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        return rows


class TeamListPage(ListPage):
    """A list of the people of a unit."""

    access = LEADING
    route = ""
    template_name = "team/list.html"

    @cached_property
    def scope(self) -> TeamScope:
        return requested_scope(self.request)

    def asked(self) -> dict[str, str]:
        """The filters as given, with those that have a value of their own from the start."""
        return {**self.request.GET.dict(), "unit": self.scope.unit.code, "month": str(self.scope.month)}

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(filterset_class)
        return {**kwargs, "data": self.asked(), "scope": self.scope}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            **frame(self.scope, self.route),
            "filtered": bool(self.request.GET.get("q", "").strip()),
        }


class MissingTable(tables.Table):
    name = tables.TemplateColumn(
        template_name="team/_person.html",
        verbose_name=gettext_lazy("Person"),
        order_by=("name", "staff_no"),
        attrs=HEAD,
    )
    unit = tables.Column(
        verbose_name=gettext_lazy("Unit"), accessor="unit__name", attrs=cell(gettext_lazy("Unit"))
    )
    last_logged = tables.DateColumn(
        verbose_name=gettext_lazy("Last logged"),
        default=gettext_lazy("never"),
        attrs=cell(gettext_lazy("Last logged")),
    )

    class Meta:
        order_by = ("last_logged",)

    def order_last_logged(self, rows: "QuerySet[Staff]", descending: bool) -> tuple["QuerySet[Staff]", bool]:
        """Those who never logged first, then those who logged longest ago."""
        by = F("last_logged").desc(nulls_last=True) if descending else F("last_logged").asc(nulls_first=True)
        return rows.order_by(by, "staff_no"), True

    def value_name(self, record: Staff) -> str:
        return f"{record.name} {record.staff_no}"


class MissingFilter(TeamFilter):
    days = django_filters.ChoiceFilter(
        label=gettext_lazy("Nothing logged"), empty_label=None, method="as_it_is"
    )
    q = django_filters.CharFilter(label=gettext_lazy("Name or number"), method="of_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words: dict[int, Any] = {1: gettext_lazy("on the last working day")}
        several = gettext_lazy("for %(days)s working days")
        self.filters["days"].extra["choices"] = [
            (days, words.get(days) or str(several) % {"days": days}) for days in DAYS
        ]

    def of_text(self, rows: "QuerySet[Staff]", name: str, value: str) -> "QuerySet[Staff]":
        return rows.filter(name__icontains=value) | rows.filter(staff_no__icontains=value)


class MissingListPage(TeamListPage):
    """Those in service who logged nothing today, or for several working days."""

    route = "team:missing"
    title = gettext_lazy("Nothing logged")
    table_class = MissingTable
    filterset_class = MissingFilter
    empty_title = gettext_lazy("Everybody has logged")
    empty_text = gettext_lazy(
        "People of this unit who have quotas and logged nothing would be listed here; those on leave are not."
    )
    empty_icon = "circle-check"

    @cached_property
    def scope(self) -> TeamScope:
        """Always in the running month: it is about today."""
        return requested_scope(self.request, running=True)

    @cached_property
    def days(self) -> int:
        asked = self.request.GET.get("days", "")
        return int(asked) if asked in {str(days) for days in DAYS} else DAYS[0]

    def asked(self) -> dict[str, str]:
        return {**super().asked(), "days": str(self.days)}

    def get_queryset(self) -> "QuerySet[Staff]":
        return people_without_log(self.scope, self.days)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        since: date = last_workdays(self.scope.calendar, self.scope.today, self.days)[-1]
        return {**super().get_context_data(**kwargs), "since": since, "monthless": True}


RANKED = '<a href="{}">{}</a> <small class="oc-faint">{}</small>'
MEAN = '<span class="oc-team-bar">{}<b>{}</b></span>'


class RankingTable(tables.Table):
    place = tables.Column(
        verbose_name=gettext_lazy("Place"), attrs=cell(gettext_lazy("Place"), "num oc-team-place")
    )
    name = tables.Column(verbose_name=gettext_lazy("Person"), accessor="person__name", attrs=HEAD)
    unit = tables.Column(
        verbose_name=gettext_lazy("Unit"), accessor="person__unit", attrs=cell(gettext_lazy("Unit"))
    )
    mean = tables.Column(
        verbose_name=gettext_lazy("Mean rate"), attrs=cell(gettext_lazy("Mean rate"), "oc-team-mean")
    )
    reached = tables.Column(
        verbose_name=gettext_lazy("Rules reached"), attrs=cell(gettext_lazy("Rules reached"), "num")
    )
    before = PercentColumn(
        verbose_name=gettext_lazy("Month before"),
        default="—",
        attrs=cell(gettext_lazy("Month before"), "num"),
    )

    def render_name(self, record: RankLine) -> str:
        return format_html(
            RANKED,
            reverse("org:person", args=[record.person.staff_no]),
            record.person.name,
            record.person.staff_no,
        )

    def render_mean(self, record: RankLine) -> str:
        """The rate with its bar."""
        return format_html(MEAN, progress(record.mean, record.person.name), percent(record.mean, 1))

    def render_reached(self, record: RankLine) -> str:
        return f"{record.reached} / {record.rules}"

    def value_name(self, record: RankLine) -> str:
        return f"{record.person.name} {record.person.staff_no}"

    def value_mean(self, record: RankLine) -> Any:
        return record.mean


class RankingFilter(TeamFilter):
    month = django_filters.ChoiceFilter(label=gettext_lazy("Month"), empty_label=None)
    q = django_filters.CharFilter(label=gettext_lazy("Name or number"))

    def __init__(self, *args: Any, lines: list[RankLine], **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(*args, **kwargs)
        months = month_choices(Month.of(self.scope.today))
        if self.scope.month not in months:
            months.append(self.scope.month)
        self.filters["month"].extra["choices"] = [(str(one), str(one)) for one in months]

    @property
    def qs(self) -> Any:
        """Worked out, not read; the page has applied the filters already."""
        return self.lines


class RankingListPage(TeamListPage):
    """The people of a unit by the mean of their rates."""

    route = "team:ranking"
    title = gettext_lazy("Ranking")
    table_class = RankingTable
    filterset_class = RankingFilter
    empty_title = gettext_lazy("No ranking yet")
    empty_text = gettext_lazy("It appears here once the month has been computed for this unit.")
    empty_icon = "trophy"

    @cached_property
    def ranking(self) -> tuple[list[RankLine], Standings]:
        return team_ranking(self.scope, self._computed_on, self.request.GET.get("q", "").strip())

    def _computed_on(self) -> date | None:
        computed = computed_at(self.scope)
        return timezone.localdate(computed) if computed else None

    def get_queryset(self) -> "QuerySet[Staff]":
        people: QuerySet[Staff] = Staff.objects.visible_to(self.request.user)
        return people

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(filterset_class), "lines": self.ranking[0]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "as_of": self.ranking[1].as_of}
