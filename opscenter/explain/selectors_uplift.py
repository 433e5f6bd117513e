"""What a campaign's uplift is explained from: its stores, a page of them at a time, day by day."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, Sum

from campaigns.models import BaselineMethod, Campaign, StoreUplift, Uplift
from campaigns.selectors.changes import ChangeLine, changes_printed
from core.exceptions import NotVisible
from core.money import ZERO
from opscenter.dashboards.scope import MonthScope
from opscenter.explain.selectors import documents_of, reads_rules_of

STORES_SHOWN = 15


@dataclass(frozen=True)
class UpliftBasis:
    """A campaign's uplift with one page of its stores.  ``rest``: the uplift of the stores on other pages."""

    result: Uplift
    campaign: Campaign
    page: Page[StoreUplift]
    stores: list[StoreUplift]
    used: int
    left_out: int
    rest: Decimal
    rule: BaselineMethod | None
    source: str
    documents: tuple[str, ...]
    linked: bool
    rule_linked: bool
    changes: list[ChangeLine]


def uplift_basis(scope: MonthScope, campaign: Campaign, page: str) -> UpliftBasis:
    """The uplift of a campaign of the month: seven queries for any number of stores.

    Whoever reads a payout of the campaign's pool reads what it was computed from; the view checked that.
    """
    result = Uplift.objects.filter(root=scope.root, month=scope.month.first, campaign=campaign).first()
    if result is None:
        raise NotVisible("campaign")
    rows = StoreUplift.objects.filter(result=result).select_related("store").order_by("store__code")
    shown = Paginator(rows, STORES_SHOWN).get_page(page)
    stores = list(shown.object_list)
    sums = rows.order_by().aggregate(
        used=Count("pk", filter=Q(comparable=True)),
        left_out=Count("pk", filter=Q(comparable=False)),
        total=Sum("uplift"),
    )
    here = sum((row.uplift for row in stores if row.uplift is not None), ZERO)
    settings = stores[0].steps.get("method", {}) if stores else {}
    rule = None
    if settings.get("unit"):
        rule = (
            BaselineMethod.objects.filter(
                unit_id=int(settings["unit"]),
                type=campaign.type,
                scale=campaign.scale,
                valid_from=settings["valid_from"],
            )
            .select_related("unit")
            .first()
        )
    return UpliftBasis(
        result=result,
        campaign=campaign,
        page=shown,
        stores=stores,
        used=sums["used"],
        left_out=sums["left_out"],
        rest=(sums["total"] or ZERO) - here,
        rule=rule,
        source=settings.get("source", ""),
        documents=documents_of(scope, campaign.unit_id),
        linked=_is_linked(scope, campaign),
        rule_linked=rule is not None and reads_rules_of(scope, rule.unit_id),
        changes=changes_printed([campaign.pk]).get(campaign.pk, []),
    )


def _is_linked(scope: MonthScope, campaign: Campaign) -> bool:
    """Whether the reader may open the campaign's own page of the month."""
    return scope.reach.everything or campaign.unit_id in scope.reach.units


def visible_campaign(scope: MonthScope, code: str) -> Campaign:
    """A campaign of the month that the reader may open.  Raises ``NotVisible``."""
    row = (
        scope.of_campaigns(Uplift.objects)
        .select_related("campaign__unit")
        .filter(campaign__code=code)
        .first()
    )
    if row is None:
        raise NotVisible("campaign")
    campaign: Campaign = row.campaign
    return campaign
