"""The lists of people and of documents, and a document with its versions."""

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.access import access, account
from core.lists import FigureColumn, ListPage
from departments.forms import DocumentFilter, PeopleFilter
from departments.panels import document_panels, shown
from departments.permissions import MEMBER
from departments.selectors.documents import (
    STATUS_LABELS,
    STATUS_TONES,
    DocumentStatus,
    document_page,
    documents,
)
from departments.selectors.units import people_list


class PeopleTable(tables.Table):
    staff_no = tables.Column(_("Staff number"))
    name = tables.Column(_("Person"), linkify=("org:person", {"staff_no": tables.A("staff_no")}))
    unit = tables.Column(_("Unit"), linkify=("org:unit", {"code": tables.A("unit__code")}))
    position = tables.Column(_("Position"), default="—")

    class Meta:
        order_by = "staff_no"


class PeopleList(ListPage):
    """Everybody of the organisation by name, unit and position; more is on the page of those in reach."""

    access = MEMBER
    title = _("People")
    table_class = PeopleTable
    filterset_class = PeopleFilter
    empty_title = _("Nobody yet")
    empty_text = _("The people of the organisation appear here; import them with the sheet of staff.")
    empty_icon = "users"

    def get_queryset(self) -> Any:
        return people_list(account(self.request), timezone.localdate())


class StatusColumn(tables.TemplateColumn):
    """Where a version stands, as a coloured word."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("{% load ui %}{% pill value.label value.tone %}", accessor="status", **kwargs)

    def render(self, record: Any, table: Any, value: str, bound_column: Any, **kwargs: Any) -> Any:
        status = DocumentStatus(value)
        shown_as = {"label": STATUS_LABELS[status], "tone": STATUS_TONES.get(status, "")}
        return super().render(record, table, shown_as, bound_column, **kwargs)

    def value(self, **kwargs: Any) -> str:
        return str(STATUS_LABELS[DocumentStatus(kwargs["record"].status)])


class DocumentTable(tables.Table):
    title = tables.Column(_("Title"), linkify=("org:document", {"number": tables.A("number")}))
    number = tables.Column(_("Number"))
    version = tables.Column(_("Version"))
    status = StatusColumn(verbose_name=_("Status"))
    effective_from = tables.DateColumn(verbose_name=_("Effective from"), short=True)
    unit = tables.Column(_("Unit"), default=_("everybody"))
    approved_by = tables.Column(_("Approved by"))
    precedence = FigureColumn(verbose_name=_("Precedence"))

    class Meta:
        order_by = ("number", "-effective_from")


class DocumentList(ListPage):
    access = MEMBER
    title = _("Documents")
    subtitle = _("Where two documents set the same rule, the one of higher precedence is used.")
    table_class = DocumentTable
    filterset_class = DocumentFilter
    empty_title = _("No documents yet")
    empty_text = _("Handbooks and policies appear here; import them with the sheet of documents.")
    empty_icon = "book-open"

    def get_queryset(self) -> Any:
        return documents(account(self.request), timezone.localdate())


@access(MEMBER)
@require_safe
def document(request: HttpRequest, number: str) -> HttpResponse:
    """A document: its newest version in force, those before, and the rules that come from it."""
    reader = account(request)
    page = document_page(reader, number, timezone.localdate())
    versions = [
        (row, STATUS_LABELS[DocumentStatus(row.status)], STATUS_TONES.get(DocumentStatus(row.status), ""))
        for row in page.versions
    ]
    panels = shown(document_panels, reader, page.versions)
    return render(request, "org/document.html", {"page": page, "versions": versions, "panels": panels})
