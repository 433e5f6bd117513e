"""Quota attainment of a person: target, credited, raw and rate of one rule in one month.

Rule: calculation.md §1 (YJ-07 … YJ-19, WZ-17).  Everything is exact until target and credited are rounded to
4 decimals; the rounded figures are compared and divided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, Self

from core.money import fraction, round_rate, scaled
from core.months import Month
from core.workdays import WorkCalendar
from kpi.calculations.rules import Platform, QuotaRule
from kpi.calculations.service import Service
from kpi.calculations.slots import MonthDays, Slot, month_slots, slot_of_day, slots_in_service
from kpi.calculations.subjects import (
    Channel,
    Due,
    Output,
    PersonMonth,
    Subject,
    account_subjects,
    best_accounts,
    pair_slots,
    person_subject,
    platform_subjects,
)

Reason = Literal["platforms_closed", "on_leave", "no_target"]

ONE = 10_000  # 1.0000 in ten-thousandths

# Sums and products of decimals are exact here, or raise; several times faster than fractions.
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class Attainment:
    """The result of one rule for one person; figures have 4 decimals and are ``None`` when not applicable.

    ``steps`` says how it came about, ready for JSON: what each subject owes, the slots, the chosen subjects
    with their counts per slot, and the codes passed over.
    """

    rule: QuotaRule
    applicable: bool
    reason: Reason | None = None
    target: Decimal | None = None
    credited: Decimal | None = None
    raw: Decimal | None = None
    rate: Decimal | None = None
    steps: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleMonth:
    """All that is the same for everybody about one rule in one month; built once, used for every person."""

    rule: QuotaRule
    month_days: MonthDays
    active: tuple[str, ...]
    channels: frozenset[Channel]
    slots: tuple[Slot, ...]
    slot_keys: list[str]
    slot_of: dict[date, int]
    top: int
    bottom: int
    owed: int

    @classmethod
    def of(cls, rule: QuotaRule, month_days: MonthDays, platforms: Mapping[str, Platform]) -> Self:
        """``platforms`` maps each code of the rule to its platform."""
        active = tuple(sorted(code for code in rule.platforms if platforms[code].is_active(month_days)))
        slots = month_slots(rule.period, rule.day_basis, month_days)
        amount = fraction(rule.amount)
        return cls(
            rule=rule,
            month_days=month_days,
            active=active,
            channels=frozenset((activity, code) for activity in rule.activities for code in active),
            slots=slots,
            slot_keys=[slot.key for slot in slots],
            slot_of=slot_of_day(slots),
            top=amount.numerator,
            bottom=amount.denominator,
            owed=subjects_owed(rule, len(active)),
        )


def subjects_owed(rule: QuotaRule, active_platforms: int) -> int:
    """How many subjects owe the amount, whether or not they exist."""
    if rule.basis == "account":
        return rule.accounts_required * (rule.platforms_required or 1)
    if rule.basis == "platform":
        return rule.platforms_required or active_platforms
    return 1


def attain(rule_month: RuleMonth, person: PersonMonth, service: Service) -> Attainment:
    """The attainment of one rule by one person in service on the given days."""
    rule = rule_month.rule
    if not rule_month.active:
        return Attainment(rule, False, "platforms_closed")
    if not service.days:
        return Attainment(rule, False, "on_leave")
    top, bottom = rule_month.top, rule_month.bottom
    keys, slot_of = rule_month.slot_keys, rule_month.slot_of
    prorated = None
    if rule.period == "month":
        whole = len(rule_month.month_days.workdays)
        if not whole:
            return Attainment(rule, False, "no_target")
        if service.workdays != whole:
            # The amount itself is prorated, not rounded, in credit and target alike.
            top, bottom = top * service.workdays, bottom * whole
            prorated = f"{service.workdays}/{whole}"
    elif not service.full:
        slots = slots_in_service(rule_month.slots, service.days)
        keys, slot_of = [slot.key for slot in slots], slot_of_day(slots)
    due = Due(top, bottom, len(keys), rule.surplus == "month")
    target = _rounded(top * due.slots * rule_month.owed, bottom)
    if not target:
        return Attainment(rule, False, "no_target")

    steps: dict[str, Any] = {
        "amount": f"{rule.amount:f}",
        "proration": prorated,
        "slots": keys,
        "owed": rule_month.owed,
    }
    if rule.basis == "pair":
        pairs = pair_slots(person, rule_month.channels, slot_of, due)
        raw = sum(pair.raw for pair in pairs)
        exact = min(raw * bottom, top * due.slots) if due.pooled else sum(pair.credited for pair in pairs)
        steps["pairs"] = [
            {"slot": keys[pair.slot], "partner": pair.partner, "own": pair.own, "partners": pair.partners}
            for pair in pairs
        ]
    else:
        chosen, others = _chosen(rule_month, person, slot_of, due)
        raw = sum([subject.raw for subject in chosen])
        exact = sum([subject.credited for subject in chosen])
        steps["chosen"] = [
            {
                "subject": subject.code,
                "credited": str(four_places(_rounded(subject.credited, bottom))),
                "raw": subject.raw,
                "counts": subject.counts,
            }
            for subject in chosen
        ]
        steps["others"] = others

    credited = _rounded(exact, bottom)
    # A surplus never covers a lack, but counts as over-achievement when nothing lacks.
    reached = raw * ONE if credited >= target else credited
    return Attainment(
        rule,
        True,
        None,
        four_places(target),
        four_places(credited),
        four_places(raw * ONE),
        four_places(_rounded(reached, target)),
        steps,
    )


def attainment(
    rule: QuotaRule,
    month: Month,
    platforms: Mapping[str, Platform],
    service: Service,
    person: PersonMonth,
    calendar: WorkCalendar,
) -> Attainment:
    """:func:`attain` for a single question; a roll-up keeps its ``RuleMonth`` instead."""
    return attain(RuleMonth.of(rule, MonthDays.of(month, calendar), platforms), person, service)


def group_rate(results: Iterable[Attainment], cap: Decimal) -> Decimal | None:
    """Σ weight × min(rate, cap) ÷ Σ weight over the applicable rules, 4 decimals.

    Rules that are not applicable are left out; ``None`` when nothing is left or no rule has a weight.
    """
    reached = whole = Decimal(0)
    for result in results:
        if result.rate is not None:
            weight = result.rule.weight
            reached = EXACT.fma(weight, min(result.rate, cap), reached)
            whole = EXACT.add(whole, weight)
    return round_rate(Fraction(reached) / Fraction(whole)) if whole else None


def _chosen(
    rule_month: RuleMonth, person: PersonMonth, slot_of: Mapping[date, int], due: Due
) -> tuple[list[Subject], list[str]]:
    """The subjects that count, best first, and the codes of those with output that do not."""
    rule, channels = rule_month.rule, rule_month.channels
    if rule.basis == "person":
        return person_subject(person, channels, slot_of, due), []
    if rule.basis == "platform":
        subjects = platform_subjects(person, channels, slot_of, due)
        chosen = subjects[: rule_month.owed]
        return chosen, [subject.code for subject in subjects[rule_month.owed :]]
    by_platform = account_subjects(person, channels, slot_of, due)
    chosen = best_accounts(by_platform, rule.accounts_required, rule.platforms_required)
    taken = {subject.code for subject in chosen}
    every = [subject.code for subjects in by_platform.values() for subject in subjects]
    return chosen, sorted(code for code in every if code not in taken)


def _rounded(top: int, bottom: int) -> int:
    """``top ÷ bottom`` in ten-thousandths, half-up; neither is below zero."""
    if bottom == 1:
        return top * ONE
    return (2 * top * ONE + bottom) // (2 * bottom)


@lru_cache(maxsize=65536)
def four_places(units: int) -> Decimal:
    """Ten-thousandths as a decimal; the same few thousand figures come up for every person."""
    return scaled(units, 4)


__all__ = [
    "Attainment",
    "Output",
    "PersonMonth",
    "RuleMonth",
    "attain",
    "attainment",
    "group_rate",
    "subjects_owed",
]
