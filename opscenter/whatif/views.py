"""The pages of trials: parse, compute, show.  A POST checks the form and shows it; nothing is written."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.calculations.month import uplifts
from core.access import access, account
from core.exceptions import NotVisible
from core.models.jobs import JobState
from core.months import Month
from departments.permissions import may
from incentives.calculations.score_trial import score_trial
from incentives.calculations.what_if import pool_trial
from opscenter.cockpit.selectors import money_roots, month_to_close
from opscenter.dashboards.facts import assessment_inputs, pool_inputs
from opscenter.dashboards.scope import MonthScope, latest_month, month_scope, unit_choices
from opscenter.whatif import replays
from opscenter.whatif.facts import MAY_TRY, measures, people_seen
from opscenter.whatif.forms import PoolForm
from opscenter.whatif.jobs import replay_job, replay_request
from opscenter.whatif.names import pool_names, score_names
from opscenter.whatif.pages import pool_result, score_result
from opscenter.whatif.score_form import ScoreForm

MAY_EDIT = may("rules.edit")
POOLS, SCORES = "pools", "scores"
VIEWS = {POOLS: gettext_lazy("Pools"), SCORES: gettext_lazy("Scores")}
#: a longer address is not sent by every browser or taken by every server; then the page answers the POST
LONGEST = 3500


def requested_scope(request: HttpRequest) -> MonthScope:
    """The month and organisation that the address names; by default the month that waits to be closed."""
    user = account(request)
    text = request.GET.get("month", "")
    try:
        month = Month.parse(text) if text else None
    except ValueError:
        raise NotVisible("month") from None
    if month is None:
        month = month_to_close(user) or latest_month(user) or Month.of(timezone.localdate())
    asked = request.GET.get("unit", "")
    if not asked:
        asked = money_roots(user).values_list("code", flat=True).first() or ""
    return month_scope(user, month, asked)


def _views(scope: MonthScope) -> list[str]:
    """The trials that the reader may make on the chosen part of the organisation."""
    found = [POOLS] if scope.sees_money and scope.whole else []
    rates = scope.reach.everything or bool(scope.reach.units_for("rating.enter") & scope.units)
    return [*found, SCORES] if scope.sees_money or rates else found


@access(MAY_TRY)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The month under other numbers.  What is tried stands in the address, so that it can be handed on."""
    scope = requested_scope(request)
    allowed = _views(scope)
    view = request.GET.get("view", allowed[0] if allowed else "")
    if view not in allowed:
        raise NotVisible("trial")
    data = request.POST if request.method == "POST" else request.GET
    fixed = {"month": str(scope.month), "unit": scope.unit.code, "view": view}
    context: dict[str, Any] = {
        "scope": scope,
        "view": view,
        "views": [(name, VIEWS[name]) for name in allowed],
        "units": [one for one in unit_choices(scope) if one.depth == 0 or view == SCORES],
        "fixed": fixed,
    }
    page = request.GET.get("page", "1")
    form: PoolForm | ScoreForm
    if view == POOLS:
        uplift, facts = pool_inputs(scope)
        found = uplifts(uplift)
        names = pool_names(scope, [one.code for one in facts.articles])
        form = pools = PoolForm(facts, found, names, data)
        if form.is_valid():
            trial = pool_trial(facts, found, pools.changes())
            context["pools"] = pool_result(scope, trial, names, page)
    else:
        rules = measures(scope)
        form = scores = ScoreForm(rules, score_names(rules), data)
        if form.is_valid() and form.anything and request.method != "POST":
            seen = people_seen(scope)
            inputs = assessment_inputs(scope, None if seen is None else list(seen))
            context["scores"] = score_result(scope, score_trial(inputs, scores.changes()), page)
    context |= {"form": form, "tried": form.anything}
    if request.method == "POST" and form.is_valid():
        query = form.query(fixed)
        if len(query) <= LONGEST:
            return redirect(f"{reverse('whatif:show')}?{query}")
        if view == SCORES:
            form.add_error(None, ValidationError(_("Too many numbers at once; try fewer of them.")))
    return render(request, "whatif/show.html", context, status=422 if form.errors else 200)


def _months_asked(data: Any, known: list[Month]) -> list[Month]:
    """The locked months that were chosen, at most a year of them, latest first."""
    asked = set(data.getlist("on"))
    return [month for month in known if str(month) in asked]


@access(MAY_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft on past locked months: a few at once, more as a job."""
    user = account(request)
    draft = replays.draft_to_replay(user, pk)
    known = [Month.of(one.period.month) for one in replays.locked_months(draft)]
    chosen = _months_asked(request.POST if request.method == "POST" else request.GET, known)
    problem = ""
    if request.method == "POST" and not chosen:
        problem = _("Choose at least one month.")
    elif len(chosen) > replays.MOST_MONTHS:
        problem = _("Choose twelve months at most.")
    large = bool(chosen) and not problem and replays.is_large(draft, chosen)
    if request.method == "POST" and not problem:
        if large:
            job = replay_request(user, draft, chosen)
            messages.info(request, _("The replay has begun; its result will be on its page."))
            return redirect("jobs:show", job.pk)
        query = "&".join(f"on={month}" for month in sorted(chosen))
        return redirect(f"{reverse('whatif:replay', args=[pk])}?{query}")
    found = None
    if chosen and not problem and not large:
        result = replays.replayed(user, draft, chosen)
        found = replays.shown(user, draft, result, request.GET.get("page", "1"))
    context = {
        "draft": draft,
        "months": known,
        "chosen": chosen,
        "large": large,
        "problem": problem,
        "found": found,
    }
    return render(request, "whatif/replay.html", context, status=422 if problem else 200)


@access(MAY_EDIT)
@require_safe
def replayed(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a replay that was a job; only for whoever asked, with the rights they have now."""
    user = account(request)
    job = replay_job(user, pk)
    draft = replays.draft_to_replay(user, int(job.arguments["draft"]))
    if job.state != JobState.DONE:
        return redirect("jobs:show", pk)
    known = [Month.of(one.period.month) for one in replays.locked_months(draft)]
    context = {
        "draft": draft,
        "months": known,
        "chosen": [Month.parse(text) for text in job.arguments["months"]],
        "found": replays.shown(user, draft, job.result, request.GET.get("page", "1")),
    }
    return render(request, "whatif/replay.html", context)
