"""The steps of plans and campaigns, and the decisions about changes: GET says what happens, POST does it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.models import Campaign, CampaignChange, Change, Plan, PlanChange
from campaigns.selectors.changes import change_line_of, method_text
from campaigns.selectors.detail import campaign_seen
from campaigns.selectors.methods import methods_chosen
from campaigns.selectors.plans import plan_seen
from campaigns.services.changes import change_decide
from campaigns.services.flow import step_take
from campaigns.steps import OFFERS, offers, stepper
from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from departments.permissions import may, reach_of

PLANNING, APPROVING = may("campaign.plan"), may("campaign.approve")
METHODS = ["GET", "HEAD", "POST"]


def _step(request: HttpRequest, subject: Any, name: str, back: tuple[Any, ...]) -> HttpResponse:
    user = account(request)
    offer = OFFERS.get(name)
    if offer is None or not reach_of(user).allows(offer.right, subject.unit_id):
        raise NotVisible("step")
    given = {field: request.POST.get(field, "").strip() for field in ("reason", "review", "lessons")}
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            step_take(type(subject), actor=user, pk=subject.pk, name=name, **given)
        except RuleViolation as error:
            problems = {one["field"]: str(one["message"]) for one in error.errors} or {"": str(error)}
        else:
            messages.success(request, str(offer.done))
            return redirect(*back)
    context = {
        "subject": subject,
        "offer": offer,
        "consequences": offer.consequences(subject),
        "compared": _compared(subject) if name == "approve" else "",
        "ready": offer in offers(subject, user),
        "own": subject.status in offer.sources and offer.name in ("approve", "close"),
        "stepper": stepper(subject),
        "given": given,
        "problems": problems,
        "back_url": reverse(back[0], args=back[1:]),
    }
    return render(request, "campaigns/act.html", context, status=422 if problems else 200)


def _compared(subject: Any) -> str:
    """The method that an approval would fix, so that whoever approves has read it."""
    if not isinstance(subject, Campaign):
        return ""
    (chosen,) = methods_chosen([subject])
    return method_text([chosen.code, str(chosen.n), chosen.align])


@access(PLANNING)
@require_http_methods(METHODS)
def campaign_act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    campaign = campaign_seen(account(request), code)
    return _step(request, campaign, act, ("campaigns:show", campaign.code))


@access(PLANNING)
@require_http_methods(METHODS)
def plan_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    plan = plan_seen(account(request), pk)
    return _step(request, plan, act, ("campaigns:plan", plan.pk))


def _change(
    request: HttpRequest, model: type[Change], subject: Any, pk: int, back: tuple[Any, ...]
) -> HttpResponse:
    user = account(request)
    if not reach_of(user).allows("campaign.approve", subject.unit_id):
        raise NotVisible("change")
    line = change_line_of(subject, pk)
    remark = request.POST.get("remark", "").strip()[:500]
    problem = ""
    if request.method == "POST":
        approve = request.POST.get("decision") == "approve"
        try:
            change_decide(model, actor=user, pk=pk, approve=approve, remark=remark)
        except RuleViolation as error:
            problem = str(error.errors[0]["message"] if error.errors else error)
        else:
            messages.success(request, _("The change holds.") if approve else _("The change is refused."))
            return redirect(*back)
    context = {
        "subject": subject,
        "line": line,
        "lines": [line],
        "remark": remark,
        "problem": problem,
        "own": line.change.proposed_by_id == user.pk,
        "back_url": reverse(back[0], args=back[1:]),
    }
    return render(request, "campaigns/change.html", context, status=422 if problem else 200)


@access(APPROVING)
@require_http_methods(METHODS)
def campaign_change(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    campaign: Campaign = campaign_seen(account(request), code)
    return _change(request, CampaignChange, campaign, pk, ("campaigns:show", campaign.code))


@access(APPROVING)
@require_http_methods(METHODS)
def plan_change(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    plan: Plan = plan_seen(account(request), pk)
    return _change(request, PlanChange, plan, change, ("campaigns:plan", plan.pk))
