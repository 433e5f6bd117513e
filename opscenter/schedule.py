"""The installation's daily jobs."""

from datetime import date, time, timedelta
from typing import Any

from core.months import Month
from core.schedule import Daily


def _roll_up(day: date) -> tuple[dict[str, Any], str]:
    """The running month; on its first day still the month before, whose last day has just ended."""
    month = Month.of(day - timedelta(days=1))
    return {"month": str(month)}, f"roll_up:{month}:{day}"


NIGHTLY_ROLL_UP = Daily(kind="roll_up", at=time(2, 0), ask=_roll_up)
