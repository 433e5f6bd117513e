"""The referee of a baseline, by hand: noise, other methods, the week after, what touches the baseline."""

from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.calculations.facts import Facts, StoreDay
from campaigns.calculations.referee import Alternative, Band, referee
from core.workdays import WorkCalendar
from tests.campaigns.calculations.build import S1, campaign, on, one_store, profits, touched

D = Decimal
# Saturdays of a summer without holidays; the campaign is on 15 September 2018.
SATURDAYS = profits(
    d2018_09_15="200", d2018_09_08="110", d2018_09_01="100", d2018_08_25="90", d2018_08_18="100",
    d2018_08_11="120", d2018_08_04="80", d2018_07_28="100", d2018_07_21="100",
)  # fmt: skip
# The Sunday and the Monday after, and three working days before.
WEEK = profits(d2018_09_16="70", d2018_09_17="50", d2018_09_14="60", d2018_09_13="60", d2018_09_12="60")


def facts(saturday: str = "200", **more: object) -> Facts:
    rows = {**SATURDAYS, **WEEK, on("2018-09-15"): StoreDay(D(saturday))}
    return one_store(rows, **{"touched": touched("2018-09-15"), **more})


def judged(known: Facts):
    return referee(known, campaign("2018-09-15"), {})


@pytest.mark.clause("HT-25")
def test_noise_is_what_the_rule_finds_on_days_without_a_campaign() -> None:
    found = judged(facts())

    # 200 − (110 + 100 + 90) ÷ 3
    assert found.rule.uplift == D("100.00")
    # 8 Sept: 110 − 290 ÷ 3; 1 Sept: 100 − 310 ÷ 3; 25 Aug: 90 − 300 ÷ 3; 18 Aug: 100 − 300 ÷ 3;
    # 11 Aug: 120 − 280 ÷ 3; 4 Aug: 80 − 200 ÷ 2; 28 July has one Saturday before it: too few.
    assert [(one.start.isoformat(), one.uplift) for one in found.placebos] == [
        ("2018-09-08", D("13.33")),
        ("2018-09-01", D("-3.33")),
        ("2018-08-25", D("-10.00")),
        ("2018-08-18", D("0.00")),
        ("2018-08-11", D("26.67")),
        ("2018-08-04", D("-20.00")),
    ]
    # The middle of six is the mean of −3.33 and 0.00: −1.665.
    assert found.band == Band(D("-20.00"), D("-1.67"), D("26.67"))
    assert found.badge == "clear"


@pytest.mark.parametrize(
    ("saturday", "uplift", "badge"),
    [
        ("126.67", "26.67", "noise"),
        ("126.68", "26.68", "clear"),
        ("80", "-20.00", "noise"),
        ("79", "-21.00", "below"),
    ],
)
def test_badge_by_where_the_uplift_lies(saturday: str, uplift: str, badge: str) -> None:
    found = judged(facts(saturday))

    assert (found.rule.uplift, found.badge) == (D(uplift), badge)


def test_other_methods_that_the_data_allow() -> None:
    # Last year and the member day have no data; the nearest days off are the same three Saturdays.
    assert judged(facts()).alternatives == (Alternative("nearest_ordinary_days", D("100.00"), 1),)


def test_at_most_two_other_methods() -> None:
    rows = {**SATURDAYS, **WEEK, on("2017-09-15"): StoreDay(D("150"))}
    known = one_store(rows, touched=touched("2018-09-15"))
    one = campaign("2018-09-15", baseline_dates=(on("2018-08-04"), on("2018-08-18")))

    # In the order of the methods: ordinary days 100, last year 50; the list (90) is not asked any more.
    assert [(other.method, other.uplift) for other in referee(known, one, {}).alternatives] == [
        ("nearest_ordinary_days", D("100.00")),
        ("last_year_same_dates", D("50.00")),
    ]


def test_week_after_against_ordinary_days_before_the_campaign() -> None:
    after = judged(facts()).after

    # Sunday 70 against (110 + 100 + 90) ÷ 3 = 100, the campaign's day left out; Monday 50 against 60.
    assert after is not None
    assert (after.store_days, after.mean, after.baseline_mean, after.difference) == (
        2,
        D("60.00"),
        D("80.00"),
        D("-40.00"),
    )


def test_no_figures_after_is_no_zero() -> None:
    assert judged(one_store(SATURDAYS, touched=touched("2018-09-15"))).after is None


def test_another_campaign_among_the_baseline_days_contaminates() -> None:
    found = judged(facts(touched=touched("2018-09-15", "2018-09-08")))

    # 8 September is passed over: 200 − (100 + 90 + 100) ÷ 3; and it is no placebo.
    assert found.rule.uplift == D("103.33")
    assert (found.badge, found.store_days, dict(found.stained)) == ("contaminated", 1, {"campaign": 1})
    assert on("2018-09-08") not in [one.start for one in found.placebos]


def test_closed_store_and_holiday_contaminate() -> None:
    rows = {**SATURDAYS, on("2018-09-08"): StoreDay(None, closed=True)}
    assert dict(judged(one_store(rows, touched=touched("2018-09-15"))).stained) == {"closed": 1}
    known = facts(calendar=WorkCalendar({on("2018-09-08"): "holiday"}))
    assert dict(judged(known).stained) == {"holiday": 1}


def test_last_years_campaign_on_the_day_compared_with_contaminates() -> None:
    rows = profits(d2018_09_15="200", d2017_09_15="150")
    known = one_store(rows, touched=touched("2018-09-15", "2017-09-15"))
    found = referee(known, campaign("2018-09-15", method="last_year_same_dates"), {})

    assert (found.rule.uplift, found.badge) == (D("50.00"), "contaminated")


def test_too_few_earlier_times_make_no_band() -> None:
    rows = profits(d2018_09_15="200", d2018_09_08="110", d2018_09_01="100", d2018_08_25="90")
    found = judged(one_store(rows, touched=touched("2018-09-15")))

    # 8 September has two Saturdays before it, 1 September has one.
    assert [one.uplift for one in found.placebos] == [D("15.00")]
    assert (found.band, found.badge) == (None, "unknown")


def test_without_an_uplift_nothing_is_known() -> None:
    found = judged(one_store(profits(d2018_09_15="200")))

    assert (found.rule.uplift, found.placebos, found.after, found.badge) == (None, (), None, "unknown")


def test_placebos_of_a_member_day_are_the_member_days_before() -> None:
    rows = profits(
        d2018_11_18="150", d2018_10_18="110", d2018_09_18="100", d2018_08_18="90", d2018_07_18="100",
        d2018_06_19="100",
    )  # fmt: skip
    known = one_store(rows, touched=touched("2018-11-18"), member_days={S1: dict.fromkeys(rows, 2)})
    one = campaign("2018-11-18", type="member_day", method="same_member_day_prev_months")
    found = referee(known, one, {})

    # October: 110 − (100 + 90 + 100) ÷ 3; September: 100 − (90 + 100 + 100) ÷ 3; August: 90 − 200 ÷ 2.
    assert [one.uplift for one in found.placebos] == [D("13.33"), D("3.33"), D("-10.00")]
    assert found.rule.uplift == D("50.00")


def test_order_of_campaign_facts_is_irrelevant() -> None:
    known = facts()
    turned = replace(known, store_days={S1: dict(reversed(list(known.store_days[S1].items())))})

    assert judged(turned) == judged(known)
