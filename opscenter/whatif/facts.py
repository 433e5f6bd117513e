"""What a trial is computed from: facts of an open month, frozen inputs of a locked one.  Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from campaigns.calculations.month import CampaignResult, UpliftFacts, uplifts
from campaigns.selectors import uplift_facts
from core import canonical
from core.access import Access
from core.exceptions import Conflict
from core.models import User
from departments.models import Staff
from departments.permissions import reach_of
from departments.selectors import work_calendar
from incentives.calculations.frozen import MonthFacts
from incentives.calculations.month import PoolFacts
from incentives.models import Settlement
from incentives.selectors import pool_facts
from incentives.services.verification import UNREADABLE
from kpi.calculations.month import AssessmentFacts, SchemeVersion
from kpi.calculations.rules import RuleVersion
from kpi.selectors import assessment_facts
from kpi.selectors.facts import rule_versions, scheme_versions
from opscenter.dashboards.scope import MonthScope

#: what opens the pages: pools are for those who read money, scores also for those who rate
ACTS = ("money.read", "rating.enter")


def _tries(user: User) -> bool:
    reach = reach_of(user)
    return any(reach.allows(act) for act in ACTS)


MAY_TRY = Access(" or ".join(ACTS), _tries)


def frozen_field(settlement: Settlement, name: str) -> object:
    """One part of a locked month's frozen inputs.  Raises ``Conflict`` when they cannot be read."""
    inputs = Settlement.objects.filter(pk=settlement.pk).values_list("inputs", flat=True).first()
    try:
        return canonical.load_field(bytes(inputs or b""), MonthFacts, name)
    except UNREADABLE as error:
        raise Conflict(
            "inputs_damaged", _("The frozen inputs of the month cannot be read; restore them from a backup.")
        ) from error


def frozen_facts(settlement: Settlement) -> MonthFacts:
    """Everything a locked month was computed from.  Raises ``Conflict`` when it cannot be read."""
    inputs = Settlement.objects.filter(pk=settlement.pk).values_list("inputs", flat=True).first()
    try:
        facts: MonthFacts = canonical.load(bytes(inputs or b""), MonthFacts)
    except UNREADABLE as error:
        raise Conflict(
            "inputs_damaged", _("The frozen inputs of the month cannot be read; restore them from a backup.")
        ) from error
    return facts


def pool_inputs(scope: MonthScope) -> tuple[PoolFacts, Sequence[CampaignResult]]:
    """The facts of the month's pools and its uplifts, in a fixed number of queries."""
    if not scope.provisional and scope.settlement is not None:
        pool, uplift = (frozen_field(scope.settlement, name) for name in ("pool", "uplift"))
        if isinstance(pool, PoolFacts) and isinstance(uplift, UpliftFacts):
            return pool, uplifts(uplift)
    facts = uplift_facts(scope.root.pk, scope.month, scope.tree, work_calendar())
    codes = [one.campaign.code for one in facts.campaigns]
    return pool_facts(scope.root.pk, scope.month, scope.tree, codes), uplifts(facts)


def assessment_inputs(scope: MonthScope, only: Collection[int] | None) -> AssessmentFacts:
    """What the scores are computed from; ``only``: of these people (ids), or of everybody."""
    if not scope.provisional and scope.settlement is not None:
        facts = frozen_field(scope.settlement, "assessment")
        if isinstance(facts, AssessmentFacts):
            return facts
    return assessment_facts(scope.root.pk, scope.month, scope.tree, work_calendar(), only)


@dataclass(frozen=True)
class Measures:
    """The rules and schemes that hold in the month for the people whom the reader sees."""

    rules: tuple[RuleVersion, ...]
    schemes: tuple[SchemeVersion, ...]


def people_seen(scope: MonthScope) -> dict[int, str] | None:
    """The people whose scores the reader sees, id → number; ``None`` for the whole organisation."""
    if scope.whole and (scope.reach.everything or scope.root.pk in scope.reach.units):
        return None
    rows = Staff.objects.visible_to(scope.user).filter(root=scope.root)
    if not scope.whole:
        rows = rows.filter(unit_id__in=scope.units)
    return dict(rows.values_list("pk", "staff_no"))


def measures(scope: MonthScope) -> Measures:
    """Two queries; versions never change, so a locked month has those that it was computed with."""
    units = {unit for unit, root in scope.tree.roots.items() if root == scope.root.pk}
    below = set(scope.units) if scope.reach.everything else set(scope.units) & set(scope.reach.units)
    above = {unit for one in below for unit in scope.tree.path(one)}
    latest: dict[str, SchemeVersion] = {}
    for version in sorted(scheme_versions(units, scope.month), key=lambda one: (one.valid_from, one.key)):
        latest[version.scheme.code] = version
    return Measures(
        tuple(
            sorted(
                (one for one in rule_versions(units, scope.month) if one.unit in above),
                key=lambda one: (one.rule.code, one.valid_from),
            )
        ),
        tuple(one for _code, one in sorted(latest.items()) if one.unit in above),
    )
