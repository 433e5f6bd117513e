"""One campaign with everything that belongs to its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.models import (
    Campaign,
    CampaignChange,
    CampaignDocument,
    CampaignTask,
    Change,
    Channel,
    DocumentKind,
    Store,
    TaskKind,
    Uplift,
)
from campaigns.selectors.baseline import BaselinePicture, baseline_picture
from campaigns.selectors.changes import ChangeLine, change_lines
from campaigns.selectors.plans import PEOPLE, names_of
from campaigns.selectors.results import (
    ArticleLine,
    GoalLine,
    Results,
    article_lines,
    computed_figures,
    daily_chart,
    goal_lines,
    results_of,
)
from campaigns.selectors.returned import returned_because
from campaigns.services.documents import may_write
from campaigns.services.tasks import may_tick
from core.exceptions import NotVisible
from core.models import AuditEvent, User
from departments.permissions import Reach, reach_of


@dataclass(frozen=True)
class TaskLine:
    """A task; ``tickable``: whether the reader may say that it is done."""

    task: CampaignTask
    tickable: bool
    overdue: bool


@dataclass(frozen=True)
class DocumentLine:
    """A kind of document: its latest version, how many there were, and whether the campaign has it.

    ``told``: it is said to be there (in a workbook) without its text.
    """

    kind: DocumentKind
    latest: CampaignDocument | None
    versions: int
    present: bool | None

    @property
    def told(self) -> bool:
        return bool(self.present) and self.latest is None


@dataclass(frozen=True)
class CampaignPage:
    """``full``: whether the reader sees results besides plan, tasks and documents."""

    campaign: Campaign
    full: bool
    may_plan: bool
    may_approve: bool
    may_write: bool
    tasks: list[TaskLine]
    hand_overs: list[TaskLine]
    documents: list[DocumentLine]
    changes: list[ChangeLine]
    stores: list[str]
    channels: list[str]
    results: Results | None
    chart: dict[str, Any] | None
    goals: list[GoalLine]
    articles: list[ArticleLine]
    uplift: Uplift | None
    baseline: BaselinePicture | None
    returned: AuditEvent | None

    @property
    def waiting(self) -> ChangeLine | None:
        return next((line for line in self.changes if line.waits), None)

    @property
    def waiting_lines(self) -> list[ChangeLine]:
        return [line for line in self.changes if line.waits]

    @property
    def settled_changes(self) -> list[ChangeLine]:
        return [line for line in self.changes if not line.waits]


def campaign_seen(user: User, code: str) -> Campaign:
    """A campaign.  Raises ``NotVisible``."""
    campaign: Campaign | None = (
        Campaign.objects.visible_to(user)
        .select_related("unit", "root", "planned_in", *PEOPLE)
        .filter(code=code)
        .first()
    )
    if campaign is None:
        raise NotVisible("campaign")
    return campaign


def sees_results(reach: Reach, campaign: Campaign) -> bool:
    return reach.everything or campaign.unit_id in reach.units


def campaign_page(user: User, code: str, today: date) -> CampaignPage:
    """A campaign's page, in a fixed number of queries.  Raises ``NotVisible``."""
    campaign = campaign_seen(user, code)
    reach = reach_of(user)
    full = sees_results(reach, campaign)
    tasks = _tasks(user, campaign, today)
    changes: list[Change] = list(
        CampaignChange.objects.filter(campaign=campaign).select_related("proposed_by", "decided_by")
    )
    results = results_of([campaign.pk]) if full else None
    uplift = Uplift.objects.visible_to(user).filter(campaign=campaign).first() if full else None
    figures: Mapping[str, Any] = computed_figures([campaign.pk], results.total) if results else {}
    return CampaignPage(
        campaign=campaign,
        full=full,
        may_plan=reach.allows("campaign.plan", campaign.unit_id),
        may_approve=reach.allows("campaign.approve", campaign.unit_id),
        may_write=may_write(user, campaign),
        tasks=[line for line in tasks if line.task.kind == TaskKind.TASK],
        hand_overs=[line for line in tasks if line.task.kind == TaskKind.HAND_OVER],
        documents=_documents(campaign),
        changes=change_lines(changes, Campaign, campaign.start),
        stores=names_of(Store, campaign.stores),
        channels=names_of(Channel, campaign.channels),
        results=results,
        chart=daily_chart(results) if results else None,
        goals=goal_lines(campaign, figures, campaign.start, campaign.end, today) if full else [],
        articles=article_lines(campaign) if full else [],
        uplift=uplift,
        baseline=baseline_picture(uplift) if uplift else None,
        returned=returned_because(campaign),
    )


def _tasks(user: User, campaign: Campaign, today: date) -> list[TaskLine]:
    lines = []
    rows = CampaignTask.objects.filter(campaign=campaign)
    rows = rows.select_related("unit", "to_unit", "owner", "done_by")
    for task in rows:
        task.campaign = campaign  # so that asking who may tick it reads nothing
        lines.append(TaskLine(task, may_tick(user, task), task.done_at is None and task.due < today))
    return lines


def _documents(campaign: Campaign) -> list[DocumentLine]:
    """The latest version of each kind and how many there are: one query."""
    rows = list(CampaignDocument.objects.filter(campaign=campaign).select_related("author"))
    present = {DocumentKind.PLAN: campaign.plan, DocumentKind.SUMMARY: campaign.summary}
    lines = []
    for kind in DocumentKind:
        versions = [row for row in rows if row.kind == kind]
        lines.append(DocumentLine(kind, versions[0] if versions else None, len(versions), present[kind]))
    return lines
