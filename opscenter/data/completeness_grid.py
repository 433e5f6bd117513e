"""The month as a grid: a line for each source that comes by day, a tile for each source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.months import Month
from opscenter.data.selectors.completeness import BY_DAY, Source


@dataclass(frozen=True)
class Cell:
    """A source on a day.  ``tone``: full, some (missing), none (of it there), quiet (nothing was to come)."""

    day: date
    expected: int
    missing: int

    @property
    def tone(self) -> str:
        if not self.expected:
            return "quiet"
        if not self.missing:
            return "full"
        return "none" if self.missing == self.expected else "some"


@dataclass(frozen=True)
class Line:
    source: Source
    cells: list[Cell]


def grid(month: Month, sources: Sequence[Source], today: date) -> dict[str, Any]:
    """What the page shows of the sources."""
    lines = [
        Line(one, [Cell(day, one.expected[day], one.missing[day]) for day in month.days()])
        for one in sources
        if one.code in BY_DAY and one.total
    ]
    return {
        "days": [{"day": day, "off": day.isoweekday() > 5, "today": day == today} for day in month.days()],
        "lines": lines,
        "sources": [one for one in sources if one.total],
        "missing_total": sum(one.missing_total for one in sources),
        "today": today,
    }
