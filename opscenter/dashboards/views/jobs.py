"""The page of a job: how far it is, cancelling it, and what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import jobs
from opscenter.dashboards.roll_ups import job_context, job_shown
from opscenter.dashboards.views import account


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page, or for htmx the part that changes."""
    context = job_context(job_shown(account(request), pk))
    htmx = getattr(request, "htmx", None)
    template = "jobs/_progress.html" if htmx and not htmx.boosted else "jobs/show.html"
    return render(request, template, context)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    jobs.cancel(job_shown(account(request), pk), account(request))
    messages.info(request, _("The job is cancelled; nothing was changed."))
    return redirect("jobs:show", pk)
