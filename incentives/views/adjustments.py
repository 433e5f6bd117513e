"""The pages of adjustments: what corrects locked months, one of them explained, proposing and approving."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from core.forms import add_problems
from core.lists import HEAD, NUMERIC, ListPage, MoneyColumn
from core.months import Month
from core.templatetags.ui import pill
from departments.permissions import MEMBER, may
from incentives.forms.adjustments import AdjustmentForm, month_input
from incentives.models import Adjustment
from incentives.selectors.adjustment_board import adjustment_page, adjustments_readable, staff_to_adjust
from incentives.services.adjustments import adjustment_approve, adjustment_propose

PROPOSES, APPROVES = may("adjustment.propose"), may("adjustment.approve")
WAITING, APPROVED = gettext_lazy("waits for approval"), gettext_lazy("approved")


class AdjustmentTable(tables.Table):
    """Adjustments, those paid last first."""

    staff = tables.Column(
        accessor="staff__name",
        linkify=("payments:adjustment", [tables.A("pk")]),
        verbose_name=gettext_lazy("Name"),
        attrs=HEAD,
    )
    staff_no = tables.Column(accessor="staff__staff_no", verbose_name=gettext_lazy("Staff number"))
    about_month = tables.DateColumn("Y-m", verbose_name=gettext_lazy("Corrects"))
    month = tables.DateColumn("Y-m", verbose_name=gettext_lazy("Paid in"))
    amount = MoneyColumn(verbose_name=gettext_lazy("Amount"), attrs=NUMERIC)
    state = tables.Column(
        accessor="approved_by_id", verbose_name=gettext_lazy("State"), orderable=False, empty_values=()
    )
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), attrs={"td": {"class": "oc-wide"}})

    class Meta:
        model = Adjustment
        fields = ("staff", "staff_no", "about_month", "month", "amount", "state", "reason")

    def render_state(self, record: Adjustment) -> str:
        waits = record.approved_by_id is None
        return str(pill(WAITING if waits else APPROVED, "warn" if waits else "good"))

    def value_state(self, record: Adjustment) -> str:
        return str(WAITING if record.approved_by_id is None else APPROVED)

    def render_staff(self, value: str, record: Adjustment) -> str:
        return format_html("{} <small>{}</small>", value, record.staff.unit.name)

    def value_staff(self, value: str) -> str:
        return value


class AdjustmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("Name, staff number or reason"), method="of_text")
    about = django_filters.CharFilter(label=gettext_lazy("Corrects"), method="of_month")
    paid = django_filters.CharFilter(label=gettext_lazy("Paid in"), method="of_month")
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[("waiting", WAITING), ("approved", APPROVED)],
        empty_label=gettext_lazy("all states"),
        method="of_state",
    )

    class Meta:
        model = Adjustment
        fields = ("q", "about", "paid", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("about", "paid"):
            self.filters[name].field.widget = month_input()

    def of_text(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        person = Q(staff__name__icontains=value) | Q(staff__staff_no__icontains=value)
        return rows.filter(person | Q(reason__icontains=value))

    def of_month(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        try:
            day = Month.parse(value).first
        except ValueError:
            return rows.none()
        return rows.filter(about_month=day) if name == "about" else rows.filter(month=day)

    def of_state(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(approved_by__isnull=value == "waiting")


class AdjustmentListPage(ListPage):
    access = MEMBER
    title = pgettext_lazy("of pay", "Adjustments")
    subtitle = gettext_lazy("Corrections of locked months, settled in a later month.")
    template_name = "payments/adjustments.html"
    table_class = AdjustmentTable
    filterset_class = AdjustmentFilter
    empty_title = gettext_lazy("No adjustments")
    empty_text = gettext_lazy(
        "When a locked month turns out wrong, the difference is proposed here and settled in a later month."
    )
    empty_icon = "scale"

    def get_queryset(self) -> "QuerySet[Any]":
        return adjustments_readable(account(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "proposes": PROPOSES.allows(account(self.request))}


@access(MEMBER)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What was locked, what is right, why, and where the difference is paid."""
    page = adjustment_page(account(request), pk)
    return render(request, "payments/adjustment.html", {"page": page})


@access(PROPOSES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose an adjustment; somebody else approves it."""
    if request.method != "POST":
        given = {name: request.GET.get(name, "") for name in ("staff_no", "about")}
        form = AdjustmentForm(initial={**given, "month": str(Month.of(timezone.localdate()))})
        return render(request, "payments/adjustment_new.html", {"form": form})
    form = AdjustmentForm(request.POST)
    if form.is_valid():
        asked = dict(form.cleaned_data)
        try:
            staff = staff_to_adjust(account(request), asked.pop("staff_no"))
            made = adjustment_propose(actor=account(request), staff=staff, **asked)
        except NotVisible:
            form.add_error("staff_no", _("There is nobody with this number for whom you may propose."))
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Proposed. It counts once somebody else approves it."))
            return redirect("payments:adjustment", made.pk)
    return render(request, "payments/adjustment_new.html", {"form": form}, status=422)


@access(APPROVES)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an adjustment count."""
    adjustment_page(account(request), pk)
    adjustment_approve(actor=account(request), adjustment_id=pk)
    messages.success(request, _("Approved; it is settled when its month is locked."))
    return redirect("payments:adjustment", pk)
