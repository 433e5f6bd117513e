"""The pages of random samples: what could be drawn, a sample and what it says."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from core.months import Month
from departments.permissions import may
from kpi.forms.assessment import month_choices
from kpi.models import SampleOutcome
from kpi.selectors.samples import proposal, sample_page, sample_seen, samples_seen, verified_unit
from kpi.selectors.verification import ACT, activity_names, verifying_units
from kpi.services.samples import sample_conclude, sample_draw, sample_enlarge

VERIFY = may(ACT)
PAGE_SIZE = 20


def _month(text: str) -> Month:
    if not text:
        return Month.of(timezone.localdate())
    try:
        return Month.parse(text)
    except ValueError:
        raise NotVisible("month") from None


@access(VERIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest) -> HttpResponse:
    """GET: what could be drawn for a unit and month, and the samples so far.  POST draws."""
    given = request.POST if request.method == "POST" else request.GET
    options = verifying_units(account(request))
    if not options:
        raise NotVisible("unit")
    unit = verified_unit(account(request), given.get("unit") or options[0].code)
    month = _month(given.get("month", ""))
    problem = ""
    if request.method == "POST":
        try:
            drawn = sample_draw(actor=account(request), unit=unit, month=month)
        except RuleViolation as error:
            problem = str(error)
        else:
            return redirect("verification:sample_show", drawn.pk)
    samples = samples_seen(account(request))
    context: dict[str, Any] = {
        "unit": unit,
        "month": month,
        "units": options,
        "months": month_choices(timezone.localdate()),
        "proposal": proposal(account(request), unit, month),
        "open": samples.filter(unit=unit, month=month.first, outcome="").first(),
        "page": Paginator(samples, PAGE_SIZE).get_page(request.GET.get("page", "1")),
        "problem": problem,
    }
    return render(request, "verification/sample.html", context, status=422 if problem else 200)


@access(VERIFY)
@require_safe
def sample_show(request: HttpRequest, pk: int) -> HttpResponse:
    """A sample, its rows, and what it says once all of them are decided."""
    found = sample_page(account(request), sample_seen(account(request), pk))
    names = activity_names()
    context = {
        "page": found,
        "sample": found.sample,
        "said": found.conclusion,
        "month": Month.of(found.sample.month),
        "drawn": [(row, names.get(row.activity, row.activity)) for row in found.rows],
    }
    return render(request, "verification/sample_show.html", context)


@access(VERIFY)
@require_POST
def sample_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Enlarge the sample, or conclude it."""
    sample_seen(account(request), pk)
    act = request.POST.get("act", "")
    if act == "enlarge":
        sample_enlarge(actor=account(request), sample_id=pk)
        messages.success(request, _("More rows were drawn. Decide on them, then come back here."))
    elif act == "conclude":
        done = sample_conclude(actor=account(request), sample_id=pk)
        if done.outcome == SampleOutcome.REST_ACCEPTED:
            messages.success(request, _("The rest is accepted."))
        else:
            messages.warning(request, _("Every row of this month has to be checked now."))
    else:
        raise NotVisible("act")
    return redirect("verification:sample_show", pk)
