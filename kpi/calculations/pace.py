"""How far a person is with a quota in the middle of a month, and what would help next.

Rule: KQ-17 and calculation.md §1.  What is done and owed comes from ``attain``; here it is only set against
the days that have passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.money import fraction, round_half_up
from kpi.calculations.attainment import Attainment
from kpi.calculations.service import Service
from kpi.calculations.slots import MonthDays, Slot, month_slots


class Status(StrEnum):
    """``reached``: nothing more is owed this month; ``on_pace``: as much as the days that passed ask for."""

    REACHED = "reached"
    ON_PACE = "on_pace"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class NextAct:
    """What the current slot still lacks: ``subject`` is an account, platform or colleague ("": any)."""

    subject: str
    lacking: Decimal


@dataclass(frozen=True, slots=True)
class Pace:
    """One rule in the middle of its month.  Counts have at most 4 decimals.

    ``slot``: the key of the slot that today lies in, "" when today owes nothing; ``now_done`` and ``now_due``
    are of that slot; what too much earlier slots have counts there when the surplus carries over.
    ``forecast``: what the month ends with if it goes on as so far.  ``later``: what the slots after the
    current one ask for, which is no more than what the month still lacks.
    """

    target: Decimal
    done: Decimal
    expected: Decimal
    forecast: Decimal
    status: Status
    slot: str
    now_done: Decimal
    now_due: Decimal
    acts: tuple[NextAct, ...]
    later: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        return max(self.target - self.done, Decimal(0))

    @property
    def now_left(self) -> Decimal:
        return sum((act.lacking for act in self.acts), Decimal(0))


def elapsed_share(slots: tuple[Slot, ...], month_days: MonthDays, service: Service, today: date) -> Fraction:
    """The part of the month's slots that has passed, today included: by working days inside a slot.

    A slot without working days counts as passed with its last day.
    """
    if not slots:
        return Fraction(1)
    passed = Fraction(0)
    for slot in slots:
        inside = [day for day in slot.days if day in service.days] or list(slot.days)
        counted = [
            day for day in inside if day in month_days.workdays or day not in month_days.days
        ] or inside
        if len(slot.days) == 1:
            counted = inside
        passed += Fraction(sum(day <= today for day in counted), len(counted))
    return passed / len(slots)


def owed_slots(found: Attainment, month_days: MonthDays) -> tuple[Slot, ...]:
    """The slots in which the person owes something under the rule."""
    keys = set(found.steps["slots"])
    slots = month_slots(found.rule.period, found.rule.day_basis, month_days)
    return tuple(slot for slot in slots if slot.key in keys)


def expected_by(target: Decimal, done: Decimal, share: Fraction) -> tuple[Decimal, Status]:
    """What the part of the month that has passed asks for, and how what is done stands to it."""
    expected = four(fraction(target) * share)
    if done >= target:
        return expected, Status.REACHED
    return expected, Status.ON_PACE if done >= expected else Status.BEHIND


def pace(found: Attainment, month_days: MonthDays, service: Service, today: date) -> Pace | None:
    """The pace of one rule on a day of its month; ``None`` when the rule is not applicable."""
    if not found.applicable or found.target is None or found.credited is None:
        return None
    keys = found.steps["slots"]
    slots = owed_slots(found, month_days)
    share = elapsed_share(slots, month_days, service, today)
    expected, status = expected_by(found.target, found.credited, share)
    done = found.credited
    forecast = four(min(fraction(done) / share, fraction(found.target))) if share else done
    if status is Status.REACHED:
        forecast = done
    current = next((slot for slot in slots if today in slot.days), None)
    # Who has moved on, or left, owes nothing more under the rule.
    if current is None or today > max(service.days):
        return Pace(found.target, done, expected, forecast, status, "", Decimal(0), Decimal(0), ())
    each = fraction(found.target) / (len(keys) * found.steps["owed"])
    due, counts = each * found.steps["owed"], _counts_now(found, keys.index(current.key), each)
    acts = _acts(counts, each, found.steps["owed"]) if status is not Status.REACHED else ()
    done_now = sum((min(count, each) for count in counts.values()), Fraction(0))
    lacking = max(fraction(found.target) - fraction(done), Fraction(0))
    to_come = (len(keys) - 1 - keys.index(current.key)) * due
    return Pace(
        target=found.target,
        done=done,
        expected=expected,
        forecast=forecast,
        status=status,
        slot=current.key,
        now_done=four(done_now),
        now_due=four(due),
        acts=acts,
        later=four(min(to_come, lacking)),
    )


def four(value: Fraction) -> Decimal:
    """Rounded half-up to 4 decimals."""
    return round_half_up(value, 4)


def _counts_now(found: Attainment, slot: int, each: Fraction) -> dict[str, Fraction]:
    """What each counted subject has in the slot, with what it has too much before when that carries over."""
    carries = found.rule.surplus == "month"
    if found.rule.basis == "pair":
        keys, pairs = found.steps["slots"], found.steps["pairs"]
        before = sum(
            (Fraction(pair["own"] + pair["partners"]) for pair in pairs if pair["slot"] in keys[:slot]),
            Fraction(0),
        )
        now = {
            pair["partner"]: Fraction(pair["own"] + pair["partners"])
            for pair in pairs
            if pair["slot"] == keys[slot]
        }
        over = max(before - each * slot, Fraction(0)) if carries else Fraction(0)
        if over and not now:
            return {"": over}
        return {partner: count + over for partner, count in now.items()}
    counts = {}
    for row in found.steps["chosen"]:
        over = max(sum(row["counts"][:slot]) - each * slot, Fraction(0)) if carries else Fraction(0)
        counts[row["subject"]] = row["counts"][slot] + over
    return counts


def fresh_subject(found: Attainment, candidates: Iterable[str]) -> str:
    """The first of the candidates that may become one more counted subject; "" when none may.

    ``candidates``: ``platform/handle`` for the basis account, platforms for the basis platform.
    """
    rule = found.rule
    begun = {row["subject"] for row in found.steps.get("chosen", ())}
    if rule.basis != "account" or rule.platforms_required is None:
        return next((one for one in candidates if one not in begun), "")
    accounts: dict[str, int] = {}
    for subject in begun:
        platform = subject.partition("/")[0]
        accounts[platform] = accounts.get(platform, 0) + 1
    for one in candidates:
        platform = one.partition("/")[0]
        if one in begun or accounts.get(platform, 0) >= rule.accounts_required:
            continue
        if platform in accounts or len(accounts) < rule.platforms_required:
            return one
    return ""


def _acts(counts: Mapping[str, Fraction], each: Fraction, owed: int) -> tuple[NextAct, ...]:
    """What is lacking in the slot, the smallest lack first; subjects that nobody began with come last."""
    begun = [NextAct(subject, four(each - count)) for subject, count in counts.items() if count < each]
    fresh = [NextAct("", four(each))] * max(owed - len(counts), 0)
    return (*sorted(begun, key=lambda act: (act.lacking, act.subject)), *fresh)


def cheapest(paces: Mapping[str, Pace]) -> tuple[str, NextAct] | None:
    """The rule, and the act under it, that completes something with the least work; behind ones first."""
    acts = [
        (found.status is not Status.BEHIND, act.lacking, code, act)
        for code, found in paces.items()
        for act in found.acts[:1]
    ]
    if not acts:
        return None
    _behind, _lacking, code, act = min(acts, key=lambda item: item[:3])
    return code, act
