"""Drafting plans and campaigns, and changing those that nobody has approved yet.  Rule: KQ-02, KQ-03."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignState, Flow, Plan, ResearchNote
from campaigns.services.flow import locked, needed
from campaigns.services.terms import (
    Terms,
    apply_terms,
    campaign_problems,
    check_terms,
    differences,
    plan_problems,
    refuse,
)
from core import audit, guards
from core.exceptions import Conflict, NotAllowed
from core.models import User
from departments.models import Unit
from departments.permissions import require

DRAFTED = audit.register_action("campaign.drafted", _("drafted"))
EDITED = audit.register_action("campaign.edited", _("draft changed"))
NOTED = audit.register_action("plan.noted", _("research noted"))

# As long as the column of a workbook takes.
CODE_LENGTH = 40


def campaign_draft(*, actor: User, code: str, unit: Unit, terms: Terms, key: UUID) -> Campaign:
    """A new campaign; it counts once somebody else has approved it.  ``key`` names the form: sent twice, it
    drafts once.

    Raises ``NotAllowed``, ``RuleViolation`` with what is wrong by field, ``Conflict`` in a locked month.
    """
    require(actor, "campaign.plan", unit.pk)
    root_id = unit.root_id or unit.pk
    problems = campaign_problems(terms, root_id)
    if _no_code(code):
        problems.append(("code", _("Letters, digits, - and _ only, 40 at most.")))
    refuse(problems)
    with guards.translate(), transaction.atomic():
        known = Campaign.objects.filter(key=key).first()
        if known is not None:
            return known
        if Campaign.objects.filter(code=code).exists():
            refuse([("code", _("This code is taken."))])
        campaign = Campaign(code=code, unit=unit, root_id=root_id, plan=False, summary=False)
        _drafted(campaign, actor, terms, key)
    return campaign


def plan_draft(*, actor: User, unit: Unit, terms: Terms, key: UUID) -> Plan:
    """A new plan; ``key`` as above.  Raises ``NotAllowed`` and ``RuleViolation``."""
    require(actor, "campaign.plan", unit.pk)
    root_id = unit.root_id or unit.pk
    refuse(plan_problems(terms, root_id))
    with transaction.atomic():
        known = Plan.objects.filter(key=key).first()
        if known is not None:
            return known
        plan = Plan(unit=unit, root_id=root_id)
        _drafted(plan, actor, terms, key)
    return plan


def _no_code(code: str) -> bool:
    """Whether a workbook could not carry the code."""
    return not code or len(code) > CODE_LENGTH or any(not (one.isalnum() or one in "-_") for one in code)


def _drafted(subject: Flow, actor: User, terms: Terms, key: UUID) -> None:
    apply_terms(subject, terms)
    subject.status = CampaignState.DRAFT
    subject.author, subject.key = actor, key
    try:
        with transaction.atomic():
            subject.save(force_insert=True)
    except IntegrityError as error:
        if guards.is_month_locked(error):
            raise
        raise Conflict("drafted_meanwhile", _("Somebody else has just used this code.")) from error
    audit.record(actor=actor, action=DRAFTED, target=subject, change=_told(terms))


def _told(terms: Terms) -> Mapping[str, Any]:
    """What the audit row keeps of the terms: no long texts."""
    return {name: terms[name] for name in ("name", "start", "end", "budget") if name in terms}


def draft_edit(model: type[Flow], *, actor: User, pk: int, terms: Terms) -> Flow:
    """Change a draft or what was returned.  The same terms again change nothing.

    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``, and ``Conflict`` once it is submitted.
    """
    with guards.translate(), transaction.atomic():
        subject = locked(model, actor, pk)
        require(actor, "campaign.plan", subject.unit_id)  # type: ignore[attr-defined]
        if not subject.is_open:
            raise Conflict("not_open", _("It is submitted; a change now needs a reason and an approval."))
        check_terms(subject, terms)
        changed = differences(subject, terms)
        if not changed:
            return subject
        subject.edited_by = actor
        subject.save(update_fields=[*apply_terms(subject, terms), "edited_by"])
        audit.record(actor=actor, action=EDITED, target=subject, change=changed)
    return subject


def note_add(*, actor: User, plan_id: int, subject: str, text: str, source: str, key: UUID) -> ResearchNote:
    """Add what research found to a plan.  Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``."""
    with transaction.atomic():
        plan = locked(Plan, actor, plan_id)
        require(actor, "campaign.plan", plan.unit_id)
        if not text.strip():
            raise needed("text", _("Write what was found."))
        if plan.status == CampaignState.CLOSED:
            raise NotAllowed("closed", _("The plan is closed."))
        note, made = ResearchNote.objects.get_or_create(
            key=key,
            defaults={
                "plan": plan,
                "subject": subject,
                "text": text.strip(),
                "source": source.strip(),
                "author": actor,
            },
        )
        if made:
            audit.record(actor=actor, action=NOTED, target=plan, change={"subject": subject})
    return note
