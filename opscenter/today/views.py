"""Today and My month: parse, ask the selectors, show."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.selectors.tasks import own_tasks
from core.access import Access, access, account
from core.exceptions import NotVisible
from core.models import User
from core.months import Month
from departments.permissions import reach_of
from departments.selectors import work_calendar
from kpi.forms.logs import new_key
from kpi.selectors.day import person_day, person_quotas
from kpi.selectors.ratings import own_staff
from opscenter.rules.selectors import unacknowledged
from opscenter.today.selectors import own_month
from opscenter.today.waiting import waiting_for

#: tasks of campaigns that are due within this time stand on Today, so many of them
TASKS_AHEAD = timedelta(days=7)
MOST_TASKS = 8


def _is_employed(user: User) -> bool:
    return reach_of(user).staff_id is not None


#: has work of their own to log
EMPLOYED = Access("employed", _is_employed)


@access(EMPLOYED)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What is left today and this month, and the quickest ways to log it."""
    today = timezone.localdate()
    staff = own_staff(account(request))
    day = person_day(staff, today)
    tasks = list(own_tasks(account(request), today + TASKS_AHEAD)[: MOST_TASKS + 1])
    context: dict[str, Any] = {
        "day": day,
        "waiting": waiting_for(account(request), today),
        "tasks": tasks[:MOST_TASKS],
        "more_tasks": len(tasks) > MOST_TASKS,
        "quick": [(one, new_key()) for one in day.quick],
        "quotas": day.quotas,
        "unacknowledged": unacknowledged(account(request), Month.of(today), staff),
    }
    return render(request, "today/show.html", context)


@access(EMPLOYED)
@require_safe
def month(request: HttpRequest, month: Month | None = None) -> HttpResponse:
    """A person's own month: the running one with its forecast, an earlier one with its results."""
    today = timezone.localdate()
    wanted = month or Month.of(today)
    if wanted.first > today:
        raise NotVisible("month")
    staff, calendar = own_staff(account(request)), work_calendar()
    quotas = person_quotas(staff, today, calendar) if wanted == Month.of(today) else None
    context = {
        "own": own_month(staff, wanted, today, calendar, quotas.lines if quotas else None),
        "quotas": quotas,
    }
    return render(request, "today/month.html", context)
