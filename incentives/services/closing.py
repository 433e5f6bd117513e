"""Closing a month: review → publish → approve → lock → pay, by different people; adjustments afterwards.

Each act locks the organisation, then the month, then the settlement, in this order, and checks again.
"""

import hashlib
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, canonical, guards
from core.exceptions import Conflict, NotAllowed, RuleViolation
from core.models import User
from core.months import Month
from departments.models import Period, Staff, Unit
from departments.models.periods import FROZEN, PeriodState
from departments.permissions import reach_of, require
from departments.selectors import frozen_months
from incentives.models import Adjustment, Settlement
from incentives.services.ledger import month_post
from incentives.services.roll_up import compute_and_store, locked_settlement, settlement_of

REVIEWED = audit.register_action("month.reviewed", _("month reviewed"))
PUBLISHED = audit.register_action("month.published", _("month published"))
APPROVED = audit.register_action("month.approved", _("month approved"))
LOCKED = audit.register_action("month.locked", _("month locked"))
PAID = audit.register_action("month.paid", _("month paid"))
PROPOSED = audit.register_action("adjustment.proposed", _("adjustment proposed"))
ADJUSTED = audit.register_action("adjustment.approved", _("adjustment approved"))


def _hold(root: Unit, month: Month) -> Settlement:
    """The settlement under locks;
    whoever writes a fact of the month waits from here on, or we wait for them.
    """
    settlement = settlement_of(root, month)
    guards.hold_root(root.pk)
    Period.objects.select_for_update(of=("self",)).get(pk=settlement.period_id)
    return locked_settlement(settlement.pk)


def _step(settlement: Settlement, source: PeriodState, act: str) -> None:
    """Take the transition ``act``; raise ``Conflict`` when the month is not in the state it starts from."""
    period = settlement.period
    if period.state != source:
        raise Conflict(
            "wrong_state",
            _("The month is “%(state)s”; this needs the state “%(needed)s”."),
            state=PeriodState(period.state).label,
            needed=source.label,
        )
    getattr(period, act)()
    period.save(update_fields=["state"])


@transaction.atomic
def month_review(*, actor: User | None, root: Unit, month: Month, reason: str = "") -> Settlement:
    """Confirm that somebody looked at every figure."""
    require(actor, "month.review", root.pk)
    settlement = _hold(root, month)
    _step(settlement, PeriodState.COMPUTED, "review")
    settlement.reviewed_by, settlement.reviewed_at = actor, timezone.now()
    settlement.save(update_fields=["reviewed_by", "reviewed_at"])
    audit.record(actor=actor, action=REVIEWED, target=settlement, change=_digest(settlement), reason=reason)
    return settlement


@transaction.atomic
def month_publish(*, actor: User | None, root: Unit, month: Month, reason: str = "") -> Settlement:
    """Show everybody their own result; the window for appeals begins."""
    require(actor, "month.publish", root.pk)
    settlement = _hold(root, month)
    _step(settlement, PeriodState.REVIEWED, "publish")
    settlement.published_at = timezone.now()
    settlement.save(update_fields=["published_at"])
    audit.record(actor=actor, action=PUBLISHED, target=settlement, change=_digest(settlement), reason=reason)
    return settlement


@transaction.atomic
def month_approve(*, actor: User | None, root: Unit, month: Month, reason: str = "") -> Settlement:
    """Approve the month.  Nobody approves what they reviewed."""
    require(actor, "month.approve", root.pk)
    settlement = _hold(root, month)
    if actor is not None and settlement.reviewed_by_id == actor.pk:
        raise NotAllowed("same_person", _("Nobody approves a month they reviewed; ask somebody else."))
    _step(settlement, PeriodState.PUBLISHED, "approve")
    settlement.approved_by, settlement.approved_at = actor, timezone.now()
    settlement.save(update_fields=["approved_by", "approved_at"])
    audit.record(actor=actor, action=APPROVED, target=settlement, change=_digest(settlement), reason=reason)
    return settlement


@transaction.atomic
def month_lock(
    *, actor: User | None, root: Unit, month: Month, reason: str = "", force: bool = False
) -> Settlement:
    """Freeze facts, rules, result and ledger of the month for good.

    The month is computed once more under the lock; when that differs from what was approved, nothing
    is locked.
    ``force`` locks without approval: it needs the right and a reason, and is audited.
    """
    require(actor, "month.lock", root.pk)
    if force and not reason.strip():
        raise RuleViolation("reason_needed", _("Locking without approval needs a reason."))
    settlement = _hold(root, month)
    period = settlement.period
    if period.state in FROZEN:
        raise Conflict("already_locked", _("The month is locked already."))
    if not force and period.state != PeriodState.APPROVED:
        raise Conflict(
            "not_approved",
            _(
                "The month is “%(state)s”; it can be locked once it is approved, or by somebody with the right and a reason."
            ),
            state=PeriodState(period.state).label,
        )
    facts, result = compute_and_store(root, month)
    text = result.text()
    digest = hashlib.sha256(text.encode()).hexdigest()
    if not force and digest != settlement.digest:
        raise Conflict(
            "changed_since_approval",
            _("Facts have changed since the month was approved; compute and approve it again."),
        )
    inputs = canonical.dump(facts)
    settlement.result, settlement.scope, settlement.digest = text, result.scope, digest
    settlement.inputs, settlement.inputs_digest = inputs, hashlib.sha256(inputs).hexdigest()
    settlement.locked_by, settlement.locked_at = actor, timezone.now()
    settlement.revision += int(settlement.revision == 0)
    settlement.computed_at = settlement.computed_at or settlement.locked_at
    settlement.save()
    month_post(root, month)
    if period.state == PeriodState.OPEN:
        period.compute()
    if force:
        period.force_lock()
    else:
        period.lock()
    period.save(update_fields=["state"])
    audit.record(
        actor=actor,
        action=LOCKED,
        target=settlement,
        change={**_digest(settlement), "forced": force, "inputs": settlement.inputs_digest},
        reason=reason,
    )
    return settlement


@transaction.atomic
def month_pay(*, actor: User | None, root: Unit, month: Month, reason: str = "") -> Settlement:
    """Note that the money of a locked month has left."""
    require(actor, "month.pay", root.pk)
    settlement = _hold(root, month)
    _step(settlement, PeriodState.LOCKED, "pay")
    audit.record(actor=actor, action=PAID, target=settlement, change=_digest(settlement), reason=reason)
    return settlement


def _digest(settlement: Settlement) -> dict[str, Any]:
    return {"digest": settlement.digest, "revision": settlement.revision}


# --- after the lock ------------------------------------------------------------------------------------
@transaction.atomic
def adjustment_propose(
    *, actor: User | None, staff: Staff, about: Month, month: Month, amount: Decimal, reason: str
) -> Adjustment:
    """Propose a correction of a frozen month, to be settled in a later, open one."""
    require(actor, "adjustment.propose", staff.unit_id)
    if actor is not None and reach_of(actor).staff_id == staff.pk:
        raise NotAllowed("own_line", _("Nobody proposes or approves an adjustment of their own."))
    if not reason.strip():
        raise RuleViolation("reason_needed", _("An adjustment needs a reason."))
    frozen = set(frozen_months())
    if (staff.root_id, about.first) not in frozen:
        raise RuleViolation(
            "month_not_locked",
            _("The month %(month)s is not locked; correct the fact itself."),
            month=str(about),
        )
    if (staff.root_id, month.first) in frozen or month <= about:
        raise RuleViolation("month_not_open", _("An adjustment belongs to a later month that is still open."))
    adjustment = Adjustment.objects.create(
        root_id=staff.root_id,
        month=month.first,
        about_month=about.first,
        staff=staff,
        amount=amount,
        reason=reason,
        proposed_by=actor,
    )
    audit.record(actor=actor, action=PROPOSED, target=adjustment, change={"amount": amount}, reason=reason)
    return adjustment


@transaction.atomic
def adjustment_approve(*, actor: User | None, adjustment_id: int, reason: str = "") -> Adjustment:
    """Let an adjustment count.  Nobody approves what they proposed, nor one of their own."""
    adjustment = (
        Adjustment.objects.select_for_update(of=("self",)).select_related("staff").get(pk=adjustment_id)
    )
    require(actor, "adjustment.approve", adjustment.root_id)
    if actor is not None and actor.pk == adjustment.proposed_by_id:
        raise NotAllowed("same_person", _("Nobody approves what they proposed."))
    if actor is not None and reach_of(actor).staff_id == adjustment.staff_id:
        raise NotAllowed("own_line", _("Nobody proposes or approves an adjustment of their own."))
    if adjustment.approved_by_id is not None:
        raise Conflict("already_approved", _("The adjustment is approved already."))
    adjustment.approved_by = actor
    adjustment.save(update_fields=["approved_by"])
    audit.record(
        actor=actor, action=ADJUSTED, target=adjustment, change={"amount": adjustment.amount}, reason=reason
    )
    return adjustment
