"""Short ways to write the facts of an uplift test."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from campaigns.calculations.facts import Campaign, Facts, Store, StoreDay

S1 = "S1"


def on(text: str) -> date:
    return date.fromisoformat(text)


def flat(first: str, last: str, gross_profit: str = "100.00") -> dict[date, StoreDay]:
    """The same gross profit on every day of a period."""
    start, end = on(first), on(last)
    return {start + timedelta(days=k): StoreDay(Decimal(gross_profit)) for k in range((end - start).days + 1)}


def profits(**by_day: str) -> dict[date, StoreDay]:
    """``profits(d2018_11_24="9876.54")``."""
    return {on(key[1:].replace("_", "-")): StoreDay(Decimal(value)) for key, value in by_day.items()}


def one_store(rows: Mapping[date, StoreDay], **more: Any) -> Facts:
    return Facts(stores={S1: Store(S1)}, store_days={S1: rows}, **more)


def touched(*days: str, store: str = S1) -> frozenset[tuple[str, date]]:
    return frozenset((store, on(day)) for day in days)


def campaign(start: str, end: str = "", **more: Any) -> Campaign:
    settings: dict[str, Any] = {
        "code": "C1",
        "type": "weekend",
        "scale": "small",
        "stores": (S1,),
        "method": "prev_weekends_same_weekday",
    }
    return Campaign(start=on(start), end=on(end or start), **(settings | more))


def iso(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in days]
