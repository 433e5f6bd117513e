"""Everything the page of two settlements shows: sums, people, campaigns."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Sum

from core.money import ZERO
from core.months import Month
from incentives.models import Payout, Settlement
from opscenter.dashboards.scope import MonthScope
from opscenter.explain.compare import (
    CampaignMover,
    Mover,
    campaign_movers,
    campaigns_moved,
    changed_amounts,
    movers_of,
    with_reasons,
)
from opscenter.explain.figures import campaign_figures
from opscenter.explain.forms import Compared
from opscenter.explain.verification import NowCompared

PEOPLE_SHOWN = 25
CAMPAIGNS_SHOWN = 25


@dataclass(frozen=True)
class Comparison:
    """``before`` and ``after`` are the sums of all payouts of the two settlements, in yuan."""

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
    """Two months: sixteen queries, whatever their size."""
    if wanted.after is None:
        raise ValueError("a month beside its facts now is computed by a job")
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
        sums.get(wanted.before.first, ZERO),
        sums.get(wanted.after.first, ZERO),
        shown,
        with_reasons(root, wanted.before, wanted.after, list(shown.object_list)),
        campaign_movers(moved)[:CAMPAIGNS_SHOWN],
        max(0, len(moved) - CAMPAIGNS_SHOWN),
    )


def comparison_with_now(found: NowCompared, page: str) -> Comparison:
    """What a job found of a month and its facts: one query."""
    shown = Paginator(found.people, PEOPLE_SHOWN).get_page(page)
    return Comparison(
        found.before,
        found.after,
        shown,
        movers_of(list(shown.object_list)),
        campaign_movers(found.campaigns)[:CAMPAIGNS_SHOWN],
        max(0, len(found.campaigns) - CAMPAIGNS_SHOWN),
    )


def digest_stored(scope: MonthScope, month: Month) -> str:
    """The digest of the result that is stored of a month; one query."""
    rows = Settlement.objects.filter(period__root=scope.root, period__month=month.first)
    return rows.values_list("digest", flat=True).first() or ""
