"""The pool of a campaign for those who read money: its roles with their holders."""

from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Campaign
from incentives.models import Pool, PoolShare
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import staff_names
from opscenter.explain.selectors import PoolBasis, pool_basis


@dataclass(frozen=True)
class SharedPool:
    """A pool with the lines of its roles, in their order; ``names``: staff number → name of the holders."""

    basis: PoolBasis
    shares: list[PoolShare]
    names: dict[str, str]

    @property
    def paid(self) -> Decimal:
        return self.basis.pool.paid


def shared_pool(scope: MonthScope, campaign: Campaign) -> SharedPool | None:
    """The campaign's pool, or ``None``: there is none, or the reader reads no money.  Eight queries."""
    if not scope.sees_money:
        return None
    pool = (
        scope.of_campaigns(Pool.objects)
        .filter(campaign=campaign)
        .select_related("scheme__unit", "campaign")
        .first()
    )
    if pool is None:
        return None
    shares = list(
        PoolShare.objects.filter(pool=pool).select_related("role").order_by("role__order", "role__pk")
    )
    steps = [share.steps for share in shares]
    names = staff_names(holder["staff_no"] for one in steps for holder in one["holders"])
    return SharedPool(pool_basis(scope, pool, steps), shares, names)
