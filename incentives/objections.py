"""How long people may object to a published month of an organisation.  Rule: KQ-24, calculation.md §2."""

from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from core import registry
from core.months import Month
from departments.selectors import work_calendar
from incentives.held import month_published
from kpi.calculations.appeals import window_end
from kpi.models import Score
from kpi.selectors.appeals import Window

if TYPE_CHECKING:
    from datetime import datetime


def objection_window(root_id: int, month: Month) -> Window:
    """The window that ends last: that of the scheme with the most days, else the declared default.

    Two queries, and the calendar's once the month is published.
    """
    published: datetime | None = month_published(root_id, month)
    days = Score.objects.filter(root_id=root_id, month=month.first).aggregate(
        days=Max("scheme__appeal_days")
    )["days"]
    if days is None:
        columns = registry.tables["schemes"].columns
        days = next(column.default for column in columns if column.field_name == "appeal_days")
    today = timezone.localdate()
    if published is None:
        return Window(None, None, days, today)
    on = timezone.localdate(published)
    return Window(on, window_end(on, days, work_calendar()), days, today)
