"""Income tax withheld from residents outside the staff: labour and author's remuneration.

The figures are those of the state's rule on withholding (announcement No. 61 of 2018), as rows that another
rule can replace.  Tax is rounded half-up to 分 once, at the end.  Rule: HT-06, domain.md §2.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from core.money import ZERO, Exact, fraction, round_half_up, round_money, scaled
from core.months import Month

IncomeKind = Literal["labour", "author"]
#: The class of income of outsiders' fees: the careful one of the two that are possible.
OUTSIDERS_INCOME: IncomeKind = "labour"
Steps = dict[str, object]


@dataclass(frozen=True)
class Bracket:
    """Up to ``limit`` of taxable income (``None``: no limit): ``rate`` less the quick deduction."""

    limit: Decimal | None
    rate: Decimal
    quick_deduction: Decimal


@dataclass(frozen=True)
class IncomeRule:
    """How one kind of income is taxed: a deduction for expenses, the part that counts, the brackets.

    The deduction is ``fixed_deduction`` up to ``fixed_up_to`` of gross income, above that a share of it.
    """

    fixed_up_to: Decimal
    fixed_deduction: Decimal
    share_deduction: Decimal
    counted: Decimal
    brackets: tuple[Bracket, ...]


_DEDUCTION = (Decimal(4000), Decimal(800), Decimal("0.20"))
LABOUR = IncomeRule(
    *_DEDUCTION,
    counted=Decimal(1),
    brackets=(
        Bracket(Decimal(20000), Decimal("0.20"), Decimal(0)),
        Bracket(Decimal(50000), Decimal("0.30"), Decimal(2000)),
        Bracket(None, Decimal("0.40"), Decimal(7000)),
    ),
)
AUTHOR = IncomeRule(
    *_DEDUCTION, counted=Decimal("0.70"), brackets=(Bracket(None, Decimal("0.20"), Decimal(0)),)
)
RULES: dict[IncomeKind, IncomeRule] = {"labour": LABOUR, "author": AUTHOR}


@dataclass(frozen=True)
class Fee:
    """One payment to an outsider, before tax."""

    payee: str
    month: Month
    kind: IncomeKind
    gross: Decimal


@dataclass(frozen=True)
class Withholding:
    """The tax on what one payee received of one kind in one month: ``net = gross − tax``."""

    payee: str
    month: Month
    kind: IncomeKind
    gross: Decimal
    tax: Decimal
    net: Decimal
    steps: Steps


def withheld_tax(gross: Decimal, rule: IncomeRule) -> Decimal:
    """The tax to withhold from ``gross`` yuan, rounded to 分.  Raises ``ValueError`` below zero."""
    taxable = _taxable(gross, rule)
    bracket = _bracket(taxable, rule)
    return round_money(taxable * fraction(bracket.rate) - fraction(bracket.quick_deduction))


def gross_up(net: Decimal, rule: IncomeRule) -> Decimal:
    """The smallest gross amount that leaves ``net`` after tax, to the 分.

    One 分 more of gross leaves the same or one 分 more of net, so that every net amount is reached and
    halving finds the first.  Raises ``ValueError`` below zero or with less than 分.
    """
    wanted = _fen(net)
    low, high = 0, max(1, wanted)
    while _net_fen(high, rule) < wanted:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if _net_fen(middle, rule) < wanted:
            low = middle + 1
        else:
            high = middle
    return scaled(low, 2)


def withhold(fees: Iterable[Fee]) -> list[Withholding]:
    """The withholdings, fees being summed per payee, month and kind before the tax; sorted so."""
    sums: dict[tuple[str, Month, IncomeKind], Decimal] = {}
    for fee in fees:
        _fen(fee.gross)
        key = (fee.payee, fee.month, fee.kind)
        sums[key] = sums.get(key, ZERO) + fee.gross
    return [_withholding(*key, gross=round_money(sums[key])) for key in sorted(sums)]


def _withholding(payee: str, month: Month, kind: IncomeKind, *, gross: Decimal) -> Withholding:
    rule = RULES[kind]
    tax = withheld_tax(gross, rule)
    taxable = _taxable(gross, rule)
    bracket = _bracket(taxable, rule)
    steps: Steps = {
        "gross": str(gross),
        "deduction": str(round_half_up(_deduction(gross, rule), 4)),
        "counted": str(rule.counted),
        "taxable": str(round_half_up(taxable, 4)),
        "rate": str(bracket.rate),
        "quick_deduction": str(bracket.quick_deduction),
        "tax": str(tax),
    }
    return Withholding(payee, month, kind, gross, tax, gross - tax, steps)


def _deduction(gross: Exact, rule: IncomeRule) -> Fraction:
    exact = fraction(gross)
    if exact <= fraction(rule.fixed_up_to):
        return fraction(rule.fixed_deduction)
    return exact * fraction(rule.share_deduction)


def _taxable(gross: Decimal, rule: IncomeRule) -> Fraction:
    """Gross less the deduction, of that the part that counts (70 % of an author's, after the deduction)."""
    if fraction(gross) < 0:
        raise ValueError("income must not be below zero")
    return max(Fraction(0), fraction(gross) - _deduction(gross, rule)) * fraction(rule.counted)


def _bracket(taxable: Fraction, rule: IncomeRule) -> Bracket:
    return next(one for one in rule.brackets if one.limit is None or taxable <= fraction(one.limit))


def _fen(amount: Decimal) -> int:
    fen = fraction(amount) * 100
    if fen < 0 or fen.denominator != 1:
        raise ValueError(f"{amount} is no amount in whole 分")
    return int(fen)


def _net_fen(gross_fen: int, rule: IncomeRule) -> int:
    return gross_fen - int(withheld_tax(scaled(gross_fen, 2), rule) * 100)
