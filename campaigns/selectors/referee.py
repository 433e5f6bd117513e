"""What the referee of a campaign's baseline reads: its stores' days far enough back, and a week on."""

from datetime import date, timedelta

from django.utils import timezone

from campaigns.calculations.month import UpliftFacts, resolved
from campaigns.calculations.referee import DEFAULT_LIMITS, Verdict, referee
from campaigns.models import COUNTED_STATES, Campaign
from campaigns.selectors.facts import (
    campaigns_begun,
    codes_of_stores,
    days_of_stores,
    member_days_of,
    method_rows,
    stores_of,
)
from core.months import Month
from departments.selectors import unit_tree, work_calendar

# The rule tried a year of member days back, each compared with those of eight months before it.
LOOK_BACK = timedelta(days=620)


def verdict(campaign: Campaign, today: date | None = None) -> Verdict | None:
    """Judge an approved campaign that is over: eight queries.  ``None`` before its end, or unapproved."""
    today = today or timezone.localdate()
    if campaign.end >= today or campaign.status not in COUNTED_STATES:
        return None
    tree = unit_tree(Month.of(campaign.end).last)
    units = {unit for unit, root in tree.roots.items() if root == campaign.root_id}
    last = campaign.end + timedelta(days=DEFAULT_LIMITS.days_after)
    first = campaign.start - LOOK_BACK
    stores = stores_of(campaign.root_id)
    others = tuple(one for one in campaigns_begun(campaign.root_id, last) if one.campaign.end >= first)
    own = tuple(one for one in others if one.key == campaign.pk)
    facts = UpliftFacts(
        month=Month.of(campaign.end),
        calendar=work_calendar(),
        paths={unit: tree.path(unit) for unit in sorted(units)},
        stores=stores,
        campaigns=others,
        methods=method_rows(units),
        member_days=member_days_of(units, first, last),
        store_days=days_of_stores(campaign.root_id, codes_of_stores(own, stores, tree), first, last),
        product_days={},
    )
    found = resolved(facts)
    return referee(found.known, found.campaigns[campaign.code], found.fed)
