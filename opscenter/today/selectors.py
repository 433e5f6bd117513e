"""A person's own month, made of several apps: heat of the days, results, findings, payouts, manuscripts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from core.money import ZERO, Exact
from core.months import Month
from core.workdays import WorkCalendar
from departments.models import Leave, Period, Staff
from incentives.models import Finding, FindingRule, Manuscript, PaymentLine, Payout, RoleHolder
from incentives.selectors.payment_board import own_payments
from kpi.models import Attainment, Score
from kpi.selectors.day import QuotaLine
from kpi.selectors.logs import daily_counts
from opscenter.dashboards.selectors.person import RuleLine, rule_lines

#: how dark a day can be
SHADES = 4


@dataclass(frozen=True)
class HeatDay:
    """A day of the calendar; ``inside`` the month or beside it.

    ``shade``: 0 (nothing logged) … ``SHADES``, by its rank among the days, as one mailing of ten thousand
    would make all others pale.
    """

    day: date
    inside: bool
    rows: int
    count: int
    shade: int
    workday: bool
    today: bool
    future: bool
    owing: bool

    @property
    def missed(self) -> bool:
        """A working day of the past on which the person owed something and logged nothing."""
        return self.inside and self.owing and self.workday and not (self.rows or self.future or self.today)


@dataclass(frozen=True)
class OwnFinding:
    """A finding that hits the person, with its rule's name."""

    row: Finding
    name: str


@dataclass(frozen=True)
class OwnMonth:
    staff: Staff
    month: Month
    weeks: tuple[tuple[HeatDay, ...], ...]
    rules: tuple[RuleLine, ...]
    days_logged: int
    days_missed: int
    count: int
    state: str
    computed: bool
    score: Score | None
    findings: tuple[OwnFinding, ...]
    payouts: tuple[Payout, ...]
    payments: tuple[PaymentLine, ...]
    manuscripts: tuple[Manuscript, ...]
    before: Month
    after: Month | None

    @property
    def owing(self) -> bool:
        """Whether a quota rule held for the person: without one no day can be missed."""
        return any(line.row.applicable for line in self.rules)

    @property
    def paid(self) -> Exact:
        return sum((row.amount for row in self.payouts), ZERO)


def own_month(
    staff: Staff,
    month: Month,
    today: date,
    calendar: WorkCalendar,
    live: Sequence[QuotaLine] | None = None,
) -> OwnMonth:
    """A fixed number of queries, whatever the number of rows.

    ``live``: the quotas of the running month as they stand now; of an earlier month those that were computed.
    """
    attained = _computed(staff, month) if live is None else [_as_row(line) for line in live]
    rules = rule_lines(attained)
    for rule, quota in zip(rules, live or (), strict=False):
        _mark_slots_to_come(rule, quota)
    owing = any(row.applicable for row in attained)
    away = _days_away(staff, month) if owing else frozenset()
    first = month.first - timedelta(days=month.first.weekday())
    last = month.last + timedelta(days=6 - month.last.weekday())
    counts = daily_counts(staff, first, last)
    ranks = sorted(count for _rows, count in counts.values())
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        rows, count = counts.get(day, (0, 0))
        days.append(
            HeatDay(
                day=day,
                inside=month.first <= day <= month.last,
                rows=rows,
                count=count,
                shade=-(-bisect_right(ranks, count) * SHADES // len(ranks)) if rows else 0,
                workday=calendar.is_workday(day),
                today=day == today,
                future=day > today,
                owing=owing and day not in away,
            )
        )
    inside = [day for day in days if day.inside]
    period = Period.objects.filter(root=staff.root_id, month=month.first).first()
    return OwnMonth(
        staff=staff,
        month=month,
        rules=tuple(rules),
        weeks=tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7)),
        days_logged=sum(bool(day.rows) for day in inside),
        days_missed=sum(day.missed for day in inside),
        count=sum(day.count for day in inside),
        state=period.state if period else "open",
        computed=period is not None and period.state != "open",
        score=Score.objects.filter(staff=staff, month=month.first).select_related("scheme").first(),
        findings=tuple(_findings(staff, month)),
        payouts=tuple(Payout.objects.filter(staff=staff, month=month.first).order_by("pk")),
        payments=tuple(own_payments(staff.pk, month)),
        manuscripts=tuple(
            Manuscript.objects.filter(staff=staff)
            .filter(Q(date__range=(month.first, month.last)) | Q(published__range=(month.first, month.last)))
            .order_by("date", "pk")
        ),
        before=month.plus(-1),
        after=month.plus(1) if month.plus(1).first <= today else None,
    )


def _computed(staff: Staff, month: Month) -> list[Attainment]:
    rows = Attainment.objects.filter(staff=staff, month=month.first)
    return list(rows.select_related("rule__document").order_by("rule__unit__code", "rule__pk"))


def _as_row(line: QuotaLine) -> Attainment:
    """A quota of the running month as it would be stored."""
    found = line.found
    return Attainment(
        rule=line.rule,
        applicable=found.applicable,
        target=found.target,
        credited=found.credited,
        raw=found.raw,
        rate=found.rate,
        steps={**found.steps, "reason": found.reason or ""},
    )


def _mark_slots_to_come(rule: RuleLine, quota: QuotaLine) -> None:
    """A slot that has not come yet is not one in which nothing was done."""
    keys = quota.found.steps.get("slots", [])
    if quota.pace is None or quota.pace.slot not in keys:
        return
    first = keys.index(quota.pace.slot) + 1
    for subject in rule.subjects:
        subject.slots[first:] = [replace(slot, tone="later") for slot in subject.slots[first:]]


def _days_away(staff: Staff, month: Month) -> frozenset[date]:
    """The days of the month on which the person was on leave or not employed: one query."""
    leaves = list(
        Leave.objects.filter(staff=staff, start__lte=month.last, end__gte=month.first).values_list(
            "start", "end"
        )
    )
    return frozenset(
        day
        for day in month.days()
        if day < staff.joined
        or (staff.left is not None and day > staff.left)
        or any(start <= day <= end for start, end in leaves)
    )


def _findings(staff: Staff, month: Month) -> list[OwnFinding]:
    """The findings of the month that hit a role which the person held on their day: one query."""
    rule = FindingRule.objects.filter(
        scheme__code=OuterRef("scheme_code"), code=OuterRef("rule_code")
    ).order_by("-scheme__valid_from")
    held = RoleHolder.objects.filter(
        Q(end__isnull=True) | Q(end__gte=OuterRef("date")),
        staff=staff,
        scheme_code=OuterRef("scheme_code"),
        role=OuterRef("hit_role"),
        start__lte=OuterRef("date"),
    )
    rows: Any = (
        Finding.objects.filter(date__range=(month.first, month.last))
        .annotate(hit_role=Subquery(rule.values("role")[:1]), rule_name=Subquery(rule.values("name")[:1]))
        .filter(Exists(held))
        .order_by("date", "ident")
    )
    return [OwnFinding(row, row.rule_name) for row in rows]
