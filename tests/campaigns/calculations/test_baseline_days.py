"""Which days an activity day is compared with.  The dates are those of the real work calendar of 2018."""

from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.calculations.baselines import Baseline, Limits, baseline_days
from campaigns.calculations.facts import Facts, Store, StoreDay
from tests.campaigns.calculations.build import S1, flat, iso, on, one_store, touched

WEEKENDS = "prev_weekends_same_weekday"
MEMBER = "same_member_day_prev_months"
ORDINARY = "nearest_ordinary_days"
LAST_YEAR = "last_year_same_dates"


def passed(found: Baseline) -> list[tuple[str, str]]:
    return [(str(one.when), one.reason) for one in found.passed_over]


# --- weekends -----------------------------------------------------------------------------------------


@pytest.mark.clause("HT-25")
def test_a_weekend_is_compared_with_the_three_weekends_before() -> None:
    found = baseline_days(one_store(flat("2018-09-01", "2018-12-01")), S1, on("2018-11-24"), method=WEEKENDS)

    assert iso(found.days) == ["2018-11-17", "2018-11-10", "2018-11-03"]
    assert found.passed_over == ()
    assert found.lacks is None


@pytest.mark.clause("HT-25")
def test_a_weekend_passes_over_holidays_and_make_up_days() -> None:
    # 2018-10-06 is a Saturday of the National Day holiday, 2018-09-29 a Saturday that was worked for it.
    found = baseline_days(one_store(flat("2018-08-01", "2018-10-31")), S1, on("2018-10-13"), method=WEEKENDS)

    assert iso(found.days) == ["2018-09-22", "2018-09-15", "2018-09-08"]
    assert passed(found) == [("2018-10-06", "holiday"), ("2018-09-29", "make_up_day")]


def test_a_weekend_passes_over_closed_days_missing_days_and_campaigns() -> None:
    rows = flat("2018-09-01", "2018-12-01")
    rows[on("2018-11-17")] = StoreDay(Decimal("0.00"), closed=True)
    del rows[on("2018-11-10")]
    rows[on("2018-11-03")] = StoreDay(None)
    facts = one_store(rows, touched=touched("2018-10-27"))

    found = baseline_days(facts, S1, on("2018-11-24"), method=WEEKENDS)

    # 2018-09-29 is the eighth week; two of three days are left and suffice.
    assert iso(found.days) == ["2018-10-20", "2018-10-13"]
    assert found.lacks is None
    assert passed(found) == [
        ("2018-11-17", "closed"),
        ("2018-11-10", "no_data"),
        ("2018-11-03", "no_data"),
        ("2018-10-27", "campaign"),
        ("2018-10-06", "holiday"),
        ("2018-09-29", "make_up_day"),
    ]


def test_a_campaign_in_another_store_does_not_touch_this_one() -> None:
    facts = one_store(flat("2018-09-01", "2018-12-01"), touched=touched("2018-11-17", store="S2"))

    assert iso(baseline_days(facts, S1, on("2018-11-24"), method=WEEKENDS).days)[0] == "2018-11-17"


def test_a_member_day_is_an_eligible_weekend_day() -> None:
    facts = one_store(flat("2018-09-01", "2018-12-01"), member_days={S1: {on("2018-11-17"): 1}})

    assert iso(baseline_days(facts, S1, on("2018-11-24"), method=WEEKENDS).days)[0] == "2018-11-17"


def test_a_weekend_is_searched_at_most_eight_weeks_back() -> None:
    # The eighth week before Saturday 2018-11-24 is 2018-09-29; older days do not count.
    rows = flat("2018-07-01", "2018-09-28") | flat("2018-10-13", "2018-10-13")

    found = baseline_days(one_store(rows), S1, on("2018-11-24"), method=WEEKENDS)

    assert iso(found.days) == ["2018-10-13"]
    assert found.lacks == "few_baseline_days"
    assert len(found.passed_over) == 7


def test_two_eligible_days_of_three_suffice_and_one_of_one() -> None:
    two = flat("2018-11-17", "2018-11-17") | flat("2018-11-10", "2018-11-10")
    one = flat("2018-11-17", "2018-11-17")
    day = on("2018-11-24")

    assert baseline_days(one_store(two), S1, day, method=WEEKENDS).lacks is None
    assert baseline_days(one_store(one), S1, day, method=WEEKENDS).lacks == "few_baseline_days"
    assert baseline_days(one_store(one), S1, day, method=WEEKENDS, n=1).lacks is None


def test_a_weekend_campaign_on_a_working_day_finds_no_baseline() -> None:
    found = baseline_days(one_store(flat("2018-08-01", "2018-12-01")), S1, on("2018-11-20"), method=WEEKENDS)

    assert found.lacks == "few_baseline_days"
    # The Tuesday 2018-10-02 is a holiday, the other seven are ordinary working days.
    assert [reason for _, reason in passed(found)].count("working_day") == 7


def test_limits_are_settings() -> None:
    facts = one_store(flat("2018-09-01", "2018-12-01"))

    found = baseline_days(facts, S1, on("2018-11-24"), method=WEEKENDS, limits=Limits(weeks=1, enough=1))

    assert iso(found.days) == ["2018-11-17"]
    assert found.lacks is None


# --- member days --------------------------------------------------------------------------------------

MEMBER_DAYS = {
    on(f"2018-{month:02d}-{number}"): ordinal
    for month in range(1, 13)
    for ordinal, number in ((1, "08"), (2, "18"), (3, "28"))
}


@pytest.mark.clause("HT-25")
def test_a_member_day_is_compared_with_the_same_numbered_ones_of_three_months() -> None:
    facts = one_store(flat("2018-01-01", "2018-12-31"), member_days={S1: MEMBER_DAYS})

    found = baseline_days(facts, S1, on("2018-11-18"), method=MEMBER)

    assert iso(found.days) == ["2018-10-18", "2018-09-18", "2018-08-18"]


def test_the_number_decides_not_the_date_of_a_member_day() -> None:
    member_days = {on("2018-11-18"): 2, on("2018-10-18"): 1, on("2018-10-25"): 2, on("2018-09-11"): 2}
    facts = one_store(flat("2018-01-01", "2018-12-31"), member_days={S1: member_days})

    found = baseline_days(facts, S1, on("2018-11-18"), method=MEMBER)

    assert iso(found.days) == ["2018-10-25", "2018-09-11"]
    assert found.lacks is None
    assert passed(found) == [(f"2018-{month:02d}", "no_member_day") for month in (8, 7, 6, 5, 4, 3)]


def test_a_member_day_passes_over_campaigns_and_goes_a_month_further_back() -> None:
    # A member day may be a statutory holiday: 2018-06-18 is the Dragon Boat Festival.
    facts = one_store(
        flat("2018-01-01", "2018-12-31"), member_days={S1: MEMBER_DAYS}, touched=touched("2018-08-18")
    )

    found = baseline_days(facts, S1, on("2018-09-18"), method=MEMBER)

    assert iso(found.days) == ["2018-07-18", "2018-06-18", "2018-05-18"]
    assert passed(found) == [("2018-08-18", "campaign")]


def test_a_member_day_is_searched_at_most_eight_months_back() -> None:
    # From November: March is the eighth month.
    rows = flat("2018-03-18", "2018-03-18") | flat("2018-02-18", "2018-02-18")
    facts = one_store(rows, member_days={S1: MEMBER_DAYS})

    found = baseline_days(facts, S1, on("2018-11-18"), method=MEMBER)

    assert iso(found.days) == ["2018-03-18"]
    assert found.lacks == "few_baseline_days"


def test_a_day_that_is_no_member_day_has_no_member_day_baseline() -> None:
    facts = one_store(flat("2018-01-01", "2018-12-31"), member_days={S1: MEMBER_DAYS})

    assert baseline_days(facts, S1, on("2018-11-19"), method=MEMBER) == Baseline((), (), "no_member_day")


# --- ordinary days ------------------------------------------------------------------------------------


@pytest.mark.clause("HT-25")
def test_ordinary_days_are_the_nearest_of_the_same_day_type() -> None:
    # Tuesday 2018-10-16: before it Mon 15, (Sat and Sun 14, 13), Fri 12, Thu 11.
    found = baseline_days(one_store(flat("2018-08-01", "2018-10-31")), S1, on("2018-10-16"), method=ORDINARY)

    assert iso(found.days) == ["2018-10-15", "2018-10-12", "2018-10-11"]
    assert passed(found) == [("2018-10-14", "other_day_type"), ("2018-10-13", "other_day_type")]


def test_ordinary_days_are_no_member_days_holidays_or_make_up_days() -> None:
    # Tuesday 2018-10-09: Mon 8 is the member day, 7 … 1 October the holiday, Sun 30 and Sat 29 September are
    # worked for it, then Fri 28, Thu 27, Wed 26.
    facts = one_store(flat("2018-08-01", "2018-10-31"), member_days={S1: {on("2018-10-08"): 1}})

    found = baseline_days(facts, S1, on("2018-10-09"), method=ORDINARY)

    assert iso(found.days) == ["2018-09-28", "2018-09-27", "2018-09-26"]
    assert passed(found) == [
        ("2018-10-08", "member_day"),
        *((f"2018-10-0{day}", "holiday") for day in (7, 6, 5, 4, 3, 2, 1)),
        ("2018-09-30", "make_up_day"),
        ("2018-09-29", "make_up_day"),
    ]


def test_a_day_off_is_compared_with_days_off() -> None:
    found = baseline_days(one_store(flat("2018-08-01", "2018-11-30")), S1, on("2018-11-18"), method=ORDINARY)

    assert iso(found.days) == ["2018-11-17", "2018-11-11", "2018-11-10"]


def test_with_too_few_days_of_the_type_the_nearest_of_any_type_stand_in() -> None:
    # Sunday 2018-11-18, data from 11-07 on, 11-10 touched: only 11-17 and 11-11 of the type are left.
    facts = one_store(
        flat("2018-11-07", "2018-11-30"),
        touched=touched("2018-11-10"),
        member_days={S1: {on("2018-11-15"): 1}},
    )

    found = baseline_days(facts, S1, on("2018-11-18"), method=ORDINARY)

    assert iso(found.days) == ["2018-11-17", "2018-11-16", "2018-11-14"]
    assert passed(found) == [("2018-11-15", "member_day")]


def test_ordinary_days_are_searched_28_days_back() -> None:
    # 28 days before 2018-11-30 is 2018-11-02.
    day = on("2018-11-30")
    within = flat("2018-11-02", "2018-11-02") | flat("2018-11-05", "2018-11-05")
    outside = flat("2018-11-01", "2018-11-01") | flat("2018-11-05", "2018-11-05")

    assert iso(baseline_days(one_store(within), S1, day, method=ORDINARY).days) == [
        "2018-11-05",
        "2018-11-02",
    ]
    assert baseline_days(one_store(outside), S1, day, method=ORDINARY).lacks == "few_baseline_days"


# --- last year ----------------------------------------------------------------------------------------


@pytest.mark.clause("HT-26")
@pytest.mark.parametrize(
    ("_case", "align", "day", "before"),
    [
        ("same date", "date", "2018-11-11", "2017-11-11"),
        ("leap day", "date", "2020-02-29", "2019-02-28"),
        ("after the leap day", "date", "2020-03-01", "2019-03-01"),
        ("same weekday: Sunday and Sunday", "weekday", "2018-11-11", "2017-11-12"),
        ("same weekday over a leap day: Saturday and Saturday", "weekday", "2020-02-29", "2019-03-02"),
    ],
)
def test_large_campaigns_are_compared_with_last_year(_case: str, align: str, day: str, before: str) -> None:
    facts = one_store(flat(before, before))

    assert iso(baseline_days(facts, S1, on(day), method=LAST_YEAR, align=align).days) == [before]  # type: ignore[arg-type]


def test_last_year_needs_only_an_open_day_with_data() -> None:
    # 2017-10-02 was a holiday and a campaign day: it counts all the same.
    facts = one_store(flat("2017-10-02", "2017-10-02"), touched=touched("2017-10-02"))

    assert baseline_days(facts, S1, on("2018-10-02"), method=LAST_YEAR).lacks is None
    assert baseline_days(facts, S1, on("2018-10-03"), method=LAST_YEAR).lacks == "no_last_year"


def test_a_store_that_opened_this_year_has_no_last_year() -> None:
    facts = Facts({S1: Store(S1, opened=on("2018-01-01"))}, {S1: flat("2017-11-11", "2017-11-11")})

    found = baseline_days(facts, S1, on("2018-11-11"), method=LAST_YEAR)

    assert passed(found) == [("2017-11-11", "closed")]
    assert found.lacks == "no_last_year"


# --- fixed dates --------------------------------------------------------------------------------------


def fixed(facts: Facts, *dates: str) -> Baseline:
    listed = tuple(map(on, dates))
    return baseline_days(facts, S1, on("2018-11-18"), method="fixed_dates", baseline_dates=listed)


@pytest.mark.clause("HT-28")
def test_fixed_dates_are_all_listed_dates_that_are_open_and_free() -> None:
    facts = one_store(flat("2018-03-01", "2018-03-31"), touched=touched("2018-03-18"))

    found = fixed(facts, "2018-03-28", "2018-03-08", "2018-03-18", "2018-03-28", "2018-04-08")

    assert iso(found.days) == ["2018-03-08", "2018-03-28"]
    assert passed(found) == [("2018-03-18", "campaign"), ("2018-04-08", "no_data")]
    assert found.lacks is None


def test_fixed_dates_may_be_holidays_and_one_listed_date_suffices() -> None:
    facts = one_store(flat("2018-10-01", "2018-10-01"))

    assert fixed(facts, "2018-10-01").lacks is None
    assert fixed(facts, "2018-10-01", "2018-10-08").lacks == "few_baseline_days"
    assert fixed(facts).lacks == "few_baseline_days"


# --- refused ------------------------------------------------------------------------------------------


def test_an_unknown_method_or_no_day_at_all_is_an_error() -> None:
    facts = one_store(flat("2018-10-01", "2018-10-01"))

    with pytest.raises(ValueError, match="no baseline method"):
        baseline_days(facts, S1, on("2018-11-18"), method="best_days")
    with pytest.raises(ValueError, match="at least one day"):
        baseline_days(facts, S1, on("2018-11-18"), method=WEEKENDS, n=0)


def test_a_store_is_closed_outside_its_life() -> None:
    store = Store(S1, opened=on("2018-11-10"), closed=on("2018-11-17"))
    facts = replace(one_store(flat("2018-09-01", "2018-12-01")), stores={S1: store})

    found = baseline_days(facts, S1, on("2018-11-24"), method=WEEKENDS)

    assert iso(found.days) == ["2018-11-17", "2018-11-10"]
    assert passed(found)[0] == ("2018-11-03", "closed")


def test_a_float_is_no_figure() -> None:
    with pytest.raises(TypeError):
        StoreDay(0.1)  # type: ignore[arg-type]
    assert StoreDay(Decimal("0.1"), visitors=3).visitors == 3
