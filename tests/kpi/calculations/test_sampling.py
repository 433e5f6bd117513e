"""Samples: their size, drawing them again, and what they say, against the definition and by hand."""

import random
from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calculations.sampling import bound, conclusion, drawn, most_bad, sample_size, size_for

TENTH = Decimal("0.10")


@pytest.mark.parametrize(
    ("population", "size"), [(0, 0), (2, 2), (3, 3), (30, 3), (31, 4), (40, 4), (41, 5), (1000, 100)]
)
def test_size_is_the_share_rounded_up_but_never_too_few(population: int, size: int) -> None:
    assert sample_size(population, TENTH, 3) == size


def test_same_rows_and_seed_give_the_same_sample_in_any_order() -> None:
    keys = [f"id:{number}" for number in range(200)]
    shuffled = random.Random(1).sample(keys, len(keys))
    first = drawn(keys, 7, 20)
    assert first == drawn(shuffled, 7, 20)
    assert first != drawn(keys, 8, 20)
    assert drawn(keys, 7, 30)[:20] == first
    assert len(set(first)) == 20


def test_every_row_has_the_same_chance() -> None:
    keys = [str(number) for number in range(10)]
    hits = dict.fromkeys(keys, 0)
    for seed in range(4000):
        for key in drawn(keys, seed, 3):
            hits[key] += 1
    # 1200 expected; 6 standard deviations of a binomial with p = 0.3 are 174.
    assert all(abs(count - 1200) < 174 for count in hits.values())


def by_definition(population: int, size: int, bad: int) -> int:
    """The largest M with P(X ≤ bad) ≥ 1/20, tried one by one."""
    fitting = [
        among
        for among in range(bad, population - (size - bad) + 1)
        if 20 * sum(comb(among, hits) * comb(population - among, size - hits) for hits in range(bad + 1))
        >= comb(population, size)
    ]
    return max(fitting)


def test_bound_is_that_of_the_definition_for_every_small_sample() -> None:
    for population in range(1, 19):
        for size in range(population + 1):
            for bad in range(size + 1):
                assert most_bad(population, size, bad) == by_definition(population, size, bad)


@given(st.integers(1, 120), st.data())
def test_bound_is_that_of_the_definition(population: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, population))
    bad = data.draw(st.integers(0, size))
    assert most_bad(population, size, bad) == by_definition(population, size, bad)


def test_known_bounds() -> None:
    # 20 rows, 3 drawn, none bad. With M = 12 bad: 8·7·6 ÷ 20·19·18 = 336/6840 = 4.9 % — too unlikely;
    # with M = 11: 9·8·7 ÷ 6840 = 504/6840 = 7.4 %.
    assert most_bad(20, 3, 0) == 11
    assert bound(20, 3, 0) == Fraction(11, 20)
    # All looked at: exactly those that were found.
    assert most_bad(50, 50, 4) == 4
    assert bound(0, 0, 0) == 0
    # For very many rows the bound nears 1 − 0.05^(1/n): n = 29 gives 9.8 %.
    assert bound(20_000, 29, 0) < Fraction(1, 10) < bound(20_000, 28, 0)


def test_impossible_counts_are_refused() -> None:
    for counts in ((5, 6, 0), (5, 3, 4), (5, 3, -1)):
        with pytest.raises(ValueError, match="none below zero"):
            most_bad(*counts)


def test_needed_size_is_the_smallest_that_keeps_the_limit() -> None:
    for population in (1, 5, 29, 100, 3000):
        size = size_for(population, TENTH)
        assert bound(population, size, 0) <= Fraction(1, 10)
        assert size == 0 or bound(population, size - 1, 0) > Fraction(1, 10)


def test_conclusion_lets_the_rest_pass_only_without_a_rejected_row() -> None:
    assert conclusion(1000, 100, 0, TENTH).enough
    assert not conclusion(1000, 100, 1, TENTH).enough
    few = conclusion(20, 3, 0, TENTH)
    assert not few.enough
    # 20 rows allow 2 bad ones at 10 %: with 3 bad, C(17, n) ÷ C(20, n) < 1/20 first at n = 12 (56 ÷ 1140).
    assert few.needed == 12
