"""Lists of tasks, versions of documents, and what a person has to do for campaigns."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from campaigns.models import Campaign, CampaignDocument, CampaignState, CampaignTask, TaskTemplate
from core.models import User
from departments.permissions import reach_of


def template_rows(user: User) -> "QuerySet[Any]":
    """The lines of the task lists of the units one answers for."""
    rows: Any = TaskTemplate.objects.visible_to(user)
    return rows.select_related("unit", "by_unit", "to_unit").order_by("unit__code", "-lead_days", "pk")


def document_versions(campaign: Campaign, kind: str) -> list[CampaignDocument]:
    """The versions of a document, the latest first."""
    return list(CampaignDocument.objects.filter(campaign=campaign, kind=kind).select_related("author"))


def own_tasks(user: User, until: date) -> "QuerySet[Any]":
    """The person's open tasks that are due by a day, with their campaigns: one query."""
    rows: Any = CampaignTask.objects.filter(
        owner_id=reach_of(user).staff_id, done_at__isnull=True, due__lte=until
    )
    return rows.exclude(campaign__status=CampaignState.CLOSED).select_related("campaign")
