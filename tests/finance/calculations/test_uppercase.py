"""Amounts in capital numerals: every vector of domain.md §1.4, and what the rules say beyond them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.calculations.uppercase import rmb_uppercase

VECTORS = {
    "0.00": "人民币零元整",
    "0.05": "人民币伍分",
    "10.00": "人民币壹拾元整",
    "1005.00": "人民币壹仟零伍元整",
    "1409.50": "人民币壹仟肆佰零玖元伍角",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "1680.32": "人民币壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "人民币壹拾万柒仟元零伍角叁分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "20000000.03": "人民币贰仟万元零叁分",
    "100010000.00": "人民币壹亿零壹万元整",
}
FURTHER = {
    "0.50": "人民币伍角",
    "10.05": "人民币壹拾元零伍分",
    "9670.01": "人民币玖仟陆佰柒拾元零壹分",
    "110.00": "人民币壹佰壹拾元整",
    "10010.00": "人民币壹万零壹拾元整",
    # A missing block of 万 leaves a 零: without it this would read as a hundred and ten million.
    "100001000.00": "人民币壹亿零壹仟元整",
    "1000000000000.00": "人民币壹万亿元整",
    "9999999999999999.99": "人民币"
    + "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("amount", "text"), [*VECTORS.items(), *FURTHER.items()])
def test_an_amount_in_capital_numerals(amount: str, text: str) -> None:
    assert rmb_uppercase(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["-0.01", "-100", "0.001", "10000000000000000"])
def test_an_amount_below_zero_too_fine_or_too_large_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="capital numerals"):
        rmb_uppercase(Decimal(amount))


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        rmb_uppercase(1.5)  # type: ignore[arg-type]


DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"亿": 10**8, "万": 10**4, "仟": 1000, "佰": 100, "拾": 10}


def whole(text: str) -> int:
    """The number that numerals stand for: what is before the largest unit, times it, and what follows."""
    text = text.lstrip("零")
    for unit, value in UNITS.items():
        before, found, after = text.rpartition(unit) if unit == "亿" else text.partition(unit)
        if found:
            return whole(before) * value + whole(after)
    return DIGITS[text] if text else 0


def read_back(text: str) -> int:
    """The 分 that an amount in capital numerals stands for."""
    yuan, _, small = text.removeprefix("人民币").removesuffix("整").rpartition("元")
    jiao, _, fen = small.rpartition("角")
    return whole(yuan) * 100 + whole(jiao) * 10 + whole(fen.removesuffix("分"))


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_capital_numerals_read_back_as_the_amount(fen: int) -> None:
    text = rmb_uppercase(Decimal(fen).scaleb(-2))

    assert read_back(text) == fen
    assert "零零" not in text
