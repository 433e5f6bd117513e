"""Uplift on figures that nobody here made up.  The raw rows behind every expected value stand beside it."""

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from campaigns.calculations.baselines import baseline_days
from campaigns.calculations.facts import Facts, Store, StoreDay
from campaigns.calculations.uplift import campaign_uplift, store_uplift
from core.money import round_half_up
from tests.campaigns.calculations.build import S1, campaign, iso, on, one_store, touched

Shared = Callable[[str], Path]


def pharmacy(path: Path, **more: object) -> Facts:
    """One pharmacy; money received stands for gross profit; 5, 15 and 25 are its member days 1, 2, 3."""
    rows: dict[date, StoreDay] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            rows[on(row["推断日期_2016"])] = StoreDay(
                Decimal(row["实收金额"]), visitors=int(row["客流"]), units=Decimal(row["销售数量"])
            )
    numbers = {5: 1, 15: 2, 25: 3}
    member_days = {day: numbers[day.day] for day in rows if day.day in numbers}
    return one_store(rows, member_days={S1: member_days}, **more)


MEMBER_DAY = campaign("2016-06-15", type="member_day", method="same_member_day_prev_months")


@pytest.mark.clause("HT-25")
def test_member_days_of_a_pharmacy(shared_data: Shared) -> None:
    facts = pharmacy(shared_data("pharmacy_chaoyang_daily.csv"))

    found = store_uplift(facts, MEMBER_DAY, S1, {})

    # 06-15: 3729.93, 86 visitors, 226 units.  05-15: 3650.09, 58, 195.  04-15: 5254.23, 200, 499.
    # 03-15: 2898.00, 77, 205.  11802.32 ÷ 3 = 3934.1066…; 335 ÷ 3 = 111.67; 899 ÷ 3 = 299.67.
    assert (found.baseline, found.uplift) == (Decimal("3934.11"), Decimal("-204.18"))
    assert (found.visitors, found.units) == (Decimal("-25.67"), Decimal("-73.67"))


@pytest.mark.clause("HT-25")
def test_member_days_of_a_pharmacy_pass_over_a_campaign(shared_data: Shared) -> None:
    # 15 and 16 April drew 200 and 116 visitors: a sale.  As a campaign it is no baseline; 02-15 (2452.71, 48
    # visitors, 144 units) takes its place.
    path = shared_data("pharmacy_chaoyang_daily.csv")
    facts = pharmacy(path, touched=touched("2016-04-15", "2016-04-16"))

    found = store_uplift(facts, MEMBER_DAY, S1, {})

    # 3650.09 + 2898.00 + 2452.71 = 9000.80, ÷ 3 = 3000.2666…; 183 ÷ 3 = 61; 544 ÷ 3 = 181.33.
    assert (found.baseline, found.uplift) == (Decimal("3000.27"), Decimal("729.66"))
    assert (found.visitors, found.units) == (Decimal("25.00"), Decimal("44.67"))


@pytest.mark.clause("HT-25")
def test_ordinary_days_of_a_pharmacy_are_no_member_days(shared_data: Shared) -> None:
    facts = pharmacy(shared_data("pharmacy_chaoyang_daily.csv"))

    # Monday 2016-03-28: Sunday 27 and Saturday 26 are of the other type, Friday 25 is a member day.
    found = baseline_days(facts, S1, on("2016-03-28"), method="nearest_ordinary_days")

    assert iso(found.days) == ["2016-03-24", "2016-03-23", "2016-03-22"]


def supermarket(path: Path) -> Facts:
    """A supermarket of six departments: gross profit = Σ (当日销售额 − 当日成本价), to 4 decimals."""
    profit: dict[date, Decimal] = defaultdict(Decimal)
    book = load_workbook(path, read_only=True)
    for number, row in enumerate(book["Sheet1"].iter_rows(values_only=True)):
        if number:
            profit[row[1].date()] += Decimal(repr(row[3])) - Decimal(repr(row[4]))
    book.close()
    return one_store({day: StoreDay(round_half_up(value, 4)) for day, value in profit.items()})


@pytest.mark.clause("HT-25")
@pytest.mark.clause("HT-26")
def test_weekends_and_last_year_of_a_supermarket(shared_data: Shared) -> None:
    facts = supermarket(shared_data("supermarket_cn_category_daily_2020_2023.xlsx"))

    # Saturday 2022-10-15: 421.77191 + 138.24316 + 371.18741 + 221.56179 + 245.95549 + 325.41116 = 1724.13092.
    # 10-08 was worked, 10-01 and 09-10 are holidays; 09-24: 1010.6966, 09-17: 1938.2661, 09-03: 1311.9480,
    # 4260.9107 ÷ 3 = 1420.3035…
    weekend = store_uplift(facts, campaign("2022-10-15"), S1, {})
    assert (weekend.actual, weekend.baseline) == (Decimal("1724.13"), Decimal("1420.30"))
    assert weekend.uplift == Decimal("303.83")
    assert weekend.steps[0]["excluded"] == [
        {"date": "2022-10-08", "reason": "make_up_day"},
        {"date": "2022-10-01", "reason": "holiday"},
        {"date": "2022-09-10", "reason": "holiday"},
    ]

    # 2021-10-15 (a Friday): 2051.9314; 2021-10-16 (a Saturday): 1018.1578.
    by_date = campaign("2022-10-15", scale="large", method="last_year_same_dates")
    assert store_uplift(facts, by_date, S1, {}).uplift == Decimal("-327.80")
    by_weekday = campaign("2022-10-15", scale="large", method="last_year_same_dates", align="weekday")
    assert store_uplift(facts, by_weekday, S1, {}).uplift == Decimal("705.97")

    # The store was closed on 2021-02-11 and 2021-02-12, the New Year of that year.
    new_year = campaign("2022-02-11", "2022-02-13", scale="large", method="last_year_same_dates")
    assert store_uplift(facts, new_year, S1, {}).reason == "no_last_year"


@pytest.mark.clause("HT-25")
def test_closed_days_of_a_supermarket_are_passed_over(shared_data: Shared) -> None:
    facts = supermarket(shared_data("supermarket_cn_category_daily_2020_2023.xlsx"))

    # Monday 2022-12-05, 1267.6325.  No sales from 30 November to 3 December; 4 December is a Sunday.
    # 11-29: 1780.3787, 11-28: 1283.3158, 11-25: 1201.1252; 4264.8197 ÷ 3 = 1421.6065…
    ordinary = store_uplift(facts, campaign("2022-12-05", method="nearest_ordinary_days"), S1, {})
    assert (ordinary.baseline, ordinary.uplift) == (Decimal("1421.61"), Decimal("-153.98"))

    # Saturday 2023-02-11, 922.2449: 01-28 was worked, 01-21 had no sales.  02-04: 1159.4503,
    # 01-14: 1618.8770 (the cell carries 1618.87704999…97), 01-07: 1611.8014; 4390.1287 ÷ 3 = 1463.3762…
    weekend = store_uplift(facts, campaign("2023-02-11"), S1, {})
    assert (weekend.baseline, weekend.uplift) == (Decimal("1463.38"), Decimal("-541.14"))


def chain(path: Path) -> Facts:
    """54 stores; their transactions stand for visitors and, one yuan each, for gross profit."""
    store_days: dict[str, dict[date, StoreDay]] = defaultdict(dict)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["date"] >= "2017-02-01":
                count = int(row["transactions"])
                store_days[row["store_nbr"]][on(row["date"])] = StoreDay(Decimal(count), visitors=count)
    return Facts({code: Store(code) for code in store_days}, store_days)


@pytest.mark.clause("HT-25")
def test_a_chain_of_54_stores(shared_data: Shared) -> None:
    facts = chain(shared_data("favorita_54stores_daily_transactions_2013_2017.csv"))
    assert len(facts.stores) == 54

    # Saturday 2017-08-12.  Store 1: 1004 against (1251 + 1251 + 1333) ÷ 3 = 1278.33; store 44: 4277 against
    # (5037 + 5270 + 5233) ÷ 3 = 5180.00.  All stores: 89927 against 99564.32, the sum of the rounded means.
    found = campaign_uplift(facts, campaign("2017-08-12", scale="medium", stores=tuple(facts.stores)), {})

    by_store = {store.store: store.uplift for store in found.stores}
    assert by_store["1"] == Decimal("-274.33")
    assert by_store["44"] == Decimal("-903.00")
    assert (found.actual, found.baseline) == (Decimal("89927.00"), Decimal("99564.32"))
    assert (found.uplift, found.visitors) == (Decimal("-9637.32"), Decimal("-9637.32"))


def test_a_store_without_history_is_left_out_of_the_chain(shared_data: Shared) -> None:
    facts = chain(shared_data("favorita_54stores_daily_transactions_2013_2017.csv"))

    # Store 52 opened on Thursday 2017-04-20: on Saturday 04-29 it has one Saturday, the others have three.
    # The 53 others: 101283 against 97425.68.
    found = campaign_uplift(facts, campaign("2017-04-29", scale="medium", stores=tuple(facts.stores)), {})

    left_out = {store.store: store.reason for store in found.stores if not store.comparable}
    assert left_out == {"52": "few_baseline_days"}
    assert (found.actual, found.baseline, found.uplift) == (
        Decimal("101283.00"),
        Decimal("97425.68"),
        Decimal("3857.32"),
    )
