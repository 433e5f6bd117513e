"""Reach targets by year, shortfalls, and how the kinds are combined."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.calculations.reach import ArticleReach, reach, reach_target, shortfall

GROWTH = Decimal("0.20")
TARGETS = {"activity": 3000, "welfare": 1000}


def article(code: str, kind: str, readers: int | None) -> ArticleReach:
    return ArticleReach(code, kind, readers)  # type: ignore[arg-type]


@pytest.mark.clause("HT-21")
@pytest.mark.parametrize(
    ("year", "activity", "welfare"),
    [
        (2018, 3000, 1000),
        (2019, 3600, 1200),
        (2020, 4320, 1440),
        (2021, 5184, 1728),
        (2022, 6221, 2074),
        (2023, 7465, 2488),
    ],
)
def test_targets_rise_by_a_fifth_a_year(year: int, activity: int, welfare: int) -> None:
    assert reach_target(3000, GROWTH, year, 2018) == activity
    assert reach_target(1000, GROWTH, year, 2018) == welfare


def test_half_a_reader_is_rounded_up() -> None:
    assert reach_target(5, Decimal("0.10"), 2019, 2018) == 6
    assert reach_target(3000, GROWTH, 2017, 2018) == 2500


@pytest.mark.clause("HT-21")
@pytest.mark.parametrize(
    ("readers", "target", "short"),
    [
        (2628, 3000, "0.1240"),
        (910, 1000, "0.0900"),
        (1296, 1440, "0.1000"),
        (3000, 3000, "0.0000"),
        (3120, 3000, "0.0000"),
        (0, 3000, "1.0000"),
        (1, 3, "0.6667"),
    ],
)
def test_the_shortfall_of_an_article(readers: int, target: int, short: str) -> None:
    assert shortfall(readers, target) == Decimal(short)


def test_the_shortfall_of_no_target_is_undefined() -> None:
    assert shortfall(10, 0) is None


@pytest.mark.clause("HT-21")
@pytest.mark.parametrize(("combine", "total"), [("max", "0.1240"), ("sum", "0.2140")])
def test_kinds_are_combined_by_the_larger_or_the_sum(combine: str, total: str) -> None:
    articles = [article("a", "activity", 2628), article("w", "welfare", 910)]

    assert reach(articles, TARGETS, combine).shortfall == Decimal(total)  # type: ignore[arg-type]


def test_several_articles_of_a_kind_are_averaged_and_a_surplus_does_not_offset() -> None:
    # 0, 0.1240 and 0.0003 (0.00033… shown): 0.1243 ÷ 3 = 0.04143…
    articles = [
        article("a", "activity", 9000),
        article("b", "activity", 2628),
        article("c", "activity", 2999),
    ]

    assert reach(articles, TARGETS).shortfall == Decimal("0.0414")


def test_the_sum_of_the_kinds_is_capped() -> None:
    articles = [article("a", "activity", 600), article("w", "welfare", 100)]

    assert reach(articles, TARGETS, "sum").shortfall == Decimal("1.0000")


def test_a_kind_without_articles_is_left_out() -> None:
    assert reach([article("a", "activity", 2628)], TARGETS, "sum").shortfall == Decimal("0.1240")


@pytest.mark.parametrize(
    ("_case", "articles", "missing"),
    [
        ("nothing at all", [], ("activity_article",)),
        ("welfare only", [article("w", "welfare", 2000)], ("activity_article",)),
        ("without readers", [article("a", "activity", None)], ("readers",)),
        (
            "both",
            [article("w", "welfare", None), article("x", "welfare", 5)],
            ("activity_article", "readers"),
        ),
    ],
)
def test_missing_articles_or_readers_are_never_zero(_case: str, articles: list, missing: tuple) -> None:  # type: ignore[type-arg]
    found = reach(articles, TARGETS)

    assert (found.shortfall, found.missing) == (None, missing)


def test_steps_show_every_article() -> None:
    found = reach([article("w", "welfare", 910), article("a", "activity", 2628)], TARGETS)

    assert found.steps == {
        "articles": [
            {"article": "a", "kind": "activity", "readers": "2628", "target": "3000", "shortfall": "0.1240"},
            {"article": "w", "kind": "welfare", "readers": "910", "target": "1000", "shortfall": "0.0900"},
        ],
        "means": {"activity": "0.1240", "welfare": "0.0900"},
        "combine": "max",
        "shortfall": "0.1240",
    }


@given(
    st.lists(
        st.builds(article, st.text("abc", min_size=1), st.just("activity"), st.integers(0, 10_000)),
        min_size=1,
    ),
    st.lists(st.builds(article, st.text("abc", min_size=1), st.just("welfare"), st.integers(0, 10_000))),
    st.sampled_from(["max", "sum"]),
    st.randoms(use_true_random=False),
)
def test_the_shortfall_is_a_share_and_the_order_says_nothing(activity, welfare, combine, random) -> None:  # type: ignore[no-untyped-def]
    articles = activity + welfare
    total = reach(articles, TARGETS, combine).shortfall
    random.shuffle(articles)

    assert 0 <= total <= 1
    assert reach(articles, TARGETS, combine).shortfall == total
