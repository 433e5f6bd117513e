"""The list of jobs and the page of one: how far it is, cancelling it, and what came of it."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import jobs
from core.access import SIGNED_IN, access, account
from core.lists import ListPage, StateColumn
from core.models import Job
from core.models.jobs import JobState
from opscenter.dashboards.selectors.jobs import (
    WORDS,
    duration,
    job_context,
    job_rows,
    job_shown,
    words_of,
)


@access(SIGNED_IN)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page, or for htmx the part that changes."""
    context = job_context(job_shown(account(request), pk))
    htmx = getattr(request, "htmx", None)
    template = "jobs/_progress.html" if htmx and not htmx.boosted else "jobs/show.html"
    return render(request, template, context)


@access(SIGNED_IN)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    jobs.cancel(job_shown(account(request), pk), account(request))
    messages.info(request, _("The job is cancelled; nothing was changed."))
    return redirect("jobs:show", pk)


class JobTable(tables.Table):
    """Jobs, the newest first."""

    kind = tables.Column(verbose_name=gettext_lazy("Job"), orderable=False)
    state = StateColumn("state", verbose_name=gettext_lazy("State"))
    progress = tables.Column(verbose_name=gettext_lazy("Progress"), orderable=False, empty_values=())
    created_at = tables.Column(verbose_name=gettext_lazy("Asked for"))
    duration = tables.Column(verbose_name=gettext_lazy("Duration"), orderable=False, empty_values=())
    attempts = tables.Column(verbose_name=gettext_lazy("Attempts"))
    requested_by = tables.Column(verbose_name=gettext_lazy("By"), orderable=False, default="—")

    class Meta:
        model = Job
        fields = ("kind", "state", "progress", "created_at", "duration", "attempts", "requested_by")
        order_by = "-created_at"

    def render_kind(self, record: Job) -> str:
        return format_html(
            '<a href="{}">{}</a> <small>{}</small>',
            reverse("jobs:show", args=[record.pk]),
            words_of(record).name,
            record.arguments.get("name") or record.arguments.get("month") or "",
        )

    def value_kind(self, record: Job) -> str:
        return str(words_of(record).name)

    def render_progress(self, record: Job) -> str:
        if record.state == JobState.FAILED:
            return format_html('<span class="oc-lack">{}</span>', record.error[:120])
        return f"{record.progress} / {record.total}" if record.total else "—"

    def value_progress(self, record: Job) -> str:
        return record.error or (f"{record.progress}/{record.total}" if record.total else "")

    def render_created_at(self, value: Any) -> str:
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")

    def render_duration(self, record: Job) -> str:
        spent: timedelta | None = duration(record)
        return "—" if spent is None else str(spent)

    def render_requested_by(self, record: Job) -> str:
        person = record.requested_by
        return (person.get_full_name() or person.get_username()) if person else _("the system")


class JobFilter(django_filters.FilterSet):
    """By state and kind."""

    state = django_filters.ChoiceFilter(
        choices=JobState.choices, label=gettext_lazy("State"), empty_label=gettext_lazy("any state")
    )
    kind = django_filters.ChoiceFilter(
        choices=lambda: [(kind, words.name) for kind, words in WORDS.items()],
        label=gettext_lazy("Job"),
        empty_label=gettext_lazy("any job"),
    )

    class Meta:
        model = Job
        fields = ("state", "kind")


class JobListView(ListPage):
    access = SIGNED_IN
    title = gettext_lazy("Jobs")
    subtitle = gettext_lazy("Work that goes on while you do something else")
    table_class = JobTable
    filterset_class = JobFilter
    empty_title = gettext_lazy("No jobs yet")
    empty_text = gettext_lazy(
        "Imports, exports and computations that you ask for appear here with their progress."
    )
    empty_icon = "loader"

    def get_queryset(self) -> Any:
        return job_rows(account(self.request))
