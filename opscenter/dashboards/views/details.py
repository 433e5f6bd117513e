"""The pages of one campaign and of one person in a month."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import access, account
from core.exceptions import NotVisible
from core.months import Month
from departments.permissions import MEMBER
from opscenter.dashboards.scope import MonthScope, month_scope
from opscenter.dashboards.selectors.campaigns import campaign_detail
from opscenter.dashboards.selectors.owners import unit_of_campaign, unit_of_person
from opscenter.dashboards.selectors.person import person_detail
from opscenter.dashboards.views.months import frame


def _scope_of(request: HttpRequest, month: Month, unit_code: str) -> MonthScope:
    if not unit_code:
        raise NotVisible("owner")
    return month_scope(account(request), month, unit_code)


@access(MEMBER)
@require_safe
def campaign(request: HttpRequest, month: Month, code: str) -> HttpResponse:
    scope = _scope_of(request, month, unit_of_campaign(account(request), code))
    detail = campaign_detail(scope, code, request.GET.get("page", "1"))
    return render(request, "month/campaign.html", {**frame(scope), "detail": detail})


@access(MEMBER)
@require_safe
def person(request: HttpRequest, month: Month, staff_no: str) -> HttpResponse:
    scope = _scope_of(request, month, unit_of_person(account(request), staff_no))
    detail = person_detail(scope, staff_no)
    return render(request, "month/person.html", {**frame(scope), "detail": detail})
