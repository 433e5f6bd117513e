"""One campaign, one plan, and the referee of a baseline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.forms import ReadingForm
from campaigns.selectors.changes import method_text
from campaigns.selectors.detail import campaign_page, campaign_seen, sees_results
from campaigns.selectors.plans import plan_page
from campaigns.selectors.referee import verdict
from campaigns.services.methods import method_standing
from campaigns.steps import offers, stepper
from campaigns.wording import BADGES, STAINS, method_name
from core.access import access, account
from core.exceptions import NotVisible
from core.months import Month
from departments.permissions import MEMBER, reach_of


@access(MEMBER)
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    user, today = account(request), timezone.localdate()
    page = campaign_page(user, code, today)
    context = {
        "page": page,
        "campaign": page.campaign,
        "stepper": stepper(page.campaign),
        "offers": offers(page.campaign, user),
        "reading_form": ReadingForm(initial={"date": today}, prefix="reading"),
        "month": Month.of(page.campaign.month),
        "method": method_name(page.campaign.baseline or (page.uplift.method if page.uplift else "")),
        "fixed": method_text(method_standing(page.campaign)) if page.campaign.fixed_method else "",
        "today": today,
        "judged": page.campaign.counts and page.campaign.end < today,
    }
    return render(request, "campaigns/show.html", context)


@access(MEMBER)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    user = account(request)
    page = plan_page(user, pk, timezone.localdate())
    context = {
        "page": page,
        "plan": page.plan,
        "stepper": stepper(page.plan),
        "offers": offers(page.plan, user),
        "may_plan": reach_of(user).allows("campaign.plan", page.plan.unit_id),
        "may_approve": reach_of(user).allows("campaign.approve", page.plan.unit_id),
    }
    return render(request, "campaigns/plan.html", context)


@access(MEMBER)
@require_safe
def referee(request: HttpRequest, code: str) -> HttpResponse:
    """How far the uplift may be trusted."""
    user = account(request)
    campaign = campaign_seen(user, code)
    if not sees_results(reach_of(user), campaign):
        raise NotVisible("referee")
    found = verdict(campaign)
    context: dict[str, Any] = {"campaign": campaign, "verdict": found}
    if found is not None:
        context |= {
            "badge": BADGES[found.badge],
            "method": method_name(str(found.rule.steps["method"])),
            "alternatives": [(method_name(one.method), one) for one in found.alternatives],
            "stains": [(STAINS[stain], count) for stain, count in sorted(found.stained.items())],
        }
    return render(request, "campaigns/referee.html", context)
