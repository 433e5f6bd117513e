"""The uplift of stores and campaigns, to the 分."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from campaigns.calculations.facts import (
    Facts,
    ProductDay,
    Store,
    StoreDay,
    days_fed,
    days_touched,
    open_during,
)
from campaigns.calculations.uplift import campaign_uplift, store_uplift
from tests.campaigns.calculations.build import S1, campaign, flat, on, one_store, profits, touched

# domain.md §8.6: a Saturday in one store and the three Saturdays before.
SATURDAYS = profits(
    d2018_11_24="9876.54", d2018_11_17="6210.30", d2018_11_10="5988.75", d2018_11_03="6432.10"
)


@pytest.mark.clause("HT-25")
def test_a_weekend_in_one_store() -> None:
    found = store_uplift(one_store(SATURDAYS), campaign("2018-11-24"), S1, {})

    # (6210.30 + 5988.75 + 6432.10) ÷ 3 = 18631.15 ÷ 3 = 6210.3833…
    assert (found.actual, found.baseline, found.uplift) == (
        Decimal("9876.54"),
        Decimal("6210.38"),
        Decimal("3666.16"),
    )
    assert found.comparable
    assert found.reason == ""


def member_day_facts() -> Facts:
    """domain.md §5.3: 33200.50 ÷ 3 = 11066.8333… is reading R1; 10050.00 is March."""
    rows = profits(
        d2018_11_18="15320.00",
        d2018_10_18="11000.00",
        d2018_09_18="11100.50",
        d2018_08_18="11100.00",
        d2018_03_18="10050.00",
    )
    return one_store(rows, member_days={S1: dict.fromkeys(rows, 2)})


@pytest.mark.clause("HT-25")
def test_a_member_day_by_the_first_reading() -> None:
    one = campaign("2018-11-18", type="member_day", method="same_member_day_prev_months")

    found = store_uplift(member_day_facts(), one, S1, {})

    assert (found.baseline, found.uplift) == (Decimal("11066.83"), Decimal("4253.17"))


@pytest.mark.clause("HT-28")
def test_another_reading_of_the_member_day_is_a_list_of_dates() -> None:
    one = campaign("2018-11-18", method="fixed_dates", baseline_dates=(on("2018-03-18"),))

    found = store_uplift(member_day_facts(), one, S1, {})

    assert (found.baseline, found.uplift) == (Decimal("10050.00"), Decimal("5270.00"))


def test_daily_means_are_not_rounded_before_they_are_summed() -> None:
    # Two days, each 0.01 ÷ 3 = 0.00333…: together 0.00666… → 0.01; rounded day by day it would be 0.00.
    rows = flat("2018-11-01", "2018-11-25", "0.00") | profits(d2018_11_17="0.01", d2018_11_18="0.01")

    found = store_uplift(one_store(rows), campaign("2018-11-24", "2018-11-25"), S1, {})

    assert found.baseline == Decimal("0.01")
    assert found.uplift == Decimal("-0.01")


def test_four_decimals_of_gross_profit_are_rounded_once() -> None:
    rows = (
        SATURDAYS | profits(d2018_11_24="100.0049", d2018_11_25="100.0001") | flat("2018-11-04", "2018-11-18")
    )

    found = store_uplift(one_store(rows), campaign("2018-11-24", "2018-11-25"), S1, {})

    assert found.actual == Decimal("200.01")


def test_a_closed_activity_day_contributes_nothing_and_needs_no_baseline() -> None:
    # The Sunday is closed; its Sundays before are missing altogether.
    rows = SATURDAYS | {on("2018-11-25"): StoreDay(Decimal("5.00"), closed=True)}

    found = store_uplift(one_store(rows), campaign("2018-11-24", "2018-11-25"), S1, {})

    assert found.uplift == Decimal("3666.16")
    assert found.steps[1] == {"date": "2018-11-25", "counted": "no", "reason": "closed", "campaign": ""}


def test_one_counted_day_without_baseline_leaves_the_store_out_as_a_whole() -> None:
    rows = SATURDAYS | profits(d2018_11_25="8000.00")

    found = store_uplift(one_store(rows), campaign("2018-11-24", "2018-11-25"), S1, {})

    assert not found.comparable
    assert found.reason == "few_baseline_days"
    assert (found.actual, found.baseline, found.uplift, found.visitors) == (None, None, None, None)


@pytest.mark.parametrize(
    ("_case", "store", "more", "reason"),
    [
        ("closed on all days", Store(S1, closed=on("2018-11-01")), {}, "no_activity_data"),
        ("no history", Store(S1, opened=on("2018-11-11")), {}, "few_baseline_days"),
        ("no last year", Store(S1), {"method": "last_year_same_dates"}, "no_last_year"),
        ("no member day", Store(S1), {"method": "same_member_day_prev_months"}, "no_member_day"),
        ("no dates", Store(S1), {"method": "fixed_dates"}, "few_baseline_days"),
    ],
)
def test_a_store_says_why_it_is_not_comparable(_case: str, store: Store, more: dict, reason: str) -> None:  # type: ignore[type-arg]
    facts = Facts({S1: store}, {S1: SATURDAYS})

    assert store_uplift(facts, campaign("2018-11-24", **more), S1, {}).reason == reason


@pytest.mark.clause("HT-27")
def test_visitors_and_units_are_compared_on_the_same_days() -> None:
    def day(visitors: int | None, units: str) -> StoreDay:
        return StoreDay(Decimal("1.00"), visitors=visitors, units=Decimal(units))

    rows = {
        on("2018-11-24"): day(130, "200.5"),
        on("2018-11-17"): day(100, "150"),
        on("2018-11-10"): day(90, "150.25"),
        on("2018-11-03"): day(101, "150"),
    }
    found = store_uplift(one_store(rows), campaign("2018-11-24"), S1, {})

    # 130 − 291 ÷ 3 = 33; 200.5 − 450.25 ÷ 3 (150.0833… → 150.08) = 50.42
    assert (found.visitors, found.units) == (Decimal("33.00"), Decimal("50.42"))

    rows[on("2018-11-10")] = day(None, "150.25")
    lacking = store_uplift(one_store(rows), campaign("2018-11-24"), S1, {})

    assert (lacking.visitors, lacking.units, lacking.uplift) == (None, Decimal("50.42"), Decimal("0.00"))


@pytest.mark.clause("HT-27")
def test_single_products_are_compared_where_the_campaign_names_them() -> None:
    sold = {
        "tea": {
            on(day): ProductDay(units)
            for day, units in {"2018-11-24": 20, "2018-11-17": 7, "2018-11-10": 7, "2018-11-03": 6}.items()
        },
        "soap": {on("2018-11-24"): ProductDay(3)},
    }
    facts = one_store(SATURDAYS, product_days={S1: sold})

    found = campaign_uplift(facts, campaign("2018-11-24", products=("tea", "soap")), {})

    # 20 − 20 ÷ 3 = 20 − 6.67; of the soap nothing is known on the baseline days, which is not zero.
    assert found.products == {"tea": Decimal("13.33"), "soap": None}


# --- the sum over the stores --------------------------------------------------------------------------


def three_stores() -> Facts:
    """domain.md §8.7: actual less baseline of each store by fixed dates."""
    baseline = {"A": "11066.83", "B": "10112.00", "C": "14118.00"}
    actual = {"A": "15320.00", "B": "9874.60", "C": "20411.35"}
    return Facts(
        stores={code: Store(code) for code in "ABC"},
        store_days={code: profits(d2018_11_18=actual[code], d2018_10_18=baseline[code]) for code in "ABC"},
    )


@pytest.mark.clause("HT-07")
@pytest.mark.clause("HT-25")
def test_stores_net_against_each_other() -> None:
    one = campaign(
        "2018-11-18",
        scale="medium",
        stores=("C", "A", "B"),
        method="fixed_dates",
        baseline_dates=(on("2018-10-18"),),
    )

    found = campaign_uplift(three_stores(), one, {})

    assert [(store.store, store.uplift) for store in found.stores] == [
        ("A", Decimal("4253.17")),
        ("B", Decimal("-237.40")),
        ("C", Decimal("6293.35")),
    ]
    # With every store floored at zero it would be 10546.52.
    assert found.uplift == Decimal("10309.12")
    assert found.status == "settled"
    assert found.visitors is None


def test_a_store_that_is_not_comparable_is_left_out_of_the_sum() -> None:
    facts = replace(three_stores(), touched=touched("2018-10-18", store="B"))
    one = campaign("2018-11-18", stores=("A", "B"), method="fixed_dates", baseline_dates=(on("2018-10-18"),))

    found = campaign_uplift(facts, one, {})

    assert (found.uplift, found.status, found.missing) == (Decimal("4253.17"), "settled", ())
    assert found.stores[1].reason == "few_baseline_days"


def test_a_campaign_without_a_comparable_store_is_missing_with_the_reasons() -> None:
    facts = Facts(
        stores={"A": Store("A"), "B": Store("B", closed=on("2018-01-01"))},
        store_days={"A": profits(d2018_11_24="1.00")},
    )

    found = campaign_uplift(facts, campaign("2018-11-24", stores=("A", "B")), {})

    assert (found.uplift, found.status) == (None, "missing")
    assert found.missing == ("few_baseline_days", "no_activity_data")
    assert campaign_uplift(facts, campaign("2018-11-24", stores=()), {}).missing == ("no_stores",)


# --- campaigns that overlap ---------------------------------------------------------------------------


def test_a_store_day_feeds_the_larger_campaign_then_the_smaller_code() -> None:
    small = campaign("2018-11-23", "2018-11-25", code="A")
    second = campaign("2018-11-24", code="B", scale="medium")
    first = campaign("2018-11-24", "2018-11-25", code="AB", scale="medium")
    large = campaign("2018-11-25", code="Z", scale="large", stores=(S1, "S2"))

    fed = days_fed([small, second, first, large])

    assert fed == {
        (S1, on("2018-11-23")): "A",
        (S1, on("2018-11-24")): "AB",
        (S1, on("2018-11-25")): "Z",
        ("S2", on("2018-11-25")): "Z",
    }
    assert fed == days_fed([large, first, second, small])


def test_a_day_that_feeds_another_campaign_is_as_if_closed() -> None:
    rows = SATURDAYS | profits(d2018_11_25="8000.00")
    weekend = campaign("2018-11-24", "2018-11-25")
    chain = campaign("2018-11-25", code="C2", scale="large")

    found = store_uplift(one_store(rows), weekend, S1, days_fed([weekend, chain]))

    assert found.uplift == Decimal("3666.16")
    assert found.steps[1] == {
        "date": "2018-11-25",
        "counted": "no",
        "reason": "other_campaign",
        "campaign": "C2",
    }
    whole = campaign("2018-11-24", "2018-11-25", code="C0", scale="large")
    assert store_uplift(one_store(rows), weekend, S1, days_fed([weekend, whole])).reason == "no_activity_data"


def test_a_campaign_touches_its_own_days_too() -> None:
    # Eight days: the second Saturday is compared with Saturdays before the campaign.
    one = campaign("2018-11-17", "2018-11-24", method="fixed_dates", baseline_dates=(on("2018-11-20"),))

    assert (S1, on("2018-11-20")) in days_touched([one])
    facts = one_store(flat("2018-11-01", "2018-11-30"), touched=days_touched([one]))
    assert store_uplift(facts, one, S1, {}).reason == "few_baseline_days"


def test_a_star_means_the_stores_open_on_some_day() -> None:
    stores = [Store("B"), Store("A", closed=on("2018-11-24")), Store("C", opened=on("2018-11-26"))]

    assert open_during(stores, on("2018-11-24"), on("2018-11-25")) == ("A", "B")


# --- steps --------------------------------------------------------------------------------------------


def test_steps_tell_how_the_figure_came_about() -> None:
    facts = one_store(SATURDAYS | profits(d2018_10_27="6000.00"), touched=touched("2018-11-10"))

    found = store_uplift(facts, campaign("2018-11-24"), S1, {})

    assert found.steps == (
        {
            "date": "2018-11-24",
            "counted": "yes",
            "actual": "9876.54",
            "baseline_days": [
                {"date": "2018-11-17", "gross_profit": "6210.30"},
                {"date": "2018-11-03", "gross_profit": "6432.10"},
                {"date": "2018-10-27", "gross_profit": "6000.00"},
            ],
            "excluded": [{"date": "2018-11-10", "reason": "campaign"}],
            "sum": "18642.4000",
            "count": "3",
            "mean": "6214.1333",
            "lacks": "",
        },
    )
    assert json.loads(json.dumps(found.steps))[0]["mean"] == "6214.1333"
