"""Payouts that wait for the answer to an appeal, and the lines of REWARD that can be disputed.

An open appeal holds the payouts it names, nothing else: the month goes on, is approved and locked, and these
lines are not paid until the appeal is decided.  Rule: calculation.md §2, docs/adr.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy

from core.money import ZERO
from core.months import Month
from core.templatetags.ui import money
from departments.models import PeriodState, Staff
from incentives.models import (
    Finding,
    FindingRule,
    FindingScope,
    FindingStatus,
    Payout,
    PayoutKind,
    Settlement,
)
from kpi.models import Appeal, AppealState
from kpi.selectors.appeals import BONUS, AppealLine, SubjectKind

if TYPE_CHECKING:
    from core.models import User

# The month's states in which people see their own result.
SHOWN = (PeriodState.PUBLISHED, PeriodState.APPROVED, PeriodState.LOCKED, PeriodState.PAID)


def month_published(root_id: int, month: Month) -> datetime | None:
    """When people saw the month; one locked without being published was shown by the lock."""
    row = (
        Settlement.objects.filter(period__root_id=root_id, period__month=month.first, period__state__in=SHOWN)
        .values_list("published_at", "locked_at")
        .first()
    )
    return row[0] or row[1] if row else None


def reference_of(payout: Payout) -> str:
    """The name of a payout that outlives a new computation; needs ``share__role`` and the pool's campaign."""
    if payout.share is None:
        return BONUS
    return f"pool/{payout.share.pool.campaign.code}/{payout.share.role.role}"


def held_references(root_id: int, month: Month, *, at: datetime | None = None) -> dict[int, frozenset[str]]:
    """Person → payouts that wait now, or waited at a moment: one query."""
    waiting = Q(state=AppealState.OPEN)
    if at is not None:
        waiting = Q(created_at__lte=at) & (waiting | Q(decided_at__gt=at))
    found: dict[int, set[str]] = defaultdict(set)
    for staff_id, names in Appeal.objects.filter(waiting, root_id=root_id, month=month.first).values_list(
        "staff_id", "holds"
    ):
        found[staff_id].update(names)
    return {staff_id: frozenset(names) for staff_id, names in found.items()}


def held_amounts(root_id: int, month: Month, *, at: datetime | None = None) -> dict[int, Decimal]:
    """Person → what of their month is not paid now, or was not at a moment: two queries for any size."""
    names = held_references(root_id, month, at=at)
    if not names:
        return {}
    amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for payout in _payouts(Q(root_id=root_id, month=month.first, staff_id__in=names)):
        if reference_of(payout) in names[payout.staff_id]:
            amounts[payout.staff_id] += payout.amount
    return dict(amounts)


def _payouts(wanted: Q) -> list[Payout]:
    rows = Payout.objects.filter(wanted).select_related("share__role", "share__pool__campaign")
    return list(rows.order_by("kind", "pk"))


# --- lines that can be disputed ------------------------------------------------------------------------


def _payout_title(payout: Payout) -> str:
    if payout.share is None:
        return str(payout.get_kind_display())
    return f"{payout.share.pool.campaign.name} · {payout.share.role.name}"


def _payout_lines(staff: Staff, month: Month) -> list[AppealLine]:
    return [
        AppealLine(
            "payout",
            reference_of(payout),
            _payout_title(payout),
            f"¥{money(payout.amount)}",
            (reference_of(payout),),
        )
        for payout in _payouts(Q(staff=staff, month=month.first))
    ]


def _finding_lines(staff: Staff, month: Month) -> list[AppealLine]:
    """Confirmed findings that hit the person and act on the month."""
    findings = list(
        Finding.objects.hitting(Q(staff=staff))
        .filter(status=FindingStatus.CONFIRMED, acts_from__lte=month.last, acts_to__gte=month.first)
        .select_related("campaign")
        .order_by("date", "ident")
    )
    if not findings:
        return []
    rules = {
        (rule.scheme.code, rule.code): rule
        for rule in FindingRule.objects.filter(scheme__code__in={one.scheme_code for one in findings})
        .select_related("scheme")
        .order_by("scheme__valid_from")
    }
    payouts = _payouts(Q(staff=staff, month=month.first, kind=PayoutKind.POOL))
    return [_finding_line(one, rules.get((one.scheme_code, one.rule_code)), payouts) for one in findings]


def _finding_line(finding: Finding, rule: FindingRule | None, payouts: list[Payout]) -> AppealLine:
    role = rule.role if rule else ""
    only = finding.campaign_id if rule and rule.scope == FindingScope.CAMPAIGN else None
    return AppealLine(
        "finding",
        finding.ident,
        f"{finding.date.isoformat()} {rule.name if rule else finding.rule_code}",
        finding.note,
        tuple(
            reference_of(payout)
            for payout in payouts
            if payout.share is not None
            and payout.share.role.role == role
            and only in (None, payout.share.pool.campaign_id)
        ),
    )


def _finding_made_by(appeal: Appeal, user: "User", staff: Staff | None) -> bool:
    return Finding.objects.filter(Q(proposed_by=user) | Q(confirmed_by=user), ident=appeal.reference).exists()


def _payout_made_by(appeal: Appeal, user: "User", staff: Staff | None) -> bool:
    """A payout is computed; nobody made it."""
    return False


SUBJECTS = (
    SubjectKind("finding", gettext_lazy("a finding"), "finding.confirm", _finding_lines, _finding_made_by),
    SubjectKind("payout", gettext_lazy("a payout"), "finding.confirm", _payout_lines, _payout_made_by),
)
