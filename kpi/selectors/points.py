"""Reads of points and vetoes for their pages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet

from core.exceptions import NotVisible
from departments.models import Period, Staff
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from kpi.models import PointState, ScorePoint

if TYPE_CHECKING:
    from core.models import User

#: the states as conditions on rows, the same as ``ScorePoint.state``
_APPROVED = ~Q(approved_by="") | Q(proposed_by="")
STATES: dict[str, Q] = {
    PointState.APPROVED: _APPROVED,
    PointState.PROPOSED: ~_APPROVED & Q(refused_by=""),
    PointState.WITHDRAWN: ~_APPROVED & Q(refused_by=F("proposed_by")),
    PointState.REFUSED: ~_APPROVED & ~Q(refused_by="") & ~Q(refused_by=F("proposed_by")),
}


def points_visible(user: "User") -> "QuerySet[ScorePoint]":
    """The points the person sees, newest month first, proposals that wait on top of each month."""
    rows: QuerySet[ScorePoint] = ScorePoint.objects.visible_to(user).select_related("staff__unit")
    return rows.order_by("-month", "approved_by", "staff__staff_no", "code")


def points_waiting(user: "User") -> "QuerySet[ScorePoint]":
    """The proposals that wait for the person's own decision."""
    reach = reach_of(user)
    rows = points_visible(user).filter(STATES[PointState.PROPOSED])
    if not reach.everything:
        rows = rows.filter(staff__unit_id__in=reach.units_for("points.approve"))
        rows = rows.exclude(staff__user=user)
    return rows.exclude(proposed_by=user.get_username())


def waiting_points(user: "User") -> int:
    """How many proposals wait for the person's own decision."""
    return points_waiting(user).count()


@dataclass(frozen=True)
class PointPage:
    """Proposed points with who signed, and what the reader may do."""

    point: ScorePoint
    proposer: str
    decider: str
    frozen: bool
    may_approve: bool
    may_refuse: bool
    may_withdraw: bool


def point_page(user: "User", pk: int) -> PointPage:
    """One row of points.  Raises ``NotVisible`` for one out of reach."""
    point = (
        ScorePoint.objects.visible_to(user)
        .select_related("staff__unit", "evidence_file")
        .filter(pk=pk)
        .first()
    )
    if point is None:
        raise NotVisible("points")
    wanted = {point.proposed_by, point.approved_by, point.refused_by} - {""}
    names: dict[str, str] = {}
    people: Any = Staff.objects.filter(Q(user__username__in=wanted) | Q(staff_no__in=wanted))
    for name, number, username in people.values_list("name", "staff_no", "user__username"):
        names |= {number: name, username or number: name}
    me = Staff.objects.filter(user=user).first()
    mine = {user.get_username()} | ({me.staff_no, me.name} if me else set())
    frozen = Period.objects.filter(root=point.root_id, month=point.month, state__in=FROZEN).exists()
    waits = point.state == PointState.PROPOSED and not frozen
    proposed = point.proposed_by in mine
    decides = (
        reach_of(user).allows("points.approve", point.staff.unit_id)
        and not proposed
        and not (me and me.pk == point.staff_id)
    )
    decider = point.approved_by or point.refused_by
    return PointPage(
        point=point,
        proposer=names.get(point.proposed_by, point.proposed_by),
        decider=names.get(decider, decider),
        frozen=frozen,
        may_approve=waits and decides,
        may_refuse=waits and decides,
        may_withdraw=waits and proposed,
    )
