"""A person's running month: every quota with its pace, what is left today, the quickest ways to log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q

from core.months import Month
from departments.models import Activity, Duty, Staff
from departments.selectors import unit_tree, work_calendar
from kpi.calculations.attainment import Attainment
from kpi.calculations.month import assess
from kpi.calculations.pace import NextAct, Pace, Status, cheapest, fresh_subject, pace
from kpi.calculations.slots import MonthDays
from kpi.models import Account, DutyTick, LogEntry, LogStatus, Platform, QuotaRule
from kpi.selectors.facts import attainment_facts
from kpi.selectors.logs import not_replaced, open_accounts

#: what somebody did in so many days is offered as a button
RECENT_DAYS = 45
BUTTONS = 6


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
    activities: tuple[str, ...]
    platforms: tuple[str, ...]
    accounts: tuple[Account, ...]
    keeps: bool | None
    outranked: tuple[QuotaRule, ...]
    next: "NextPlace"

    @property
    def next_act(self) -> NextAct | None:
        return self.pace.acts[0] if self.pace and self.pace.acts else None

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
    lines: tuple[QuotaLine, ...]
    best: QuotaLine | None
    quick: tuple[QuickLog, ...]
    logged: tuple[LogEntry, ...]
    ticks: tuple[TickLine, ...]

    @property
    def reached(self) -> int:
        return sum(1 for line in self.lines if line.pace and line.pace.status is Status.REACHED)

    @property
    def behind(self) -> int:
        return sum(1 for line in self.lines if line.pace and line.pace.status is Status.BEHIND)

    @property
    def counted(self) -> int:
        return sum(1 for line in self.lines if line.pace)

    @property
    def today_count(self) -> int:
        return sum(entry.count for entry in self.logged if entry.status != LogStatus.REJECTED)


def person_day(staff: Staff, today: date) -> PersonDay:
    """A person's day in the middle of its month: a fixed number of queries."""
    month = Month.of(today)
    tree, calendar = unit_tree(month.last), work_calendar()
    month_days = MonthDays.of(month, calendar)
    root = staff.root_id or staff.unit.root_id or staff.unit_id
    facts = attainment_facts(root, month, tree, calendar, staff.pk)
    result = next(iter(assess(facts)), None)
    found = result.attainments if result else ()
    rules = _rules(root, month)
    platforms = {row.code: row for row in Platform.objects.select_related("successor")}
    accounts = list(open_accounts(staff, today))
    names = dict(Activity.objects.values_list("code", "name"))
    colleagues = _colleagues(found)
    paces: dict[str, Pace] = {}
    lines = []
    for one, service in zip(found, result.services if result else (), strict=True):
        where = pace(one, month_days, service, today)
        if where is not None:
            paces[f"{one.rule.code}/{one.rule.key}"] = where
        rule = rules[one.rule.key]
        own = tuple(account for account in accounts if account.platform.code in rule.platforms)
        lines.append(
            QuotaLine(
                rule=rule,
                found=one,
                pace=where,
                activities=tuple(names.get(code, code) for code in rule.activities),
                platforms=tuple(
                    platforms[code].name if code in platforms else code for code in rule.platforms
                ),
                accounts=own,
                keeps=_keeps(rule, own),
                outranked=_outranked(rule, rules.values(), tree.path(staff.unit_id)),
                next=_next_place(one, where, rule, own, platforms, colleagues, today),
            )
        )
    chosen = cheapest(paces)
    best = next(
        (line for line in lines if chosen and f"{line.found.rule.code}/{line.found.rule.key}" == chosen[0]),
        None,
    )
    passed = sum(day <= today for day in month_days.workdays)
    return PersonDay(
        staff=staff,
        today=today,
        month=month,
        published=month_days.published,
        workdays_passed=passed,
        workdays=len(month_days.workdays),
        lines=tuple(lines),
        best=best,
        quick=_quick(staff, today, lines, platforms, names),
        logged=_logged(staff, today),
        ticks=_ticks(staff, today, month, tree.path(staff.unit_id)),
    )


def _rules(root: int, month: Month) -> dict[int, QuotaRule]:
    rows = (
        QuotaRule.objects.filter(unit__root_id=root, valid_from__lte=month.last)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=month.first))
        .select_related("document", "unit")
    )
    return {row.pk: row for row in rows}


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


def _keeps(rule: QuotaRule, own: tuple[Account, ...]) -> bool | None:
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
    own: tuple[Account, ...],
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
    lines: list[QuotaLine],
    platforms: dict[str, Platform],
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
        not_replaced(LogEntry.objects.filter(staff=staff, date=today))
        .select_related("platform", "partner", "evidence")
        .order_by("-pk")[:50]
    )


def _ticks(staff: Staff, today: date, month: Month, path: tuple[int, ...]) -> tuple[TickLine, ...]:
    """Duties of the nearest unit that has any, as a checklist."""
    duties = list(
        Duty.objects.filter(unit_id__in=path)
        .filter(Q(position__isnull=True) | Q(position_id=staff.position_id))
        .order_by("unit_id", "number")
    )
    nearest = next((unit for unit in path if any(duty.unit_id == unit for duty in duties)), None)
    days: dict[int, list[date]] = {}
    for duty, day in DutyTick.objects.filter(staff=staff, date__range=(month.first, month.last)).values_list(
        "duty_id", "date"
    ):
        days.setdefault(duty, []).append(day)
    return tuple(
        TickLine(duty, tuple(days.get(duty.pk, ())), today in days.get(duty.pk, ()))
        for duty in duties
        if duty.unit_id == nearest
    )
