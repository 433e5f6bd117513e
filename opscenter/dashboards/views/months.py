"""The month page, its downloads, and the acts on its state."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible
from core.months import Month
from departments.models.periods import PeriodState
from departments.permissions import MEMBER
from incentives.services.export import incentive_sheet
from opscenter.dashboards import acts, wording
from opscenter.dashboards.roll_ups import roll_up_request
from opscenter.dashboards.scope import MonthScope, latest_month, month_scope, unit_choices
from opscenter.dashboards.selectors.money import campaign_board, fund_lines, payout_board
from opscenter.dashboards.selectors.month import key_figures
from opscenter.dashboards.selectors.people import PeopleFilter, people_board

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VIEWS = {
    "": gettext_lazy("Overview"),
    "people": gettext_lazy("People"),
    "campaigns": gettext_lazy("Campaigns and pools"),
    "money": gettext_lazy("Payouts and funds"),
}
SORTS = {
    "number": gettext_lazy("by staff number"),
    "name": gettext_lazy("by name"),
    "best": gettext_lazy("best score first"),
    "worst": gettext_lazy("lowest score first"),
}


def requested_scope(request: HttpRequest, month: Month) -> MonthScope:
    return month_scope(account(request), month, request.GET.get("unit", request.POST.get("unit", "")))


def month_url(scope: MonthScope) -> str:
    return f"{reverse('month:show', args=[scope.month])}?unit={scope.unit.code}"


def frame(scope: MonthScope) -> dict[str, Any]:
    """What every page of a month shows around its content."""
    states = list(PeriodState)
    at = [state.value for state in states].index(scope.state)
    return {
        "scope": scope,
        "month_url": month_url(scope),
        "stepper": [
            {
                "state": state,
                "meaning": wording.STATE_MEANINGS[state.value],
                "done": place < at,
                "now": place == at,
            }
            for place, state in enumerate(states)
        ],
        "meaning": wording.STATE_MEANINGS[scope.state],
    }


@access(MEMBER)
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The latest month with a result that the person may see."""
    month = latest_month(account(request))
    if month is None:
        month = Month.of(timezone.localdate())
    return redirect("month:show", month)


@access(MEMBER)
@require_safe
def show(request: HttpRequest, month: Month) -> HttpResponse:
    scope = requested_scope(request, month)
    view = request.GET.get("view", "")
    if view not in VIEWS:
        raise NotVisible("view")
    wanted = PeopleFilter(
        text=request.GET.get("q", "").strip()[:60],
        missing=request.GET.get("show") == "missing",
        order=request.GET.get("sort", "number"),
        page=request.GET.get("page", "1"),
    )
    context = {
        **frame(scope),
        "view": view,
        "views": [(name, label) for name, label in VIEWS.items() if not name or scope.sees_others],
        "sorts": SORTS.items(),
        "filter": wanted,
        "units": unit_choices(scope),
        "acts": acts.open_acts(scope),
        "may_roll_up": acts.may_roll_up(scope),
        "may_export": acts.may_export(scope),
    }
    if scope.computed:
        context |= _sections(scope, view, wanted)
    return render(request, "month/show.html", context)


def _sections(scope: MonthScope, view: str, wanted: PeopleFilter) -> dict[str, Any]:
    """The boards of a view; the overview leaves out what the organisation does not have."""
    figures = key_figures(scope)
    measured = bool(figures.lines or figures.scores)
    found: dict[str, Any] = {"figures": figures}
    if view == "people" or (not view and (measured or not figures.campaigns)):
        found["people"] = people_board(scope, wanted)
    if scope.sees_others:
        if view == "campaigns" or (not view and figures.campaigns):
            page = wanted.page if view else "1"
            found["campaigns"] = campaign_board(scope, wanted, page)
        if view == "money" or (not view and not measured and figures.payees):
            found["payouts"] = payout_board(scope, wanted.text, wanted.page)
    if view in ("", "money"):
        found["funds"] = fund_lines(scope)
    return found


@access(MEMBER)
@require_safe
def sheet(request: HttpRequest, month: Month) -> HttpResponse:
    """The incentive sheet as a workbook."""
    scope = requested_scope(request, month)
    if not acts.may_export(scope):
        raise NotVisible("sheet")
    name, data = incentive_sheet(scope.root, month, actor=scope.user, printed_at=timezone.now())
    return _download(data, name if name.endswith(".xlsx") else f"{name}.xlsx", XLSX)


@access(MEMBER)
@require_safe
def result(request: HttpRequest, month: Month) -> HttpResponse:
    """The stored result as JSON, byte for byte what the command prints."""
    scope = requested_scope(request, month)
    if not (scope.sees_money and scope.settlement and scope.computed):
        raise NotVisible("result")
    return _download(scope.settlement.result.encode(), f"{scope.root.code}-{month}.json", "application/json")


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    ascii_name = name.encode("ascii", "ignore").decode().strip("_-") or "download"
    # Both forms: a plain name for old programs, the real one by RFC 5987.
    answer["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    return answer


@access(MEMBER)
@require_POST
def roll_up(request: HttpRequest, month: Month) -> HttpResponse:
    job = roll_up_request(requested_scope(request, month))
    return redirect("jobs:show", job.pk)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, month: Month, name: str) -> HttpResponse:
    """GET says what will happen; POST does it."""
    scope = requested_scope(request, month)
    wanted = acts.ACTS.get(name)
    if wanted is None or not scope.reach.allows(wanted.right, scope.root.pk):
        raise NotVisible("act")
    reason = request.POST.get("reason", "").strip()[:500]
    problem = ""
    needs_reason = acts.reason_needed(scope, wanted)
    if request.method == "POST":
        if reason or not needs_reason:
            acts.act_do(scope, wanted, reason)
            messages.success(request, str(wanted.done))
            return redirect(month_url(scope))
        problem = _("Say why; the reason stays in the records.")
    context = {
        **frame(scope),
        "act": wanted,
        "needs_reason": needs_reason,
        "ready": scope.state == wanted.source,
        "figures": key_figures(scope) if scope.computed else None,
        "reason": reason,
        "problem": problem,
    }
    return render(request, "month/act.html", context, status=422 if problem else 200)
