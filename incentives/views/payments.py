"""The pages of payments: batches, a month to be paid, one batch with its payments, the tax list."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, MoneyColumn, cell, table_answer
from core.months import Month
from departments.permissions import MEMBER, may
from incentives.forms.payments import AgainForm, BatchForm, ReturnForm, SettleForm
from incentives.models import AuthorKind, PaymentBatch, PaymentState
from incentives.selectors.payment_board import (
    batch_page,
    batches_listed,
    computed_months,
    frozen_months,
    month_page,
    tax_list,
)
from incentives.services.payments import (
    bank_file_read,
    batch_files_again,
    batch_make,
    payment_receive,
    payment_return,
    payments_settle,
)

TOTAL = pgettext_lazy("of money", "Total")
READS, MAKES, CONFIRMS = may("money.read"), may("payment.make"), may("payment.confirm")


def month_of(text: str) -> Month:
    """The month of an address.  Raises ``NotVisible`` for anything else."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise NotVisible("month") from error


class BatchTable(tables.Table):
    """Payment batches, the newest first."""

    number = tables.Column(
        linkify=("payments:batch", [tables.A("pk")]), verbose_name=gettext_lazy("Batch"), attrs=HEAD
    )
    month = tables.DateColumn("Y-m", verbose_name=gettext_lazy("Month"), attrs=cell(gettext_lazy("Month")))
    root = tables.Column(verbose_name=gettext_lazy("Organisation"), attrs=cell(gettext_lazy("Organisation")))
    total = MoneyColumn(verbose_name=TOTAL, attrs=cell(TOTAL, "num"))
    count = tables.Column(verbose_name=gettext_lazy("Payments"), attrs=cell(gettext_lazy("Payments"), "num"))
    open_lines = tables.Column(
        verbose_name=gettext_lazy("On their way"), attrs=cell(gettext_lazy("On their way"), "num")
    )
    returned_lines = tables.Column(
        verbose_name=gettext_lazy("Returned"), attrs=cell(gettext_lazy("Returned"), "num")
    )

    class Meta:
        model = PaymentBatch
        fields = ("number", "month", "root", "total", "count", "open_lines", "returned_lines")


class BatchFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(label=gettext_lazy("Batch number"), lookup_expr="icontains")

    class Meta:
        model = PaymentBatch
        fields = ("number",)


class BatchListPage(ListPage):
    access = READS
    title = gettext_lazy("Payments")
    subtitle = gettext_lazy("What locked months owe, sent to the bank in batches, and what became of it.")
    template_name = "payments/index.html"
    table_class = BatchTable
    filterset_class = BatchFilter
    empty_title = gettext_lazy("No payment batches yet")
    empty_text = gettext_lazy("When a month is locked, finance makes a batch of it here.")
    empty_icon = "banknote"

    def get_queryset(self) -> "QuerySet[Any]":
        return batches_listed(account(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = account(self.request)
        return {
            **super().get_context_data(**kwargs),
            "months": frozen_months(user, "money.read"),
            "computed": computed_months(user),
            "makes": MAKES.allows(user),
        }


@access(MAKES)
@require_http_methods(["GET", "HEAD", "POST"])
def month(request: HttpRequest, month: str, unit: str) -> HttpResponse:
    """What a batch of the month would hold; POST makes it."""
    user = account(request)
    how = request.GET.get("how", "")
    page = month_page(user, month_of(month), unit, request.GET.get("page", "1"), how)
    form = BatchForm(page.profiles, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            batch = batch_make(
                actor=user, root=page.root, month=page.month, profile_id=given["profile"], key=given["key"]
            )
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The batch is made. Compare total and count before you send it."))
            return redirect("payments:batch", batch.pk)
    context = {"page": page, "form": form, "how": how}
    return render(request, "payments/month.html", context, status=422 if form.is_bound else 200)


def _batch(request: HttpRequest, pk: int, status: int = 200, **forms: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    page = batch_page(account(request), pk, request.GET.get("page", "1"), state)
    context = {
        "page": page,
        "state": state,
        "states": PaymentState.choices,
        "settle_form": SettleForm(),
        "return_form": ReturnForm(),
        "again_form": AgainForm(page.profiles),
        **forms,
    }
    return render(request, "payments/batch.html", context, status=status)


@access(READS)
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    return _batch(request, pk)


@access(MAKES)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the files of the open payments again."""
    user = account(request)
    form = AgainForm(batch_page(user, pk, "1", "").profiles, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            batch_files_again(
                actor=user, batch_id=pk, profile_id=given["profile"] or 0, reason=given["reason"]
            )
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The file is made again; its name says so."))
            return redirect("payments:batch", pk)
    return _batch(request, pk, 422, again_form=form)


@access(MAKES)
@require_POST
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for the bank as it was made; POST, because who took it is recorded."""
    name, kind, data = bank_file_read(actor=account(request), file_id=pk)
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer


@access(CONFIRMS)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that payments have arrived: the chosen ones (``line``), or all that are open."""
    form = SettleForm(request.POST)
    if form.is_valid():
        chosen = [int(one) for one in request.POST.getlist("line") if one.isdecimal()]
        lines = chosen if "line" in request.POST else None
        try:
            count = payments_settle(
                actor=account(request), batch_id=pk, day=form.cleaned_data["day"], lines=lines
            )
        except RuleViolation as error:
            add_problems(form, error)
        else:
            text = ngettext("%(count)s payment is noted.", "%(count)s payments are noted.", count)
            messages.success(request, text % {"count": count})
            return redirect("payments:batch", pk)
    return _batch(request, pk, 422, settle_form=form)


@access(CONFIRMS)
@require_POST
def returned(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the bank sent a payment back."""
    form = ReturnForm(request.POST)
    problem = ""
    if form.is_valid():
        given = form.cleaned_data
        try:
            line = payment_return(
                actor=account(request), line_id=pk, day=given["day"], reason=given["reason"]
            )
        except RuleViolation as error:
            problem = str(error)
        else:
            messages.success(request, _("The payment is noted as returned; it can be paid again."))
            return redirect("payments:batch", line.batch_id)
    batch_id = batches_listed(account(request)).filter(lines__pk=pk).values_list("pk", flat=True).first()
    if batch_id is None:
        raise NotVisible("payment")
    return _batch(request, batch_id, 422, return_form=form, return_line=pk, problem=problem)


@access(MEMBER)
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """The payee confirms the receipt."""
    line = payment_receive(actor=account(request), line_id=pk)
    messages.success(request, _("Thank you. The receipt is noted."))
    return redirect("today:month_of", Month.of(line.month))


class OutsiderTable(tables.Table):
    """People outside the staff with what is withheld from them."""

    name = tables.Column(verbose_name=gettext_lazy("Name"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"))
    gross = tables.Column(verbose_name=gettext_lazy("Before tax"))
    tax = tables.Column(verbose_name=gettext_lazy("Tax withheld"))
    net = tables.Column(verbose_name=gettext_lazy("To be paid"))

    def render_kind(self, value: str) -> str:
        return str(AuthorKind(value).label)

    def value_kind(self, value: str) -> str:
        return self.render_kind(value)


@access(READS)
@require_safe
def outsiders(request: HttpRequest, month: str, unit: str) -> HttpResponse:
    """The tax list of a month; a provisional one while the month is not locked."""
    page = tax_list(account(request), month_of(month), unit)
    if request.GET.get("export") == "xlsx":
        words = [str(page.month), page.root.name, _("Tax list")]
        title = " ".join([*words, _("provisional")] if page.provisional else words)
        return table_answer(title, OutsiderTable(page.rows))
    rows = [(row, AuthorKind(row.kind).label) for row in page.rows]
    return render(request, "payments/outsiders.html", {"page": page, "rows": rows})
