"""Closing a month: compute → review → publish → approve → lock → pay, by different people.

Whoever computed the figures does not review them, whoever did either does not approve, and whoever let the
money go neither locks nor pays it.  The checks stand inside the acts, so that superusers meet them too; what
the system computed or locked is nobody's.  Rule: domain.md §4.4 (制表 ≠ 审核 ≠ 审批).

Each act locks the settlement, then the organisation, then the month, in this order, and checks again.  A
roll-up takes the same locks in the same order, so neither can be caught between the other's.
"""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import audit, canonical, guards
from core.exceptions import Conflict, NotAllowed, RuleViolation
from core.models import User
from core.months import Month
from departments.models import Period, Unit, WebhookEvent
from departments.models.periods import FROZEN, PeriodState
from departments.permissions import require
from departments.webhooks import announce
from incentives.models import PaymentLine, PaymentState, Settlement
from incentives.selectors.objections import objection_window
from incentives.services.adjustments import adjustments_carry
from incentives.services.ledger import month_post
from incentives.services.roll_up import (
    compute_and_store,
    digest_of,
    locked_settlement,
    settle_gap,
    settlement_of,
)

REVIEWED = audit.register_action("month.reviewed", _("month reviewed"))
PUBLISHED = audit.register_action("month.published", _("month published"))
APPROVED = audit.register_action("month.approved", _("month approved"))
LOCKED = audit.register_action("month.locked", _("month locked"))
PAID = audit.register_action("month.paid", _("month paid"))


def _hold(root: Unit, month: Month) -> Settlement:
    """The settlement under locks; writers of facts wait from here on, and we waited for those at work."""
    settlement = locked_settlement(settlement_of(root, month).pk)
    guards.hold_root(root.pk)
    held = Period.objects.select_for_update(of=("self",)).select_related("root")
    settlement.period = held.get(pk=settlement.period_id)
    return settlement


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


def barred(settlement: Settlement, act: str) -> frozenset[int]:
    """Who may not take a step, as users' ids, because of the steps they took; whatever their rights are."""
    checked = {
        "review": (settlement.computed_by_id,),
        "approve": (settlement.computed_by_id, settlement.reviewed_by_id),
        "lock": (settlement.approved_by_id,),
        # Who locked without an approval let it be paid.
        "pay": (settlement.approved_by_id or settlement.locked_by_id,),
    }
    return frozenset(user for user in checked.get(act, ()) if user is not None)


def _another(actor: User | None, settlement: Settlement, act: str, message: Any) -> None:
    """Refuse those whom an earlier step rules out; superusers as well."""
    if actor is not None and actor.pk in barred(settlement, act):
        raise NotAllowed("same_person", message)


@transaction.atomic
def month_review(*, actor: User | None, root: Unit, month: Month, reason: str = "") -> Settlement:
    """Confirm that somebody looked at every figure.  Nobody reviews what they computed."""
    require(actor, "month.review", root.pk)
    settlement = _hold(root, month)
    _another(actor, settlement, "review", _("Nobody reviews a month they computed; ask somebody else."))
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
    """Approve the month.  Nobody approves what they computed or reviewed.

    While people may still object, it needs a reason: the words that nobody objects (无异议确认), which the
    audit row keeps.
    """
    require(actor, "month.approve", root.pk)
    settlement = _hold(root, month)
    message = _("Nobody approves a month they computed or reviewed; ask somebody else.")
    _another(actor, settlement, "approve", message)
    _step(settlement, PeriodState.PUBLISHED, "approve")
    window = objection_window(root.pk, month)
    if actor is not None and window.end and window.is_open and not reason.strip():
        raise RuleViolation(
            "window_open",
            _(
                "People may object until %(day)s; whoever approves earlier says why, "
                "for example that everybody has agreed."
            ),
            day=date_format(window.end, "SHORT_DATE_FORMAT"),
        )
    settlement.approved_by, settlement.approved_at = actor, timezone.now()
    settlement.save(update_fields=["approved_by", "approved_at"])
    change = {**_digest(settlement), "objections_until": window.end}
    audit.record(actor=actor, action=APPROVED, target=settlement, change=change, reason=reason)
    return settlement


@transaction.atomic
def month_lock(
    *, actor: User | None, root: Unit, month: Month, reason: str = "", force: bool = False
) -> Settlement:
    """Freeze facts, rules, result and ledger of the month for good.

    The month is computed once more under the lock; when that differs from what was approved, nothing
    is locked.
    ``force`` locks without approval: it needs the right and a reason, and is audited.  Otherwise nobody locks
    what they approved.  Adjustments that the month cannot settle move to the next open month.
    """
    if root.root_id != root.pk:
        raise RuleViolation("not_a_root", _("A month is locked for a whole organisation."))
    require(actor, "month.lock", root.pk)
    if force and not reason.strip():
        raise RuleViolation("reason_needed", _("Locking without approval needs a reason."))
    settle_gap(actor, root, month)
    settlement = _hold(root, month)
    period = settlement.period
    if period.state in FROZEN:
        raise Conflict("already_locked", _("The month is locked already."))
    if not force and period.state != PeriodState.APPROVED:
        raise Conflict(
            "not_approved",
            _(
                "The month is “%(state)s”; it can be locked once it is approved, or by "
                "somebody with the right and a reason."
            ),
            state=PeriodState(period.state).label,
        )
    if not force:
        _another(actor, settlement, "lock", _("Nobody locks a month they approved; ask somebody else."))
    facts, result = compute_and_store(root, month)
    text = result.text()
    digest = digest_of(text)
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
    settlement.revised_at = settlement.revised_at or settlement.locked_at
    settlement.save()
    adjustments_carry(actor, root, month)
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
    _announce(WebhookEvent.MONTH_LOCKED, settlement)
    return settlement


@transaction.atomic
def month_pay(*, actor: User | None, root: Unit, month: Month, reason: str = "") -> Settlement:
    """Note that the money of a locked month has left.  Nobody pays what they let be paid: not who approved
    the month, nor who locked it without an approval.  Refused while a payment is on its way.
    """
    require(actor, "month.pay", root.pk)
    settlement = _hold(root, month)
    _another(actor, settlement, "pay", _("Nobody pays a month they approved; ask somebody else."))
    waiting = PaymentLine.objects.filter(root=root, month=month.first, state=PaymentState.OPEN).count()
    if waiting:
        raise Conflict(
            "payments_open",
            _("%(count)s payments of the month are on their way; note first what became of them."),
            count=waiting,
        )
    _step(settlement, PeriodState.LOCKED, "pay")
    audit.record(actor=actor, action=PAID, target=settlement, change=_digest(settlement), reason=reason)
    _announce(WebhookEvent.PAYOUTS_PAID, settlement)
    return settlement


def _announce(event: WebhookEvent, settlement: Settlement) -> None:
    """Tell the organisation's webhooks, which learn the month and its digest, and no amount."""
    month = str(Month.of(settlement.period.month))
    announce(
        root=settlement.period.root, event=event, key=month, content={"month": month, **_digest(settlement)}
    )


def _digest(settlement: Settlement) -> dict[str, Any]:
    return {"digest": settlement.digest, "revision": settlement.revision}
