"""Quotas that two colleagues reach together."""

import pytest

from tests.kpi.calculations.builders import attain, figures, row, rule


@pytest.mark.clause("YJ-15")
def test_pair_reaches_the_amount_together():
    quota = rule(platforms=["blog"], activities=["exchange"], basis="pair", period="week", amount=30)
    mine = [row(6, 12, "blog", partner="S2", activity="exchange")]
    theirs = [
        row(7, 10, "blog", partner="S2", activity="exchange"),
        row(8, 10, "blog", partner="S2", activity="exchange"),
    ]

    result = attain(quota, mine, by_others=theirs)

    # One of five weeks: 32 counted, 30 credited of 150.
    assert figures(result) == ("150.0000", "30.0000", "32.0000", "0.2000")
    assert result.steps["pairs"] == [{"slot": "2018-W45", "partner": "S2", "own": 12, "partners": 20}]


@pytest.mark.clause("YJ-15")
def test_pair_takes_the_best_partner_of_each_week():
    quota = rule(platforms=["blog"], basis="pair", period="week", amount=30)
    mine = [
        row(6, 20, "blog", partner="S2"),
        row(6, 15, "blog", partner="S3"),
        row(13, 5, "blog", partner="S2"),
        row(14, 50, "blog"),  # names nobody
        row(14, 50, "blog", partner="S1"),  # names oneself
        row(20, 7, "blog", partner="S9"),
        row(20, 7, "blog", partner="S4"),
    ]
    theirs = [row(7, 9, "blog", partner="S3"), row(15, 8, "blog", partner="S4")]

    result = attain(quota, mine, by_others=theirs)

    # S3 24 (15 + 9), S4 8, S4 7 (the smaller number among equals).
    assert figures(result) == ("150.0000", "39.0000", "39.0000", "0.2600")
    assert [(pair["partner"], pair["own"], pair["partners"]) for pair in result.steps["pairs"]] == [
        ("S3", 15, 9),
        ("S4", 0, 8),
        ("S4", 7, 0),
    ]


def test_pair_with_month_surplus_is_capped_over_the_weeks():
    quota = rule(platforms=["blog"], basis="pair", period="week", amount=30, surplus="month")

    result = attain(quota, [row(6, 160, "blog", partner="S2")])

    assert figures(result) == ("150.0000", "150.0000", "160.0000", "1.0667")
