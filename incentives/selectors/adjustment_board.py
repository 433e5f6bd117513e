"""Reads for the pages of adjustments: who may see which, and what one is made of."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from core.audit import action_label
from core.exceptions import NotVisible
from core.models import AuditEvent, User
from core.money import ZERO
from core.months import Month
from departments.models import Period, Staff
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from incentives.models import Adjustment, PaymentLine, Payout


def adjustments_readable(user: User) -> "QuerySet[Any]":
    """One's own, those of people whose money one reads, and those that one proposed; the newest first."""
    rows: QuerySet[Any] = Adjustment.objects.select_related("staff__unit", "root").order_by("-month", "-pk")
    reach = reach_of(user)
    if reach.everything:
        return rows
    mine = Q(staff_id=reach.staff_id) | Q(staff__unit_id__in=reach.units_for("money.read"))
    return rows.filter(mine | Q(proposed_by=user))


@dataclass(frozen=True)
class Step:
    """Something that was done with an adjustment, from the audit."""

    what: str
    who: str
    event: AuditEvent


@dataclass(frozen=True)
class AdjustmentPage:
    """One adjustment, in yuan.  ``locked``: what the corrected month paid, ``None`` for who does not read it;
    ``others``: what else corrects the same month; ``payments``: what was sent for the month it is paid in.
    """

    adjustment: Adjustment
    about: Month
    month: Month
    locked: list[Payout] | None
    others: list[Adjustment]
    payments: list[PaymentLine]
    state: str
    settled: bool
    steps: list[Step]
    may_approve: bool

    @property
    def locked_total(self) -> Decimal:
        return sum((one.amount for one in self.locked or ()), ZERO)

    @property
    def others_total(self) -> Decimal:
        return sum((one.amount for one in self.others if one.approved_by_id is not None), ZERO)

    @property
    def right(self) -> Decimal:
        """What the corrected month comes to: as locked, with what was approved, and this one."""
        return self.locked_total + self.others_total + self.adjustment.amount


def adjustment_page(user: User, pk: int) -> AdjustmentPage:
    """One adjustment; seven queries.  Raises ``NotVisible``."""
    row: Adjustment | None = (
        adjustments_readable(user)
        .select_related("staff__unit", "root", "proposed_by__staff", "approved_by__staff")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotVisible("adjustment")
    reach = reach_of(user)
    reads = row.staff_id == reach.staff_id or reach.allows("money.read", row.staff.unit_id)
    state = Period.objects.filter(root=row.root_id, month=row.month).first()
    events = AuditEvent.objects.filter(
        target_type=Adjustment._meta.label_lower, target_id=str(row.pk)
    ).order_by("pk")
    return AdjustmentPage(
        adjustment=row,
        about=Month.of(row.about_month),
        month=Month.of(row.month),
        locked=_payouts(row) if reads else None,
        others=_others(row) if reads else [],
        payments=_payments(row) if reads else [],
        state=state.state if state else "open",
        settled=state is not None and state.state in FROZEN,
        steps=[Step(action_label(one.action), one.actor_name, one) for one in events],
        may_approve=row.approved_by_id is None
        and user.pk != row.proposed_by_id
        and row.staff_id != reach.staff_id
        and reach.allows("adjustment.approve", row.root_id)
        and not (state is not None and state.state in FROZEN),
    )


def _payouts(row: Adjustment) -> list[Payout]:
    """What the corrected month paid the person, as it was locked."""
    return list(
        Payout.objects.filter(root=row.root_id, month=row.about_month, staff=row.staff_id)
        .select_related("share__role", "share__pool__campaign")
        .order_by("kind", "pk")
    )


def _others(row: Adjustment) -> list[Adjustment]:
    return list(
        Adjustment.objects.filter(root=row.root_id, staff=row.staff_id, about_month=row.about_month)
        .exclude(pk=row.pk)
        .order_by("pk")
    )


def _payments(row: Adjustment) -> list[PaymentLine]:
    return list(
        PaymentLine.objects.filter(root=row.root_id, staff=row.staff_id, month=row.month)
        .select_related("batch")
        .order_by("pk")
    )


def staff_to_adjust(user: User, staff_no: str) -> Staff:
    """A person for whom one may propose.  Raises ``NotVisible``."""
    reach = reach_of(user)
    rows: QuerySet[Any] = Staff.objects.select_related("unit")
    if not reach.everything:
        rows = rows.filter(unit_id__in=reach.units_for("adjustment.propose"))
    found: Staff | None = rows.filter(staff_no=staff_no).first()
    if found is None:
        raise NotVisible("staff")
    return found
