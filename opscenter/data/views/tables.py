"""The first data page, blank templates, and full exports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import access, account
from core.interchange.exporter import template_workbook
from core.lists import XLSX
from core.spreadsheets.writer import file_name, save_bytes
from departments.permissions import LEADING, MEMBER, reach_of
from opscenter.dashboards.selectors.jobs import job_rows
from opscenter.data import services
from opscenter.data.forms import ExportForm, TablesForm
from opscenter.data.selectors.backups import last_backup
from opscenter.data.selectors.imports import recent_imports


@access(MEMBER)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything that brings data in or out, as far as the person may."""
    person = account(request)
    reach = reach_of(person)
    context = {
        "may_import": reach.allows("facts.import"),
        "leads": LEADING.allows(person),
        "may_remind": reach.allows("reminders.edit"),
        "recent": recent_imports(person),
        "jobs_open": job_rows(person).filter(state__in=("queued", "running")).count(),
        "backup": last_backup() if reach.allows("jobs.read") else None,
        "shows_backup": reach.allows("jobs.read"),
    }
    return render(request, "data/index.html", context)


@access(MEMBER)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """Choose tables; with a choice their blank template, to be filled in or printed.  Rule: YJ-32."""
    form = TablesForm(request.GET if "make" in request.GET else None)
    if form.is_bound and form.is_valid():
        names = form.cleaned_data["tables"]
        workbook = template_workbook(names, get_language() or "")
        return _download(save_bytes(workbook, created=timezone.now()), _("template"))
    status = 422 if form.is_bound else 200
    return render(request, "data/template.html", {"form": form}, status=status)


@access(LEADING)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Choose tables; a job writes the rows that the person may see."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        job = services.export_request(
            actor=account(request),
            tables=form.cleaned_data["tables"],
            month=form.cleaned_data["month"],
            language=get_language() or "",
        )
        return redirect("jobs:show", job.pk)
    status = 422 if form.is_bound else 200
    return render(request, "data/export.html", {"form": form}, status=status)


def _download(data: bytes, title: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    name = file_name(title, timezone.localdate().isoformat())
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
