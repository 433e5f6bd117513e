"""The pages of bank accounts: who has one, changing it, reading the whole number for a reason."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import access, account
from core.exceptions import RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, cell
from departments.models import Staff
from departments.permissions import may
from incentives.forms.payments import AccountForm, AccountsForm, ReasonForm
from incentives.selectors.payment_board import people_to_pay, person_to_pay
from incentives.services.bank_account_lists import (
    CHANGED,
    NEW,
    AccountLine,
    accounts_check,
    accounts_set,
)
from incentives.services.bank_accounts import bank_account_read, bank_account_set

KEEPS = may("bank_account.edit")


class AccountTable(tables.Table):
    """People, and the end of the account they are paid to."""

    name = tables.Column(
        linkify=("payments:account", [tables.A("pk")]), verbose_name=gettext_lazy("Name"), attrs=HEAD
    )
    staff_no = tables.Column(
        verbose_name=gettext_lazy("Staff number"), attrs=cell(gettext_lazy("Staff number"))
    )
    unit = tables.Column(verbose_name=gettext_lazy("Unit"), attrs=cell(gettext_lazy("Unit")))
    account = tables.Column(
        accessor="bank_account__last_four",
        verbose_name=gettext_lazy("Bank account"),
        attrs=cell(gettext_lazy("Bank account")),
        default=gettext_lazy("none: paid by hand"),
    )
    branch = tables.Column(
        accessor="bank_account__branch",
        verbose_name=gettext_lazy("Bank branch"),
        attrs=cell(gettext_lazy("Bank branch")),
        default="",
    )

    class Meta:
        model = Staff
        fields = ("name", "staff_no", "unit", "account", "branch")

    def render_account(self, value: str) -> str:
        return f"···· {value}"


class AccountFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("Name or staff number"), method="of_text")
    lacking = django_filters.BooleanFilter(
        label=gettext_lazy("Bank account"),
        field_name="bank_account",
        lookup_expr="isnull",
        widget=django_filters.widgets.BooleanWidget,
    )

    class Meta:
        model = Staff
        fields = ("q", "lacking")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["lacking"].field.widget.choices = [
            ("", _("with and without")),
            ("true", _("missing")),
            ("false", _("known")),
        ]

    def of_text(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(Q(name__icontains=value) | Q(staff_no__icontains=value))


class AccountListPage(ListPage):
    access = KEEPS
    title = gettext_lazy("Bank accounts")
    subtitle = gettext_lazy("Where people are paid. Numbers are kept encrypted.")
    template_name = "payments/accounts.html"
    table_class = AccountTable
    filterset_class = AccountFilter
    empty_title = gettext_lazy("No people")
    empty_text = gettext_lazy("The people of your organisation appear here once they are imported.")
    empty_icon = "landmark"

    def get_queryset(self) -> "QuerySet[Any]":
        return people_to_pay(account(self.request)).order_by("staff_no")


def _page(request: HttpRequest, pk: int, status: int = 200, **context: Any) -> HttpResponse:
    staff, known = person_to_pay(account(request), pk)
    initial = {"holder": known.holder if known else staff.name, "branch": known.branch if known else ""}
    forms = {"form": AccountForm(initial=initial), "reason_form": ReasonForm(), **context}
    return render(request, "payments/account.html", {"staff": staff, "known": known, **forms}, status=status)


@access(KEEPS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The account of one person; POST changes it."""
    if request.method != "POST":
        return _page(request, pk)
    form = AccountForm(request.POST)
    if form.is_valid():
        try:
            bank_account_set(actor=account(request), staff_id=pk, **form.cleaned_data)
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The bank account is kept."))
            return redirect("payments:accounts")
    return _page(request, pk, 422, form=form)


@access(KEEPS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Many accounts at once: POST checks every line and shows what would change; ``act=keep`` keeps them."""
    if request.method != "POST":
        return render(request, "payments/accounts_paste.html", {"form": AccountsForm()})
    form = AccountsForm(request.POST)
    lines: list[AccountLine] = []
    if form.is_valid():
        user, text = account(request), form.cleaned_data["text"]
        try:
            lines = accounts_check(user, text)
            if request.POST.get("act") == "keep":
                count = accounts_set(user, text)
                words = ngettext(
                    "%(count)s bank account is kept.", "%(count)s bank accounts are kept.", count
                )
                messages.success(request, words % {"count": count})
                return redirect("payments:accounts")
        except RuleViolation as error:
            add_problems(form, error)
    wrong = sum(bool(line.problems) for line in lines)
    changes = sum(line.change in (NEW, CHANGED) for line in lines)
    context = {"form": form, "lines": lines, "wrong": wrong, "changes": changes}
    status = 422 if wrong or form.errors else 200
    return render(request, "payments/accounts_paste.html", context, status=status)


@access(KEEPS)
@never_cache
@require_POST
def number(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number, on the answer itself, for a reason."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            shown = bank_account_read(actor=account(request), staff_id=pk, **form.cleaned_data)
        except RuleViolation as error:
            add_problems(form, error)
        else:
            return _page(request, pk, shown=shown)
    return _page(request, pk, 422, reason_form=form)
