"""The roll-up of a month: facts → attainment → scores → uplift → pools → payouts, in one transaction.

Rule: architecture.md §2.  The reads do not grow with the number of people; the result of a frozen month is
what was stored, never computed again.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.calculations.month import uplifts
from campaigns.selectors import uplift_facts
from campaigns.services import uplift_record
from core import audit
from core.exceptions import Conflict, RuleViolation
from core.models import User
from core.months import Month
from departments.models import Period, PeriodState, Unit
from departments.models.periods import FROZEN
from departments.permissions import require
from departments.selectors import UnitTree, unit_tree, work_calendar
from finance.models import FundMonth
from incentives.calculations.frozen import MonthFacts
from incentives.calculations.month import MonthSettlement, settle
from incentives.calculations.result import MonthResult, month_result
from incentives.models import Settlement
from incentives.selectors.facts import pool_facts
from incentives.services import results
from kpi.calculations.month import assess
from kpi.selectors import assessment_facts
from kpi.services import assessment_record

ROLLED_UP = audit.register_action("month.rolled_up", _("month computed"))

Progress = Callable[[int, int], None]
# What an act after the computation noted; a new result takes it all back.
COMPUTED = ("result", "scope", "digest", "revision", "computed_at", "computed_by", "revised_at")
STAMPS = ("reviewed_by", "reviewed_at", "published_at", "approved_by", "approved_at")


def settlement_of(root: Unit, month: Month) -> Settlement:
    """The month's settlement row; made, open and empty, when the month is new."""
    of_month = Settlement.objects.select_related("period").filter(
        period__root=root, period__month=month.first
    )
    return of_month.first() or _new_settlement(root, month)


def _new_settlement(root: Unit, month: Month) -> Settlement:
    period, _made = Period.objects.get_or_create(root=root, month=month.first)
    return Settlement.objects.select_related("period").get_or_create(period=period)[0]


def month_roll_up(
    *, actor: User | None, root: Unit, month: Month, progress: Progress | None = None
) -> dict[str, Any]:
    """Compute a month of an organisation and store every result; gives the JSON object of interfaces.md §3.

    Months settle in order: months that lie between the last settled one and this are settled first.  A frozen
    month gives its stored result.  Raises ``NotAllowed``; ``RuleViolation`` for a unit below a root;
    ``Conflict`` when a later month is locked with the balances of this one, or a frozen result was changed.
    """
    if root.root_id != root.pk:
        raise RuleViolation("not_a_root", _("A month is computed for a whole organisation."))
    require(actor, "month.roll_up", root.pk)
    settle_gap(actor, root, month)
    return _roll_up_one(actor, root, month, progress)


def settle_gap(actor: User | None, root: Unit, month: Month) -> None:
    """Settle the months between the last one that was settled and ``month``."""
    last = (
        Settlement.objects.filter(period__root=root, period__month__lt=month.first, revision__gt=0)
        .order_by("-period__month")
        .values_list("period__month", flat=True)
        .first()
    )
    if last is not None:
        one = Month.of(last).plus(1)
        while one < month:
            _roll_up_one(actor, root, one, None)
            one = one.plus(1)


def _roll_up_one(actor: User | None, root: Unit, month: Month, progress: Progress | None) -> dict[str, Any]:
    settlement = settlement_of(root, month)
    with transaction.atomic():
        settlement = locked_settlement(settlement.pk)
        if settlement.period.is_frozen:
            return _frozen_result(settlement)
        result = compute_and_store(root, month, progress)[1]
        text = result.text()
        digest = digest_of(text)
        changed = digest != settlement.digest
        if changed or settlement.period.state == PeriodState.OPEN:
            settlement.period.compute()
            settlement.period.save(update_fields=["state"])
            for stamp in STAMPS:
                setattr(settlement, stamp, None)
        if changed:
            settlement.revision += 1
            audit.record(
                actor=actor,
                action=ROLLED_UP,
                target=settlement,
                change={"revision": settlement.revision, "digest": digest},
            )
            # Who made the figures stays who made them: the nightly roll-up that finds the same takes nothing
            # off their name, so that they cannot approve them afterwards.
            settlement.computed_by, settlement.revised_at = actor, timezone.now()
        settlement.result, settlement.scope, settlement.digest = text, result.scope, digest
        settlement.computed_at = timezone.now()
        settlement.save(update_fields=[*COMPUTED, *STAMPS])
    return result.content


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _frozen_result(settlement: Settlement) -> dict[str, Any]:
    """The stored result, if it is still the one that was frozen."""
    if digest_of(settlement.result) != settlement.digest:
        raise Conflict(
            "result_damaged",
            _("The frozen result of %(month)s was changed; restore it from a backup."),
            month=settlement,
        )
    frozen: dict[str, Any] = json.loads(settlement.result)
    return frozen


def locked_settlement(pk: int) -> Settlement:
    """The settlement under a row lock: whatever computes or closes a month takes it first and waits here."""
    settlement: Settlement = Settlement.objects.select_for_update().get(pk=pk)
    # Not joined: after a wait PostgreSQL gives the new settlement, but the period as it was before the wait.
    settlement.period = Period.objects.select_related("root").get(pk=settlement.period_id)
    return settlement


def month_facts(root: Unit, month: Month, tree: UnitTree) -> MonthFacts:
    """Everything the month is computed from, in a fixed number of queries."""
    calendar = work_calendar()
    uplift = uplift_facts(root.pk, month, tree, calendar)
    return MonthFacts(
        assessment_facts(root.pk, month, tree, calendar),
        uplift,
        pool_facts(root.pk, month, tree, [one.campaign.code for one in uplift.campaigns]),
    )


def compute_and_store(
    root: Unit, month: Month, progress: Progress | None = None
) -> tuple[MonthFacts, MonthResult]:
    """Load the facts, compute, and replace the month's result rows.  Must run inside a transaction.

    Raises ``Conflict`` when a month that is locked already began with other balances of the funds.
    """
    tree = unit_tree(month.last)
    facts = month_facts(root, month, tree)
    assessment, pool = facts.assessment, facts.pool

    promised = _balances_promised(root, month)
    results.clear(root.pk, month)
    found = uplifts(facts.uplift)
    settlement = settle(pool, found)
    people = assessment_record(root.pk, month, assess(assessment))
    holders: dict[str, tuple[int, int]] = {}
    total = len(assessment.people)

    def watched() -> Any:
        for done, person in enumerate(people, 1):
            holders[person.person.staff_no] = (person.person.key, person.unit or person.person.unit)
            if progress and done % 500 == 0:
                progress(done, total)
            yield person

    result = month_result(pool, watched(), settlement, _codes(tree))
    campaigns = uplift_record(
        root.pk, month, found, {one.result.uplift.campaign: one.missing for one in settlement.campaigns}
    )
    _store(root, month, settlement, campaigns, holders)
    if promised and promised != _balances(root, month):
        raise Conflict(
            "later_month_locked",
            _(
                "A later month is locked with the balances of %(month)s; book the difference in an "
                "open month."
            ),
            month=str(month),
        )
    return facts, result


def _balances(root: Unit, month: Month) -> dict[int, tuple[Any, Any]]:
    """Fund → what it hands on to the next month: its balance and what waits to be paid."""
    rows = FundMonth.objects.filter(root=root, month=month.first).values_list("fund", "closing", "pending")
    return {fund: (closing, pending) for fund, closing, pending in rows}


def _balances_promised(root: Unit, month: Month) -> dict[int, tuple[Any, Any]]:
    """The balances that a month already locked began with; empty when none did."""
    later = month.plus(1).first
    if not Period.objects.filter(root=root, month=later, state__in=FROZEN).exists():
        return {}
    openings = dict(FundMonth.objects.filter(root=root, month=later).values_list("fund", "opening"))
    given = _balances(root, month)
    return given if all(openings.get(fund) == closing for fund, (closing, _pending) in given.items()) else {}


def _store(
    root: Unit,
    month: Month,
    settlement: MonthSettlement,
    campaigns: dict[str, int],
    holders: dict[str, tuple[int, int]],
) -> None:
    results.pools_record(root.pk, month, settlement, campaigns, holders)
    results.bonuses_record(root.pk, month)
    results.funds_record(root.pk, month, settlement)


def _codes(tree: UnitTree) -> Callable[[int], str]:
    return lambda unit: tree.codes[unit]
