"""The pace of a quota in the middle of November 2018: 22 working days, 11 of them passed on the 15th."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpi.calculations.attainment import Attainment
from kpi.calculations.pace import NextAct, Pace, Status, cheapest, fresh_subject, pace
from kpi.calculations.service import Service
from tests.kpi.calculations.builders import attain, month_days, row, rule, service

D = Decimal


def paced(found: Attainment, day: int, present: Service | None = None) -> Pace:
    where = pace(found, month_days(), present or service(), date(2018, 11, day))
    assert where is not None
    return where


@pytest.mark.clause("KQ-17")
def test_forecast_is_the_pace_so_far_over_the_working_days() -> None:
    where = paced(attain(rule(), [row(7, 80)]), 15)
    assert (where.target, where.done, where.expected, where.forecast) == (200, 80, 100, 160)
    assert (where.status, where.left) == (Status.BEHIND, 120)
    assert where.acts == (NextAct("", D(120)),)


def test_as_much_as_expected_is_on_pace_and_the_target_is_reached() -> None:
    assert paced(attain(rule(), [row(7, 100)]), 15).status is Status.ON_PACE
    reached = paced(attain(rule(), [row(7, 260)]), 15)
    assert (reached.status, reached.forecast, reached.left, reached.acts) == (Status.REACHED, 200, 0, ())


def test_weeks_pass_by_their_working_days() -> None:
    """Five Thursdays: two weeks have passed, of the third four of five days; 25 × 2.8 ÷ 5 = 14."""
    where = paced(attain(rule(period="week", amount=5), [row(13, 2)]), 15)
    assert (where.target, where.expected, where.slot) == (25, 14, "2018-W46")
    assert (where.now_done, where.now_due, where.now_left) == (2, 5, 3)


def test_a_weekend_owes_nothing_by_working_days() -> None:
    where = paced(attain(rule(period="day", day_basis="workday", amount=1)), 3)
    assert (where.slot, where.acts, where.expected) == ("", (), 2)


@pytest.mark.parametrize(("surplus", "done", "lacking"), [("none", 0, 2), ("month", 1, 1)])
def test_surplus_of_the_month_covers_today(surplus: str, done: int, lacking: int) -> None:
    where = paced(attain(rule(period="day", amount=2, surplus=surplus), [row(1, 3)]), 2)
    assert (where.now_done, where.now_left) == (done, lacking)


def test_earlier_lack_is_not_made_good_by_a_surplus_that_was_used() -> None:
    """Five on the 2nd, two a day: what is over on the 3rd is 5 − 4 = 1, as the 1st had none."""
    where = paced(attain(rule(period="day", amount=2, surplus="month"), [row(2, 5)]), 3)
    assert (where.now_done, where.now_left) == (1, 1)


def accounts(**changes: Any) -> Any:
    return rule(
        **{"basis": "account", "period": "day", "amount": 1, "accounts_required": 2, "platforms": ("a", "b")}
        | changes
    )


def test_an_account_that_has_done_its_share_is_not_proposed() -> None:
    found = attain(accounts(), [row(2, 1, "a", "one")])
    where = paced(found, 2)
    assert where.acts == (NextAct("", D(1)),)
    assert fresh_subject(found, ["a/one", "a/two"]) == "a/two"
    assert fresh_subject(found, ["a/one"]) == ""


def test_what_is_begun_comes_before_what_is_fresh() -> None:
    where = paced(attain(accounts(amount=3), [row(2, 1, "a", "two"), row(2, 2, "a", "one")]), 2)
    assert where.acts == (NextAct("a/one", D(1)), NextAct("a/two", D(2)))


def test_fresh_accounts_keep_to_the_number_of_platforms() -> None:
    found = attain(accounts(platforms_required=1), [row(2, 1, "a", "one")])
    assert fresh_subject(found, ["b/other", "a/two"]) == "a/two"
    found = attain(accounts(platforms_required=2, accounts_required=1), [row(2, 1, "a", "one")])
    assert fresh_subject(found, ["a/two", "b/other"]) == "b/other"


@pytest.mark.clause("YJ-15")
def test_a_pair_lacks_what_the_two_have_not() -> None:
    quota = rule(basis="pair", period="week", amount=6)
    found = attain(quota, [row(13, 2, partner="S2")], by_others=[row(14, 1, partner="S2")])
    where = paced(found, 15)
    assert where.acts == (NextAct("S2", D(3)),)
    assert (where.now_done, where.now_due) == (3, 6)


def test_surplus_of_a_pair_covers_a_week_without_any() -> None:
    quota = rule(basis="pair", period="week", amount=6, surplus="month")
    where = paced(attain(quota, [row(1, 8, partner="S2")]), 6)
    assert (where.now_done, where.now_left) == (2, 4)


def test_who_moved_on_owes_nothing_more_under_the_old_rule() -> None:
    before = service(left=date(2018, 11, 9))
    where = paced(attain(rule(), present=before), 15, before)
    # 7 of 22 working days of 200
    assert (where.target, where.expected) == (D("63.6364"), D("63.6364"))
    assert (where.slot, where.acts, where.status) == ("", (), Status.BEHIND)


def test_a_rule_that_is_not_applicable_has_no_pace() -> None:
    away = service(left=date(2018, 10, 31))
    assert pace(attain(rule(), present=away), month_days(), away, date(2018, 11, 15)) is None


def test_the_cheapest_act_is_the_smallest_one_that_is_behind() -> None:
    behind = paced(attain(rule(), [row(7, 80)]), 15)
    nearly = paced(attain(rule(code="b", amount=20), [row(7, 19)]), 15)
    assert cheapest({"a": behind, "b": nearly}) == ("a", NextAct("", D(120)))
    less = paced(attain(rule(code="c", amount=20), [row(7, 2)]), 15)
    assert cheapest({"a": behind, "c": less}) == ("c", NextAct("", D(18)))
    assert cheapest({}) is None
