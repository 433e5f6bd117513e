"""The pages of the funds: balances and requests, the ledger of one fund, one request."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Access, access, account
from core.exceptions import RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, MoneyColumn, StateColumn, cell, table_answer
from departments.permissions import may, reach_of
from finance.forms import ApproveForm, FundRequestForm, RefuseForm
from finance.fund_board import (
    fund_cards,
    fund_page,
    funds_to_ask,
    request_page,
    requests_listed,
    waiting_count,
)
from finance.models import FundRequest, RequestState
from finance.services import (
    fund_request,
    fund_request_approve,
    fund_request_refuse,
    fund_request_withdraw,
)

READS, ASKS = may("money.read"), may("fund.request")
#: reads the money of an organisation, or may ask for some of it
FUNDS = Access("funds", lambda user: READS.allows(user) or ASKS.allows(user))


class RequestTable(tables.Table):
    """Requests to spend, the newest first."""

    purpose = tables.TemplateColumn(
        template_name="funds/_purpose.html", verbose_name=gettext_lazy("Purpose"), attrs=HEAD
    )
    fund = tables.Column(
        accessor="fund__get_kind_display",
        order_by="fund__kind",
        verbose_name=gettext_lazy("Fund"),
        attrs=cell(gettext_lazy("Fund")),
    )
    amount = MoneyColumn(verbose_name=gettext_lazy("Amount"), attrs=cell(gettext_lazy("Amount"), "num"))
    requested_by = tables.Column(verbose_name=gettext_lazy("Asked by"), attrs=cell(gettext_lazy("Asked by")))
    requested_at = tables.DateColumn(
        "Y-m-d", verbose_name=gettext_lazy("Asked on"), attrs=cell(gettext_lazy("Asked on"))
    )
    state = StateColumn("state", verbose_name=gettext_lazy("State"), attrs=cell(gettext_lazy("State")))

    class Meta:
        model = FundRequest
        fields = ("purpose", "fund", "amount", "requested_by", "requested_at", "state")

    def render_requested_by(self, value: Any) -> str:
        return str(value.get_full_name() or value.get_username())

    def value_requested_by(self, value: Any) -> str:
        return self.render_requested_by(value)

    def value_purpose(self, record: Any) -> str:
        return str(record.purpose)


class RequestFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=RequestState.choices, empty_label=gettext_lazy("all states")
    )
    q = django_filters.CharFilter(label=gettext_lazy("Purpose or person"), method="of_text")

    class Meta:
        model = FundRequest
        fields = ("state", "q")

    def of_text(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        person = Q(requested_by__first_name__icontains=value) | Q(requested_by__username__icontains=value)
        return rows.filter(Q(purpose__icontains=value) | person)


class FundsPage(ListPage):
    access = FUNDS
    title = gettext_lazy("Funds")
    subtitle = gettext_lazy(
        "What the maintenance fund, the reserve and the withheld money hold, and who asks for it."
    )
    template_name = "funds/index.html"
    table_class = RequestTable
    filterset_class = RequestFilter
    empty_title = gettext_lazy("No requests to spend")
    empty_text = gettext_lazy(
        "Leaders ask for money of a fund; somebody else approves it before it is booked."
    )
    empty_icon = "hand-coins"

    def get_queryset(self) -> "QuerySet[Any]":
        found: QuerySet[Any] = requests_listed(account(self.request))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = account(self.request)
        reads = READS.allows(user)
        return {
            **super().get_context_data(**kwargs),
            "cards": fund_cards(user) if reads else [],
            "waiting": waiting_count(user) if reach_of(user).allows("fund.approve") else 0,
            "may_ask": ASKS.allows(user),
        }


class LedgerTable(tables.Table):
    """The lines of a fund's ledger as a sheet."""

    month = tables.Column(verbose_name=gettext_lazy("Month"))
    day = tables.Column(verbose_name=gettext_lazy("Day"))
    what = tables.Column(verbose_name=gettext_lazy("What"))
    ident = tables.Column(verbose_name=gettext_lazy("Number"))
    note = tables.Column(verbose_name=gettext_lazy("Note"))
    inflow = tables.Column(verbose_name=gettext_lazy("In"))
    outflow = tables.Column(verbose_name=gettext_lazy("Out"))
    balance = tables.Column(verbose_name=gettext_lazy("Balance"))


@access(READS)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger of one fund, month by month."""
    page = fund_page(account(request), pk)
    if request.GET.get("export") == "xlsx":
        title = f"{page.fund.get_kind_display()} {page.scheme}"
        return table_answer(title, LedgerTable(page.lines))
    return render(request, "funds/show.html", {"page": page})


@access(ASKS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for money of a fund."""
    user = account(request)
    funds = funds_to_ask(user)
    status = 200
    if request.method == "POST":
        form = FundRequestForm(funds, request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                made = fund_request(actor=user, asked=form.asked, key=form.cleaned_data["key"])
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Asked. It is booked once somebody else approves it."))
                return redirect("funds:request", made.pk)
    else:
        form = FundRequestForm(funds)
    return render(request, "funds/new.html", {"form": form, "funds": funds}, status=status)


def _shown(request: HttpRequest, pk: int, status: int = 200, **forms: Any) -> HttpResponse:
    page = request_page(account(request), pk)
    context = {"page": page, "approve_form": ApproveForm(), "refuse_form": RefuseForm(), **forms}
    return render(request, "funds/request.html", context, status=status)


@access(FUNDS)
@require_safe
def show_request(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, pk)


@access(may("fund.approve"))
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a request."""
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            fund_request_approve(actor=account(request), request_id=pk, day=form.cleaned_data["day"])
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Approved and booked."))
            return redirect("funds:request", pk)
    return _shown(request, pk, 422, approve_form=form)


@access(may("fund.approve"))
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a request with a reason."""
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            fund_request_refuse(actor=account(request), request_id=pk, reason=form.cleaned_data["reason"])
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The request is refused."))
            return redirect("funds:request", pk)
    return _shown(request, pk, 422, refuse_form=form)


@access(ASKS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request of one's own back."""
    fund_request_withdraw(actor=account(request), request_id=pk)
    messages.success(request, _("You have taken the request back."))
    return redirect("funds:request", pk)
