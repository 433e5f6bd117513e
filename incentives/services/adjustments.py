"""Corrections of frozen months: proposed by one, approved by another, settled in a later month.

A person's month never goes below 0: what an adjustment takes back beyond what the month pays is carried on.
"""

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import User
from core.money import ZERO, round_money
from core.months import Month
from departments.models import Period, Staff, Unit
from departments.models.periods import FROZEN
from departments.permissions import reach_of, require
from incentives.models import Adjustment
from incentives.services.ledger import payable_before_adjustments

PROPOSED = audit.register_action("adjustment.proposed", _("adjustment proposed"))
ADJUSTED = audit.register_action("adjustment.approved", _("adjustment approved"))
CARRIED = audit.register_action("adjustment.carried", _("adjustment carried to a later month"))


def _is_frozen(root_id: int, month: Month) -> bool:
    return Period.objects.filter(root_id=root_id, month=month.first, state__in=FROZEN).exists()


def adjustment_propose(
    *, actor: User | None, staff: Staff, about: Month, month: Month, amount: Decimal, reason: str
) -> Adjustment:
    """Propose a correction of a frozen month, to be settled in a later, open one.

    ``amount``: yuan, whole 分; below 0 it takes back.  The same proposal, made again by the same person while
    it waits, is the one that stands.  Raises ``NotAllowed`` (right, own line),
    ``RuleViolation`` (no reason, no amount, wrong months) and ``Conflict`` when locked meanwhile.
    """
    require(actor, "adjustment.propose", staff.unit_id)
    _not_own(actor, staff.pk)
    if not reason.strip():
        raise RuleViolation("reason_needed", _("An adjustment needs a reason."))
    if not amount or round_money(amount) != amount:
        raise RuleViolation("no_amount", _("An adjustment is an amount in whole 分 and not 0."))
    if not _is_frozen(staff.root_id, about):
        raise RuleViolation(
            "month_not_locked",
            _("The month %(month)s is not locked; correct the fact itself."),
            month=str(about),
        )
    if month <= about or _is_frozen(staff.root_id, month):
        raise RuleViolation("month_not_open", _("An adjustment belongs to a later month that is still open."))
    wanted = {
        "root_id": staff.root_id,
        "month": month.first,
        "about_month": about.first,
        "staff": staff,
        "amount": amount,
        "reason": reason,
        "proposed_by": actor,
    }
    with guards.translate(), transaction.atomic():
        # The person's row is the lock: a form that is sent twice at once makes one proposal.
        Staff.objects.select_for_update(of=("self",)).get(pk=staff.pk)
        same: Adjustment | None = Adjustment.objects.filter(**wanted, approved_by__isnull=True).first()
        if same is not None and actor is not None:
            return same
        adjustment: Adjustment = Adjustment.objects.create(**wanted)
        audit.record(
            actor=actor, action=PROPOSED, target=adjustment, change={"amount": amount}, reason=reason
        )
    return adjustment


def adjustment_approve(*, actor: User, adjustment_id: int, reason: str = "") -> Adjustment:
    """Let an adjustment count.  Nobody approves what they proposed, nor one of their own."""
    with guards.translate(), transaction.atomic():
        adjustment = (
            Adjustment.objects.select_for_update(of=("self",))
            .select_related("staff")
            .filter(pk=adjustment_id)
            .first()
        )
        if adjustment is None:
            raise NotVisible("adjustment")
        require(actor, "adjustment.approve", adjustment.root_id)
        if actor.pk == adjustment.proposed_by_id:
            raise NotAllowed("same_person", _("Nobody approves what they proposed."))
        _not_own(actor, adjustment.staff_id)
        if adjustment.approved_by_id is not None:
            raise Conflict("already_approved", _("The adjustment is approved already."))
        adjustment.approved_by = actor
        adjustment.save(update_fields=["approved_by"])
        audit.record(
            actor=actor,
            action=ADJUSTED,
            target=adjustment,
            change={"amount": adjustment.amount},
            reason=reason,
        )
    return adjustment


def _not_own(actor: User | None, staff_id: int) -> None:
    """Superusers too: a user who is nobody on the staff has no line of their own."""
    if actor is not None and (
        reach_of(actor).staff_id == staff_id or Staff.objects.filter(pk=staff_id, user_id=actor.pk).exists()
    ):
        raise NotAllowed("own_line", _("Nobody proposes or approves an adjustment of their own."))


def adjustments_carry(actor: User | None, root: Unit, month: Month) -> int:
    """Move to the next open month what this one cannot settle; gives the number of rows moved or split.

    Proposals nobody approved yet move as they are.  Of what is taken back, the part that the person's month
    covers stays; the rest becomes a row of the next open month.  Must run inside the locking transaction.
    """
    rows = list(
        Adjustment.objects.select_for_update(of=("self",))
        .filter(root=root, month=month.first)
        .select_related("staff")
        .order_by("pk")
    )
    if not rows:
        return 0
    later = _next_open(root, month).first
    carried = 0
    for row, taken in _taken(rows, payable_before_adjustments(root, month)):
        if taken == row.amount:
            continue
        change = {"amount": row.amount, "taken": taken, "carried": row.amount - taken, "month": later}
        if taken:
            Adjustment.objects.create(
                root=root,
                month=later,
                about_month=row.about_month,
                staff=row.staff,
                amount=row.amount - taken,
                reason=row.reason,
                proposed_by_id=row.proposed_by_id,
                approved_by_id=row.approved_by_id,
            )
            row.amount = taken
        else:
            row.month = later
        row.save(update_fields=["amount", "month"])
        audit.record(actor=actor, action=CARRIED, target=row, change=change)
        carried += 1
    return carried


def _taken(rows: list[Adjustment], payable: dict[str, Decimal]) -> Iterator[tuple[Adjustment, Decimal]]:
    """Each adjustment with the part of it that its month settles; 0 moves it as a whole."""
    left = dict(payable)
    approved = [row for row in rows if row.approved_by_id is not None]
    for row in approved:
        if row.amount > 0:
            left[row.staff.staff_no] = left.get(row.staff.staff_no, ZERO) + row.amount
    for row in rows:
        if row.approved_by_id is None:
            yield row, ZERO
        elif row.amount > 0:
            yield row, row.amount
        else:
            taken = min(-row.amount, left.get(row.staff.staff_no, ZERO))
            left[row.staff.staff_no] = left.get(row.staff.staff_no, ZERO) - taken
            yield row, -taken


def _next_open(root: Unit, month: Month) -> Month:
    frozen = set(
        Period.objects.filter(root=root, month__gt=month.first, state__in=FROZEN).values_list(
            "month", flat=True
        )
    )
    later = month.plus(1)
    while later.first in frozen:
        later = later.plus(1)
    return later
