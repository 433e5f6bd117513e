"""A random sample that can be drawn again, and what it says about the rows that nobody looked at.

Everything is counted in whole numbers: a row is drawn without putting it back, so the number of bad rows in a
sample is hypergeometric.  Rule: domain.md §4.5.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import fraction

#: the statement about all rows may be wrong in at most one of so many samples (95 %)
ONE_IN = 20


def sample_size(population: int, rate: Decimal, least: int) -> int:
    """``rate`` of the rows, rounded up, at least ``least``, at most all.  Rule: domain.md §4.5."""
    share = fraction(rate) * population
    return min(population, max(least, -(-share.numerator // share.denominator)))


def drawn(keys: Iterable[str], seed: int, size: int) -> list[str]:
    """``size`` of the keys, by chance but the same for the same keys and seed, whatever their order.

    Keys are ranked by their digest with the seed, so that a larger sample contains the smaller one.
    """
    return sorted(keys, key=lambda key: _rank(key, seed))[:size]


def _rank(key: str, seed: int) -> tuple[bytes, str]:
    return hashlib.sha256(f"{seed}:{key}".encode()).digest(), key


def most_bad(population: int, size: int, bad: int) -> int:
    """The largest number of bad rows among all that still gives so few in the sample once in 20 times.

    The one-sided upper bound at 95 %: the largest M with P(X ≤ ``bad``) ≥ 1/20, where X counts the bad rows
    among ``size`` drawn from ``population`` with M bad ones.  Raises ``ValueError`` for impossible counts.
    """
    if not 0 <= bad <= size <= population:
        raise ValueError("bad ≤ sample ≤ population, none below zero")
    low, high = bad, population - (size - bad)
    while low < high:
        middle = (low + high + 1) // 2
        if _plausible(population, size, bad, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _plausible(population: int, size: int, bad: int, among: int) -> bool:
    """Whether P(X ≤ ``bad``) ≥ 1/20 with ``among`` bad rows.

    Weights are the terms of the distribution with a common factor; each follows from the one before.
    """
    good = population - among
    first = max(0, size - good)
    if first > bad:
        return False
    weight = few = Fraction(1)
    whole = weight
    for hits in range(first, min(size, among)):
        weight *= Fraction((among - hits) * (size - hits), (hits + 1) * (good - size + hits + 1))
        whole += weight
        if hits + 1 <= bad:
            few += weight
        elif few * ONE_IN < whole:
            return False
    return few * ONE_IN >= whole


def bound(population: int, size: int, bad: int) -> Fraction:
    """The upper bound on the share of bad rows among all, exact; 0 where there are none."""
    return Fraction(most_bad(population, size, bad), population) if population else Fraction(0)


def size_for(population: int, share: Decimal) -> int:
    """The smallest sample that, without a bad row in it, keeps the upper bound within ``share``."""
    limit, low, high = fraction(share), 0, population
    while low < high:
        middle = (low + high) // 2
        if bound(population, middle, 0) <= limit:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a checked sample says.  ``enough``: the rest may be accepted; ``needed``: how large a sample
    without a rejected row would have to be.
    """

    population: int
    size: int
    rejected: int
    share: Fraction
    enough: bool
    needed: int


def conclusion(population: int, size: int, rejected: int, limit: Decimal) -> Conclusion:
    """The rest may be accepted when no row of the sample was rejected and the bound is at most ``limit``."""
    share = bound(population, size, rejected)
    enough = rejected == 0 and share <= fraction(limit)
    return Conclusion(population, size, rejected, share, enough, size_for(population, limit))
