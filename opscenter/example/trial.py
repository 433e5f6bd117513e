"""What the people of an example have planned and arranged: plans, goals, tasks, documents, bank accounts.

The tables of a workbook do not carry these.  They come about as on the pages, by the same services, each act
by somebody of the example who may do it.  What there is already stays as people left it in a trial.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from campaigns.models import Campaign, CampaignTask, DocumentKind, Flow, Plan, TaskTemplate
from campaigns.services.changes import change_decide, change_propose
from campaigns.services.documents import document_write
from campaigns.services.drafting import campaign_draft, note_add, plan_draft
from campaigns.services.flow import step_take
from campaigns.services.tasks import TaskTerms, task_add, task_tick, tasks_from_list, template_add
from core.exceptions import DomainError
from core.models import User
from departments.models import Staff, Unit
from incentives.models import BankAccount
from incentives.services.bank_accounts import bank_account_set
from opscenter.example.sheets import PRESETS
from opscenter.example.window import Window, draw

SPACE = UUID("c2b5c1de-6d0b-4e4f-9f43-0f2f6d1f7f20")
#: the steps after a draft, in their order, and whether somebody else than the author takes them
STEPS = (("submit", False), ("approve", True), ("run", False), ("review", False), ("close", True))


@dataclass(frozen=True)
class Goal:
    """A figure to reach; ``name`` and ``actual`` only for one that nothing computes."""

    measure: str
    target: str
    name: str = ""
    actual: str = ""


@dataclass(frozen=True)
class Intent:
    """What a plan and a campaign have in common.  ``taken``: the last step taken, "" = a draft.

    ``within``: the key of the wider plan; ``budget``: yuan; ``author`` and ``approver``: log-ins.
    """

    name: str
    start: date
    end: date
    author: str
    approver: str
    taken: str = ""
    within: str = ""
    aim: str = ""
    content: str = ""
    carried: str = ""
    goals: tuple[Goal, ...] = ()
    channels: tuple[str, ...] = ()
    budget: str | None = None
    review: str = ""
    lessons: str = ""

    def terms(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "start": self.start,
            "end": self.end,
            "aim": self.aim,
            "content": self.content,
            "carried": self.carried,
            "goals": [vars(goal) for goal in self.goals],
            "channels": list(self.channels),
            "budget": None if self.budget is None else Decimal(self.budget),
        }


@dataclass(frozen=True)
class PlanIntent(Intent):
    """A plan.  ``notes``: subject, finding and source of its research."""

    key: str = ""
    unit: str = ""
    horizon: str = ""
    notes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class CampaignIntent(Intent):
    """A campaign: a new one with ``drafted`` (its other terms), or one of the tables, to which goals, budget
    and plan are added by a change with a ``reason``.

    ``writer``: staff number of who writes the documents, as the owner of a task.
    """

    code: str = ""
    unit: str = ""
    drafted: Mapping[str, Any] | None = None
    reason: str = ""
    writer: str = ""
    task: str = ""
    plan_text: str = ""
    summary_text: str = ""


@dataclass(frozen=True)
class TaskLine:
    """A line of the task list; with ``to_unit`` it is handed over.  ``lead_days`` before the start."""

    title: str
    by_unit: str
    lead_days: int
    to_unit: str = ""


@dataclass(frozen=True)
class Accounts:
    """Where people are paid: ``by`` whom it was entered, ``without``: the staff numbers still missing."""

    by: str
    branch: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What is arranged in one organisation, the wider plans first."""

    unit: str
    plans: tuple[PlanIntent, ...] = ()
    campaigns: tuple[CampaignIntent, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    tasks_by: str = ""
    accounts: Accounts | None = None


def trial_slugs() -> list[str]:
    """The presets whose example has something arranged."""
    return sorted(path.parent.parent.name for path in PRESETS.glob("*/example/trial.py"))


def arrange(window: Window) -> None:
    """Arrange what is not there yet, in every organisation whose example is loaded."""
    for slug in trial_slugs():
        trial: Trial = import_module(f"presets.{slug}.example.trial").trial(window)
        root = Unit.objects.filter(code=trial.unit).first()
        if root is not None:
            _Arranging(slug, root, window).all_of(trial)


@dataclass
class _Arranging:
    """One organisation being arranged."""

    slug: str
    root: Unit
    window: Window
    users: dict[str, User] = field(init=False)
    units: dict[str, Unit] = field(init=False)

    def __post_init__(self) -> None:
        self.units = {unit.code: unit for unit in Unit.objects.filter(root_id=self.root.pk)}
        self.units[self.root.code] = self.root
        people = Staff.objects.filter(root_id=self.root.pk, user__isnull=False).select_related("user")
        self.users = {person.user.username: person.user for person in people if person.user}

    def key(self, *parts: Any) -> UUID:
        return uuid5(SPACE, "/".join(map(str, (self.slug, *parts))))

    def all_of(self, trial: Trial) -> None:
        for plan in trial.plans:
            self._once(partial(self._plan, plan))
        self._once(partial(self._task_list, trial))
        for campaign in trial.campaigns:
            self._once(partial(self._campaign, campaign))
        self._once(partial(self._accounts, trial.accounts))

    @staticmethod
    def _once(act: Callable[[], None]) -> None:
        """All of it or nothing: a trial may have locked the month, or given a person another role."""
        try:
            with transaction.atomic():
                act()
        except DomainError:
            return

    def _within(self, intent: Intent) -> Plan | None:
        return Plan.objects.filter(key=self.key("plan", intent.within)).first() if intent.within else None

    def _steps(self, model: type[Flow], pk: int, intent: Intent, names: tuple[tuple[str, bool], ...]) -> None:
        if not intent.taken:
            return
        for name, other in names:
            step_take(
                model,
                actor=self.users[intent.approver if other else intent.author],
                pk=pk,
                name=name,
                review=intent.review,
                lessons=intent.lessons,
            )
            if name == intent.taken:
                return

    def _plan(self, plan: PlanIntent) -> None:
        key, author = self.key("plan", plan.key), self.users[plan.author]
        if Plan.objects.filter(key=key).exists():
            return
        terms = {**plan.terms(), "horizon": plan.horizon, "parent": self._within(plan)}
        made = plan_draft(actor=author, unit=self.units[plan.unit], terms=terms, key=key)
        for number, (subject, text, source) in enumerate(plan.notes):
            note_add(
                actor=author,
                plan_id=made.pk,
                subject=subject,
                text=text,
                source=source,
                key=self.key("note", plan.key, number),
            )
        self._steps(Plan, made.pk, plan, STEPS)

    def _campaign(self, campaign: CampaignIntent) -> None:
        author = self.users[campaign.author]
        known = Campaign.objects.filter(root_id=self.root.pk, code=campaign.code).first()
        key = self.key("campaign", campaign.code)
        if campaign.drafted is not None:
            if known is not None:
                return
            terms = {**campaign.terms(), **campaign.drafted, "planned_in": self._within(campaign)}
            known = campaign_draft(
                actor=author, code=campaign.code, unit=self.units[campaign.unit], terms=terms, key=key
            )
            self._tasks(author, known, campaign)
            self._steps(Campaign, known.pk, campaign, STEPS)
            return
        if known is None or known.changes.filter(key=key).exists():
            return
        self._added(author, known, campaign, key)
        self._tasks(author, known, campaign)
        self._steps(Campaign, known.pk, campaign, STEPS[2:])

    def _added(self, author: User, known: Campaign, campaign: CampaignIntent, key: UUID) -> None:
        """Goals, budget and plan of a campaign that came in the tables, as a change that another approves."""
        terms = campaign.terms() | {
            name: getattr(known, name)
            for name in (
                "name", "start", "end", "type", "scale", "stores", "products", "pays", "baseline",
                "baseline_dates",
            )
        }  # fmt: skip
        terms["planned_in"] = self._within(campaign)
        change = change_propose(
            Campaign, actor=author, pk=known.pk, terms=terms, reason=campaign.reason, key=key
        )
        change_decide(type(change), actor=self.users[campaign.approver], pk=change.pk, approve=True)

    def _tasks(self, author: User, known: Campaign, campaign: CampaignIntent) -> None:
        """The tasks of the list and the writer's own; those due before today are done."""
        writer = Staff.objects.get(root_id=self.root.pk, staff_no=campaign.writer)
        terms = TaskTerms(title=campaign.task, unit=writer.unit, due=campaign.start, owner=writer)
        tasks_from_list(actor=author, campaign_id=known.pk)
        task_add(actor=author, campaign_id=known.pk, terms=terms, key=self.key("task", campaign.code))
        texts = (DocumentKind.PLAN, campaign.plan_text), (DocumentKind.SUMMARY, campaign.summary_text)
        for kind, text in texts:
            if text and writer.user is not None:
                document_write(
                    actor=writer.user,
                    campaign_id=known.pk,
                    kind=kind,
                    text=text,
                    key=self.key("document", campaign.code, kind),
                )
        for task in CampaignTask.objects.filter(campaign=known, due__lt=self.window.today):
            task_tick(actor=author, task_id=task.pk, done=True)

    def _task_list(self, trial: Trial) -> None:
        if TaskTemplate.objects.filter(unit=self.root).exists():
            return
        for line in trial.tasks:
            template_add(
                actor=self.users[trial.tasks_by],
                unit=self.root,
                title=line.title,
                by_unit=self.units[line.by_unit],
                to_unit=self.units.get(line.to_unit),
                lead_days=line.lead_days,
            )

    def _accounts(self, accounts: Accounts | None) -> None:
        """A made-up account for everybody who has none, but whoever enters them."""
        if accounts is None:
            return
        actor = self.users[accounts.by]
        known = BankAccount.objects.filter(staff__root_id=self.root.pk).values("staff_id")
        people = Staff.objects.filter(root_id=self.root.pk).exclude(pk__in=known).exclude(user=actor)
        for person in people.exclude(staff_no__in=accounts.without).order_by("staff_no"):
            number = draw("account", person.staff_no).randrange(10**16)
            bank_account_set(
                actor=actor,
                staff_id=person.pk,
                number=f"621{number:016d}",
                holder=person.name,
                branch=accounts.branch,
            )
