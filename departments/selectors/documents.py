"""Policy documents: which version is in force on a day, and what it replaced."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from core.exceptions import NotVisible
from core.models import User
from departments.models import Document


class DocumentStatus(StrEnum):
    """Where a version stands on a day.  Rule: YJ-01."""

    IN_FORCE = "in_force"
    COMING = "coming"
    SUPERSEDED = "superseded"
    UNDATED = "undated"


STATUS_LABELS = {
    DocumentStatus.IN_FORCE: _("in force"),
    DocumentStatus.COMING: _("from a later day"),
    DocumentStatus.SUPERSEDED: _("superseded"),
    DocumentStatus.UNDATED: _("no date yet"),
}
STATUS_TONES = {DocumentStatus.IN_FORCE: "good", DocumentStatus.COMING: "active"}


def documents(user: User, on: date) -> "QuerySet[Any]":
    """All versions a person may read, each with its ``status`` on a day: the newest one begun is in force."""
    later = Document.objects.filter(
        number=OuterRef("number"), effective_from__lte=on, effective_from__isnull=False
    ).filter(
        Q(effective_from__gt=OuterRef("effective_from"))
        | Q(effective_from=OuterRef("effective_from"), version__gt=OuterRef("version"))
    )
    rows: QuerySet[Any] = Document.objects.visible_to(user).select_related("unit")
    return rows.annotate(
        status=Case(
            When(effective_from__isnull=True, then=Value(DocumentStatus.UNDATED.value)),
            When(effective_from__gt=on, then=Value(DocumentStatus.COMING.value)),
            When(Exists(later), then=Value(DocumentStatus.SUPERSEDED.value)),
            default=Value(DocumentStatus.IN_FORCE.value),
            output_field=CharField(max_length=12),
        )
    )


@dataclass(frozen=True)
class DocumentPage:
    """A document with all its versions, newest first; ``current`` is in force, else the newest."""

    current: Any
    versions: list[Any]


def document_page(user: User, number: str, on: date) -> DocumentPage:
    """Raises ``NotVisible``.  Rule: YJ-01 (the old version stays readable)."""
    versions = sorted(
        documents(user, on).filter(number=number),
        key=lambda row: (row.effective_from or date.max, row.version),
        reverse=True,
    )
    if not versions:
        raise NotVisible("document")
    in_force = next((row for row in versions if row.status == DocumentStatus.IN_FORCE), versions[0])
    return DocumentPage(in_force, versions)
