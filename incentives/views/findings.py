"""The pages of findings: the list, a proposal, one finding with its confirmation, withdrawal and answers."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, StateColumn, cell
from core.months import Month
from departments.permissions import MEMBER, may, reach_of
from incentives.forms.findings import AnswerForm, FindingForm, WithdrawForm
from incentives.models import Finding, FindingStatus
from incentives.selectors.finding_board import finding_page, findings_listed, in_month, with_text
from incentives.services.findings import (
    finding_answer,
    finding_confirm,
    finding_propose,
    finding_withdraw,
)
from kpi.forms.assessment import month_choices


class FindingTable(tables.Table):
    """Findings, the newest first."""

    rule = tables.TemplateColumn(
        template_name="findings/_rule.html",
        verbose_name=gettext_lazy("Finding"),
        order_by="rule_code",
        attrs=HEAD,
    )
    date = tables.DateColumn("Y-m-d", verbose_name=gettext_lazy("Day"), attrs=cell(gettext_lazy("Day")))
    people = tables.Column(
        accessor="role_name", verbose_name=gettext_lazy("Role"), attrs=cell(gettext_lazy("Role"))
    )
    campaign = tables.Column(verbose_name=gettext_lazy("Campaign"), attrs=cell(gettext_lazy("Campaign")))
    store = tables.Column(verbose_name=gettext_lazy("Store"), attrs=cell(gettext_lazy("Store")))
    occurrences = tables.Column(
        verbose_name=gettext_lazy("Occurrences"), attrs=cell(gettext_lazy("Occurrences"), "num")
    )
    assessor = tables.Column(verbose_name=gettext_lazy("Assessor"), attrs=cell(gettext_lazy("Assessor")))
    status = StateColumn("status", verbose_name=gettext_lazy("State"), attrs=cell(gettext_lazy("State")))

    class Meta:
        model = Finding
        fields = ("rule", "date", "people", "campaign", "store", "occurrences", "assessor", "status")

    def value_rule(self, record: Any) -> str:
        return str(record.rule_name or record.rule_code)


class FindingFilter(django_filters.FilterSet):
    month = django_filters.ChoiceFilter(
        label=gettext_lazy("Month"), method="of_month", empty_label=gettext_lazy("all months")
    )
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=FindingStatus.choices, empty_label=gettext_lazy("all states")
    )
    q = django_filters.CharFilter(label=gettext_lazy("Rule, note or store"), method="of_text")

    class Meta:
        model = Finding
        fields = ("month", "status", "q")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["month"].extra["choices"] = month_choices(timezone.localdate())

    def of_month(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return in_month(rows, Month.parse(value))

    def of_text(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        found: QuerySet[Any] = with_text(rows, value)
        return found


class FindingListPage(ListPage):
    access = MEMBER
    title = gettext_lazy("Findings")
    subtitle = gettext_lazy("What a role missed, with evidence; only confirmed ones are deducted.")
    template_name = "findings/list.html"
    table_class = FindingTable
    filterset_class = FindingFilter
    empty_title = gettext_lazy("No findings")
    empty_text = gettext_lazy(
        "Leaders propose a finding under a deduction rule; a second person confirms it before it counts."
    )
    empty_icon = "flag"

    def get_queryset(self) -> "QuerySet[Any]":
        return findings_listed(account(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach = reach_of(account(self.request))
        return {
            **super().get_context_data(**kwargs),
            "may_propose": reach.allows("finding.propose"),
            "may_rate": reach.allows("rating.enter"),
        }


@access(may("finding.propose"))
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose a finding."""
    user = account(request)
    status = 200
    if request.method == "POST":
        form = FindingForm(user, request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                made = finding_propose(actor=user, given=form.proposal, key=form.cleaned_data["key"])
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Proposed. It is deducted once somebody else confirms it."))
                return redirect("findings:show", made.pk)
    else:
        form = FindingForm(user, initial={"date": timezone.localdate()})
    return render(request, "findings/new.html", {"form": form}, status=status)


def _shown(request: HttpRequest, pk: int, status: int = 200, **forms: Any) -> HttpResponse:
    page = finding_page(account(request), pk)
    text = page.own_answer.text if page.own_answer else ""
    context = {
        "page": page,
        "withdraw_form": WithdrawForm(),
        "answer_form": AnswerForm(initial={"text": text}),
        **forms,
    }
    return render(request, "findings/show.html", context, status=status)


@access(MEMBER)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, pk)


@access(may("finding.confirm"))
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a finding act."""
    finding_confirm(actor=account(request), finding_id=pk)
    messages.success(request, _("Confirmed. It is deducted from the next computation of the month."))
    return redirect("findings:show", pk)


@access(may("finding.propose"))
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a finding back with a reason."""
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            finding_withdraw(actor=account(request), finding_id=pk, reason=form.cleaned_data["reason"])
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The finding is withdrawn; it takes nothing."))
            return redirect("findings:show", pk)
    return _shown(request, pk, 422, withdraw_form=form)


@access(MEMBER)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person whom the finding hits says to it."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            finding_answer(actor=account(request), finding_id=pk, text=form.cleaned_data["text"])
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Your answer is kept with the finding."))
            return redirect("findings:show", pk)
    return _shown(request, pk, 422, answer_form=form)
