"""The days of a unit: who logged nothing lately, and the daily totals by channel and unit.  Rule: YJ-29."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from core.months import ONE_DAY
from core.workdays import WorkCalendar
from departments.models import Leave, Staff
from kpi.calculations.standing import change
from kpi.models import LogEntry, LogStatus, Platform
from kpi.selectors.facts import counted_logs
from kpi.selectors.team import TeamScope
from kpi.selectors.verification import rows_waiting

#: rows that wait are counted no further
MOST_WAITING = 1000


def last_workdays(calendar: WorkCalendar, today: date, many: int) -> list[date]:
    """The last ``many`` working days up to today, the latest first."""
    found: list[date] = []
    day = today
    while len(found) < many:
        if calendar.is_workday(day):
            found.append(day)
        day -= ONE_DAY
    return found


def people_without_log(scope: TeamScope, days: int) -> "QuerySet[Staff]":
    """Those in service today who logged nothing on the last ``days`` working days, nor since.

    ``last_logged``: the last day they logged something for, up to today.  Rejected rows do not count.
    """
    since = last_workdays(scope.calendar, scope.today, days)[-1]
    logs = LogEntry.objects.filter(staff=OuterRef("pk"), date__lte=scope.today).exclude(
        status=LogStatus.REJECTED
    )
    away = Leave.objects.filter(staff=OuterRef("pk"), start__lte=scope.today, end__gte=scope.today)
    people: Any = Staff.objects.visible_to(scope.user)
    found: QuerySet[Staff] = (
        people.filter(unit_id__in=scope.owing, joined__lte=since)
        .filter(Q(left__isnull=True) | Q(left__gte=scope.today))
        .filter(~Exists(away), ~Exists(logs.filter(date__gte=since)))
        .select_related("unit")
        .annotate(last_logged=Subquery(logs.order_by("-date").values("date")[:1]))
    )
    return found


def waiting_count(scope: TeamScope) -> int:
    """The rows of the unit that wait for the person's verdict, counted up to ``MOST_WAITING``."""
    rows = rows_waiting(scope.user).filter(staff__unit_id__in=scope.units)
    return rows.order_by()[:MOST_WAITING].count()


# --- daily totals ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayTotal:
    """What was done on one day on one platform: rows and the sum of their counts."""

    day: date
    platform: str
    rows: int
    count: int


@dataclass(frozen=True)
class Compared:
    """A total of the period with that of the same days of the month before."""

    name: str
    code: str
    now: int
    before: int

    @property
    def change(self) -> Decimal | None:
        return change(self.now, self.before)


@dataclass(frozen=True)
class TeamTotals:
    """The month's daily totals beside the month before, of which as many days as have passed are compared.

    ``every``: both months of all channels; ``units``: the sums of the chosen channel by unit, of this month
    and of the compared days; ``channel``: the one chosen, "" all.  Counts of different channels are of
    different kinds (posts, mails), so their sum tells little beyond how a team compares with itself.
    """

    scope: TeamScope
    every: Sequence[DayTotal]
    units: Sequence[tuple[str, int, int]]
    channels: dict[str, str]
    channel: str = ""

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The channels with something in either month."""
        used = {row.platform for row in self.every}
        return [(code, name) for code, name in self.channels.items() if code in used]

    @cached_property
    def totals(self) -> list[DayTotal]:
        return [row for row in self._chosen if row.day in self.scope.month]

    @cached_property
    def earlier(self) -> list[DayTotal]:
        return [row for row in self._chosen if row.day not in self.scope.month]

    @property
    def _chosen(self) -> list[DayTotal]:
        return [row for row in self.every if self.channel in ("", row.platform)]

    @cached_property
    def passed(self) -> int:
        return self.scope.last_day.day

    @property
    def compared_to(self) -> date:
        return compared_to(self.scope)

    @cached_property
    def same_days(self) -> list[DayTotal]:
        return [row for row in self.earlier if row.day <= self.compared_to]

    @cached_property
    def all(self) -> Compared:
        return Compared("", "", _sum(self.totals), _sum(self.same_days))

    @cached_property
    def rows(self) -> int:
        return sum(row.rows for row in self.totals)

    @cached_property
    def by_channel(self) -> list[Compared]:
        both: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for at, rows in enumerate((self.totals, self.same_days)):
            for row in rows:
                both[row.platform][at] += row.count
        return _largest(Compared(self.channels[code], code, *sums) for code, sums in both.items())

    @cached_property
    def by_unit(self) -> list[Compared]:
        names = {option.code: option.name for option in self.scope.options}
        return _largest(
            Compared(names.get(code, code), code, now, before)
            for code, now, before in self.units
            if now or before
        )

    @cached_property
    def days(self) -> list[tuple[date, list[int | None], int]]:
        """Each day that has passed, latest first: what every channel of ``by_channel`` has, and the sum."""
        found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.totals:
            found[row.day][row.platform] += row.count
        first = self.scope.month.first
        every = [first + timedelta(days=k) for k in range(self.passed)]
        return [
            (day, [found[day].get(one.code) for one in self.by_channel], sum(found[day].values()))
            for day in reversed(every)
        ]

    @cached_property
    def line(self) -> tuple[list[str], list[int | None], list[int | None]]:
        """Days of the month, this month's totals (days to come are gaps), those of the month before."""
        now, before = _by_day(self.totals), _by_day(self.earlier)
        labels = [
            str(day) for day in range(1, max(self.scope.month.last.day, self.scope.before.last.day) + 1)
        ]
        numbers = range(1, len(labels) + 1)
        return (
            labels,
            [now.get(day, 0) if day <= self.passed else None for day in numbers],
            [before.get(day, 0) if day <= self.scope.before.last.day else None for day in numbers],
        )


def compared_to(scope: TeamScope) -> date:
    """The last day of the month before that is compared; a month that is over is compared as a whole."""
    before = scope.before
    whole = before.last.day if not scope.running else scope.last_day.day
    return before.first + timedelta(days=min(whole, before.last.day) - 1)


def _rows_of(scope: TeamScope, first: date) -> Any:
    rows = counted_logs(scope.root_id, first, scope.last_day)
    # A join over a hundred thousand rows takes as long as summing them: not for everybody of an organisation.
    return rows if scope.whole else rows.filter(staff__unit_id__in=scope.units)


def team_totals(scope: TeamScope, channel: str = "") -> TeamTotals:
    """Both months summed by the database, by day and channel and by unit: four queries with the names."""
    rows = _rows_of(scope, scope.before.first)
    sums: Any = (
        rows.values_list("date", "platform_id").annotate(rows=Count("pk"), total=Sum("count")).order_by()
    )
    channels = {pk: (code, name) for pk, code, name in Platform.objects.values_list("pk", "code", "name")}
    found = [DayTotal(day, channels[platform][0], many, int(total)) for day, platform, many, total in sums]
    found.sort(key=lambda row: (row.day, row.platform))
    known = dict(channels.values())
    chosen = channel if channel in known else ""
    by_person: Any = (
        rows.filter(**({"platform__code": chosen} if chosen else {}))
        .values_list("staff_id")
        .annotate(
            now=Sum("count", filter=Q(date__gte=scope.month.first)),
            before=Sum("count", filter=Q(date__lte=compared_to(scope))),
        )
        .order_by()
    )
    unit_of = dict(Staff.objects.filter(root_id=scope.root_id).values_list("pk", "unit_id"))
    by_unit: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for person, now, before in by_person:
        sums_of_unit = by_unit[scope.tree.codes[unit_of[person]]]
        sums_of_unit[0] += int(now or 0)
        sums_of_unit[1] += int(before or 0)
    units = [(code, now, before) for code, (now, before) in by_unit.items()]
    return TeamTotals(scope, found, units, known, chosen)


def unit_days(scope: TeamScope, channel: str) -> list[tuple[date, str, str, int, int]]:
    """The month's day, unit, name of the channel, rows and count, for a file: one query."""
    rows = _rows_of(scope, scope.month.first)
    if channel:
        rows = rows.filter(platform__code=channel)
    sums: Any = (
        rows.values_list("date", "staff__unit__code", "platform__code", "platform__name")
        .annotate(rows=Count("pk"), total=Sum("count"))
        .order_by("date", "staff__unit__code", "platform__code")
    )
    return [(day, unit, name, many, int(total)) for day, unit, _code, name, many, total in sums]


def _sum(rows: Iterable[DayTotal]) -> int:
    return sum(row.count for row in rows)


def _by_day(rows: Iterable[DayTotal]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for row in rows:
        found[row.day.day] += row.count
    return found


def _largest(found: Iterable[Compared]) -> list[Compared]:
    return sorted(found, key=lambda one: (-one.now, -one.before, one.code))
