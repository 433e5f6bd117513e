"""The roll-up of a month: facts → attainment → scores → uplift → pools → payouts, in one transaction.

Rule: architecture.md §2.  The reads do not grow with the number of people; the result of a frozen month is
what was stored, never computed again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.calculations.month import UpliftFacts, uplifts
from campaigns.selectors import uplift_facts
from campaigns.services import uplift_record
from core import audit
from core.exceptions import RuleViolation
from core.models import User
from core.months import Month
from departments.models import Period, Unit
from departments.permissions import require
from departments.selectors import UnitTree, unit_tree, work_calendar
from incentives.calculations.month import MonthSettlement, PoolFacts, settle
from incentives.calculations.result import MonthResult, month_result
from incentives.models import Settlement
from incentives.selectors import pool_facts
from incentives.services import results
from kpi.calculations.month import AssessmentFacts, assess
from kpi.selectors import assessment_facts
from kpi.services import assessment_record

ROLLED_UP = audit.register_action("month.rolled_up", _("month computed"))

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MonthFacts:
    """Everything a month is computed from: what a settlement freezes."""

    assessment: AssessmentFacts
    uplift: UpliftFacts
    pool: PoolFacts


def settlement_of(root: Unit, month: Month) -> Settlement:
    """The month's settlement row; made, open and empty, when the month is new."""
    period, _made = Period.objects.get_or_create(root=root, month=month.first)
    return Settlement.objects.select_related("period").get_or_create(period=period)[0]


def month_roll_up(
    *, actor: User | None, root: Unit, month: Month, progress: Progress | None = None
) -> dict[str, Any]:
    """Compute a month of an organisation and store every result; gives the JSON object of interfaces.md §3.

    Months settle in order: months that lie between the last settled one and this are settled first.  A frozen
    month gives its stored result.  Raises ``NotAllowed`` and, for a unit below a root, ``RuleViolation``.
    """
    if root.root_id != root.pk:
        raise RuleViolation("not_a_root", _("A month is computed for a whole organisation."))
    require(actor, "month.roll_up", root.pk)
    for earlier in _unsettled_before(root, month):
        _roll_up_one(actor, root, earlier, None)
    return _roll_up_one(actor, root, month, progress)


def _unsettled_before(root: Unit, month: Month) -> list[Month]:
    """The months between the last one that was settled and ``month``."""
    last = (
        Settlement.objects.filter(period__root=root, period__month__lt=month.first, revision__gt=0)
        .order_by("-period__month")
        .values_list("period__month", flat=True)
        .first()
    )
    gap = []
    if last is not None:
        one = Month.of(last).plus(1)
        while one < month:
            gap.append(one)
            one = one.plus(1)
    return gap


def _roll_up_one(actor: User | None, root: Unit, month: Month, progress: Progress | None) -> dict[str, Any]:
    settlement = settlement_of(root, month)
    with transaction.atomic():
        settlement = locked_settlement(settlement.pk)
        if settlement.period.is_frozen:
            frozen: dict[str, Any] = json.loads(settlement.result)
            return frozen
        result = compute_and_store(root, month, progress)[1]
        text = result.text()
        digest = hashlib.sha256(text.encode()).hexdigest()
        changed = digest != settlement.digest
        if changed or settlement.period.state == "open":
            settlement.period.compute()
            settlement.period.save(update_fields=["state"])
            # Whoever looked at the old result has not seen this one.
            settlement.reviewed_by = settlement.reviewed_at = settlement.published_at = None
            settlement.approved_by = settlement.approved_at = None
        if changed:
            settlement.revision += 1
            audit.record(
                actor=actor,
                action=ROLLED_UP,
                target=settlement,
                change={"revision": settlement.revision, "digest": digest},
            )
        settlement.result, settlement.scope, settlement.digest = text, result.scope, digest
        settlement.computed_at, settlement.computed_by = timezone.now(), actor
        settlement.save()
    return result.content


def locked_settlement(pk: int) -> Settlement:
    """The settlement under a row lock: two roll-ups of a month wait for each other."""
    return Settlement.objects.select_for_update(of=("self",)).select_related("period").get(pk=pk)


def compute_and_store(
    root: Unit, month: Month, progress: Progress | None = None
) -> tuple[MonthFacts, MonthResult]:
    """Load the facts, compute, and replace the month's result rows.  Must run inside a transaction."""
    tree = unit_tree(month.last)
    calendar = work_calendar()
    assessment = assessment_facts(root.pk, month, tree, calendar)
    uplift = uplift_facts(root.pk, month, tree, calendar)
    pool = pool_facts(root.pk, month, tree, [one.campaign.code for one in uplift.campaigns])
    facts = MonthFacts(assessment, uplift, pool)

    results.clear(root.pk, month)
    found = uplifts(uplift)
    settlement = settle(pool, found)
    people = assessment_record(root.pk, month, assess(assessment))
    units: dict[str, int] = {}
    total = len(assessment.people)

    def watched() -> Any:
        for done, person in enumerate(people, 1):
            units[person.person.staff_no] = person.unit or person.person.unit
            if progress and done % 500 == 0:
                progress(done, total)
            yield person

    result = month_result(month, watched(), settlement, _codes(tree))
    campaigns = uplift_record(
        root.pk, month, found, {one.result.uplift.campaign: one.missing for one in settlement.campaigns}
    )
    _store(root, month, settlement, campaigns, units)
    return facts, result


def _store(
    root: Unit, month: Month, settlement: MonthSettlement, campaigns: dict[str, int], units: dict[str, int]
) -> None:
    results.pools_record(root.pk, month, settlement, campaigns, units)
    results.bonuses_record(root.pk, month)
    results.funds_record(root.pk, month, settlement)


def _codes(tree: UnitTree) -> Callable[[int], str]:
    return lambda unit: tree.codes[unit]
