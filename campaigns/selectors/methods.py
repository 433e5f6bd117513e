"""Which baseline method the rules choose for campaigns as they stand today.  Rule: calculation.md §3."""

from collections.abc import Iterable
from typing import Any

from campaigns.calculations.methods import ChosenMethod, choose_method
from campaigns.models import Campaign
from campaigns.selectors.facts import method_rows
from core.months import Month
from departments.selectors import UnitTree, unit_tree


def methods_chosen(campaigns: Iterable[Campaign]) -> list[ChosenMethod]:
    """The method of each campaign by its terms, in their order; what was fixed earlier is not asked.

    One query for the rules and two for each month in which the campaigns end.
    """
    trees: dict[Month, UnitTree] = {}
    found = []
    rows = None
    for one in campaigns:
        month = Month.of(one.end)
        tree = trees.get(month) or trees.setdefault(month, unit_tree(month.last))
        rows = method_rows(set(tree.codes)) if rows is None else rows
        terms: Any = one
        path = [str(unit) for unit in tree.path(one.unit_id)]
        found.append(choose_method(rows, path, terms.type, terms.scale, one.start, own=one.baseline))
    return found
