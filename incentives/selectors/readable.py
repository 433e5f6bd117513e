"""Rows of REWARD as one person may read them, with what a list of them shows: one query each."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from core.exceptions import NotVisible
from departments.models import Period
from departments.permissions import reach_of
from incentives.models import Finding, Payout, Settlement
from incentives.selectors.finding_board import findings_listed
from kpi.selectors.readable import amounts_of_people

if TYPE_CHECKING:
    from core.models import User


def findings_readable(user: "User") -> "QuerySet[Finding]":
    rows: QuerySet[Finding] = findings_listed(user).order_by()
    return rows


def settlements_readable(user: "User") -> "QuerySet[Settlement]":
    """Computed months of the organisations a person belongs to, without the stored result and inputs."""
    seen = Period.objects.visible_to(user)
    return (
        Settlement.objects.filter(period__in=seen, revision__gt=0)
        .select_related("period__root")
        .defer("result", "scope", "inputs")
    )


def settlement_result(user: "User", pk: int) -> str:
    """The stored result of a month as text, for those who read the organisation's money.

    Raises ``NotVisible`` for others and for a month that is not there.
    """
    row = settlements_readable(user).filter(pk=pk).defer(None).defer("scope", "inputs").first()
    if row is None or not reach_of(user).allows("money.read", row.period.root_id):
        raise NotVisible("result")
    return row.result


def payouts_readable(user: "User") -> "QuerySet[Payout]":
    """What people get: one's own, and of those whose amounts one reads by right."""
    rows: Any = Payout.objects.visible_to(user).filter(amounts_of_people(user))
    found: QuerySet[Payout] = rows.select_related(
        "staff", "unit", "share__role", "share__pool__campaign", "share__pool__scheme"
    ).defer("share__steps", "share__pool__steps")
    return found
