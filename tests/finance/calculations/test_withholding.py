"""Withholding from outsiders: every cell of the table of domain.md §2.2, monthly sums and gross-ups."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.months import Month
from finance.calculations.withholding import AUTHOR, LABOUR, Fee, gross_up, withheld_tax, withhold

LABOUR_TAX = {
    "200": "0.00",
    "800": "0.00",
    "1000": "40.00",
    "2000": "240.00",
    "4000": "640.00",
    "4001": "640.16",
    "5000": "800.00",
    "25000": "4000.00",
    "30000": "5200.00",
    "60000": "12400.00",
    "100000": "25000.00",
}
AUTHOR_TAX = {
    "200": "0.00",
    "800": "0.00",
    "1000": "28.00",
    "2000": "168.00",
    "4000": "448.00",
    "5000": "560.00",
    "40000": "4480.00",
}
NOVEMBER = Month(2018, 11)


@pytest.mark.parametrize(("gross", "tax"), LABOUR_TAX.items())
def test_tax_on_labour_remuneration(gross: str, tax: str) -> None:
    assert withheld_tax(Decimal(gross), LABOUR) == Decimal(tax)


@pytest.mark.parametrize(("gross", "tax"), AUTHOR_TAX.items())
def test_tax_on_authors_remuneration(gross: str, tax: str) -> None:
    assert withheld_tax(Decimal(gross), AUTHOR) == Decimal(tax)


def test_tax_is_rounded_half_up_once() -> None:
    # (800.13 − 800) × 20 % = 0.026 → 0.03; (800.12 − 800) × 20 % = 0.024 → 0.02; for an author 0.0182 → 0.02.
    assert withheld_tax(Decimal("800.13"), LABOUR) == Decimal("0.03")
    assert withheld_tax(Decimal("800.12"), LABOUR) == Decimal("0.02")
    assert withheld_tax(Decimal("800.13"), AUTHOR) == Decimal("0.02")


@pytest.mark.clause("HT-06")
@pytest.mark.parametrize(("kind", "tax"), [("labour", "40.00"), ("author", "28.00")])
def test_five_small_fees_of_one_month_are_taxed_together(kind: str, tax: str) -> None:
    fees = [Fee("customer", NOVEMBER, kind, Decimal("200.00"))] * 5  # type: ignore[arg-type]

    (found,) = withhold(fees)

    assert (found.gross, found.tax) == (Decimal("1000.00"), Decimal(tax))
    assert found.net == Decimal("1000.00") - Decimal(tax)


def test_payees_months_and_kinds_are_kept_apart() -> None:
    fees = [
        Fee("b", NOVEMBER, "labour", Decimal("900.00")),
        Fee("a", NOVEMBER, "labour", Decimal("900.00")),
        Fee("a", NOVEMBER, "author", Decimal("900.00")),
        Fee("a", Month(2018, 10), "labour", Decimal("900.00")),
    ]

    found = withhold(fees)

    assert [(one.payee, str(one.month), one.kind, one.tax) for one in found] == [
        ("a", "2018-10", "labour", Decimal("20.00")),
        ("a", "2018-11", "author", Decimal("14.00")),
        ("a", "2018-11", "labour", Decimal("20.00")),
        ("b", "2018-11", "labour", Decimal("20.00")),
    ]
    assert withhold(reversed(fees)) == found


def test_steps_show_the_way_to_the_tax() -> None:
    (found,) = withhold([Fee("a", NOVEMBER, "labour", Decimal("30000.00"))])

    assert found.steps == {
        "gross": "30000.00",
        "deduction": "6000.0000",
        "counted": "1",
        "taxable": "24000.0000",
        "rate": "0.30",
        "quick_deduction": "2000",
        "tax": "5200.00",
    }


@pytest.mark.parametrize(
    ("net", "gross"), [("0", "0.00"), ("800", "800.00"), ("2000", "2300.00"), ("10000", "11904.76")]
)
def test_a_promised_net_amount_is_grossed_up(net: str, gross: str) -> None:
    assert gross_up(Decimal(net), LABOUR) == Decimal(gross)


def test_an_authors_promised_net_amount_is_grossed_up() -> None:
    # x − (x − 800) × 14 % = 2000 → x = 1888 ÷ 0.86 = 2195.3488…; 2195.35 − 195.35 = 2000.00.
    assert gross_up(Decimal("2000"), AUTHOR) == Decimal("2195.35")


@given(st.integers(min_value=0, max_value=20_000_000), st.sampled_from([LABOUR, AUTHOR]))
def test_a_grossed_up_amount_leaves_exactly_the_net_amount(fen, rule) -> None:  # type: ignore[no-untyped-def]
    net = Decimal(fen).scaleb(-2)

    gross = gross_up(net, rule)

    assert gross - withheld_tax(gross, rule) == net


@pytest.mark.parametrize("amount", ["-0.01", "0.005"])
def test_an_amount_below_zero_or_finer_than_a_fen_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="whole 分"):
        withhold([Fee("a", NOVEMBER, "labour", Decimal(amount))])
    with pytest.raises(ValueError, match="whole 分"):
        gross_up(Decimal(amount), LABOUR)
