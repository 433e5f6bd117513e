"""Drafting plans and campaigns, and changing them: freely before, by a proposal after approval."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.forms import CampaignChangeForm, CampaignForm, PlanChangeForm, PlanForm, TermsForm
from campaigns.models import Campaign, Flow, Plan
from campaigns.selectors.detail import campaign_seen
from campaigns.selectors.plans import lessons_for, plan_seen
from campaigns.services.changes import CHANGEABLE, change_propose
from campaigns.services.drafting import campaign_draft, draft_edit, plan_draft
from campaigns.services.terms import CAMPAIGN_TERMS, PLAN_TERMS
from core.access import access, account
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.months import Month
from departments.permissions import may, reach_of

PLANNING = may("campaign.plan")
FORM_METHODS = ["GET", "HEAD", "POST"]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(request: HttpRequest, form: TermsForm, status: int, **context: Any) -> HttpResponse:
    return render(request, "campaigns/edit.html", {"form": form, **context}, status=status)


def _following(request: HttpRequest, model: type[Flow]) -> dict[str, Any]:
    """What the new one takes over: lessons of the last review of its kind, or of the one asked for."""
    user = account(request)
    after = request.GET.get("after", "")
    earlier = lessons_for(user, model, pk=int(after)) if after.isdecimal() else lessons_for(user, model)
    if earlier is None:
        return {}
    taken = {"carried": earlier.lessons}
    if after:
        taken |= {
            name: getattr(earlier, name)
            for name in ("aim", "channels", "content", "horizon", "type", "scale", "stores")
            if hasattr(earlier, name)
        }
        taken["goals"] = [{**goal, "actual": ""} for goal in earlier.goals]
    return taken


@access(PLANNING)
@require_http_methods(FORM_METHODS)
def campaign_new(request: HttpRequest) -> HttpResponse:
    user, status = account(request), 200
    initial: dict[str, Any] = {"stores": ["*"], **_following(request, Campaign)}
    day = _date(request.GET.get("day", ""))
    if day:
        initial |= {"start": day, "end": day}
    if request.GET.get("plan", "").isdecimal():
        plan = plan_seen(user, int(request.GET["plan"]))
        initial |= {"planned_in": plan.pk, "channels": plan.channels, "unit": plan.unit.code}
    form = CampaignForm(user, request.POST or None, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = campaign_draft(
                    actor=user, code=given["code"], unit=given["unit"], terms=form.terms(), key=given["key"]
                )
            except (RuleViolation, Conflict) as error:
                form.refused(error)
            else:
                messages.success(request, _("The campaign is drafted. Submit it when it is ready."))
                return redirect("campaigns:show", made.code)
    return _page(request, form, status, title=_("New campaign"), kind="campaign")


@access(PLANNING)
@require_http_methods(FORM_METHODS)
def plan_new(request: HttpRequest) -> HttpResponse:
    user, status = account(request), 200
    month = Month.of(timezone.localdate()).plus(1)
    initial = {"start": month.first, "end": month.last, "horizon": "month", **_following(request, Plan)}
    if request.GET.get("parent", "").isdecimal():
        parent = plan_seen(user, int(request.GET["parent"]))
        narrower = "quarter" if parent.horizon == "year" else "month"
        initial |= {"parent": parent.pk, "unit": parent.unit.code, "horizon": narrower, "start": parent.start}
    form = PlanForm(user, request.POST or None, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = plan_draft(actor=user, unit=given["unit"], terms=form.terms(), key=given["key"])
            except RuleViolation as error:
                form.refused(error)
            else:
                messages.success(request, _("The plan is drafted. Submit it when it is ready."))
                return redirect("campaigns:plan", made.pk)
    return _page(request, form, status, title=_("New plan"), kind="plan")


def _edit(
    request: HttpRequest,
    subject: Any,
    form_class: type[TermsForm],
    change_class: type[TermsForm],
    names: tuple[str, ...],
    back: tuple[Any, ...],
) -> HttpResponse:
    """The form of a draft, or of a proposal to change what is approved."""
    user, status = account(request), 200
    if not reach_of(user).allows("campaign.plan", subject.unit_id):
        raise NotVisible("edit")
    proposal = not subject.is_open
    ready = subject.is_open or subject.status in CHANGEABLE
    references = ("planned_in", "parent")
    initial = {name: getattr(subject, name) for name in names if name not in (*references, "goals")}
    for name in ("baseline_dates", "products"):
        if name in initial:
            initial[name] = ", ".join(initial[name])
    for name in references:
        if name in names:
            initial[name] = getattr(subject, f"{name}_id")
    form = (change_class if proposal else form_class)(
        user, request.POST or None, subject=subject, initial=initial
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _keep(user, subject, form, proposal)
            except (RuleViolation, Conflict) as error:
                form.refused(error)
            else:
                done = _("The change waits for a decision.") if proposal else _("The draft is changed.")
                messages.success(request, done)
                return redirect(*back)
    context = {"title": subject.name, "subject": subject, "proposal": proposal, "ready": ready}
    return _page(request, form, status, kind=subject._meta.model_name, **context)


def _keep(user: Any, subject: Any, form: TermsForm, proposal: bool) -> None:
    model = type(subject)
    if not proposal:
        draft_edit(model, actor=user, pk=subject.pk, terms=form.terms())
        return
    given = form.cleaned_data
    change_propose(
        model, actor=user, pk=subject.pk, terms=form.terms(), reason=given["reason"], key=given["key"]
    )


@access(PLANNING)
@require_http_methods(FORM_METHODS)
def campaign_edit(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_seen(account(request), code)
    back = ("campaigns:show", campaign.code)
    return _edit(request, campaign, CampaignForm, CampaignChangeForm, CAMPAIGN_TERMS, back)


@access(PLANNING)
@require_http_methods(FORM_METHODS)
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_seen(account(request), pk)
    return _edit(request, plan, PlanForm, PlanChangeForm, PLAN_TERMS, ("campaigns:plan", plan.pk))
