"""Draws a small, believable deployment around one month; every branch of the rules is met by some seed.

`random_tables(seed)` gives the tables, `month_of(seed)` the month they are about. The same seed gives the
same tables. Codes are unique in a deployment: whatever belongs to a root carries its letter.
"""

from __future__ import annotations

from .random_draw import Draw
from .random_people import add_people, add_units
from .random_pool import add_articles, add_funds, add_pool_schemes
from .random_quotas import add_logs, add_platforms, add_rules
from .random_scores import add_metrics, add_points, add_schemes
from .random_shops import add_campaigns, add_shops
from .rows import Tables


def month_of(seed: int) -> str:
    """The month that the tables of a seed are about, between 2018-01 and 2024-12."""
    return Draw(seed).month


def random_tables(seed: int) -> Tables:
    """The tables of a seed, every value the text that a cell would hold."""
    draw = Draw(seed)
    add_units(draw)
    add_people(draw)
    add_platforms(draw)
    add_rules(draw)
    add_logs(draw)
    add_metrics(draw)
    add_schemes(draw)
    add_points(draw)
    add_shops(draw)
    add_campaigns(draw)
    add_pool_schemes(draw)
    add_articles(draw)
    add_funds(draw)
    return draw.tables
