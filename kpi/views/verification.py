"""The pages of those who verify: the queue, one row, decisions on one and on many."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from core.lists import FigureColumn, ListPage, ShortPaginator
from departments.permissions import may
from kpi.calculations.risk import Risk
from kpi.models import LogEntry, Verdict
from kpi.selectors.choices import platform_choices
from kpi.selectors.verification import (
    ACT,
    RiskLine,
    UnitOption,
    activity_names,
    below,
    risks_shown,
    row_page,
    rows_waiting,
    verifying_units,
    with_seen,
)
from kpi.services.verification import log_decide, logs_decide
from kpi.wording import RISKS, SENTENCES, risk_words

VERIFY = may(ACT)
ORDERS = {
    "risk": (gettext_lazy("worst first"), ("-risk", "date", "pk")),
    "new": (gettext_lazy("newest first"), ("-date", "-pk")),
    "old": (gettext_lazy("oldest first"), ("date", "pk")),
    "person": (gettext_lazy("by person"), ("staff__staff_no", "date", "pk")),
    "count": (gettext_lazy("largest count first"), ("-count", "date", "pk")),
}
NOT_FLAGGED, NOT_LOOKED = "none", "fresh"


class QueueTable(tables.Table):
    """The rows as they are exported; on the page each is a card of its own."""

    date = tables.DateColumn(verbose_name=gettext_lazy("Day"))
    staff_no = tables.Column(verbose_name=gettext_lazy("Staff number"), accessor="staff__staff_no")
    staff = tables.Column(verbose_name=gettext_lazy("Person"), accessor="staff__name")
    unit = tables.Column(verbose_name=gettext_lazy("Unit"), accessor="staff__unit__name")
    platform = tables.Column(verbose_name=gettext_lazy("Platform"), accessor="platform__name")
    activity = tables.Column(verbose_name=gettext_lazy("Activity"))
    handle = tables.Column(verbose_name=gettext_lazy("Account"))
    count = FigureColumn(verbose_name=gettext_lazy("Count"))
    url = tables.Column(verbose_name=gettext_lazy("Link"))
    risk = tables.Column(verbose_name=gettext_lazy("Risks"))
    note = tables.Column(verbose_name=gettext_lazy("Note"))

    class Meta:
        orderable = False

    def value_risk(self, value: int) -> str:
        return risk_words(value)


class QueueFilter(django_filters.FilterSet):
    unit = django_filters.ChoiceFilter(
        label=gettext_lazy("Unit"), method="of_unit", empty_label=gettext_lazy("all units")
    )
    q = django_filters.CharFilter(label=gettext_lazy("Name or number"), method="of_person")
    platform = django_filters.ChoiceFilter(
        label=gettext_lazy("Platform"),
        field_name="platform__code",
        empty_label=gettext_lazy("all platforms"),
    )
    risk = django_filters.ChoiceFilter(
        label=gettext_lazy("Risk"),
        choices=[
            *((str(kind.name).lower(), label) for kind, label in RISKS.items()),
            (NOT_FLAGGED, gettext_lazy("nothing found")),
            (NOT_LOOKED, gettext_lazy("not looked at yet")),
        ],
        method="of_risk",
        empty_label=gettext_lazy("all risks"),
    )
    first = django_filters.DateFilter(label=gettext_lazy("From"), field_name="date", lookup_expr="gte")
    last = django_filters.DateFilter(label=gettext_lazy("To"), field_name="date", lookup_expr="lte")
    order = django_filters.ChoiceFilter(
        label=gettext_lazy("Order"),
        choices=[(name, label) for name, (label, _fields) in ORDERS.items()],
        method="in_order",
        empty_label=None,
    )

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def __init__(self, *args: Any, options: list[UnitOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = options
        self.filters["unit"].extra["choices"] = [(one.code, one.label) for one in options]
        self.filters["platform"].extra["choices"] = platform_choices()
        for name in ("first", "last"):
            self.form.fields[name].widget.input_type = "date"

    def of_unit(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        return rows.filter(staff__unit_id__in=below(self.options, value) or ())

    def of_person(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        return rows.filter(Q(staff__name__icontains=value) | Q(staff__staff_no__icontains=value))

    def of_risk(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        if value == NOT_LOOKED:
            return rows.filter(risk=0)
        if value == NOT_FLAGGED:
            return rows.filter(risk=int(Risk.LOOKED))
        kind = int(Risk[value.upper()])
        # No row with this bit is below it: the index then leaves out the many without a risk.
        return rows.annotate(hit=F("risk").bitand(kind)).filter(hit__gt=0, risk__gte=kind)

    def in_order(self, rows: "QuerySet[LogEntry]", name: str, value: str) -> "QuerySet[LogEntry]":
        return rows.order_by(*ORDERS[value][1])


def told(lines: list[RiskLine]) -> list[dict[str, Any]]:
    """The risks with their words, for a template."""
    return [
        {
            "label": RISKS[line.kind],
            "sentence": SENTENCES[line.kind],
            "other": line.other,
            "amount": line.found.amount if line.found else None,
            "tone": "bad" if line.kind >= Risk.SAME_LINK else "warn",
        }
        for line in lines
    ]


class QueuePaginator(ShortPaginator):
    """Nobody pages through thousands of rows one by one."""

    most = 2000


class QueueView(ListPage):
    """What waits for a decision, the worst first."""

    access = VERIFY
    title = gettext_lazy("Verification")
    subtitle = gettext_lazy("Rows of your people that wait for you; nobody verifies their own.")
    template_name = "verification/queue.html"
    table_class = QueueTable
    filterset_class = QueueFilter
    paginator_class = QueuePaginator
    empty_title = gettext_lazy("Nothing waits for you")
    empty_text = gettext_lazy("What your people log from now on appears here, the doubtful rows first.")
    empty_icon = "check-check"

    def get_queryset(self) -> "QuerySet[LogEntry]":
        rows = with_seen(rows_waiting(account(self.request))).order_by(*ORDERS["risk"][1])
        return rows.select_related(None).select_related("staff__unit", "platform")

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_filterset_kwargs(filterset_class)
        return {**given, "options": verifying_units(account(self.request))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = context["table"].page
        rows = [row.record for row in page.object_list]
        shown, names = risks_shown(account(self.request), rows), activity_names()
        return {
            **context,
            "lines": [
                {
                    "entry": row,
                    "risks": told(shown[row.pk]),
                    "activity": names.get(row.activity, row.activity),
                }
                for row in rows
            ],
            "page": page,
            "capped": page.paginator.capped,
            "most": QueuePaginator.most,
            "back": self.request.get_full_path(),
        }


@access(VERIFY)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A row with everything that helps to decide."""
    return _shown(request, pk)


def _shown(request: HttpRequest, pk: int, error: RuleViolation | None = None) -> HttpResponse:
    page, back = row_page(account(request), pk), _back(request)
    # Who came from a sample goes back to it; who works the queue off goes on to its next row.
    onward = page.waits and not back.startswith(reverse("verification:sample"))
    context = {
        "page": page,
        "entry": page.entry,
        "activity": activity_names().get(page.entry.activity, page.entry.activity),
        "risks": told(page.risks),
        "back": back,
        "follows": page.follows if onward else None,
        "problem": str(error) if error else "",
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "verification/show.html", context, status=422 if error else 200)


def _back(request: HttpRequest) -> str:
    """The page of the queue that the reader came from."""
    home = reverse("verification:queue")
    back = request.POST.get("back") or request.GET.get("back") or home
    safe = back.startswith(home) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe else home


def _verdict(request: HttpRequest) -> Verdict:
    try:
        return Verdict(request.POST.get("verdict", ""))
    except ValueError:
        raise NotVisible("verdict") from None


def _number(text: str) -> int:
    """A whole number that a form sent; raises ``NotVisible`` for anything else."""
    if not text.isdecimal() or len(text) > 18:
        raise NotVisible("row")
    return int(text)


@access(VERIFY)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject one row; within the queue the answer is the row as it stands now."""
    verdict, seen = _verdict(request), _number(request.POST.get("seen") or "0")
    try:
        check = log_decide(
            actor=account(request),
            entry_id=pk,
            verdict=verdict,
            reason=request.POST.get("reason", ""),
            seen=seen,
        )
    except RuleViolation as error:
        if getattr(request, "htmx", False):
            raise
        return _shown(request, pk, error)
    if getattr(request, "htmx", False):
        return render(request, "verification/_decided.html", {"entry": check.entry, "check": check})
    messages.success(request, _("Accepted.") if verdict == Verdict.ACCEPTED else _("Rejected."))
    follows = request.POST.get("follows", "")
    if follows:
        return redirect("verification:show", _number(follows))
    return redirect(_back(request))


@access(VERIFY)
@require_POST
def decide_many(request: HttpRequest) -> HttpResponse:
    """Accept or reject the ticked rows."""
    keys = [_number(text) for text in request.POST.getlist("row")]
    verdict = _verdict(request)
    try:
        came = logs_decide(
            actor=account(request), entry_ids=keys, verdict=verdict, reason=request.POST.get("reason", "")
        )
    except RuleViolation as error:
        rows = rows_waiting(account(request)).filter(pk__in=keys).order_by("date", "pk")
        context = {"rows": rows, "problem": str(error), "back": _back(request), "verdict": verdict}
        return render(request, "verification/decide.html", context, status=422)
    done = len(came.done)
    if verdict == Verdict.ACCEPTED:
        text = ngettext("%(n)s row accepted.", "%(n)s rows accepted.", done) % {"n": done}
    else:
        text = ngettext("%(n)s row rejected.", "%(n)s rows rejected.", done) % {"n": done}
    messages.success(request, text)
    if came.before:
        before = len(came.before)
        messages.warning(
            request,
            ngettext(
                "%(n)s row was decided or replaced before and stays as it is.",
                "%(n)s rows were decided or replaced before and stay as they are.",
                before,
            )
            % {"n": before},
        )
    return redirect(_back(request))
