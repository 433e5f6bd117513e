"""What a month is computed from: the frozen inputs of a locked one, or the facts as they are now."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.calculations.month import UpliftFacts
from campaigns.selectors import uplift_facts
from core import canonical
from core.exceptions import Conflict
from departments.selectors import work_calendar
from incentives.calculations.frozen import MonthFacts
from incentives.calculations.month import PoolFacts
from incentives.models import Settlement
from incentives.selectors.facts import pool_facts
from incentives.services.verification import UNREADABLE
from kpi.calculations.month import AssessmentFacts
from kpi.selectors import assessment_facts
from opscenter.dashboards.scope import MonthScope


def frozen_facts(settlement: Settlement, part: str = "") -> Any:
    """The ``MonthFacts`` that a locked month was computed from, or one ``part`` of them.

    One query; of several parts for one request the text is read once.  Raises ``Conflict`` when they cannot
    be read.
    """
    try:
        if part:
            return canonical.read_field(_plain(settlement), MonthFacts, part)
        return canonical.load(_inputs(settlement), MonthFacts)
    except UNREADABLE as error:
        raise _damaged() from error


def frozen_person(settlement: Settlement, staff_no: str) -> AssessmentFacts:
    """What one person's score of a locked month was computed from: the logs of others are left out.

    Raises ``Conflict`` as ``frozen_facts`` does.
    """
    try:
        assessment = list(_plain(settlement)[canonical.place_of(MonthFacts, "assessment")])
        for name in ("outputs", "named_by"):
            place = canonical.place_of(AssessmentFacts, name)
            assessment[place] = [pair for pair in assessment[place] if pair[0] == staff_no]
        found: AssessmentFacts = canonical.read(assessment, AssessmentFacts)
    except UNREADABLE as error:
        raise _damaged() from error
    return found


def _inputs(settlement: Settlement) -> bytes:
    rows = Settlement.objects.filter(pk=settlement.pk).values_list("inputs", flat=True)
    return bytes(rows.first() or b"")


def _plain(settlement: Settlement) -> Any:
    """The inputs without their types, kept as long as the row of the request: reading them takes longest."""
    kept = settlement.__dict__
    if "plain_inputs" not in kept:
        kept["plain_inputs"] = canonical.plain(_inputs(settlement))
    return kept["plain_inputs"]


def _damaged() -> Conflict:
    return Conflict(
        "inputs_damaged", _("The frozen inputs of the month cannot be read; restore them from a backup.")
    )


def frozen_settlement(scope: MonthScope) -> Settlement | None:
    """The settlement of a locked month; ``None`` while it is open."""
    return None if scope.provisional else scope.settlement


def pool_inputs(scope: MonthScope) -> tuple[UpliftFacts, PoolFacts]:
    """What the month's uplifts and pools are computed from, in a fixed number of queries."""
    if settlement := frozen_settlement(scope):
        return frozen_facts(settlement, "uplift"), frozen_facts(settlement, "pool")
    facts = uplift_facts(scope.root.pk, scope.month, scope.tree, work_calendar())
    codes = [one.campaign.code for one in facts.campaigns]
    return facts, pool_facts(scope.root.pk, scope.month, scope.tree, codes)


def assessment_inputs(scope: MonthScope, only: Collection[int] | int | None) -> AssessmentFacts:
    """What the scores are computed from; ``only``: of these people (ids), or of everybody.

    The frozen inputs hold everybody whom the month was computed for.
    """
    if settlement := frozen_settlement(scope):
        facts: AssessmentFacts = frozen_facts(settlement, "assessment")
        return facts
    return assessment_facts(scope.root.pk, scope.month, scope.tree, work_calendar(), only)
