"""The differences of a dry run as people read them: with names, the largest first."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from finance.models import FundKind
from incentives.calculations.differences import BONUS, Difference, PersonDifference
from incentives.dry_run import DryRun
from incentives.models import PoolRole, PoolScheme
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import staff_names

SHOWN = 50


@dataclass(frozen=True)
class Line:
    """Something with its figure before and after; ``note``: which parts of it moved."""

    name: str
    code: str
    before: Decimal | None
    after: Decimal | None
    change: Decimal
    note: str = ""


@dataclass(frozen=True)
class TrialShown:
    """``hidden``: people who are not shown, being the ones with the smallest differences."""

    people: list[Line]
    hidden: int
    pools: list[Line]
    uplifts: list[Line]
    funds: list[Line]


def trial_shown(scope: MonthScope, run: DryRun) -> TrialShown:
    """Names in at most four queries, whatever the number of differences."""
    found = run.differences
    largest = sorted(found.people, key=lambda one: (-abs(one.change), one.staff_no))[:SHOWN]
    campaigns = dict(
        Campaign.objects.filter(root=scope.root, code__in=_codes(run)).values_list("code", "name")
    )
    roles = dict(
        PoolRole.objects.filter(scheme__root=scope.root, scheme__valid_from__lte=scope.month.last)
        .order_by("scheme__valid_from")
        .values_list("role", "name")
    )
    schemes = dict(
        PoolScheme.objects.filter(root=scope.root, valid_from__lte=scope.month.last)
        .order_by("valid_from")
        .values_list("code", "name")
    )
    names = staff_names(one.staff_no for one in largest)
    kinds = dict(FundKind.choices)

    def of_campaign(one: Difference) -> Line:
        code = one.key[0]
        return Line(campaigns.get(code, code), code, one.before, one.after, one.change)

    return TrialShown(
        people=[
            Line(
                names.get(one.staff_no, one.staff_no),
                one.staff_no,
                one.before,
                one.after,
                one.change,
                _parts(one, campaigns, roles),
            )
            for one in largest
        ],
        hidden=len(found.people) - len(largest),
        pools=[of_campaign(one) for one in found.pools],
        uplifts=[of_campaign(one) for one in found.uplifts],
        funds=[
            Line(
                str(kinds.get(one.key[1], one.key[1])),
                schemes.get(one.key[0], one.key[0]),
                one.before,
                one.after,
                one.change,
            )
            for one in found.funds
        ],
    )


def _codes(run: DryRun) -> set[str]:
    found = run.differences
    codes = {one.key[0] for one in (*found.pools, *found.uplifts)}
    return codes | {part.key[0] for one in found.people for part in one.parts if part.key != BONUS}


def _parts(one: PersonDifference, campaigns: dict[str, str], roles: dict[str, str]) -> str:
    return "; ".join(
        _("bonus")
        if part.key == BONUS
        else f"{campaigns.get(part.key[0], part.key[0])} · {roles.get(part.key[1], part.key[1])}"
        for part in one.parts
    )
