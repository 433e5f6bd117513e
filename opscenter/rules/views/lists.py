"""The list of rules and the list of who has read theirs."""

from functools import cached_property
from typing import Any, ClassVar

import django_tables2 as tables
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import account
from core.lists import FigureColumn, ListPage
from core.models import User
from core.months import Month
from departments.permissions import LEADING, MEMBER, reach_of
from departments.selectors import UnitTree, unit_tree
from opscenter.rules.forms import ReaderFilterForm, RuleFilterForm
from opscenter.rules.kinds import KINDS
from opscenter.rules.pages import open_drafts, rule_lines
from opscenter.rules.selectors import reader_lines, running_month, units_in_reach


class LineFilter:
    """Stands where a list page has a filter set: rules of several tables are lines, not a queryset."""

    def __init__(self, data: QueryDict, user: User) -> None:
        self.data, self.user = data, user
        self.is_bound = bool(data)
        self.form = self.make_form()
        self.asked: dict[str, str] = self.form.cleaned_data if self.form.is_valid() else {}

    def make_form(self) -> Any:
        raise NotImplementedError

    def is_valid(self) -> bool:
        return bool(self.form.is_valid())

    def word(self, name: str) -> str:
        return str(self.asked.get(name, "")).strip()


class RuleFilter(LineFilter):
    def make_form(self) -> RuleFilterForm:
        return RuleFilterForm(self.data)

    @cached_property
    def qs(self) -> list[Any]:
        return rule_lines(
            self.user,
            timezone.localdate(),
            text=self.word("q"),
            kind=self.word("kind"),
            state=self.word("state"),
        )


class ReaderFilter(LineFilter):
    @cached_property
    def month(self) -> Month:
        return running_month()

    @cached_property
    def tree(self) -> UnitTree:
        return unit_tree(self.month.last)

    def make_form(self) -> ReaderFilterForm:
        return ReaderFilterForm(self.data, units_in_reach(self.user, self.tree))

    @cached_property
    def qs(self) -> list[Any]:
        lines = reader_lines(
            self.user, self.month, text=self.word("q"), unit_code=self.word("unit"), tree=self.tree
        )
        state = self.word("state")
        return [line for line in lines if not state or line.read == (state == "read")]


class LinePage(ListPage):
    """A list page of lines."""

    line_filter: ClassVar[type[LineFilter]]

    def get_filterset_class(self) -> Any:
        return self.line_filter

    def get_filterset(self, filterset_class: Any) -> Any:
        return filterset_class(self.request.GET, account(self.request))


#: columns that a phone leaves out
WIDE = {"td": {"class": "oc-wide"}, "th": {"class": "oc-wide"}}
DAY = {"td": {"class": "oc-day"}}
RULE_NAME = (
    "<a href=\"{% url 'rules:show' record.kind_name record.code %}\">{{ record.name }}</a>"
    "<small>{{ record.words }}</small>"
)
HELD = (
    "{% load i18n ui %}{% translate 'holds' as on %}{% translate 'does not hold today' as off %}"
    "{% if record.held %}{% pill on 'good' %}{% else %}{% pill off %}{% endif %}"
    "{% if record.draft %} {% translate 'draft' context 'rule' as word %}{% pill word 'active' %}{% endif %}"
)


class RuleTable(tables.Table):
    name = tables.TemplateColumn(RULE_NAME, verbose_name=_("Rule"))
    kind = tables.Column(_("Kind"), attrs=WIDE)
    unit = tables.Column(_("Unit"), linkify=("org:unit", {"code": tables.A("unit_code")}), attrs=WIDE)
    since = tables.DateColumn(verbose_name=_("Valid from"), short=True, attrs=DAY)
    versions = FigureColumn(verbose_name=_("Versions"))
    document = tables.Column(_("Document"), attrs=WIDE)
    clause = tables.Column(_("Clause"))
    held = tables.TemplateColumn(HELD, verbose_name=_("State"))

    def value_name(self, record: Any) -> str:
        return f"{record.name}: {record.words}"

    def value_held(self, record: Any) -> str:
        return str(_("holds")) if record.held else str(_("does not hold today"))


class RuleList(LinePage):
    """The rules that hold for the reader or that the reader is responsible for, with their drafts."""

    access = MEMBER
    template_name = "rules/list.html"
    title = _("Rules")
    subtitle = _("Every rule in versions by date: what holds today, what held before, what comes.")
    table_class = RuleTable
    line_filter = RuleFilter
    empty_title = _("No rules yet")
    empty_text = _("Quotas, schemes and methods appear here; import them, or draft the first one.")
    empty_icon = "scale"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reader = account(self.request)
        may_edit = reach_of(reader).allows("rules.edit")
        return {
            **super().get_context_data(**kwargs),
            "kinds": list(KINDS.values()) if may_edit else [],
            "drafts": open_drafts(reader) if may_edit else [],
            "leads": LEADING.allows(reader),
        }


class ReaderTable(tables.Table):
    name = tables.Column(_("Person"), linkify=("org:person", {"staff_no": tables.A("staff_no")}))
    staff_no = tables.Column(_("Staff number"))
    unit = tables.Column(_("Unit"), linkify=("org:unit", {"code": tables.A("unit_code")}))
    rules = FigureColumn(verbose_name=_("Rules"))
    acknowledged_at = tables.DateTimeColumn(
        verbose_name=_("Read"), short=True, default=_("not yet"), attrs=DAY
    )


class ReaderList(LinePage):
    """Who has read the rules of the running month that hold for them, and who has not."""

    access = LEADING
    title = _("Who has read the rules")
    subtitle = _("People are asked again when a rule that holds for them changes.")
    table_class = ReaderTable
    line_filter = ReaderFilter
    empty_title = _("No rules hold for anybody in your reach")
    empty_text = _(
        "As soon as a quota rule, a scheme or a role holds for somebody, they are asked to read it."
    )
    empty_icon = "list-checks"
