"""The steps of a plan and of a campaign, each under a lock, audited with its reason.

Rule: KQ-03, KQ-05, YJ-23; calculation.md §3 (the baseline is fixed before the start).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from campaigns.models import METHOD_TERM, Campaign, Flow
from campaigns.services.methods import METHOD_FIELDS, method_fix
from core import audit, guards
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.models import User
from departments.permissions import require

Subject = TypeVar("Subject", bound=Flow)


@dataclass(frozen=True)
class Step:
    """A step: the right it needs, the transition that takes it, the fields it writes."""

    name: str
    right: str
    transition: str
    fields: tuple[str, ...]
    action: str
    reason_needed: bool = False


def _step(
    name: str, right: str, transition: str, label: str | Promise, *fields: str, reason: bool = False
) -> Step:
    action = audit.register_action(f"campaign.{name}", label)
    return Step(name, right, transition, ("status", *fields), action, reason)


STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        _step("submit", "campaign.plan", "submit", _("submitted for approval"), "submitted_by"),
        _step("approve", "campaign.approve", "approve", _("plan approved"), "approved_by"),
        _step("return", "campaign.approve", "send_back", _("plan returned"), reason=True),
        _step("run", "campaign.plan", "run", _("begun")),
        _step("review", "campaign.plan", "evaluate", _("review written"), "reviewed_by", "review", "lessons"),
        _step("close", "campaign.approve", "finish", _("closed"), "closed_by"),
    )
}


def locked(model: type[Subject], actor: User, pk: int) -> Subject:
    """The row under a lock, for those who may see it.  Raises ``NotVisible``."""
    objects: Any = model._default_manager
    if not objects.visible_to(actor).filter(pk=pk).exists():
        raise NotVisible(model._meta.model_name or "row")
    return cast(Subject, objects.select_for_update(of=("self",)).select_related(None).get(pk=pk))


def needed(field: str, message: Any) -> RuleViolation:
    return RuleViolation(f"{field}_needed", message, [{"field": field, "message": message}])


def step_take(
    model: type[Subject],
    *,
    actor: User,
    pk: int,
    name: str,
    reason: str = "",
    review: str = "",
    lessons: str = "",
) -> Subject:
    """Take the step ``name`` on a plan or campaign.

    Raises ``NotVisible``; ``NotAllowed`` without the right and to the author who would approve, or the
    reviewer who would close; ``RuleViolation`` where something is missing; ``Conflict`` in another state and
    in a locked month.
    """
    step = STEPS[name]
    with guards.translate(), transaction.atomic():
        subject = locked(model, actor, pk)
        require(actor, step.right, subject.unit_id)  # type: ignore[attr-defined]
        before = subject.status
        try:
            getattr(subject, step.transition)(actor)
        except TransitionNotAllowed as error:
            raise Conflict("wrong_state", _("This is “%(state)s” already."), state=_state(subject)) from error
        reason = reason.strip()
        if step.reason_needed and not reason:
            raise needed("reason", _("Say why."))
        if name == "review":
            _reviewed(subject, review, lessons)
        kept: list[str] = []
        if isinstance(subject, Campaign):
            _timely(subject, name)
            kept = method_fix(subject) if name == "approve" else []
        try:
            subject.save(update_fields=[*step.fields, *(METHOD_FIELDS if kept else ())])
        except ConcurrentTransition as error:
            raise Conflict("changed_meanwhile") from error
        change: dict[str, Any] = {"from": before, "to": subject.status, "version": subject.version}
        if kept:
            change[METHOD_TERM] = kept
        audit.record(actor=actor, action=step.action, target=subject, change=change, reason=reason)
    return subject


def _state(subject: Flow) -> str:
    return str(subject.get_status_display())


def _reviewed(subject: Flow, review: str, lessons: str) -> None:
    if not review.strip():
        raise needed("review", _("Write what came of it."))
    if not lessons.strip():
        raise needed("lessons", _("Write what the next plan should start from."))
    subject.review, subject.lessons = review.strip(), lessons.strip()


def _timely(campaign: Campaign, name: str) -> None:
    """What the days and the documents of a campaign ask of a step."""
    today = timezone.localdate()
    if name == "approve" and campaign.pays and today >= campaign.start:
        raise RuleViolation(
            "too_late",
            _(
                "A campaign that pays is approved before its first day, so that its baseline is fixed before"
                " the start. Return it: move its days, or let it not pay."
            ),
        )
    if name == "run" and today < campaign.start:
        raise RuleViolation("too_early", _("It begins on %(day)s."), day=date_format(campaign.start))
    if name == "review" and today <= campaign.end:
        raise RuleViolation("too_early", _("It ends on %(day)s."), day=date_format(campaign.end))
    if name == "close" and not campaign.summary:
        raise RuleViolation(
            "summary_needed", _("The written summary is missing; without it nothing is closed.")
        )
