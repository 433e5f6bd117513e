"""Rows of COST as one person may read them."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from departments.permissions import reach_of
from finance.models import FundMonth

if TYPE_CHECKING:
    from core.models import User


def fund_months_readable(user: "User") -> "QuerySet[FundMonth]":
    """The months of the funds, for those who read the money of the whole organisation."""
    reach = reach_of(user)
    rows: QuerySet[FundMonth] = FundMonth.objects.visible_to(user).select_related("fund", "root")
    return rows if reach.everything else rows.filter(root_id__in=reach.units_for("money.read"))
