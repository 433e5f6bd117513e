"""Reads of the daily log: rows of those one may see, a row with its history, what was logged before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.exceptions import NotVisible
from core.models import User
from departments.models import Activity, Staff
from kpi.calculations.links import found_in, handle_in, link_key, platform_of
from kpi.models import Account, LogEntry, LogStatus, Platform, QuotaRule
from kpi.selectors.facts import successors
from kpi.selectors.risks import standing

NOTE_LENGTH = 500


def _replaced() -> Exists:
    """A newer row stands for the row; one that was rejected stands for nothing."""
    return Exists(successors())


def not_replaced(rows: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
    """The rows for which no newer one stands, the rejected ones with them."""
    return rows.filter(~_replaced())


def with_names(rows: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
    """With ``activity_name``: what the activity is called, its code where it has no name."""
    names = Activity.objects.filter(code=OuterRef("activity")).values("name")[:1]
    return rows.annotate(activity_name=Coalesce(Subquery(names), "activity"))


def logs_seen(user: User) -> "QuerySet[LogEntry]":
    """The log rows that a person may see; ``replaced`` says that a newer row stands for it."""
    rows: Any = with_names(LogEntry.objects.visible_to(user))
    found: QuerySet[LogEntry] = rows.select_related("staff", "platform", "partner", "evidence").annotate(
        replaced=_replaced()
    )
    return found


@dataclass(frozen=True)
class LogHistory:
    """A row, those it replaced and those that replaced it, oldest first, and the same link elsewhere."""

    entry: LogEntry
    chain: tuple[LogEntry, ...]
    same_link: tuple[LogEntry, ...]
    newest: LogEntry


def log_history(user: User, pk: int) -> LogHistory:
    """Raises ``NotVisible`` for a row that does not exist or that the person may not see."""
    entry = logs_seen(user).select_related("duty", "created_by").filter(pk=pk).first()
    if entry is None:
        raise NotVisible("log")
    related = list(
        LogEntry.objects.filter(
            staff=entry.staff,
            date=entry.date,
            platform=entry.platform,
            activity=entry.activity,
        ).select_related("created_by", "platform")
    )
    by_pk = {row.pk: row for row in related}
    first = entry
    while first.supersedes_id in by_pk:
        first = by_pk[first.supersedes_id]
    chain, queue = [], [first]
    while queue:
        row = queue.pop(0)
        chain.append(row)
        queue += sorted((one for one in related if one.supersedes_id == row.pk), key=lambda one: one.pk)
    valid = [row for row in chain if row.status != LogStatus.REJECTED]
    same = (
        tuple(
            LogEntry.objects.visible_to(user)
            .filter(root_id=entry.root_id, link_key=entry.link_key)
            .exclude(pk__in=[row.pk for row in chain])
            .select_related("staff", "platform")[:20]
        )
        if entry.link_key
        else ()
    )
    return LogHistory(entry, tuple(chain), same, valid[-1] if valid else chain[-1])


def links_before(root_id: int, keys: Collection[str]) -> dict[str, LogEntry]:
    """The first row that logged each of the links, by anyone of the organisation: one query."""
    rows = (
        LogEntry.objects.filter(root_id=root_id, link_key__in=[key for key in keys if key])
        .exclude(status=LogStatus.REJECTED)
        .select_related("staff", "platform")
        .order_by()
    )
    # Ordered here: for the order SQLite would read all rows rather than these links.
    return {row.link_key: row for row in sorted(rows, key=lambda row: row.pk, reverse=True)}


@dataclass(frozen=True)
class Pasted:
    """One pasted link as it will be logged, if it is ticked.  ``duplicate``: the row that logged it before;
    ``twice``: it stands further up in the same text.
    """

    url: str
    platform: Platform | None
    activity: str
    handle: str
    count: int
    note: str
    duplicate: LogEntry | None
    twice: bool

    @property
    def ticked(self) -> bool:
        return self.platform is not None and bool(self.activity) and not self.twice and self.duplicate is None


def links_read(staff: Staff, text: str, day: date) -> list[Pasted]:
    """The links in a text with what is known about them, in order: five queries.

    The platform by its domain (open on the day), the account by the handle in the link or as the only one of
    the person there, the activity by the quota rules that count the platform; count and note as the line
    says.  Rule: YJ-20.
    """
    links = [link for line in text.splitlines() for link in found_in(line)]
    platforms = {row.code: row for row in Platform.objects.all()}
    domains = {
        domain.strip().lower(): row.code
        for row in platforms.values()
        if (row.opened is None or row.opened <= day) and (row.closed is None or day <= row.closed)
        for domain in row.domains
    }
    handles: dict[str, list[str]] = {}
    for owner, handle in open_accounts(staff, day).values_list("platform__code", "handle"):
        handles.setdefault(owner, []).append(handle)
    activities = platform_activities(staff, day)
    before = links_before(staff.root_id, {link_key(link.url) for link in links})
    seen: set[str] = set()
    found = []
    for link in links:
        code = platform_of(link.url, domains)
        key = link_key(link.url)
        own = handles.get(code or "", [])
        found.append(
            Pasted(
                url=link.url,
                platform=platforms.get(code or ""),
                activity=next(iter(activities.get(code or "", ())), ""),
                handle=handle_in(link.url, own) or (own[0] if len(own) == 1 else ""),
                count=link.count,
                note=link.note[:NOTE_LENGTH],
                duplicate=before.get(key) if key else None,
                twice=bool(key) and key in seen,
            )
        )
        seen.add(key)
    return found


def open_accounts(staff: Staff, day: date) -> "QuerySet[Account]":
    """The accounts of a person that are open on a day."""
    found: QuerySet[Account] = (
        Account.objects.filter(staff=staff)
        .filter(Q(opened__isnull=True) | Q(opened__lte=day))
        .filter(Q(closed__isnull=True) | Q(closed__gte=day))
        .select_related("platform")
        .order_by("platform__code", "handle")
    )
    return found


def platform_activities(staff: Staff, day: date) -> dict[str, list[str]]:
    """The activities that the organisation's quota rules count on each platform on a day: two queries.

    Those of the person's own units come first, the nearest before the others.
    """
    path = [unit.pk for unit in staff.unit.ancestors(include_self=True).order_by("-tree_depth")]
    rows: Any = (
        QuotaRule.objects.filter(unit__root_id=staff.root_id, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .order_by("code", "-valid_from")
        .values_list("unit_id", "code", "basis", "platforms", "activities")
    )
    # A later version of the same rule on the same unit takes the place of the earlier one.
    latest: dict[tuple[int, str], Any] = {}
    for unit, code, basis, platforms, activities in rows:
        latest.setdefault((unit, code), (unit, basis, platforms, activities))
    near = {unit: place for place, unit in enumerate(path)}
    found: dict[str, list[str]] = {}
    # Exchanges need a colleague and come last.
    for _unit, _basis, platforms, activities in sorted(
        latest.values(), key=lambda row: (row[1] == "pair", near.get(row[0], len(near)))
    ):
        for platform in platforms:
            known = found.setdefault(platform, [])
            known += [activity for activity in activities if activity not in known]
    return found


def last_day_logged(staff: Staff, before: date) -> date | None:
    """The last day before ``before`` for which the person logged something."""
    return (
        LogEntry.objects.filter(staff=staff, date__lt=before)
        .order_by("-date")
        .values_list("date", flat=True)
        .first()
    )


def rows_of_day(staff: Staff, day: date) -> list[LogEntry]:
    """The rows of a day that stand: neither rejected, nor replaced, nor taken back."""
    return list(
        standing(LogEntry.objects.filter(staff=staff, date=day, count__gt=0))
        .select_related("platform", "partner")
        .order_by("pk")
    )


def daily_counts(staff: Staff, first: date, last: date) -> dict[date, tuple[int, int]]:
    """Day → (rows, counts) of what stands: one query."""
    rows: Any = (
        standing(LogEntry.objects.filter(staff=staff, date__range=(first, last), count__gt=0))
        .values_list("date")
        .annotate(many=Count("pk"), total=Sum("count"))
        .order_by("date")
    )
    return {day: (many, int(total)) for day, many, total in rows}
