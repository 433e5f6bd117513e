"""How many readers the articles of a campaign should reach, and when that is counted, for the pages of
campaigns.  Rule: HT-21.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from campaigns.models import Article, Campaign
from core.months import Month
from departments.selectors import unit_tree
from incentives.calculations.reach import reach_target
from incentives.models import PoolScheme


def reach_targets(campaign: Campaign, articles: Sequence[Article]) -> dict[int, tuple[int, date]]:
    """Article id → target and the day whose reading counts, by the scheme of the nearest unit upward that
    holds in the article's month; an article without a scheme has none.  Three queries, whatever the number
    of articles.
    """
    path = unit_tree(campaign.end).path(campaign.unit_id)
    versions = list(PoolScheme.objects.filter(unit_id__in=path).order_by("-valid_from", "-code"))
    found: dict[int, tuple[int, date]] = {}
    for article in articles:
        held = [row for row in versions if row.valid_from <= Month.of(article.published).last]
        scheme = next((row for unit in path for row in held if row.unit_id == unit), None)
        if scheme is not None:
            base = scheme.activity_reach if article.kind == "activity" else scheme.welfare_reach
            year = article.published.year
            target = reach_target(base, scheme.growth, year, scheme.base_year)
            found[article.pk] = target, article.published + timedelta(days=scheme.reach_days)
    return found
