"""How long a person may object to a line of a published month.  Rule: KQ-24, calculation.md §2."""

from datetime import date, timedelta

from core.workdays import WorkCalendar


def window_end(published: date, working_days: int, calendar: WorkCalendar) -> date:
    """The last day to object: the so-many-th working day after the day of publishing.

    No day at all ends the window on the day of publishing.  Raises ``ValueError`` below 0.
    """
    if working_days < 0:
        raise ValueError("a window cannot be shorter than no day")
    day = published
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= calendar.is_workday(day)
    return day
