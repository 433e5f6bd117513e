"""The pages of explanations: parse, ask, show.  Verifying computes, and changes no figure."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.access import access, account
from core.exceptions import NotVisible
from core.months import Month
from departments.permissions import MEMBER, may
from opscenter.dashboards.scope import MonthScope, latest_month, month_scope
from opscenter.dashboards.selectors.jobs import MONTH_COMPARE, MONTH_VERIFY
from opscenter.dashboards.selectors.owners import unit_of_campaign, unit_of_person
from opscenter.dashboards.selectors.person import visible_staff
from opscenter.dashboards.views.months import frame, requested_scope
from opscenter.explain import forms, pages
from opscenter.explain.comparing import comparison, comparison_with_now, digest_stored
from opscenter.explain.jobs import month_found, month_job
from opscenter.explain.pages import check_shown
from opscenter.explain.selectors_rows import log_rows
from opscenter.explain.selectors_score import rule_basis
from opscenter.explain.tree import Node
from opscenter.explain.tree_score import rule_node
from opscenter.explain.verification import FigureCheck, payout_check, score_check

MONEY = may("money.read")
#: how far a tree is open at first
OPEN_LEVELS = 2
EVERYTHING = 99


def _person_scope(request: HttpRequest, month: Month, staff_no: str) -> MonthScope:
    """The month of the person's organisation, for those who may see the person."""
    return _computed(month_scope(account(request), month, _known(unit_of_person(account(request), staff_no))))


def _known(unit_code: str) -> str:
    if not unit_code:
        raise NotVisible("owner")
    return unit_code


def _computed(scope: MonthScope) -> MonthScope:
    if not scope.computed:
        raise NotVisible("month")
    return scope


def _shown(request: HttpRequest, scope: MonthScope, tree: Node) -> dict[str, Any]:
    """What every page with a tree shows around it."""
    every = request.GET.get("open") == "all"
    return {
        **frame(scope),
        "tree": tree.open_to(EVERYTHING if every else OPEN_LEVELS),
        "all_open": every,
    }


@access(MEMBER)
@require_safe
def person(request: HttpRequest, month: Month, staff_no: str) -> HttpResponse:
    scope = _person_scope(request, month, staff_no)
    context = {**frame(scope), "page": pages.person_page(scope, staff_no)}
    return render(request, "explain/person.html", context)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def payout(request: HttpRequest, month: Month, staff_no: str, code: str, role: str) -> HttpResponse:
    """GET shows the tree of a part of a pool; POST computes the figure again as well."""
    scope = _person_scope(request, month, staff_no)
    page = pages.payout_page(scope, staff_no, code, role, request.GET.get("page", "1"))
    check: FigureCheck | None = None
    if request.method == "POST":
        check = payout_check(scope, page.payout, staff_no)
    context = {**_shown(request, scope, page.tree), "staff": page.staff, "check": check, "checkable": True}
    return render(request, "explain/tree.html", context)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, month: Month, staff_no: str) -> HttpResponse:
    return _score(request, month, staff_no, with_bonus=False)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def bonus(request: HttpRequest, month: Month, staff_no: str) -> HttpResponse:
    return _score(request, month, staff_no, with_bonus=True)


def _score(request: HttpRequest, month: Month, staff_no: str, *, with_bonus: bool) -> HttpResponse:
    """GET shows the tree; POST computes the figure again as well."""
    scope = _person_scope(request, month, staff_no)
    page = pages.score_page(scope, staff_no, bonus=with_bonus)
    check: FigureCheck | None = None
    if request.method == "POST":
        check = score_check(scope, page.basis.score, staff_no, bonus=with_bonus)
    context = {**_shown(request, scope, page.tree), "staff": page.staff, "check": check, "checkable": True}
    return render(request, "explain/tree.html", context)


@access(MEMBER)
@require_safe
def rule(request: HttpRequest, month: Month, staff_no: str, code: str) -> HttpResponse:
    """A person's attainment of one rule, with the log rows behind it."""
    scope = _person_scope(request, month, staff_no)
    staff = visible_staff(scope, staff_no)
    basis = rule_basis(scope, staff, code)
    tree = rule_node(basis, staff_no, month, rows=False)
    context = {
        **_shown(request, scope, tree),
        "staff": staff,
        "rows": log_rows(scope, basis.row, request.GET.get("slot", ""), request.GET.get("page", "1")),
        "slots": basis.row.steps.get("slots", []),
        "attained": basis.row,
    }
    return render(request, "explain/rule.html", context)


@access(MEMBER)
@require_safe
def campaign(request: HttpRequest, month: Month, code: str) -> HttpResponse:
    """A campaign's uplift down to the store-days, and for those who read money its pool."""
    unit = _known(unit_of_campaign(account(request), code))
    scope = _computed(month_scope(account(request), month, unit))
    tree = pages.campaign_tree(scope, code, request.GET.get("page", "1"))
    return render(request, "explain/tree.html", {**_shown(request, scope, tree), "campaign": code})


def _money_scope(request: HttpRequest, month: Month) -> MonthScope:
    """The month of an organisation for those who read its money."""
    scope = _computed(requested_scope(request, month))
    if not scope.sees_money:
        raise NotVisible("month")
    return scope


@access(MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, month: Month) -> HttpResponse:
    """GET shows what the last check of the whole month found; POST asks for a new one, which is a job."""
    scope = _money_scope(request, month)
    here = f"{reverse('explain:verify', args=[month])}?unit={scope.root.code}"
    if request.method == "POST":
        month_job(scope, month, MONTH_VERIFY)
        return redirect(here)
    work = month_found(scope, month, MONTH_VERIFY)
    context = {
        **frame(scope),
        "here": here,
        "work": work,
        "own": work.asked_by(scope.user),
        "shown": check_shown(scope, work.found) if work.found else None,
    }
    return render(request, "explain/verify.html", context)


@access(MONEY)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Two settlements side by side: whose money changed, which campaign's pool, and why.

    POST asks for the job that computes a month from its facts now; GET shows what it found.
    """
    month = latest_month(account(request))
    if month is None:
        return render(request, "explain/compare.html", {"wanted": None})
    scope = requested_scope(request, month)
    if not scope.sees_money:
        raise NotVisible("month")
    asked = request.POST if request.method == "POST" else request.GET
    wanted = forms.compared(scope.computed_months, asked.get("before", ""), asked.get("after", ""))
    context = {
        **frame(scope),
        "wanted": wanted,
        "choices": forms.month_choices(scope.computed_months),
        "now": forms.now_choice(),
        "action": reverse("explain:compare"),
    }
    if wanted is not None:
        here = f"{context['action']}?{forms.query(scope.root.code, wanted)}"
        if request.method == "POST":
            if wanted.with_now:
                month_job(scope, wanted.before, MONTH_COMPARE)
            return redirect(here)
        context |= {"here": here, **_compared(scope, wanted, request.GET.get("page", "1"))}
    return render(request, "explain/compare.html", context)


def _compared(scope: MonthScope, wanted: forms.Compared, page: str) -> dict[str, Any]:
    """The two settlements; of a month beside its facts now, what the last job found."""
    if not wanted.with_now:
        return {"found": comparison(scope, wanted, page)}
    work = month_found(scope, wanted.before, MONTH_COMPARE)
    return {
        "work": work,
        "own": work.asked_by(scope.user),
        "outdated": bool(work.found) and work.found.digest != digest_stored(scope, wanted.before),
        "found": comparison_with_now(work.found, page) if work.found else None,
    }
