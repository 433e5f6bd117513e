"""The chart of an organisation, a unit, a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.access import access, account
from departments.forms import ChartForm
from departments.panels import person_panels, shown, unit_panels
from departments.permissions import MEMBER
from departments.selectors.chart import org_chart
from departments.selectors.units import person_page, unit_page


@access(MEMBER)
@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """The organisation on a day; without one, today."""
    today = timezone.localdate()
    form = ChartForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    found = org_chart(account(request), asked.get("on") or today, today, asked.get("root", ""))
    return render(request, "org/chart.html", {"chart": found, "form": form, "today": today})


@access(MEMBER)
@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    today, reader = timezone.localdate(), account(request)
    page = unit_page(reader, code, today)
    panels = shown(unit_panels, reader, page.unit, today)
    return render(request, "org/unit.html", {"page": page, "panels": panels, "today": today})


@access(MEMBER)
@require_safe
def person(request: HttpRequest, staff_no: str) -> HttpResponse:
    today, reader = timezone.localdate(), account(request)
    page = person_page(reader, staff_no, today)
    panels = shown(person_panels, reader, page.staff) if page.full else []
    return render(request, "org/person.html", {"page": page, "panels": panels, "today": today})
