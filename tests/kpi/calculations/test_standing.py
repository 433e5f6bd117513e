"""Where people stand: colours, means, places, changes; expectations worked out by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.months import Month
from core.workdays import WorkCalendar
from kpi.calculations.pace import Status
from kpi.calculations.rules import QuotaRule
from kpi.calculations.slots import MonthDays
from kpi.calculations.standing import NOBODY, Standing, cell, change, places, shares_on, standing

D = Decimal


def rule(key: int, period: Any, day_basis: Any = "calendar") -> QuotaRule:
    return QuotaRule(
        key=key,
        code=f"q-{key}",
        activities=frozenset({"post"}),
        platforms=frozenset({"t"}),
        basis="person",
        period=period,
        amount=D(1),
        day_basis=day_basis,
    )


@pytest.mark.parametrize(
    ("done", "status", "tone"),
    [
        ("100", Status.REACHED, "full"),
        ("50", Status.ON_PACE, "near"),
        ("49.9999", Status.BEHIND, "low"),
        ("30", Status.BEHIND, "low"),
        ("29.9999", Status.BEHIND, "far"),
    ],
)
def test_a_cell_is_coloured_by_what_was_to_be_expected(done: str, status: Status, tone: str) -> None:
    """Half of the month has passed: 50 of 100 are expected, and 30 are six tenths of them."""
    found = cell("q", D(100), D(done), D(done) / 100, Fraction(1, 2))
    assert (found.expected, found.status, found.tone) == (D(50), status, tone)


def test_in_a_month_that_is_over_everything_was_expected() -> None:
    found = cell("q", D(100), D(99), D("0.99"), Fraction(1))
    assert (found.expected, found.status) == (D(100), Status.BEHIND)


def test_the_share_of_a_month_that_has_passed() -> None:
    """15 May 2024: of May's 21 working days 9 have passed (6–11, 13–15; the 11th is a make-up day), of its 31
    days 15, and of its five Thursdays' weeks the first two and three of the third's five working days."""
    month_days = MonthDays.of(Month(2024, 5), WorkCalendar())
    rules = [rule(1, "month"), rule(2, "day"), rule(3, "day", "workday"), rule(4, "week")]
    shares = shares_on(rules, month_days, date(2024, 5, 15))
    assert shares[1] == Fraction(9, 21)
    assert shares[2] == Fraction(15, 31)
    assert shares[3] == Fraction(9, 21)
    assert shares[4] == Fraction(2 * 5 + 3, 25)
    assert set(shares_on(rules, month_days, date(2024, 5, 31)).values()) == {Fraction(1)}


def test_a_standing_sums_the_cells() -> None:
    cells = [
        cell("a", D(10), D(10), D(1), Fraction(1, 2)),
        cell("b", D(10), D(6), D("0.6"), Fraction(1, 2)),
        cell("c", D(10), D(1), D("0.1"), Fraction(1, 2)),
    ]
    found = standing(cells)
    assert (found.rules, found.reached, found.behind) == (3, 1, 1)
    assert found.mean == D("0.5667")  # 1.7 ÷ 3
    assert NOBODY.mean is None


def test_those_behind_with_most_rules_come_first_and_those_without_rules_last() -> None:
    two, one = Standing(Fraction(1), 3, 0, 2), Standing(Fraction(1), 3, 0, 1)
    lower = Standing(Fraction(1, 2), 3, 0, 1)
    assert sorted([NOBODY, one, lower, two], key=lambda it: it.order) == [two, lower, one, NOBODY]


def test_equal_means_share_a_place() -> None:
    half, whole = Standing(Fraction(1), 2, 0, 0), Standing(Fraction(1), 1, 1, 0)
    standings = {1: half, 2: whole, 3: whole, 4: half, 5: NOBODY}
    assert places(standings) == [(1, 2), (1, 3), (3, 1), (3, 4)]


def test_change_is_undefined_over_zero() -> None:
    assert (change(12, 10), change(5, 10), change(5, 0)) == (D("0.2"), D("-0.5"), None)
