"""What an uplift is computed from: stores, their days, campaigns, member days and the work calendar.

Units: visitors are people, units are pieces, gross profit is yuan with up to 4 decimals.
Nothing is rounded here.  Rule: calculation.md §3.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from core.money import Exact, fraction
from core.months import days
from core.workdays import WorkCalendar

CampaignType = Literal["weekend", "member_day", "manufacturer", "other"]
Scale = Literal["small", "medium", "large"]
Align = Literal["date", "weekday"]
StoreOnDay = tuple[str, date]
Steps = dict[str, object]

_SCALE_RANK: Mapping[Scale, int] = {"large": 0, "medium": 1, "small": 2}


@dataclass(frozen=True)
class StoreDay:
    """One store on one day.  An unknown figure is ``None``, never 0; a float raises ``TypeError``."""

    gross_profit: Decimal | None
    visitors: Exact | None = None
    units: Exact | None = None
    revenue: Decimal | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        for figure in (self.gross_profit, self.visitors, self.units, self.revenue):
            if figure is not None:
                fraction(figure)


@dataclass(frozen=True)
class ProductDay:
    """One product in one store on one day."""

    units: Exact | None
    gross_profit: Decimal | None = None


@dataclass(frozen=True)
class Store:
    """A store; it is open from ``opened`` to ``closed``, both included, a blank end being no limit."""

    code: str
    opened: date | None = None
    closed: date | None = None

    def is_open(self, day: date) -> bool:
        return (self.opened is None or self.opened <= day) and (self.closed is None or day <= self.closed)


@dataclass(frozen=True)
class Campaign:
    """An approved campaign with its baseline method, fixed before the start.  ``stores`` are codes."""

    code: str
    type: CampaignType
    scale: Scale
    start: date
    end: date
    stores: tuple[str, ...]
    method: str
    n: int = 3
    align: Align = "date"
    baseline_dates: tuple[date, ...] = ()
    products: tuple[str, ...] = ()

    def days(self) -> Iterator[date]:
        return days(self.start, self.end)


@dataclass(frozen=True)
class Facts:
    """Everything that the days of several campaigns are read from, keyed by store code."""

    stores: Mapping[str, Store]
    store_days: Mapping[str, Mapping[date, StoreDay]]
    touched: frozenset[StoreOnDay] = frozenset()
    member_days: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    product_days: Mapping[str, Mapping[str, Mapping[date, ProductDay]]] = field(default_factory=dict)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    def lack(self, store: str, day: date) -> Literal["closed", "no_data"] | None:
        """Why the store has no figures of the day; ``None`` when it was open and has data."""
        if not self.stores[store].is_open(day):
            return "closed"
        row = self.store_days.get(store, {}).get(day)
        if row is not None and row.closed:
            return "closed"
        return "no_data" if row is None or row.gross_profit is None else None

    def ordinal(self, store: str, day: date) -> int | None:
        """The number of the member day in its month; ``None`` on a day that is no member day of the store."""
        return self.member_days.get(store, {}).get(day)


def open_during(stores: Iterable[Store], start: date, end: date) -> tuple[str, ...]:
    """The codes, sorted, of the stores that are open on some day of the campaign: the meaning of ``*``."""
    return tuple(sorted(s.code for s in stores if any(s.is_open(day) for day in days(start, end))))


def days_touched(campaigns: Iterable[Campaign]) -> frozenset[StoreOnDay]:
    """Every (store, day) that an approved campaign touches; such a day is no baseline day."""
    return frozenset((store, day) for one in campaigns for store in one.stores for day in one.days())


def days_fed(campaigns: Iterable[Campaign]) -> dict[StoreOnDay, str]:
    """The one campaign that each (store, day) feeds: large before medium before small, then the smaller code.

    For every other campaign the store is as if closed on that day.  Rule: HT-25, calculation.md §3.
    """
    fed: dict[StoreOnDay, str] = {}
    for one in sorted(campaigns, key=lambda c: (_SCALE_RANK[c.scale], c.code)):
        for store in one.stores:
            for day in one.days():
                fed.setdefault((store, day), one.code)
    return fed
