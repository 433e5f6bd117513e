"""How long people may object to a published month of an organisation.  Rule: KQ-24, calculation.md §2."""

from django.db.models import Max

from core.months import Month
from kpi.models import Score
from kpi.selectors.appeals import Window, window_of


def objection_window(root_id: int, month: Month) -> Window:
    """The window that ends last: that of the scheme with the most days, else the declared default.

    Two queries, and the calendar's once the month is published.
    """
    found = Score.objects.filter(root_id=root_id, month=month.first).aggregate(
        days=Max("scheme__appeal_days")
    )
    return window_of(root_id, month, found["days"])
