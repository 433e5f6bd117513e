"""Everything the page of two settlements shows: sums, people, campaigns."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Sum

from core.money import ZERO
from incentives.models import Payout
from opscenter.dashboards.scope import MonthScope
from opscenter.explain.compare import (
    CampaignMover,
    Mover,
    campaigns_moved,
    changed_amounts,
    people_moved,
    with_reasons,
)
from opscenter.explain.figures import campaign_figures, stored_figures
from opscenter.explain.forms import Compared
from opscenter.explain.verification import figures_now

PEOPLE_SHOWN = 25
CAMPAIGNS_SHOWN = 25
EVERYBODY = 1_000_000


@dataclass(frozen=True)
class Comparison:
    """``before`` and ``after`` are the sums of all payouts of the two settlements, in yuan."""

    wanted: Compared
    before: Decimal
    after: Decimal
    page: Page[Any]
    people: list[Mover]
    campaigns: list[CampaignMover]
    more_campaigns: int

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def comparison(scope: MonthScope, wanted: Compared, page: str) -> Comparison:
    """Two months: sixteen queries, whatever their size.  A month with its facts now is computed in memory."""
    if wanted.after is None:
        return _with_now(scope, wanted, page)
    root = scope.root.pk
    changed = changed_amounts(root, wanted.before, wanted.after)
    shown = Paginator(changed, PEOPLE_SHOWN).get_page(page)
    moved = campaigns_moved(campaign_figures(root, wanted.before), campaign_figures(root, wanted.after))
    sums = {
        row["month"]: row["total"]
        for row in Payout.objects.filter(root=root, month__in=[wanted.before.first, wanted.after.first])
        .order_by()
        .values("month")
        .annotate(total=Sum("amount"))
    }
    return Comparison(
        wanted,
        sums.get(wanted.before.first, ZERO),
        sums.get(wanted.after.first, ZERO),
        shown,
        with_reasons(root, wanted.before, wanted.after, list(shown.object_list)),
        moved[:CAMPAIGNS_SHOWN],
        max(0, len(moved) - CAMPAIGNS_SHOWN),
    )


def _with_now(scope: MonthScope, wanted: Compared, page: str) -> Comparison:
    """A month as it was last computed, beside what its facts give now."""
    before = stored_figures(scope.root.pk, wanted.before)
    after = figures_now(scope.root, wanted.before)
    people, _count = people_moved(before, after, EVERYBODY)
    shown = Paginator(people, PEOPLE_SHOWN).get_page(page)
    moved = campaigns_moved(before.campaigns, after.campaigns)
    return Comparison(
        wanted,
        sum((one.amount for one in before.people.values()), ZERO),
        sum((one.amount for one in after.people.values()), ZERO),
        shown,
        list(shown.object_list),
        moved[:CAMPAIGNS_SHOWN],
        max(0, len(moved) - CAMPAIGNS_SHOWN),
    )
