"""A person's own month, made of several apps: heat of the days, results, findings, payouts, manuscripts."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from core.money import ZERO, Exact
from core.months import Month
from core.workdays import WorkCalendar
from departments.models import Period, Staff
from incentives.models import Finding, FindingRule, Manuscript, PaymentLine, Payout, RoleHolder
from incentives.selectors.payment_board import own_payments
from kpi.models import Score
from kpi.selectors.logs import daily_counts

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

    @property
    def missed(self) -> bool:
        """A working day of the past without a row."""
        return self.inside and self.workday and not self.rows and not self.future and not self.today


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
    def paid(self) -> Exact:
        return sum((row.amount for row in self.payouts), ZERO)


def own_month(staff: Staff, month: Month, today: date, calendar: WorkCalendar) -> OwnMonth:
    """Seven queries, whatever the number of rows."""
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
            )
        )
    inside = [day for day in days if day.inside]
    period = Period.objects.filter(root=staff.root_id, month=month.first).first()
    return OwnMonth(
        staff=staff,
        month=month,
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
