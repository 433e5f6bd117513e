"""The month of the three funds: order of movements, what stays pending, nothing below zero."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.months import Month
from finance.calculations.funds import (
    FUNDS,
    Credit,
    Fund,
    FundBalance,
    FundMonth,
    Movement,
    Payable,
    PayableKind,
    fund_month,
)

NOVEMBER = Month(2018, 11)


def yuan(text: str) -> Decimal:
    return Decimal(text)


def fee(day: int, id: str, amount: str) -> Payable:
    return Payable("fee", date(2018, 11, day), id, yuan(amount))


def spend(day: int, id: str, amount: str, fund: Fund = "reserve", kind: PayableKind = "spend") -> Payable:
    return Payable(kind, date(2018, 11, day), id, yuan(amount), fund)


def balance(opening: str, received: str, spent: str, closing: str) -> FundBalance:
    return FundBalance(yuan(opening), yuan(received), yuan(spent), yuan(closing))


def month(**more) -> FundMonth:  # type: ignore[no-untyped-def]
    settings = {"month": NOVEMBER, "opening": {}, "monthly_fund": yuan("0.00")}
    return fund_month(**(settings | more))


@pytest.mark.clause("HT-05")
@pytest.mark.clause("HT-06")
@pytest.mark.clause("HT-22")
def test_the_fund_of_the_third_worked_example() -> None:
    # domain.md §8.8: 1350 + 2000 − 200 − 6×100 − 5×200 = 1550; 9×200 = 1800 take 250 of the reserve too.
    fees = [
        *(fee(5, f"e{k}", "100.00") for k in range(6)),
        *(fee(10, f"p{k}", "200.00") for k in range(5)),
        *(fee(20, f"r{k}", "200.00") for k in range(9)),
    ]

    found = month(
        opening={"maintenance": yuan("1350.00")},
        monthly_fund=yuan("2000.00"),
        account_fee=yuan("200.00"),
        credits=[Credit("A", "reserve", yuan("1934.01")), Credit("A", "withheld", yuan("2514.20"))],
        payables=fees,
    )

    assert found.balances == {
        "maintenance": balance("1350.00", "2000.00", "3350.00", "0.00"),
        "reserve": balance("0.00", "1934.01", "250.00", "1684.01"),
        "withheld": balance("0.00", "2514.20", "0.00", "2514.20"),
    }
    assert found.pending == ()
    # The eighth customer's fee is shared: 7 × 200 = 1400 of 1550, then 150 + 50; the ninth is the reserve's.
    assert [(one.id, one.source, one.amount) for one in found.movements[-3:]] == [
        ("r7", "maintenance", yuan("150.00")),
        ("r7", "reserve", yuan("50.00")),
        ("r8", "reserve", yuan("200.00")),
    ]


@pytest.mark.clause("HT-05")
def test_movements_follow_the_order_of_the_rule() -> None:
    found = month(
        opening={"reserve": yuan("10.00")},
        monthly_fund=yuan("2000.00"),
        account_fee=yuan("200.00"),
        credits=[Credit("B", "reserve", yuan("1.00")), Credit("A", "withheld", yuan("2.00"))],
        pending=[Payable("fee", date(2018, 10, 30), "m0", yuan("50.00"))],
        payables=[fee(9, "m2", "100.00"), spend(8, "s1", "5.00"), fee(9, "m1", "100.00")],
    )

    first = date(2018, 11, 1)
    assert found.movements == (
        Movement("monthly_fund", first, "2018-11", "company", "maintenance", yuan("2000.00")),
        Movement("pool", first, "A", "pool", "withheld", yuan("2.00")),
        Movement("pool", first, "B", "pool", "reserve", yuan("1.00")),
        Movement("fee", date(2018, 10, 30), "m0", "maintenance", "payable", yuan("50.00")),
        Movement("account_fee", first, "account-fee-2018-11", "maintenance", "company", yuan("200.00")),
        Movement("spend", date(2018, 11, 8), "s1", "reserve", "company", yuan("5.00")),
        Movement("fee", date(2018, 11, 9), "m1", "maintenance", "payable", yuan("100.00")),
        Movement("fee", date(2018, 11, 9), "m2", "maintenance", "payable", yuan("100.00")),
    )


@pytest.mark.clause("HT-05")
def test_the_part_of_a_fee_that_neither_fund_can_pay_is_pending_and_paid_first_next_month() -> None:
    short = month(
        opening={"maintenance": yuan("70.00"), "reserve": yuan("20.00"), "withheld": yuan("500.00")},
        payables=[fee(3, "m1", "100.00"), fee(4, "m2", "100.00")],
    )

    assert short.pending == (fee(3, "m1", "10.00"), fee(4, "m2", "100.00"))
    assert {fund: one.closing for fund, one in short.balances.items()} == {
        "maintenance": yuan("0.00"),
        "reserve": yuan("0.00"),
        # A fee never takes what was withheld.
        "withheld": yuan("500.00"),
    }

    later = fund_month(
        month=Month(2018, 12),
        opening={fund: one.closing for fund, one in short.balances.items()},
        monthly_fund=yuan("150.00"),
        pending=short.pending,
        payables=[Payable("fee", date(2018, 12, 1), "m0", yuan("100.00"))],
    )

    assert [(one.id, one.amount) for one in later.movements[1:]] == [
        ("m1", yuan("10.00")),
        ("m2", yuan("100.00")),
        ("m0", yuan("40.00")),
    ]
    assert later.pending == (Payable("fee", date(2018, 12, 1), "m0", yuan("60.00")),)


@pytest.mark.clause("HT-22")
def test_a_spend_comes_from_its_own_fund_only_and_as_a_whole() -> None:
    found = month(
        opening={"maintenance": yuan("1000.00"), "reserve": yuan("30.00")},
        payables=[spend(3, "s1", "50.00"), spend(4, "s2", "30.00")],
    )

    assert found.balances["maintenance"].spent == yuan("0.00")
    assert found.balances["reserve"] == balance("30.00", "0.00", "30.00", "0.00")
    assert found.pending == (spend(3, "s1", "50.00"),)


def test_a_release_lowers_the_withheld_fund() -> None:
    found = month(
        opening={"withheld": yuan("457.39")}, payables=[spend(30, "y1", "57.39", "withheld", "release")]
    )

    assert found.balances["withheld"] == balance("457.39", "0.00", "57.39", "400.00")
    assert found.movements == (
        Movement("release", date(2018, 11, 30), "y1", "withheld", "company", yuan("57.39")),
    )


@pytest.mark.clause("HT-05")
def test_the_account_fee_is_paid_like_a_manuscript() -> None:
    found = month(
        opening={"maintenance": yuan("120.00"), "reserve": yuan("30.00"), "withheld": yuan("900.00")},
        account_fee=yuan("200.00"),
    )

    assert [(one.source, one.destination, one.amount) for one in found.movements] == [
        ("maintenance", "company", yuan("120.00")),
        ("reserve", "company", yuan("30.00")),
    ]
    assert found.pending == (
        Payable("account_fee", date(2018, 11, 1), "account-fee-2018-11", yuan("50.00"), "maintenance"),
    )


@pytest.mark.clause("HT-05")
def test_a_quiet_month_carries_the_balance_over() -> None:
    found = month(opening={"maintenance": yuan("1350.00")}, monthly_fund=yuan("2000.00"))

    assert found.balances["maintenance"] == balance("1350.00", "2000.00", "0.00", "3350.00")
    assert found.steps["balances"]["maintenance"] == {  # type: ignore[index]
        "opening": "1350.00",
        "in": "2000.00",
        "out": "0.00",
        "closing": "3350.00",
    }


@pytest.mark.parametrize(
    ("_case", "wrong"),
    [
        ("opening below zero", {"opening": {"reserve": Decimal("-0.01")}}),
        ("fee below zero", {"payables": [fee(1, "m1", "-1.00")]}),
        ("credit with half a fen", {"credits": [Credit("A", "reserve", Decimal("0.005"))]}),
    ],
)
def test_an_amount_below_zero_or_finer_than_a_fen_is_refused(_case: str, wrong: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="whole 分"):
        month(**wrong)


AMOUNTS = st.integers(min_value=0, max_value=300_000).map(lambda fen: Decimal(fen).scaleb(-2))
PAYABLES = st.lists(
    st.builds(
        lambda kind, day, fund, amount: (kind, day, fund, amount),
        st.sampled_from(["fee", "spend", "release"]),
        st.integers(min_value=1, max_value=30),
        st.sampled_from(FUNDS),
        AMOUNTS,
    ),
    max_size=12,
).map(
    lambda rows: [
        Payable(kind, date(2018, 11, day), f"p{k:02d}", amount, fund)
        for k, (kind, day, fund, amount) in enumerate(rows)
    ]
)


@given(
    opening=st.fixed_dictionaries(dict.fromkeys(FUNDS, AMOUNTS)),
    credits=st.lists(st.builds(Credit, st.sampled_from("AB"), st.sampled_from(FUNDS), AMOUNTS), max_size=4),
    monthly_fund=AMOUNTS,
    account_fee=AMOUNTS,
    payables=PAYABLES,
    data=st.data(),
)
def test_money_is_conserved_and_no_fund_falls_below_zero(  # type: ignore[no-untyped-def]
    opening, credits, monthly_fund, account_fee, payables, data
) -> None:
    given_ = {"opening": opening, "monthly_fund": monthly_fund, "account_fee": account_fee}

    found = month(**given_, credits=credits, payables=payables)

    for fund, one in found.balances.items():
        assert one.opening + one.received - one.spent == one.closing
        assert one.closing >= 0
        assert one.received == sum(m.amount for m in found.movements if m.destination == fund)
        assert one.spent == sum(m.amount for m in found.movements if m.source == fund)
    # What is owed is paid or pending, nothing else.
    owed = sum((one.amount for one in payables), account_fee)
    paid = sum(one.spent for one in found.balances.values())
    assert paid + sum(one.amount for one in found.pending) == owed
    for item in payables:
        parts = sum(m.amount for m in found.movements if m.id == item.id)
        assert parts + sum(p.amount for p in found.pending if p.id == item.id) == item.amount
    # The order of the rows says nothing.
    shuffled = data.draw(st.permutations(payables))
    assert month(**given_, credits=credits, payables=shuffled) == found
