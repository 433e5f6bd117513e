"""What is written down about plans and campaigns: documents, daily results, readers, goals, research."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.forms import DocumentForm, NoteForm, ReadingForm, ResultForm
from campaigns.models import Campaign, DocumentKind, Plan
from campaigns.selectors.detail import campaign_seen
from campaigns.selectors.plans import plan_seen
from campaigns.selectors.tasks import document_versions
from campaigns.services.documents import document_write, may_write
from campaigns.services.drafting import note_add
from campaigns.services.results import channel_day_record, goal_actuals_record, reading_record
from campaigns.views import at
from core.access import access, account
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.forms import add_problems
from departments.permissions import MEMBER, may, reach_of

PLANNING = may("campaign.plan")
METHODS = ["GET", "HEAD", "POST"]


@access(MEMBER)
@require_http_methods(METHODS)
def document(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A written plan or summary with its earlier versions, and writing the next one."""
    user, status = account(request), 200
    campaign = campaign_seen(user, code)
    if kind not in DocumentKind.values:
        raise NotVisible("document")
    versions = document_versions(campaign, kind)
    writing = may_write(user, campaign) and campaign.status != "closed"
    text = versions[0].text if versions else ""
    form = DocumentForm(request.POST or None, initial={"text": text})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                document_write(
                    actor=user,
                    campaign_id=campaign.pk,
                    kind=DocumentKind(kind),
                    text=given["text"],
                    key=given["key"],
                )
            except (RuleViolation, Conflict) as error:
                form.refused(error)
            else:
                messages.success(request, _("The document is kept."))
                return redirect("campaigns:show", campaign.code)
    context = {
        "campaign": campaign,
        "kind": DocumentKind(kind),
        "versions": versions,
        "form": form if writing else None,
        "writing": writing,
    }
    return render(request, "campaigns/document.html", context, status=status)


@access(PLANNING)
@require_http_methods(METHODS)
def results(request: HttpRequest, code: str) -> HttpResponse:
    """Entering a channel's day."""
    user, status = account(request), 200
    campaign = campaign_seen(user, code)
    if not reach_of(user).allows("campaign.plan", campaign.unit_id):
        raise NotVisible("results")
    form = ResultForm(campaign, timezone.localdate(), request.POST or None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                channel_day_record(
                    actor=user,
                    campaign_id=campaign.pk,
                    channel=given["channel"],
                    day=given["date"],
                    figures=form.figures(),
                )
            except RuleViolation as error:
                add_problems(form, error)
            except Conflict as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The result is entered."))
                return redirect(at(campaign, "results"))
    return render(request, "campaigns/result.html", {"form": form, "campaign": campaign}, status=status)


@access(PLANNING)
@require_POST
def reading(request: HttpRequest, code: str) -> HttpResponse:
    """A snapshot of an article's readers."""
    user = account(request)
    campaign = campaign_seen(user, code)
    form = ReadingForm(request.POST, prefix="reading")
    if not form.is_valid():
        messages.error(request, _("Enter the day and how many had read it."))
        return redirect(at(campaign, "articles"))
    given = form.cleaned_data
    try:
        reading_record(actor=user, article_id=given["article"], day=given["date"], readers=given["readers"])
    except (RuleViolation, Conflict) as error:
        problem = str(error.errors[0]["message"]) if error.errors else str(error)
        messages.error(request, problem)
    return redirect(at(campaign, "articles"))


def _actuals(request: HttpRequest) -> list[Decimal | None]:
    """The figures of the goals, by place.  Raises ``RuleViolation`` for what is no number."""
    found: list[Decimal | None] = []
    for text in request.POST.getlist("actual"):
        try:
            value = Decimal(text.strip()) if text.strip() else None
        except InvalidOperation as error:
            raise RuleViolation("no_number", _("“%(text)s” is no number."), text=text[:40]) from error
        if value is not None and (not value.is_finite() or abs(value) > 10**12):
            raise RuleViolation("no_number", _("“%(text)s” is no number."), text=text[:40])
        found.append(value)
    return found


@access(PLANNING)
@require_POST
def campaign_goals(request: HttpRequest, code: str) -> HttpResponse:
    campaign = campaign_seen(account(request), code)
    try:
        goal_actuals_record(Campaign, actor=account(request), pk=campaign.pk, actuals=_actuals(request))
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect(at(campaign, "goals"))


@access(PLANNING)
@require_POST
def plan_goals(request: HttpRequest, pk: int) -> HttpResponse:
    seen = plan_seen(account(request), pk)
    try:
        goal_actuals_record(Plan, actor=account(request), pk=seen.pk, actuals=_actuals(request))
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect("campaigns:plan", seen.pk)


@access(PLANNING)
@require_http_methods(METHODS)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    user, status = account(request), 200
    seen = plan_seen(user, pk)
    if not reach_of(user).allows("campaign.plan", seen.unit_id):
        raise NotVisible("note")
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                note_add(
                    actor=user,
                    plan_id=seen.pk,
                    subject=given["subject"],
                    text=given["text"],
                    source=given["source"],
                    key=given["key"],
                )
            except RuleViolation as error:
                form.refused(error)
            else:
                return redirect("campaigns:plan", seen.pk)
    return render(request, "campaigns/note.html", {"form": form, "plan": seen}, status=status)
