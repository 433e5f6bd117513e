"""Attainment: what is owed, what is credited, and the rate.  All figures are worked out by hand."""

import json
from datetime import date
from decimal import Decimal

import pytest

from core.months import Month
from kpi.calculations.attainment import PersonMonth, group_rate
from kpi.calculations.rules import Platform
from kpi.calculations.service import Leave
from tests.kpi.calculations.builders import attain, figures, row, rule, service

FORUMS = ("f1", "f2", "f3", "f4", "f5", "f6", "f7")


@pytest.mark.clause("YJ-18")
def test_week_belongs_to_the_month_of_its_thursday():
    # November 2018 has the Thursdays 1, 8, 15, 22 and 29.
    twice_a_week = rule(platforms=["wiki"], period="week", amount=2)
    rows = [
        row(date(2018, 10, 29), 1, "wiki"),  # Monday of the week of 1 November
        row(4, 1, "wiki"),
        row(date(2018, 12, 2), 3, "wiki"),  # Sunday of the week of 29 November
        row(date(2018, 12, 3), 9, "wiki"),  # the next week
        row(date(2018, 10, 28), 9, "wiki"),  # the week before
    ]

    result = attain(twice_a_week, rows)

    assert figures(result) == ("10.0000", "4.0000", "5.0000", "0.4000")
    assert result.steps["slots"] == ["2018-W44", "2018-W45", "2018-W46", "2018-W47", "2018-W48"]
    assert result.steps["chosen"][0]["counts"] == [2, 0, 0, 0, 3]


def test_month_counts_only_its_own_days():
    rows = [row(date(2018, 10, 31), 50), row(1, 60), row(30, 70), row(date(2018, 12, 1), 80)]

    assert figures(attain(rule(), rows)) == ("200.0000", "130.0000", "130.0000", "0.6500")


@pytest.mark.clause("WZ-17")
def test_day_surplus_does_not_cover_another_day():
    rows = [row(day, 2, "f1") for day in range(1, 30)] + [row(29, 50, "f1")]

    result = attain(rule(platforms=["f1"], period="day", amount=2), rows)

    # 29 days × 2 of 30 × 2; raw is 58 + 50.
    assert figures(result) == ("60.0000", "58.0000", "108.0000", "0.9667")


def test_day_surplus_covers_within_the_month_when_the_rule_says_so():
    quota = rule(platforms=["f1"], period="day", amount=2, surplus="month")

    short = attain(quota, [row(3, 40, "f1")])
    over = attain(quota, [row(3, 66, "f1")])

    assert figures(short) == ("60.0000", "40.0000", "40.0000", "0.6667")
    assert figures(over) == ("60.0000", "60.0000", "66.0000", "1.1000")


def test_working_day_slots_do_not_count_weekends():
    quota = rule(period="day", day_basis="workday", amount=1)

    # 3 November 2018 is a Saturday.
    result = attain(quota, [row(2, 1), row(3, 5)])

    assert figures(result) == ("22.0000", "1.0000", "1.0000", "0.0455")


@pytest.mark.clause("YJ-11")
def test_surplus_of_one_account_never_covers_another():
    quota = rule(platforms=FORUMS, basis="account", amount=30, accounts_required=2, platforms_required=5)
    rows = [row(5, 30, f, handle) for f in FORUMS[:5] for handle in ("a", "b")]
    rows[0] = row(5, 16, "f1", "a")
    rows[1] = row(5, 45, "f1", "b")

    # Σ min = 16 + 9 × 30 = 286; raw = 16 + 45 + 8 × 30 = 301.
    assert figures(attain(quota, rows)) == ("300.0000", "286.0000", "301.0000", "0.9533")


@pytest.mark.clause("YJ-11")
def test_best_platforms_and_best_accounts_are_chosen():
    quota = rule(
        platforms=["f1", "f2", "f3"], basis="account", amount=30, accounts_required=2, platforms_required=2
    )
    rows = [
        row(5, 30, "f1", "a"),
        row(5, 10, "f1", "b"),
        row(5, 25, "f1", "c"),  # f1: 30 + 25 = 55
        row(5, 90, "f2", "a"),  # f2: 30 credited, 90 raw
        row(5, 20, "f3", "a"),
        row(5, 20, "f3", "b"),  # f3: 40
        row(5, 99, "f3", ""),  # no handle, no account
    ]

    result = attain(quota, rows)

    assert figures(result) == ("120.0000", "95.0000", "95.0000", "0.7917")
    assert [subject["subject"] for subject in result.steps["chosen"]] == ["f1/a", "f1/c", "f3/a", "f3/b"]
    assert result.steps["others"] == ["f1/b", "f2/a"]


@pytest.mark.clause("YJ-16")
def test_accounts_without_required_platforms_are_best_of_all():
    quota = rule(platforms=["b1", "b2"], basis="account", amount=30, accounts_required=2)
    rows = [row(1, 12, "b1", "x"), row(2, 40, "b2", "y"), row(3, 30, "b2", "z"), row(4, 1, "b1", "w")]

    result = attain(quota, rows)

    # Both full: the raw count of the same accounts, 40 + 30 of 60.
    assert figures(result) == ("60.0000", "60.0000", "70.0000", "1.1667")


def test_equal_subjects_go_by_raw_then_by_the_smaller_code():
    quota = rule(platforms=["p1", "p2", "p3"], basis="platform", platforms_required=1, amount=10)

    by_raw = attain(quota, [row(1, 10, "p1"), row(1, 12, "p3")])
    by_code = attain(quota, [row(1, 12, "p3"), row(1, 12, "p2")])

    assert by_raw.steps["chosen"][0]["subject"] == "p3"
    assert by_code.steps["chosen"][0]["subject"] == "p2"


@pytest.mark.clause("YJ-19")
def test_each_platform_owes_the_amount_and_activities_are_summed():
    quota = rule(
        platforms=["weibo", "wechat"], activities=["original", "message"], basis="platform", amount=100
    )
    rows = [
        row(1, 80, "weibo", activity="original"),
        row(2, 40, "weibo", activity="message"),
        row(3, 50, "wechat", activity="message"),
        row(3, 99, "wechat", activity="like"),
    ]

    assert figures(attain(quota, rows)) == ("200.0000", "150.0000", "170.0000", "0.7500")


def test_required_platforms_are_owed_even_when_fewer_are_active():
    quota = rule(platforms=["p1", "p2"], basis="platform", platforms_required=3, amount=10)

    assert figures(attain(quota, [row(1, 10, "p1"), row(1, 15, "p2")]))[0:2] == ("30.0000", "20.0000")


def test_over_achievement_counts_once_nothing_lacks():
    assert figures(attain(rule(), [row(1, 260)])) == ("200.0000", "200.0000", "260.0000", "1.3000")


def test_rows_on_a_closed_platform_do_not_count():
    quota = rule(platforms=["old", "new"], basis="platform", amount=10)
    closed = Platform("old", closed=date(2018, 10, 31))
    last_day = Platform("old", closed=date(2018, 11, 1))
    opening = Platform("old", opened=date(2018, 12, 1))
    rows = [row(1, 10, "old"), row(20, 5, "old"), row(1, 10, "new")]

    assert figures(attain(quota, rows, platforms=[closed]))[:3] == ("10.0000", "10.0000", "10.0000")
    # Open on one day of the month: active, and all its rows of the month count.
    assert figures(attain(quota, rows, platforms=[last_day]))[:3] == ("20.0000", "20.0000", "25.0000")
    assert figures(attain(quota, rows, platforms=[opening]))[:3] == ("10.0000", "10.0000", "10.0000")


def test_rule_is_not_applicable_when_all_platforms_are_closed():
    result = attain(rule(), [row(1, 10)], platforms=[Platform("tieba", closed=date(2018, 10, 31))])

    assert (result.applicable, result.reason) == (False, "platforms_closed")
    assert (result.target, result.credited, result.raw, result.rate) == (None, None, None, None)


def test_rule_without_amount_is_not_applicable():
    result = attain(rule(amount=0), [row(1, 10)])

    assert (result.applicable, result.reason, result.rate) == (False, "no_target", None)


def test_leave_all_month_is_not_applicable():
    present = service(leaves=[Leave(date(2018, 10, 20), date(2018, 12, 5))])

    result = attain(rule(), [row(1, 10)], present=present)

    assert (result.applicable, result.reason) == (False, "on_leave")


def test_month_amount_is_prorated_by_working_days():
    # Joined on 14 September 2026: 13 of 22 working days.  200 × 13 ÷ 22 = 118.1818…
    september = Month(2026, 9)
    present = service(joined=date(2026, 9, 14), month=september)

    result = attain(rule(), [row(date(2026, 9, 20), 118)], present=present, month=september)

    assert figures(result) == ("118.1818", "118.0000", "118.0000", "0.9985")
    assert result.steps["proration"] == "13/22"


def test_leave_of_two_days_prorates_further():
    # 11 of 22 working days = 0.5000: quota 200 → 100.
    september = Month(2026, 9)
    present = service(
        joined=date(2026, 9, 14), leaves=[Leave(date(2026, 9, 21), date(2026, 9, 22))], month=september
    )

    result = attain(rule(), [row(date(2026, 9, 30), 100)], present=present, month=september)

    assert figures(result) == ("100.0000", "100.0000", "100.0000", "1.0000")


def test_proration_is_not_rounded_before_it_is_summed():
    # 1 × 13 ÷ 22 for each of 10 accounts: 5.9091, not 10 × 0.5909 = 5.9090.
    september = Month(2026, 9)
    present = service(joined=date(2026, 9, 14), month=september)
    quota = rule(basis="account", amount=1, accounts_required=10)
    rows = [row(date(2026, 9, 15), 1, "tieba", f"h{n}") for n in range(10)]

    result = attain(quota, rows, present=present, month=september)

    # All ten are full, so the raw count counts: 10 ÷ 5.9091 = 1.69230…
    assert figures(result) == ("5.9091", "5.9091", "10.0000", "1.6923")


def test_month_counts_rows_of_days_out_of_service():
    present = service(joined=date(2018, 11, 16))  # 11 of 22 working days

    assert figures(attain(rule(), [row(2, 100)], present=present)) == (
        "100.0000",
        "100.0000",
        "100.0000",
        "1.0000",
    )


def test_days_out_of_service_are_no_slots():
    present = service(left=date(2018, 11, 10), leaves=[Leave(date(2018, 11, 5), date(2018, 11, 6))])
    quota = rule(period="day", amount=2)

    # 1–4 and 7–10 November: 8 slots; the rows of 5 and 11 November lie in none.
    result = attain(quota, [row(4, 2), row(5, 2), row(10, 1), row(11, 9)], present=present)

    assert figures(result) == ("16.0000", "3.0000", "3.0000", "0.1875")


def test_week_out_of_service_on_its_thursday_is_no_slot():
    # Joined on Friday 9 November: the weeks of the Thursdays 15, 22 and 29 are left.
    quota = rule(period="week", amount=2)
    rows = [row(9, 5), row(12, 1), row(24, 2)]

    result = attain(quota, rows, present=service(joined=date(2018, 11, 9)))

    assert figures(result) == ("6.0000", "3.0000", "3.0000", "0.5000")


def test_week_counts_all_its_days_even_out_of_service():
    # Joined on Thursday 15 November: Monday the 12th still counts.
    quota = rule(period="week", amount=2)

    result = attain(quota, [row(12, 2)], present=service(joined=date(2018, 11, 15)))

    assert figures(result) == ("6.0000", "2.0000", "2.0000", "0.3333")


def test_week_and_day_amounts_are_not_prorated():
    result = attain(rule(period="week", amount=2), [], present=service(left=date(2018, 11, 8)))

    assert result.target == Decimal("4.0000")
    assert result.steps["proration"] is None


def test_service_on_days_off_only_owes_nothing_for_the_month():
    # Left on Sunday 4 November after joining on Saturday the 3rd.
    present = service(joined=date(2018, 11, 3), left=date(2018, 11, 4))

    result = attain(rule(), [row(3, 10)], present=present)

    assert (result.applicable, result.reason) == (False, "no_target")


def test_a_count_is_a_whole_number_not_below_zero():
    with pytest.raises(TypeError):
        PersonMonth("S1", [row(1, 1.5)])
    with pytest.raises(ValueError, match="below zero"):
        PersonMonth("S1", [row(1, -1)])


def test_a_float_amount_is_refused():
    quota = rule()
    object.__setattr__(quota, "amount", 0.1)

    with pytest.raises(TypeError):
        attain(quota)


def test_fractional_amount_is_exact():
    quota = rule(period="day", amount="0.1")

    assert figures(attain(quota, [row(1, 1)])) == ("3.0000", "0.1000", "1.0000", "0.0333")


def test_group_rate_weighs_capped_rates_and_leaves_out_what_is_not_applicable():
    over = attain(rule(weight=Decimal(3)), [row(1, 300)])  # 1.5, capped to 1.2
    half = attain(rule(weight=Decimal(1)), [row(1, 100)])  # 0.5
    closed = attain(rule(weight=Decimal(9)), platforms=[Platform("tieba", closed=date(2018, 10, 1))])

    # (3 × 1.2 + 1 × 0.5) ÷ 4
    assert group_rate([over, half, closed], Decimal("1.20")) == Decimal("1.0250")
    assert group_rate([closed], Decimal("1.20")) is None
    assert group_rate([], Decimal("1.20")) is None


def test_steps_can_be_stored_as_json_and_tell_the_slots():
    quota = rule(platforms=["blog"], basis="account", period="day", amount=1, accounts_required=1)

    steps = attain(quota, [row(2, 3, "blog", "me")], present=service(left=date(2018, 11, 3))).steps

    assert json.loads(json.dumps(steps)) == {
        "amount": "1",
        "proration": None,
        "slots": ["2018-11-01", "2018-11-02", "2018-11-03"],
        "owed": 1,
        "chosen": [{"subject": "blog/me", "credited": "1.0000", "raw": 3, "counts": [0, 3, 0]}],
        "others": [],
    }
