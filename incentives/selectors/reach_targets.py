"""How many readers the articles of a campaign should reach, for the pages of campaigns.  Rule: HT-21."""

from collections.abc import Sequence

from campaigns.models import Article, Campaign
from core.months import Month
from departments.selectors import unit_tree
from incentives.calculations.reach import reach_target
from incentives.models import PoolScheme


def reach_targets(campaign: Campaign, articles: Sequence[Article]) -> dict[int, int]:
    """Article id → target by the scheme of the nearest unit upward that holds in the article's month; an
    article without a scheme has none.  Three queries, whatever the number of articles.
    """
    path = unit_tree(campaign.end).path(campaign.unit_id)
    versions = list(PoolScheme.objects.filter(unit_id__in=path).order_by("-valid_from", "-code"))
    found: dict[int, int] = {}
    for article in articles:
        held = [row for row in versions if row.valid_from <= Month.of(article.published).last]
        scheme = next((row for unit in path for row in held if row.unit_id == unit), None)
        if scheme is not None:
            base = scheme.activity_reach if article.kind == "activity" else scheme.welfare_reach
            year = article.published.year
            found[article.pk] = reach_target(base, scheme.growth, year, scheme.base_year)
    return found
