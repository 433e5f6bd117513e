"""Tasks and hand-overs of a campaign, and the lists they are made from."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.forms import TaskForm, TemplateForm
from campaigns.models import Campaign
from campaigns.selectors.detail import campaign_seen
from campaigns.selectors.tasks import template_rows
from campaigns.services.tasks import (
    TaskTerms,
    task_add,
    task_tick,
    tasks_from_list,
    template_add,
    template_remove,
)
from campaigns.views import at
from core.access import access, account
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.forms import add_problems
from departments.permissions import MEMBER, may, reach_of

PLANNING, APPROVING = may("campaign.plan"), may("campaign.approve")
METHODS = ["GET", "HEAD", "POST"]


@access(PLANNING)
@require_http_methods(METHODS)
def tasks_add(request: HttpRequest, code: str) -> HttpResponse:
    user, status = account(request), 200
    campaign = campaign_seen(user, code)
    if not reach_of(user).allows("campaign.plan", campaign.unit_id):
        raise NotVisible("tasks")
    form = TaskForm(user, campaign, request.POST or None, prefix="task")
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            terms = TaskTerms(given["title"], given["unit"], given["due"], given["owner"], given["to_unit"])
            try:
                task_add(actor=user, campaign_id=campaign.pk, terms=terms, key=given["key"])
            except (RuleViolation, Conflict) as error:
                form.refused(error)
            else:
                return redirect(_tasks_of(campaign))
    return render(request, "campaigns/task.html", {"form": form, "campaign": campaign}, status=status)


def _tasks_of(campaign: Campaign) -> str:
    return at(campaign, "tasks")


@access(PLANNING)
@require_POST
def tasks_generate(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_seen(account(request), code)
    made = tasks_from_list(actor=account(request), campaign_id=campaign.pk)
    if made:
        messages.success(request, _("%(count)s tasks made from the list.") % {"count": made})
    else:
        messages.info(request, _("The list has nothing new for this campaign."))
    return redirect(_tasks_of(campaign))


@access(MEMBER)
@require_POST
def task_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a task or take the tick back; ``page`` says where to go on: Today, else the campaign."""
    done = request.POST.get("done") == "yes"
    task = task_tick(actor=account(request), task_id=pk, done=done)
    if request.POST.get("page") == "today":
        messages.success(request, _("Done: %(task)s.") % {"task": task.title})
        return redirect("today:show")
    return redirect(_tasks_of(task.campaign))


@access(APPROVING)
@require_http_methods(METHODS)
def templates(request: HttpRequest) -> HttpResponse:
    """The lists from which campaigns get their tasks."""
    user, status = account(request), 200
    form = TemplateForm(user, request.POST or None)
    if request.method == "POST":
        if request.POST.get("remove", "").isdecimal():
            template_remove(actor=user, template_id=int(request.POST["remove"]))
            messages.success(request, _("The line is off the list; tasks made from it stay."))
            return redirect("campaigns:templates")
        status = 422
        if form.is_valid():
            try:
                template_add(actor=user, **form.cleaned_data)
            except RuleViolation as error:
                add_problems(form, error)
            else:
                return redirect("campaigns:templates")
    context = {"form": form, "lines": template_rows(user)}
    return render(request, "campaigns/templates.html", context, status=status)
