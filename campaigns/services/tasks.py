"""Tasks and hand-overs of a campaign, and the list they are made from.  Rule: HT-03, YJ-23, YJ-31."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignState, CampaignTask, TaskKind, TaskTemplate
from campaigns.services.flow import locked
from campaigns.services.terms import refuse
from core import audit
from core.exceptions import Conflict, NotAllowed, NotVisible
from core.models import User
from departments.models import Staff, Unit
from departments.permissions import reach_of, require
from departments.selectors import unit_tree

ADDED = audit.register_action("campaign.task_added", _("task added"))
LISTED = audit.register_action("campaign.tasks_listed", _("tasks made from the list"))
DONE = audit.register_action("campaign.task_done", _("task done"))
OPENED = audit.register_action("campaign.task_opened", _("task opened again"))
TEMPLATE_ADDED = audit.register_action("campaign.template_added", _("line of the task list added"))
TEMPLATE_REMOVED = audit.register_action("campaign.template_removed", _("line of the task list removed"))


@dataclass(frozen=True)
class TaskTerms:
    """What is to be done by whom until when; with ``to_unit`` it is a hand-over."""

    title: str
    unit: Unit
    due: date
    owner: Staff | None = None
    to_unit: Unit | None = None

    @property
    def kind(self) -> TaskKind:
        return TaskKind.HAND_OVER if self.to_unit else TaskKind.TASK


def _open(campaign: Campaign) -> None:
    if campaign.status == CampaignState.CLOSED:
        raise Conflict("closed", _("The campaign is closed."))


def _within(root_id: int, *units: Unit | None) -> list[tuple[str, object]]:
    wrong = any(unit is not None and (unit.root_id or unit.pk) != root_id for unit in units)
    return [("unit", _("The unit belongs to another organisation."))] if wrong else []


def task_add(*, actor: User, campaign_id: int, terms: TaskTerms, key: UUID) -> CampaignTask:
    """Add a task or a hand-over.  ``key`` names the form: sent twice, it adds one.

    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``, and ``Conflict`` in a closed campaign.
    """
    with transaction.atomic():
        campaign = locked(Campaign, actor, campaign_id)
        require(actor, "campaign.plan", campaign.unit_id)
        _open(campaign)
        problems = _within(campaign.root_id, terms.unit, terms.to_unit)
        if not terms.title.strip():
            problems.append(("title", _("Say what is to be done.")))
        if terms.owner is not None and terms.owner.root_id != campaign.root_id:
            problems.append(("owner", _("The person belongs to another organisation.")))
        if terms.to_unit is not None and terms.to_unit == terms.unit:
            problems.append(("to_unit", _("Something is handed to another unit.")))
        refuse(problems)
        task, made = CampaignTask.objects.get_or_create(
            key=key,
            defaults={
                "campaign": campaign,
                "kind": terms.kind,
                "title": terms.title.strip(),
                "unit": terms.unit,
                "to_unit": terms.to_unit,
                "owner": terms.owner,
                "due": terms.due,
            },
        )
        if made:
            change = {"title": task.title, "due": task.due, "owner": terms.owner, "unit": terms.unit}
            audit.record(actor=actor, action=ADDED, target=campaign, change=change)
    return task


def tasks_from_list(*, actor: User, campaign_id: int) -> int:
    """Give the campaign the tasks of the lists of its unit and the units above; those it has already stay.

    Gives the number of new ones.  Raises as ``task_add``.
    """
    with transaction.atomic():
        campaign = locked(Campaign, actor, campaign_id)
        require(actor, "campaign.plan", campaign.unit_id)
        _open(campaign)
        path = unit_tree(campaign.start).path(campaign.unit_id)
        lines = TaskTemplate.objects.filter(unit_id__in=path).select_related("by_unit")
        # The key follows from campaign and line, so that asking twice gives nothing new.
        wanted = {uuid5(_SPACE, f"{campaign.pk}/{line.pk}"): line for line in lines}
        known = set(CampaignTask.objects.filter(key__in=wanted).values_list("key", flat=True))
        tasks = [
            CampaignTask(
                key=key,
                campaign=campaign,
                kind=line.kind,
                title=line.title,
                unit=line.by_unit,
                to_unit_id=line.to_unit_id,
                owner_id=line.by_unit.head_id,
                due=campaign.start - timedelta(days=line.lead_days),
            )
            for key, line in wanted.items()
            if key not in known
        ]
        if tasks:
            CampaignTask.objects.bulk_create(tasks)
            audit.record(actor=actor, action=LISTED, target=campaign, change={"tasks": len(tasks)})
    return len(tasks)


_SPACE = UUID("6f1f4f5e-3a0c-4d8e-9c57-2f8f0b7f5a11")


def may_tick(actor: User, task: CampaignTask) -> bool:
    """The owner, who leads the unit that does it, and who plans the campaign."""
    reach = reach_of(actor)
    return (
        reach.everything
        or (task.owner_id is not None and task.owner_id == reach.staff_id)
        or reach.allows("campaign.plan", task.unit_id)
        or reach.allows("campaign.plan", task.campaign.unit_id)
    )


def task_tick(*, actor: User, task_id: int, done: bool) -> CampaignTask:
    """Say that a task is done, or that it is not.  Said again, it changes nothing.

    Raises ``NotVisible``, ``NotAllowed``, and ``Conflict`` in a closed campaign.
    """
    with transaction.atomic():
        task = (
            CampaignTask.objects.filter(campaign__in=Campaign.objects.visible_to(actor))
            .select_related("campaign")
            .select_for_update(of=("self",))
            .filter(pk=task_id)
            .first()
        )
        if task is None:
            raise NotVisible("task")
        if not may_tick(actor, task):
            raise NotAllowed("task.tick")
        _open(task.campaign)
        if (task.done_at is not None) == done:
            return task
        task.done_at, task.done_by = (timezone.now(), actor) if done else (None, None)
        task.save(update_fields=["done_at", "done_by"])
        action = DONE if done else OPENED
        audit.record(actor=actor, action=action, target=task.campaign, change={"task": task.title})
    return task


def template_add(
    *, actor: User, unit: Unit, title: str, by_unit: Unit, to_unit: Unit | None, lead_days: int
) -> TaskTemplate:
    """Add a line to the list of a unit.  The same line again changes nothing.

    Raises ``NotAllowed`` and ``RuleViolation``.
    """
    require(actor, "campaign.approve", unit.pk)
    problems = _within(unit.root_id or unit.pk, by_unit, to_unit)
    if not title.strip():
        problems.append(("title", _("Say what is to be done.")))
    if to_unit is not None and to_unit == by_unit:
        problems.append(("to_unit", _("Something is handed to another unit.")))
    refuse(problems)
    with transaction.atomic():
        line, made = TaskTemplate.objects.get_or_create(
            unit=unit,
            kind=TaskKind.HAND_OVER if to_unit else TaskKind.TASK,
            title=title.strip(),
            by_unit=by_unit,
            defaults={"to_unit": to_unit, "lead_days": lead_days},
        )
        if made:
            audit.record(actor=actor, action=TEMPLATE_ADDED, target=line, change={"unit": unit})
    return line


def template_remove(*, actor: User, template_id: int) -> None:
    """Take a line off the list; tasks made from it stay.  Raises ``NotVisible`` and ``NotAllowed``."""
    with transaction.atomic():
        line = TaskTemplate.objects.visible_to(actor).filter(pk=template_id).first()
        if line is None:
            raise NotVisible("template")
        require(actor, "campaign.approve", line.unit_id)
        audit.record(actor=actor, action=TEMPLATE_REMOVED, target=line, change={"unit": line.unit_id})
        line.delete()
