"""The log rows behind an attainment: which count, and why the others do not."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, QuerySet, Sum
from django.utils.translation import gettext as _

from core.months import Month
from kpi.calculations.slots import window
from kpi.models import Attainment, LogEntry, LogStatus
from kpi.selectors.facts import successors
from opscenter.dashboards.scope import MonthScope

ROWS_SHOWN = 50


@dataclass(frozen=True)
class LogRow:
    """A log row; ``reason``: why it does not count, or ""."""

    row: LogEntry
    reason: str


@dataclass(frozen=True)
class LogRows:
    """A page of the rows.  ``counted``: the sum of all rows that count, of every page."""

    page: Page[LogEntry]
    lines: list[LogRow]
    counted: int
    slot: str


def slot_days(key: str, month: Month) -> tuple[date, date] | None:
    """First and last day of a slot by its name: ``2024-05-06``, ``2024-W19`` or ``2024-05``."""
    try:
        if "W" in key:
            year, week = key.split("-W")
            monday = date.fromisocalendar(int(year), int(week), 1)
            return monday, monday + timedelta(days=6)
        if len(key) == len("2024-05"):
            return (month.first, month.last) if key == str(month) else None
        day = date.fromisoformat(key)
    except ValueError:
        return None
    return day, day


def log_rows(scope: MonthScope, attained: Attainment, slot: str, page: str) -> LogRows:
    """The person's rows of the rule's activities and platforms, in one slot or in all: three queries."""
    rule = attained.rule
    slots = attained.steps.get("slots", [])
    chosen = slot_days(slot, scope.month) if slot in slots else None
    rows: QuerySet[Any] = (
        LogEntry.objects.visible_to(scope.user)
        .filter(
            root=scope.root,
            staff=attained.staff_id,
            date__range=chosen or window(scope.month),
            activity__in=rule.activities,
            platform__code__in=rule.platforms,
        )
        .annotate(replaced=Exists(successors()))
        .select_related("platform", "partner")
        .order_by("date", "pk")
    )
    counted = (
        rows.filter(replaced=False)
        .exclude(status=LogStatus.REJECTED)
        .order_by()
        .aggregate(total=Sum("count"))["total"]
    )
    shown = Paginator(rows, ROWS_SHOWN).get_page(page)
    spans = [span for key in slots if (span := slot_days(key, scope.month))]
    best = {one["subject"] for one in attained.steps.get("chosen", ())}
    return LogRows(
        shown,
        [LogRow(row, _reason(row, rule.basis, spans, best)) for row in shown.object_list],
        counted or 0,
        slot if chosen else "",
    )


def _reason(row: Any, basis: str, spans: list[tuple[date, date]], best: set[str]) -> str:
    """Why a row does not count, or "" when it does."""
    if row.status == LogStatus.REJECTED:
        return _("rejected")
    if row.replaced:
        return _("replaced by a correction")
    if not any(first <= row.date <= last for first, last in spans):
        return _("outside the days that count")
    if basis == "pair" and row.partner_id is None:
        return _("names no colleague")
    if basis == "account" and not row.handle:
        return _("names no account")
    subject = {"account": f"{row.platform.code}/{row.handle}", "platform": row.platform.code}.get(basis)
    if subject is not None and subject not in best:
        return _("not among the best")
    return ""
