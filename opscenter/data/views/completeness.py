"""What of a month has not come yet, what exactly, and the template to fill it in.  Rule: KQ-14."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import registry
from core.access import access, account
from core.exceptions import NotVisible
from core.interchange.exporter import filled_template
from core.lists import XLSX
from core.months import Month
from core.spreadsheets.writer import file_name, save_bytes
from departments.permissions import LEADING
from opscenter.dashboards.scope import MonthScope, month_scope, unit_choices
from opscenter.data.completeness_grid import grid
from opscenter.data.selectors.completeness import TITLES, Source, completeness

PAGE = 100


def _scope(request: HttpRequest) -> MonthScope:
    try:
        month = Month.parse(request.GET.get("month", ""))
    except ValueError:
        month = Month.of(timezone.localdate())
    return month_scope(account(request), month, request.GET.get("unit", ""))


@access(LEADING)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Sources by days."""
    scope = _scope(request)
    context = {
        "scope": scope,
        "units": unit_choices(scope),
        "before": scope.month.plus(-1),
        "after": scope.month.plus(1),
        **grid(scope.month, completeness(scope), timezone.localdate()),
    }
    return render(request, "data/completeness.html", context)


def _chosen(request: HttpRequest) -> tuple[MonthScope, Source, date | None]:
    code = request.GET.get("source", "")
    if code not in TITLES:
        raise NotVisible("source")
    text = request.GET.get("day", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise NotVisible("day") from None
    scope = _scope(request)
    return scope, completeness(scope, only=code)[0], day


@access(LEADING)
@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """What exactly is missing of a source, on a day or in the month."""
    scope, source, day = _chosen(request)
    gaps = Paginator(source.gaps_of(day), PAGE).get_page(request.GET.get("page", "1"))
    context: dict[str, Any] = {"scope": scope, "source": source, "day": day, "gaps": gaps}
    return render(request, "data/missing.html", context)


@access(LEADING)
@require_safe
def fill(request: HttpRequest) -> HttpResponse:
    """The template of the table with a line for each row that is missing."""
    scope, source, day = _chosen(request)
    rows = [gap.row for gap in source.gaps_of(day)]
    workbook = filled_template(registry.tables[source.code], rows, get_language() or "")
    answer = HttpResponse(save_bytes(workbook, created=timezone.now()), content_type=XLSX)
    name = file_name(_("missing"), str(source.title), day.isoformat() if day else str(scope.month))
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
