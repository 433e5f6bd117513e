"""Who may try, and the people, rules and schemes that a trial is about.  Reads only."""

from dataclasses import dataclass

from core.access import Access
from core.models import User
from departments.models import Staff
from departments.permissions import reach_of
from kpi.calculations.month import SchemeVersion
from kpi.calculations.rules import RuleVersion
from kpi.selectors.facts import rule_versions, scheme_versions
from opscenter.dashboards.scope import MonthScope

#: what opens the pages: pools are for those who read money, scores also for those who rate
ACTS = ("money.read", "rating.enter")


def _tries(user: User) -> bool:
    reach = reach_of(user)
    return any(reach.allows(act) for act in ACTS)


MAY_TRY = Access(" or ".join(ACTS), _tries)


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
