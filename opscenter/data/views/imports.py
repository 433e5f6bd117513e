"""Importing: upload, check, look, accept; the same for exports of platforms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import RuleViolation
from core.files import content_of, file_read
from core.interchange.jobs import IMPORT
from core.interchange.marking import marked_workbook
from core.lists import XLSX
from core.models.jobs import JobState
from core.spreadsheets.writer import file_name
from departments.permissions import MEMBER, may
from opscenter.dashboards.selectors.jobs import job_context
from opscenter.data import services
from opscenter.data.forms import ExportUploadForm, UploadForm
from opscenter.data.selectors.imports import import_job, import_result, recent_imports


def _upload_page(request: HttpRequest, form: forms.Form, template: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "recent": recent_imports(account(request))}
    return render(request, template, context, status=status)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a workbook; what of it the person may import, the importer checks row by row."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                job = services.import_check(actor=account(request), upload=form.cleaned_data["file"])
                return redirect("data:import_show", job.pk)
            except RuleViolation as error:
                form.add_error("file", str(error))
    return _upload_page(request, form, "data/import.html")


@access(may("facts.import"))
@require_http_methods(["GET", "HEAD", "POST"])
def platform_export(request: HttpRequest) -> HttpResponse:
    """Upload what a platform hands out about articles."""
    person = account(request)
    form = ExportUploadForm(user=person)
    if request.method == "POST":
        form = ExportUploadForm(request.POST, request.FILES, user=person)
        if form.is_valid():
            chosen = form.cleaned_data
            try:
                job = services.export_check(
                    actor=person,
                    upload=chosen["file"],
                    unit=chosen["unit"],
                    kind=chosen["kind"],
                    counted_on=chosen["counted_on"],
                )
                return redirect("data:import_show", job.pk)
            except RuleViolation as error:
                form.add_error("file", str(error))
    return _upload_page(request, form, "data/platform_export.html")


@access(MEMBER)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What a check found or an import did; for htmx the part that changes while it runs."""
    job = import_job(account(request), pk)
    result = import_result(job, request.GET.get("page", "1"))
    context: dict[str, Any] = {
        **job_context(job),
        "result": result,
        "dry_run": bool(job.arguments.get("dry_run")),
        "markable": job.kind == IMPORT and result.error_count > 0,
        "another_url": reverse("data:import" if job.kind == IMPORT else "data:platform_export"),
    }
    return render(request, "data/import_show.html", context)


@access(MEMBER)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Really import the file that was checked."""
    person = account(request)
    job = services.import_accept(actor=person, check=import_job(person, pk))
    return redirect("data:import_show", job.pk)


@access(MEMBER)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the same file once more."""
    person = account(request)
    job = services.import_check_again(actor=person, job=import_job(person, pk))
    return redirect("data:import_show", job.pk)


@access(MEMBER)
@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploaded file back, with what is wrong in red."""
    person = account(request)
    job = import_job(person, pk)
    if job.kind != IMPORT or job.state != JobState.DONE:
        return redirect("data:import_show", pk)
    stored = file_read(reader=person, key=job.arguments["file"])
    try:
        data = marked_workbook(content_of(stored), job.result.get("errors", ()), get_language() or "")
    except RuleViolation as error:
        messages.error(request, str(error))
        return redirect("data:import_show", pk)
    answer = HttpResponse(data, content_type=XLSX)
    name = file_name(stored.name.rpartition(".")[0] or stored.name, _("marked"))
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
