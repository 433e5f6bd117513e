"""A person's running month: every quota with its pace, what is left today, the quickest ways to log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, FilteredRelation, Q

from core.months import Month
from core.workdays import WorkCalendar
from departments.models import Activity, Duty, Staff
from departments.selectors import unit_tree, work_calendar
from kpi.calculations.attainment import Attainment
from kpi.calculations.month import assess
from kpi.calculations.pace import NextAct, Pace, Status, cheapest, fresh_subject, pace
from kpi.calculations.slots import MonthDays
from kpi.models import LogEntry, LogStatus, Platform, QuotaRule
from kpi.selectors.facts import attainment_facts, rule_rows, versions_of
from kpi.selectors.logs import not_replaced, with_names

#: what somebody did in so many days is offered as a button
RECENT_DAYS = 45
BUTTONS = 6
ORDER = {Status.BEHIND: 0, Status.ON_PACE: 1, Status.REACHED: 2}


class OwnAccount(NamedTuple):
    """A registered account of the person that is open."""

    platform: Platform
    handle: str


@dataclass(frozen=True)
class NextPlace:
    """Where the next act under a rule is best done; parts that do not matter are ``None`` or ""."""

    platform: Platform | None = None
    handle: str = ""
    colleague: str = ""

    def __bool__(self) -> bool:
        return bool(str(self))

    def __str__(self) -> str:
        name = self.platform.name if self.platform else ""
        return " · ".join(part for part in (name, self.handle, self.colleague) if part)


@dataclass(frozen=True)
class QuotaLine:
    """One rule on a day.  ``pace`` is ``None`` where the rule is not applicable.

    ``accounts``: registered and open accounts of the person on the rule's platforms; ``keeps``: whether they
    are as many as the rule asks to keep (``None``: it asks for none).  Rule: YJ-07.
    """

    rule: QuotaRule
    found: Attainment
    pace: Pace | None
    platforms: tuple[str, ...]
    accounts: tuple[OwnAccount, ...]
    keeps: bool | None
    outranked: tuple[QuotaRule, ...]
    next: "NextPlace"

    @property
    def next_act(self) -> NextAct | None:
        return self.pace.acts[0] if self.pace and self.pace.acts else None

    @property
    def key(self) -> str:
        return f"{self.found.rule.code}/{self.found.rule.key}"

    @property
    def order(self) -> int:
        """What needs work comes first, what is reached and what is not owed last."""
        return ORDER[self.pace.status] if self.pace else len(ORDER)

    @property
    def platform_names(self) -> str:
        return ", ".join(self.platforms)

    @property
    def log_query(self) -> str:
        """What the form of a row is opened with for the next act."""
        code = self.next.platform.code if self.next.platform else self.rule.platforms[0]
        known = {"platform": code, "activity": self.rule.activities[0], "handle": self.next.handle}
        return urlencode({name: value for name, value in known.items() if value})

    @property
    def owned(self) -> int:
        """How many accounts the rule asks a person to keep."""
        return self.rule.accounts_required * (self.rule.platforms_required or 1)


@dataclass(frozen=True)
class QuickLog:
    """A combination that the person logs often, as a button."""

    platform: Platform
    activity: str
    activity_name: str
    handle: str


@dataclass(frozen=True)
class TickLine:
    """A duty without a number and the days of this month on which it was ticked.  Rule: YJ-17."""

    duty: Duty
    days: tuple[date, ...]
    today: bool


@dataclass(frozen=True)
class PersonDay:
    staff: Staff
    today: date
    month: Month
    published: bool
    workdays_passed: int
    workdays: int
    quotas: "PersonQuotas"
    best: QuotaLine | None
    quick: tuple[QuickLog, ...]
    logged: tuple[LogEntry, ...]
    ticks: tuple[TickLine, ...]

    @property
    def today_count(self) -> int:
        return sum(entry.count for entry in self.logged if entry.status != LogStatus.REJECTED)


@dataclass(frozen=True)
class PersonQuotas:
    """Every quota of a person on a day of its month."""

    today: date
    month_days: MonthDays
    lines: tuple[QuotaLine, ...]
    path: tuple[int, ...]
    platforms: Mapping[str, Platform]

    @property
    def wanting(self) -> tuple[QuotaLine, ...]:
        """Those on which something is left to do."""
        return tuple(line for line in self.lines if line.order < ORDER[Status.REACHED])

    @property
    def done(self) -> tuple[QuotaLine, ...]:
        """Those that are reached, and those of which nothing is owed."""
        return tuple(line for line in self.lines if line.order >= ORDER[Status.REACHED])

    @property
    def reached(self) -> int:
        return sum(1 for line in self.lines if line.pace and line.pace.status is Status.REACHED)

    @property
    def behind(self) -> int:
        return sum(1 for line in self.lines if line.pace and line.pace.status is Status.BEHIND)

    @property
    def counted(self) -> int:
        return sum(1 for line in self.lines if line.pace)


def person_day(staff: Staff, today: date) -> PersonDay:
    """A person's day in the middle of its month: a fixed number of queries."""
    month, quotas = Month.of(today), person_quotas(staff, today, work_calendar())
    names = dict(Activity.objects.values_list("code", "name"))
    chosen = cheapest({line.key: line.pace for line in quotas.lines if line.pace})
    return PersonDay(
        staff=staff,
        today=today,
        month=month,
        published=quotas.month_days.published,
        workdays_passed=sum(day <= today for day in quotas.month_days.workdays),
        workdays=len(quotas.month_days.workdays),
        quotas=quotas,
        best=next((line for line in quotas.lines if chosen and line.key == chosen[0]), None),
        quick=_quick(staff, today, quotas.lines, quotas.platforms, names),
        logged=_logged(staff, today),
        ticks=_ticks(staff, today, month, quotas.path),
    )


def person_quotas(staff: Staff, today: date, calendar: WorkCalendar) -> PersonQuotas:
    """What a person owes and has done in the month of ``today``: a fixed number of queries."""
    month = Month.of(today)
    tree = unit_tree(month.last)
    month_days = MonthDays.of(month, calendar)
    root = staff.root_id or staff.unit.root_id or staff.unit_id
    platforms, accounts = _platforms(staff, today)
    rules = {
        row.pk: row for row in rule_rows({unit for unit, top in tree.roots.items() if top == root}, month)
    }
    facts = attainment_facts(
        root, month, tree, calendar, staff.pk, rules=versions_of(rules.values()), known=platforms.values()
    )
    result = next(iter(assess(facts)), None)
    found = result.attainments if result else ()
    colleagues = _colleagues(found)
    lines = []
    for one, service in zip(found, result.services if result else (), strict=True):
        where = pace(one, month_days, service, today)
        rule = rules[one.rule.key]
        own = tuple(account for account in accounts if account.platform.code in rule.platforms)
        lines.append(
            QuotaLine(
                rule=rule,
                found=one,
                pace=where,
                platforms=tuple(
                    platforms[code].name if code in platforms else code for code in rule.platforms
                ),
                accounts=own,
                keeps=_keeps(rule, own),
                outranked=_outranked(rule, rules.values(), tree.path(staff.unit_id)),
                next=_next_place(one, where, rule, own, platforms, colleagues, today),
            )
        )
    return PersonQuotas(
        today=today,
        month_days=month_days,
        lines=tuple(sorted(lines, key=lambda line: line.order)),
        path=tree.path(staff.unit_id),
        platforms=platforms,
    )


def _platforms(staff: Staff, today: date) -> tuple[dict[str, Platform], tuple[OwnAccount, ...]]:
    """Every platform by code, and the person's open accounts: one query."""
    mine = (
        Q(accounts__staff=staff)
        & (Q(accounts__opened__isnull=True) | Q(accounts__opened__lte=today))
        & (Q(accounts__closed__isnull=True) | Q(accounts__closed__gte=today))
    )
    rows = Platform.objects.annotate(
        own=FilteredRelation("accounts", condition=mine), handle=F("own__handle")
    ).order_by("code", "handle")
    platforms: dict[str, Platform] = {}
    accounts = []
    for row in rows:
        platform = platforms.setdefault(row.code, row)
        if row.handle is not None:
            accounts.append(OwnAccount(platform, row.handle))
    return platforms, tuple(accounts)


def _colleagues(found: Iterable[Attainment]) -> dict[str, str]:
    numbers = {pair["partner"] for one in found for pair in one.steps.get("pairs", ())}
    return dict(Staff.objects.filter(staff_no__in=numbers).values_list("staff_no", "name")) if numbers else {}


def _outranked(used: QuotaRule, rules: Iterable[QuotaRule], path: tuple[int, ...]) -> tuple[QuotaRule, ...]:
    """The same rule as set by another document for this person, which is not the one used.  Rule: YJ-02."""
    return tuple(
        rule
        for rule in rules
        if rule.code == used.code
        and rule.pk != used.pk
        and rule.unit_id in path
        and rule.document_id != used.document_id
    )


def _keeps(rule: QuotaRule, own: tuple[OwnAccount, ...]) -> bool | None:
    """Whether the person keeps the accounts that the rule asks for: shown, never counted.  Rule: YJ-07."""
    if rule.basis != "account":
        return None
    by_platform: dict[str, int] = {}
    for account in own:
        by_platform[account.platform.code] = by_platform.get(account.platform.code, 0) + 1
    if rule.platforms_required is None:
        return len(own) >= rule.accounts_required
    enough = sum(1 for many in by_platform.values() if many >= rule.accounts_required)
    return enough >= rule.platforms_required


def _next_place(
    found: Attainment,
    where: Pace | None,
    rule: QuotaRule,
    own: tuple[OwnAccount, ...],
    platforms: Mapping[str, Platform],
    colleagues: Mapping[str, str],
    today: date,
) -> NextPlace:
    """Where the next act is best done: an account that is begun, else one that is not used up yet."""
    if where is None or not where.acts:
        return NextPlace()
    subject = where.acts[0].subject
    if rule.basis == "pair":
        return NextPlace(colleague=colleagues.get(subject, subject))
    usable = [code for code in rule.platforms if code in platforms and _is_open(platforms[code], today)]
    handles: dict[str, list[str]] = {}
    for account in own:
        handles.setdefault(account.platform.code, []).append(account.handle)
    if rule.basis == "account":
        subject = subject or fresh_subject(
            found, [f"{code}/{handle}" for code in usable for handle in handles.get(code, ())]
        )
        code, _slash, handle = subject.partition("/")
        return NextPlace(platforms.get(code), handle)
    # Any account will do: a platform where the person has one comes first.
    usable.sort(key=lambda code: code not in handles)
    first = next(iter(usable), "")
    code = subject or fresh_subject(found, usable) if rule.basis == "platform" else first
    return NextPlace(platforms.get(code), next(iter(handles.get(code, ())), ""))


def _is_open(platform: Platform, day: date) -> bool:
    return (platform.opened or day) <= day <= (platform.closed or day)


def _quick(
    staff: Staff,
    today: date,
    lines: tuple[QuotaLine, ...],
    platforms: Mapping[str, Platform],
    names: dict[str, str],
) -> tuple[QuickLog, ...]:
    """The combinations logged most often lately, then what the rules ask for and was not logged yet."""
    used = (
        LogEntry.objects.filter(
            staff=staff, date__gte=today - timedelta(days=RECENT_DAYS), partner__isnull=True
        )
        .exclude(status=LogStatus.REJECTED)
        .values_list("platform__code", "activity", "handle")
        .annotate(many=Count("pk"))
        .order_by("-many", "platform__code", "activity", "handle")[: BUTTONS * 2]
    )
    found: dict[tuple[str, str, str], None] = {}
    for code, activity, handle, _many in used:
        found.setdefault((code, activity, handle))
    for line in lines:
        if line.rule.basis == "pair":
            continue
        for code in line.rule.platforms[:1]:
            handle = next((one.handle for one in line.accounts if one.platform.code == code), "")
            if not any(key[:2] == (code, line.rule.activities[0]) for key in found):
                found.setdefault((code, line.rule.activities[0], handle))
    open_ones = [key for key in found if key[0] in platforms and _is_open(platforms[key[0]], today)]
    return tuple(
        QuickLog(platforms[code], activity, names.get(activity, activity), handle)
        for code, activity, handle in open_ones[:BUTTONS]
    )


def _logged(staff: Staff, today: date) -> tuple[LogEntry, ...]:
    """Today's rows, the newest first, without those that were replaced."""
    return tuple(
        with_names(not_replaced(LogEntry.objects.filter(staff=staff, date=today)))
        .select_related("platform", "partner", "evidence")
        .order_by("-pk")[:50]
    )


def _ticks(staff: Staff, today: date, month: Month, path: tuple[int, ...]) -> tuple[TickLine, ...]:
    """Duties of the nearest unit that has any, as a checklist: one query."""
    rows = list(
        Duty.objects.filter(unit_id__in=path)
        .filter(Q(position__isnull=True) | Q(position_id=staff.position_id))
        .annotate(
            tick=FilteredRelation(
                "ticks", condition=Q(ticks__staff=staff, ticks__date__range=(month.first, month.last))
            ),
            ticked=F("tick__date"),
        )
        .order_by("unit_id", "number", "ticked")
    )
    nearest = next((unit for unit in path if any(row.unit_id == unit for row in rows)), None)
    duties: dict[int, Duty] = {}
    days: dict[int, list[date]] = {}
    for row in rows:
        if row.unit_id == nearest:
            duties.setdefault(row.pk, row)
            days.setdefault(row.pk, []).extend([row.ticked] if row.ticked else [])
    return tuple(TickLine(duty, tuple(days[pk]), today in days[pk]) for pk, duty in duties.items())
