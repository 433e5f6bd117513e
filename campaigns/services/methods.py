"""The baseline method of a campaign, fixed when it is approved.

Rule: HT-25, KQ-04; calculation.md §3: chosen by the rules and fixed before the start.  A rule that comes
later, with whatever first day, does not change what was approved; only a change that somebody else approves
does.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any

from campaigns.calculations.methods import ChosenMethod
from campaigns.models import Campaign
from campaigns.selectors.methods import methods_chosen
from campaigns.services.terms import Terms, apply_terms

#: the fields that keep it
METHOD_FIELDS = ("fixed_method", "fixed_n", "fixed_align")
#: the terms by which it is chosen; who changes none of them keeps the method
DECIDING = ("type", "scale", "baseline")

#: a method as a change keeps it: code, number of days, alignment, as text; empty = none is fixed
Kept = list[str]


def method_fix(campaign: Campaign) -> Kept:
    """Fix on the row what the rules choose now; the caller saves ``METHOD_FIELDS``."""
    (chosen,) = methods_chosen([campaign])
    return method_set(campaign, _kept(chosen))


def method_set(campaign: Campaign, kept: Kept) -> Kept:
    """Put a kept method on the row."""
    code, n, align = kept or ("", "", "")
    campaign.fixed_method, campaign.fixed_align = code, align
    campaign.fixed_n = int(n) if n else None
    return kept


def method_standing(campaign: Campaign) -> Kept:
    """The method that is fixed on the row."""
    if not campaign.fixed_method:
        return []
    return [campaign.fixed_method, str(campaign.fixed_n), campaign.fixed_align]


def method_after(campaign: Campaign, wanted: Terms) -> Kept:
    """The method under other terms: what stands, unless they decide about it."""
    if not any(name in wanted and wanted[name] != getattr(campaign, name) for name in DECIDING):
        return method_standing(campaign)
    under = copy(campaign)
    apply_terms(under, wanted)
    (chosen,) = methods_chosen([under])
    return _kept(chosen)


def methods_imported(fixed: Sequence[int], freed: Sequence[int]) -> None:
    """Fix the methods of campaigns that a workbook brought approved; free those that it took back."""
    objects: Any = Campaign.objects
    rows: list[Campaign] = list(objects.filter(pk__in=fixed).order_by("pk"))
    for row, chosen in zip(rows, methods_chosen(rows), strict=True):
        method_set(row, _kept(chosen))
    objects.bulk_update(rows, METHOD_FIELDS, batch_size=500)
    if freed:
        objects.filter(pk__in=freed).update(fixed_method="", fixed_n=None, fixed_align="")


def _kept(chosen: ChosenMethod) -> Kept:
    return [chosen.code, str(chosen.n), chosen.align]
