"""Small builders for the calculations: November 2018 has 30 days, 22 working days and 5 Thursdays."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from core.months import Month
from core.workdays import WorkCalendar
from kpi.calculations.attainment import Attainment, PersonMonth, attainment
from kpi.calculations.rules import Platform, QuotaRule
from kpi.calculations.service import Leave, Service, in_service
from kpi.calculations.slots import MonthDays
from kpi.calculations.subjects import Output

NOVEMBER = Month(2018, 11)
CALENDAR = WorkCalendar()
LONG_AGO = date(2015, 1, 1)


def month_days(month: Month = NOVEMBER) -> MonthDays:
    return MonthDays.of(month, CALENDAR)


def rule(**changes: Any) -> QuotaRule:
    fields: dict[str, Any] = {
        "key": 1,
        "code": "tieba-post",
        "activities": frozenset({"post"}),
        "platforms": frozenset({"tieba"}),
        "basis": "person",
        "period": "month",
        "amount": Decimal(200),
    }
    for name in ("activities", "platforms"):
        if name in changes:
            changes[name] = frozenset(changes[name])
    if "amount" in changes:
        changes["amount"] = Decimal(changes["amount"])
    return QuotaRule(**{**fields, **changes})


def row(
    day: int | date,
    count: int,
    platform: str = "tieba",
    handle: str = "",
    *,
    partner: str = "",
    activity: str = "post",
) -> Output:
    """A row of output; a whole number is a day of November 2018."""
    when = date(2018, 11, day) if isinstance(day, int) else day
    return (when, activity, platform, handle, partner, count)


def service(
    joined: date = LONG_AGO, left: date | None = None, leaves: Iterable[Leave] = (), month: Month = NOVEMBER
) -> Service:
    return in_service(joined, left, leaves, month_days(month))


def attain(
    quota: QuotaRule,
    rows: Iterable[Output] = (),
    *,
    by_others: Iterable[Output] = (),
    present: Service | None = None,
    platforms: Iterable[Platform] = (),
    month: Month = NOVEMBER,
) -> Attainment:
    """The attainment of S1; platforms of the rule that are not given are open for ever."""
    known = {code: Platform(code) for code in quota.platforms} | {p.code: p for p in platforms}
    person = PersonMonth("S1", rows, by_others)
    return attainment(quota, month, known, present or service(month=month), person, CALENDAR)


def figures(result: Attainment) -> tuple[str, str, str, str]:
    """Target, credited, raw and rate as text."""
    return (str(result.target), str(result.credited), str(result.raw), str(result.rate))
