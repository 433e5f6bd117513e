"""Changes after approval: proposed with a reason, decided by somebody else, then applied as a new version.

Rule: KQ-04; domain.md §5.4 (a baseline is fixed before the start, a change is approved and kept).
"""

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    METHOD_TERM,
    Campaign,
    CampaignChange,
    CampaignState,
    Change,
    Decision,
    Flow,
    Plan,
)
from campaigns.services.flow import locked, needed
from campaigns.services.methods import METHOD_FIELDS, method_after, method_set, method_standing
from campaigns.services.terms import (
    Terms,
    apply_terms,
    check_terms,
    differences,
    plain,
    restored,
    standing,
)
from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible
from core.models import User
from departments.permissions import require

PROPOSED = audit.register_action("campaign.change_proposed", _("change proposed"))
APPROVED = audit.register_action("campaign.change_approved", _("change approved"))
REFUSED = audit.register_action("campaign.change_refused", _("change refused"))

CHANGEABLE = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.REVIEWED)


def _changes(subject: Flow) -> Any:
    """The changes of the row; a new one made by it belongs to it."""
    return cast(Any, subject).changes


def change_propose(
    model: type[Flow], *, actor: User, pk: int, terms: Terms, reason: str, key: UUID
) -> Change:
    """Ask for other terms of what is approved.  ``key`` names the form: sent twice, it proposes once.

    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation`` (no reason, nothing changed, wrong terms), and
    ``Conflict`` when it is not approved, or while another change waits.
    """
    with transaction.atomic():
        subject = locked(model, actor, pk)
        require(actor, "campaign.plan", subject.unit_id)  # type: ignore[attr-defined]
        known = _changes(subject).filter(key=key).first()
        if known is not None:
            return cast(Change, known)
        if subject.status not in CHANGEABLE:
            raise Conflict("not_changeable", _("In this state nothing is changed by a proposal."))
        if not reason.strip():
            raise needed("reason", _("Say why; the reason is printed with every statement."))
        check_terms(subject, terms)
        wanted = differences(subject, terms)
        if not wanted:
            raise needed("reason", _("Nothing has been changed."))
        wanted |= _method_change(subject, terms)
        if _changes(subject).filter(decision__isnull=True).exists():
            raise Conflict("change_waits", _("Another change is waiting for a decision."))
        change = _changes(subject).create(terms=wanted, reason=reason.strip(), proposed_by=actor, key=key)
        audit.record(actor=actor, action=PROPOSED, target=subject, change=wanted, reason=change.reason)
    return cast(Change, change)


def change_decide(model: type[Change], *, actor: User, pk: int, approve: bool, remark: str = "") -> Change:
    """Let a change hold, or refuse it with a remark; neither by whom it comes from.

    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation`` without a remark to a refusal, ``Conflict`` when
    it is decided already, when the terms it starts from do not stand any more, and in a locked month.
    """
    with guards.translate(), transaction.atomic():
        found: Any = model._default_manager.filter(pk=pk).first()
        if found is None:
            raise NotVisible("change")
        subject: Any = (
            locked(Campaign, actor, found.campaign_id)
            if isinstance(found, CampaignChange)
            else locked(Plan, actor, found.plan_id)
        )
        require(actor, "campaign.approve", subject.unit_id)
        change: Any = model._default_manager.select_for_update(of=("self",)).get(pk=pk)
        if change.proposed_by_id == actor.pk:
            raise NotAllowed("same_person", _("Nobody decides about a change of their own."))
        if change.decision is not None:
            raise Conflict(
                "decided", _("This change is “%(state)s” already."), state=change.get_decision_display()
            )
        if not approve and not remark.strip():
            raise needed("remark", _("Say why it is refused."))
        if approve:
            _apply(subject, change)
        change.decision = Decision.APPROVED if approve else Decision.REFUSED
        change.decided_by, change.decided_at, change.remark = actor, timezone.now(), remark.strip()
        change.save(update_fields=["decision", "decided_by", "decided_at", "remark"])
        audit.record(
            actor=actor,
            action=APPROVED if approve else REFUSED,
            target=subject,
            change={**change.terms, "version": subject.version},
            reason=remark.strip() or change.reason,
        )
    return cast(Change, change)


def _method_change(subject: Flow, terms: Terms) -> dict[str, list[Any]]:
    """What the terms do to the baseline method, so that whoever decides reads it and statements print it."""
    if not isinstance(subject, Campaign):
        return {}
    before, after = method_standing(subject), method_after(subject, terms)
    return {METHOD_TERM: [before, after]} if before != after else {}


def _apply(subject: Any, change: Change) -> None:
    if subject.status not in CHANGEABLE:
        raise Conflict("not_changeable", _("In this state nothing is changed by a proposal."))
    stands = standing(subject)
    told = {name: both for name, both in change.terms.items() if name != METHOD_TERM}
    wanted = {name: restored(name, after) for name, (_before, after) in told.items()}
    method = _method_change(subject, wanted)
    if method != {name: both for name, both in change.terms.items() if name == METHOD_TERM} or any(
        stands[name] != plain(before) for name, (before, _after) in told.items()
    ):
        raise Conflict("stale", _("The terms have changed since; refuse it and let it be proposed again."))
    check_terms(subject, {**{name: restored(name, value) for name, value in stands.items()}, **wanted})
    subject.version += 1
    names = apply_terms(subject, wanted)
    if method:
        method_set(subject, method[METHOD_TERM][1])
        names = [*names, *METHOD_FIELDS]
    subject.save(update_fields=[*names, "version"])
