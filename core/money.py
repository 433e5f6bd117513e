"""Exact numbers: rounding, ratios and the split of an amount to the 分.

Everything here is exact: integers, ``Fraction`` or ``Decimal`` in, ``Decimal`` out.  A float never enters.
Rule: calculation.md, "General" and §4 (``split``).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache
from typing import Literal

Exact = int | Decimal | Fraction
Residual = Literal["largest_remainder", "reserve_absorbs"]

ZERO = Decimal("0.00")

# Room for every digit: shifting the point and rounding at it never meet the limit of the default context.
WIDE = Context(prec=100_000, rounding=ROUND_HALF_UP)


def fraction(value: Exact | str) -> Fraction:
    """The exact value as a ``Fraction``.  A float raises ``TypeError``."""
    if isinstance(value, float):
        raise TypeError("float is not exact; use Decimal, int or Fraction")
    return Fraction(value)


def round_half_up(value: Exact, places: int) -> Decimal:
    """``value`` with ``places`` decimals; a half is rounded away from zero; zero is never negative."""
    if type(value) is Decimal and value.is_finite():
        shown = value.quantize(_last_place(places), context=WIDE)
        return shown if shown else abs(shown)
    exact = fraction(value)
    top, bottom = exact.numerator * 10**places, exact.denominator
    magnitude = (abs(top) * 2 + bottom) // (bottom * 2)
    return scaled(-magnitude if top < 0 else magnitude, places)


def scaled(units: int, places: int) -> Decimal:
    """The decimal that stands for ``units`` × 10^-places, e.g. ``scaled(1234, 2)`` = 12.34."""
    return Decimal(units).scaleb(-places, WIDE)


@cache
def _last_place(places: int) -> Decimal:
    return scaled(1, places)


def smallest_units(value: Exact | str, places: int) -> int | None:
    """How many 10^-places ``value`` is; ``None`` when it is no whole number of them."""
    if type(value) is Decimal and value.is_finite():
        shifted = value.scaleb(places, WIDE)
        units = int(shifted)
        return units if units == shifted else None
    exact = fraction(value) * 10**places
    return exact.numerator if exact.denominator == 1 else None


def round_money(value: Exact) -> Decimal:
    """An amount in yuan, rounded half-up to 分."""
    return round_half_up(value, 2)


def round_rate(value: Exact) -> Decimal:
    """A rate, share or factor, rounded half-up to 4 decimals."""
    return round_half_up(value, 4)


def ratio(numerator: Exact, denominator: Exact) -> Fraction | None:
    """``numerator ÷ denominator``, exact; ``None`` (undefined, shown —) over zero."""
    bottom = fraction(denominator)
    return fraction(numerator) / bottom if bottom else None


def split(
    total: Decimal, weights: Sequence[Exact], *, residual: Residual = "largest_remainder"
) -> list[Decimal]:
    """Split ``total`` (yuan, whole 分, ≥ 0) in proportion to ``weights``; the parts sum to ``total`` exactly.

    Floor every share to 分, then hand the spare 分 out one by one to the largest remainders, ties by the
    larger weight, then by position.  With ``reserve_absorbs`` the last weight takes the whole rest.
    Raises ``ValueError`` when nobody can take the total: no weights, a negative one, or all zero.
    Rule: HT-08, calculation.md §4.
    """
    fen = fraction(total) * 100
    if fen.denominator != 1 or fen < 0:
        raise ValueError("the total must be a whole number of 分, not below zero")
    shares = [fraction(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if whole <= 0 or min(shares) < 0:
        raise ValueError("weights must not be negative and must not all be zero")
    exact = [fen * share / whole for share in shares]
    parts = [share.numerator // share.denominator for share in exact]
    spare = int(fen) - sum(parts)
    if residual == "reserve_absorbs":
        parts[-1] += spare
    else:
        order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], -shares[i], i))
        for i in order[:spare]:
            parts[i] += 1
    return [scaled(part, 2) for part in parts]
