"""The cockpit of a month, its dry run, and the incentive sheet as printed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.access import access, account
from core.exceptions import NotVisible
from core.months import Month
from departments.permissions import may_of_whole
from incentives.dry_run import dry_run
from incentives.selectors.objections import objection_window
from incentives.services.export import incentive_sheet_preview
from opscenter.cockpit.approvals import read_records, steps
from opscenter.cockpit.counts import changes_since, read_campaigns, read_open
from opscenter.cockpit.duties import Duties
from opscenter.cockpit.items import Items
from opscenter.cockpit.paper import paper
from opscenter.cockpit.selectors import changed_campaigns, money_flow, money_roots, month_to_close
from opscenter.cockpit.trial import trial_shown
from opscenter.dashboards import acts, wording
from opscenter.dashboards.scope import MonthScope, month_scope
from opscenter.dashboards.selectors.money import fund_lines
from opscenter.explain.compare import movers

MONEY = may_of_whole("money.read")
MOVERS, MOVERS_IN_PART = 50, 6
EXPORT = may_of_whole("month.export")


def requested_scope(request: HttpRequest, month: Month) -> tuple[MonthScope, list[tuple[str, str]]]:
    """The month of an organisation, and those one may choose (code, name).

    Raises ``NotVisible`` when the person does not read the money of the whole organisation.
    """
    user = account(request)
    roots = list(money_roots(user).values_list("code", "name"))
    asked = request.GET.get("unit") or (roots[0][0] if roots else "")
    scope = month_scope(user, month, asked)
    if not scope.sees_money or not scope.whole:
        raise NotVisible("cockpit")
    return scope, roots


def frame(scope: MonthScope, roots: list[tuple[str, str]], here: str) -> dict[str, Any]:
    """What the pages of the cockpit have in common."""
    query = f"?unit={scope.root.code}"
    month_url = reverse("month:show", args=[scope.month]) + query
    return {
        "scope": scope,
        "roots": roots if len(roots) > 1 else [],
        "query": query,
        "here": here,
        "cockpit_url": reverse("cockpit:show", args=[scope.month]) + query,
        "month_url": month_url,
        "may_export": acts.may_export(scope),
        "meaning": wording.STATE_MEANINGS[scope.state],
        "pays": not scope.provisional and scope.reach.allows("payment.make", scope.root.pk),
    }


@access(MONEY)
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The month that waits to be closed, else the latest one."""
    found = month_to_close(account(request)) or Month.of(timezone.localdate())
    return redirect("cockpit:show", found)


@access(MONEY)
@require_safe
def show(request: HttpRequest, month: Month) -> HttpResponse:
    """What blocks the lock and whose turn it is, what is paid, and who took which step."""
    scope, roots = requested_scope(request, month)
    duties = Duties(scope.root.pk, scope.tree)
    counts, campaigns = read_open(scope), read_campaigns(scope)
    funds = fund_lines(scope)
    computed_at = scope.settlement.computed_at if scope.settlement else None
    changed = changes_since(scope.root.pk, computed_at) if scope.provisional else 0
    items = Items(scope, duties, counts, campaigns).all(sum(len(line.pending) for line in funds), changed)
    records = read_records(scope)
    context = {
        **frame(scope, roots, "cockpit:show"),
        "counts": counts,
        "items": items,
        "stopping": sum(item.level == "stops" for item in items),
        "urgent": sum(item.level == "before" for item in items),
        "steps": steps(scope, duties, records),
        "window": objection_window(scope.root.pk, month) if scope.computed else None,
        "exports": records.exports,
        "may_roll_up": acts.may_roll_up(scope),
        "flow": money_flow(scope),
        "funds": funds,
        "changed": changed_campaigns(campaigns),
    }
    return render(request, "cockpit/show.html", context)


@access(MONEY)
@require_safe
def trial(request: HttpRequest, month: Month) -> HttpResponse:
    """What the lock would find now beside what is stored; nothing is written."""
    scope, roots = requested_scope(request, month)
    run = dry_run(scope.root, month) if scope.provisional else None
    context = {
        **frame(scope, roots, "cockpit:dry_run"),
        "run": run,
        "found": trial_shown(scope, run) if run else None,
    }
    return render(request, "cockpit/dry_run.html", context)


@access(MONEY)
@require_safe
def moved(request: HttpRequest, month: Month) -> HttpResponse:
    """Who gets more or less than in the computed month before, and why; for htmx a part of the overview."""
    scope, roots = requested_scope(request, month)
    part = request.headers.get("HX-Request") == "true"
    found = None
    if scope.computed and scope.before is not None:
        found = movers(scope.root, scope.before, month, MOVERS_IN_PART if part else MOVERS)
    context = {**frame(scope, roots, "cockpit:movers"), "movers": found, "part": part}
    return render(request, "cockpit/_movers.html" if part else "cockpit/movers.html", context)


@access(EXPORT)
@require_safe
def sheet(request: HttpRequest, month: Month) -> HttpResponse:
    """The sheet as it will be printed: the cells of the workbook that the download gives."""
    scope, roots = requested_scope(request, month)
    if not acts.may_export(scope):
        raise NotVisible("sheet")
    name, data = incentive_sheet_preview(scope.root, month, actor=scope.user, printed_at=timezone.now())
    place = request.GET.get("part", "0")
    shown = paper(data, int(place)) if place.isdecimal() and len(place) < 4 else None
    if shown is None:
        raise NotVisible("part")
    context = {**frame(scope, roots, "cockpit:sheet"), "file": name, "paper": shown}
    return render(request, "cockpit/sheet.html", context)
