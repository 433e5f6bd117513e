"""What deserves a second look: each risk by itself, its edges, and the order they come in."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from kpi.calculations.risk import (
    Found,
    Limits,
    Picture,
    Risk,
    RowFacts,
    belongs,
    distance,
    flags,
    median,
    risks,
)

LIMITS = Limits(burst_rows=3, burst_minutes=1, usual_factor=5)
NOON = datetime(2024, 5, 15, 4, 0, tzinfo=UTC)
MINE = Picture(9, "a" * 64, "00000000000000ff")


def kinds(facts: RowFacts) -> list[Risk]:
    return [found.kind for found in risks(facts, LIMITS)]


def test_plain_row_has_no_risk_but_was_looked_at() -> None:
    assert risks(RowFacts(count=3), LIMITS) == ()
    assert flags(()) == 1


def test_same_link_names_the_row_that_logged_it_before() -> None:
    assert risks(RowFacts(count=1, earlier_link=4), LIMITS) == (Found(Risk.SAME_LINK, 4),)


def test_same_and_similar_pictures_are_told_apart() -> None:
    same = Picture(3, "a" * 64, "00000000000000ff")
    # 5 of 64 points differ: still alike; 6: another picture.
    alike, other = Picture(4, "b" * 64, "00000000000000e0"), Picture(5, "c" * 64, "00000000000000c0")
    assert distance(MINE.dhash, alike.dhash) == 5
    assert distance(MINE.dhash, other.dhash) == 6
    assert risks(RowFacts(count=1, picture=MINE, pictures=[same]), LIMITS) == (Found(Risk.SAME_IMAGE, 3),)
    assert risks(RowFacts(count=1, picture=MINE, pictures=[alike]), LIMITS) == (Found(Risk.NEAR_IMAGE, 4),)
    assert kinds(RowFacts(count=1, picture=MINE, pictures=[other])) == []
    assert kinds(RowFacts(count=1, pictures=[same])) == []


@pytest.mark.parametrize(
    ("host", "domains", "inside"),
    [
        ("tieba.example.cn", ["tieba.example.cn"], True),
        ("m.tieba.example.cn", ["tieba.example.cn"], True),
        ("eviltieba.example.cn", ["tieba.example.cn"], False),
        ("tieba.example.cn.evil.cn", ["tieba.example.cn"], False),
        ("blog.example.cn", ["tieba.example.cn", "blog.example.cn"], True),
    ],
)
def test_link_belongs_to_the_platform_by_whole_labels(host: str, domains: list[str], inside: bool) -> None:
    assert belongs(host, domains) is inside
    assert (kinds(RowFacts(count=1, host=host, domains=domains)) == []) is inside


def test_no_domain_known_or_no_link_is_no_risk() -> None:
    assert kinds(RowFacts(count=1, host="x.example.cn")) == []
    assert kinds(RowFacts(count=1, domains=["tieba.example.cn"])) == []


def test_burst_counts_rows_no_further_than_the_minutes() -> None:
    at = [NOON + timedelta(seconds=one) for one in (-60, 0, 60)]
    assert risks(RowFacts(count=1, created=NOON, made=at), LIMITS) == (Found(Risk.BURST, amount=3),)
    at[0] -= timedelta(seconds=1)
    assert kinds(RowFacts(count=1, created=NOON, made=at)) == []
    # Imported: nobody made it by hand.
    assert kinds(RowFacts(count=1, made=[NOON] * 9)) == []
    never = Limits(burst_rows=0, burst_minutes=1, usual_factor=5)
    assert risks(RowFacts(count=1, created=NOON, made=[NOON]), never) == ()


def test_large_count_is_more_than_so_many_usual_days() -> None:
    days = [2, 4, 6, 100, 3]
    assert median(days) == 4
    assert kinds(RowFacts(count=20, day_counts=days)) == []
    assert risks(RowFacts(count=21, day_counts=days), LIMITS) == (
        Found(Risk.LARGE_COUNT, amount=Fraction(4)),
    )
    assert median([1, 2]) == Fraction(3, 2)


def test_nobody_has_a_usual_day_after_four() -> None:
    assert kinds(RowFacts(count=1000, day_counts=[1, 1, 1, 1])) == []


def test_worst_comes_first_and_weighs_most() -> None:
    facts = RowFacts(
        count=100,
        host="x.cn",
        domains=["y.cn"],
        earlier_link=1,
        picture=MINE,
        pictures=[Picture(2, "a" * 64, MINE.dhash), Picture(3, "b" * 64, MINE.dhash)],
        created=NOON,
        made=[NOON] * 3,
        day_counts=[1] * 5,
    )
    found = risks(facts, LIMITS)
    assert [one.kind for one in found] == sorted((one.kind for one in found), reverse=True)
    assert flags(found) == 127
    assert flags(found[:1]) > flags(found[1:])
