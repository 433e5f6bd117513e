"""Quota attainment of a month: calculation.md §1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .days import Days
from .people import is_away, is_employed, path_of, proration, unit_on
from .rows import (
    Row,
    Tables,
    amount,
    days_between,
    half_up,
    holds_on,
    listed,
    needed_day,
    rows_of,
    text,
    whole,
)

Slot = set[date]


@dataclass(frozen=True)
class Attained:
    """One person against one rule; a rule that is not applicable has no figures."""

    staff_no: str
    rule: Row
    target: Fraction | None = None
    credited: Fraction | None = None
    raw: Fraction | None = None
    rate: Fraction | None = None

    @property
    def applicable(self) -> bool:
        """Whether the rule counts for the person in this month."""
        return self.rate is not None


@dataclass(frozen=True)
class Subject:
    """What an amount is owed by: a code to break ties, and what was credited and done."""

    code: str
    credited: Fraction
    raw: Fraction


def attained_by_all(tables: Tables, month: Sequence[date]) -> list[Attained]:
    """Everybody's attainment, sorted by person, rule and the rule's unit."""
    days = Days(tables)
    rules = rules_of_month(tables, month)
    logs = counting_logs(tables)
    found = []
    for person in rows_of(tables, "staff"):
        for rule, held in rules_of_person(tables, rules, person, month):
            service = [day for day in held if not is_away(tables, person, day)]
            found.append(attain(tables, days, logs, text(person, "staff_no"), rule, month, service))
    return sorted(found, key=lambda one: (one.staff_no, text(one.rule, "code"), text(one.rule, "unit")))


def rules_of_month(tables: Tables, month: Sequence[date]) -> list[Row]:
    """Of the versions of a unit's rule that hold on some day of the month, the one that starts last."""
    latest: dict[tuple[str, str], Row] = {}
    for rule in rows_of(tables, "quota_rules"):
        if not any(holds_on(rule, day, "valid_from", "valid_to") for day in month):
            continue
        key = (text(rule, "unit"), text(rule, "code"))
        if key not in latest or needed_day(rule, "valid_from") > needed_day(latest[key], "valid_from"):
            latest[key] = rule
    return list(latest.values())


def rules_of_person(
    tables: Tables, rules: list[Row], person: Row, month: Sequence[date]
) -> list[tuple[Row, list[date]]]:
    """The rules that hold for a person, each with the employed days on which it is the winning one.

    A person employed on no day has none. When a person moves, a rule counts on the days on which it wins
    (precedence, then nearest) on that day's path of units.
    """
    held: dict[int, list[date]] = {}
    for day in month:
        unit = unit_on(tables, person, day)
        if not is_employed(person, day) or not unit:
            continue
        for rule in winners(tables, rules, unit):
            held.setdefault(rules.index(rule), []).append(day)
    return [(rules[at], days) for at, days in held.items()]


def winners(tables: Tables, rules: list[Row], unit: str) -> list[Row]:
    """For every rule code on the unit's path the rule that counts there."""
    best: dict[str, tuple[Fraction, Row]] = {}
    for above in path_of(tables, unit):
        for rule in rules:
            if text(rule, "unit") != above:
                continue
            code, rank = text(rule, "code"), precedence(tables, rule)
            # The nearer unit was met first and stays, unless the farther one's document ranks higher.
            if code not in best or rank > best[code][0]:
                best[code] = (rank, rule)
    return [rule for _rank, rule in best.values()]


def precedence(tables: Tables, rule: Row) -> Fraction:
    """The precedence of the rule's document; blank is 0."""
    for document in rows_of(tables, "documents"):
        if text(document, "number") == text(rule, "document"):
            return amount(document, "precedence", "0")
    return Fraction(0)


def counting_logs(tables: Tables) -> list[Row]:
    """The log rows that count: not rejected, and not superseded by a row that is not rejected."""
    standing = [row for row in rows_of(tables, "logs") if text(row, "status", "submitted") != "rejected"]
    replaced = {text(row, "supersedes") for row in standing if text(row, "supersedes")}
    return [row for row in standing if text(row, "row_id") not in replaced]


def attain(
    tables: Tables,
    days: Days,
    logs: list[Row],
    staff_no: str,
    rule: Row,
    month: Sequence[date],
    service: Sequence[date],
) -> Attained:
    """One person's figures for one rule, from the days in service for it."""
    active = active_platforms(tables, rule, month)
    if not active:
        return Attained(staff_no, rule)
    slots = slots_of(days, rule, month, service)
    owed_each = amount(rule, "amount", "0")
    if text(rule, "period") == "month":
        # The amount itself is prorated first, not rounded. In service is meant for this rule.
        owed_each *= proration(days, month, service)
    activities = listed(rule, "activities")
    matching = [
        row for row in logs if text(row, "platform") in active and text(row, "activity") in activities
    ]
    subjects, owed = subjects_of(rule, staff_no, matching, active, slots, owed_each)
    target = half_up(owed_each * len(slots) * owed, 4)
    if target == 0:
        return Attained(staff_no, rule)
    credited = half_up(sum((subject.credited for subject in subjects), Fraction(0)), 4)
    raw = sum((subject.raw for subject in subjects), Fraction(0))
    rate = half_up((credited if credited < target else raw) / target, 4)
    return Attained(staff_no, rule, target, credited, raw, rate)


def active_platforms(tables: Tables, rule: Row, month: Sequence[date]) -> list[str]:
    """The platforms of the rule's set that are open on at least one day of the month, sorted."""
    wanted = listed(rule, "platforms")
    found = []
    for platform in rows_of(tables, "platforms"):
        is_open = any(holds_on(platform, day, "opened", "closed") for day in month)
        if text(platform, "code") in wanted and is_open:
            found.append(text(platform, "code"))
    return sorted(found)


def slots_of(days: Days, rule: Row, month: Sequence[date], service: Sequence[date]) -> list[Slot]:
    """The slots of the month: each is the set of days whose rows it counts."""
    period = text(rule, "period")
    if period == "month":
        return [set(month)]
    if period == "week":
        thursdays = [day for day in month if day.weekday() == 3 and day in service]
        return [set(days_between(day - timedelta(days=3), day + timedelta(days=3))) for day in thursdays]
    by_workday = text(rule, "day_basis", "calendar") == "workday"
    return [{day} for day in month if day in service and (days.is_working(day) or not by_workday)]


def subjects_of(
    rule: Row, staff_no: str, logs: list[Row], active: list[str], slots: list[Slot], owed_each: Fraction
) -> tuple[list[Subject], int]:
    """The subjects that count for the person, and how many are owed whether or not they exist."""
    own = [row for row in logs if text(row, "staff_no") == staff_no]
    basis = text(rule, "basis")
    n = whole(rule, "platforms_required", 0)
    k = whole(rule, "accounts_required", 1)
    if basis == "person":
        return [subject("", own, rule, slots, owed_each)], 1
    if basis == "pair":
        return [pair_subject(staff_no, logs, rule, slots, owed_each)], 1
    if basis == "platform":
        found = [
            subject(code, [row for row in own if text(row, "platform") == code], rule, slots, owed_each)
            for code in active
        ]
        return (best(found, n), n) if n else (found, len(active))
    accounts = {
        (text(row, "platform"), text(row, "handle"))
        for row in own
        if text(row, "handle") and any(needed_day(row, "date") in slot for slot in slots)
    }
    by_platform: dict[str, list[Subject]] = {code: [] for code in active}
    for platform, handle in sorted(accounts):
        rows = [row for row in own if (text(row, "platform"), text(row, "handle")) == (platform, handle)]
        by_platform[platform].append(subject(f"{platform}/{handle}", rows, rule, slots, owed_each))
    if not n:
        return best([one for found in by_platform.values() for one in found], k), k
    # A platform ranks by the sums of its k best accounts.
    chosen = {code: best(found, k) for code, found in by_platform.items()}
    ranking = best([total(code, found) for code, found in chosen.items()], n)
    return [one for platform in ranking for one in chosen[platform.code]], n * k


def subject(code: str, rows: list[Row], rule: Row, slots: list[Slot], owed_each: Fraction) -> Subject:
    """What rows give in the slots: the raw sum, and what of it is credited."""
    counts = [
        sum((amount(row, "count", "0") for row in rows if needed_day(row, "date") in slot), Fraction(0))
        for slot in slots
    ]
    return credit(code, counts, rule, owed_each)


def credit(code: str, counts: list[Fraction], rule: Row, owed_each: Fraction) -> Subject:
    """Σ min(count, amount), or min(Σ count, amount × slots) when a surplus balances within the month."""
    raw = sum(counts, Fraction(0))
    if text(rule, "surplus", "none") == "month":
        return Subject(code, min(raw, owed_each * len(counts)), raw)
    return Subject(code, sum((min(count, owed_each) for count in counts), Fraction(0)), raw)


def pair_subject(
    staff_no: str, logs: list[Row], rule: Row, slots: list[Slot], owed_each: Fraction
) -> Subject:
    """The person with the best colleague of each slot; either of the two may name the other."""
    counts = []
    for slot in slots:
        together: dict[str, Fraction] = {}
        for row in logs:
            writer, partner = text(row, "staff_no"), text(row, "partner")
            if needed_day(row, "date") not in slot or not partner or staff_no not in (writer, partner):
                continue
            colleague = partner if writer == staff_no else writer
            together[colleague] = together.get(colleague, Fraction(0)) + amount(row, "count", "0")
        counts.append(max(together.values(), default=Fraction(0)))
    return credit("", counts, rule, owed_each)


def best(subjects: list[Subject], count: int) -> list[Subject]:
    """Highest credited count, then highest raw count, then the smaller code."""
    return sorted(subjects, key=lambda one: (-one.credited, -one.raw, one.code))[:count]


def total(code: str, subjects: list[Subject]) -> Subject:
    """The sums of several subjects under one code."""
    credited = sum((one.credited for one in subjects), Fraction(0))
    return Subject(code, credited, sum((one.raw for one in subjects), Fraction(0)))


def group_rate(attained: list[Attained], cap: Fraction) -> Fraction | None:
    """Σ weight × min(rate, cap) ÷ Σ weight over the applicable rules, 4 decimals; None without any."""
    applicable = [(amount(one.rule, "weight", "1"), one.rate) for one in attained if one.rate is not None]
    if not applicable:
        return None
    weights = sum((weight for weight, _rate in applicable), Fraction(0))
    return half_up(sum((weight * min(rate, cap) for weight, rate in applicable), Fraction(0)) / weights, 4)
