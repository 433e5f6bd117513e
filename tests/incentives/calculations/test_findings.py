"""What a finding takes, and on which pools it acts."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.months import Month
from incentives.calculations.findings import Finding, acting_as, effect, remaining


def finding(**more) -> Finding:  # type: ignore[no-untyped-def]
    settings = {
        "id": "F1",
        "rule": "R1",
        "role": "design",
        "scope": "month",
        "mode": "per_case",
        "date": date(2018, 11, 3),
        "value": Decimal("0.10"),
    }
    return Finding(**(settings | more))


@pytest.mark.parametrize(
    ("_case", "settings", "taken"),
    [
        pytest.param(
            "one complaint",
            {},
            Fraction(1, 10),
            marks=[pytest.mark.clause("HT-17"), pytest.mark.clause("HT-18")],
        ),
        pytest.param("three shops", {"occurrences": 3}, Fraction(3, 10), marks=pytest.mark.clause("HT-18")),
        pytest.param(
            "two slow replies",
            {"value": Decimal("0.20"), "occurrences": 2},
            Fraction(2, 5),
            marks=pytest.mark.clause("HT-20"),
        ),
        ("no case at all", {"occurrences": 0}, Fraction(0)),
        ("twelve cases are not capped one by one", {"occurrences": 12}, Fraction(6, 5)),
        pytest.param(
            "files incomplete by a quarter",
            {"mode": "percent", "percent": Decimal("0.25"), "value": None},
            Fraction(1, 4),
            marks=pytest.mark.clause("HT-19"),
        ),
        pytest.param(
            "one of the editor's three items",
            {"mode": "share", "value": Decimal(3)},
            Fraction(1, 3),
            marks=[pytest.mark.clause("HT-11"), pytest.mark.clause("HT-12")],
        ),
        pytest.param(
            "no artwork, one of two items",
            {"mode": "share", "value": Decimal(2)},
            Fraction(1, 2),
            marks=pytest.mark.clause("HT-14"),
        ),
        ("two of three items", {"mode": "share", "value": Decimal(3), "occurrences": 2}, Fraction(2, 3)),
        pytest.param(
            "no summary", {"mode": "all", "value": None}, Fraction(1), marks=pytest.mark.clause("HT-20")
        ),
    ],
)
def test_the_effect_of_one_finding(_case: str, settings: dict, taken: Fraction) -> None:  # type: ignore[type-arg]
    assert effect(finding(**settings)) == taken


@pytest.mark.parametrize(
    ("_case", "settings", "message"),
    [
        ("per_case without value", {"value": None}, "needs the value"),
        ("share without value", {"mode": "share", "value": None}, "needs the value"),
        ("share of no items", {"mode": "share", "value": Decimal(0)}, "not zero"),
        ("percent without percent", {"mode": "percent"}, "needs a percent"),
        ("value below zero", {"value": Decimal("-0.10")}, "below zero"),
        ("occurrences below zero", {"occurrences": -1}, "below zero"),
    ],
)
def test_a_finding_without_its_number_is_an_error(_case: str, settings: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        effect(finding(**settings))


def test_three_thirds_are_the_whole() -> None:
    third = finding(mode="share", value=Decimal(3))

    assert remaining([third, third]) == Fraction(1, 3)
    assert remaining([third, third, third]) == 0


@pytest.mark.clause("HT-13")
def test_five_missing_templates_leave_nothing_and_six_not_less() -> None:
    missing = finding(scope="year", value=Decimal("0.20"))

    assert remaining([missing] * 2) == Fraction(3, 5)
    assert remaining([missing] * 5) == 0
    assert remaining([missing] * 6) == 0
    assert remaining([]) == 1


@pytest.mark.parametrize(
    ("_case", "settings", "campaign", "month", "how"),
    [
        ("month: its month", {}, "A", Month(2018, 11), "current"),
        ("month: every pool of it", {"campaign": "B"}, "A", Month(2018, 11), "current"),
        ("month: another month", {}, "A", Month(2018, 12), None),
        ("campaign: its campaign", {"scope": "campaign", "campaign": "A"}, "A", Month(2018, 11), "current"),
        (
            "campaign: whatever its date",
            {"scope": "campaign", "campaign": "A"},
            "A",
            Month(2019, 2),
            "current",
        ),
        ("campaign: another campaign", {"scope": "campaign", "campaign": "B"}, "A", Month(2018, 11), None),
        ("year: not the same year", {"scope": "year"}, "A", Month(2018, 12), None),
        pytest.param(
            "year: January of the next",
            {"scope": "year"},
            "A",
            Month(2019, 1),
            "yearly",
            marks=[pytest.mark.clause("HT-13"), pytest.mark.clause("HT-15")],
        ),
        ("year: December of the next", {"scope": "year"}, "A", Month(2019, 12), "yearly"),
        ("year: not the one after", {"scope": "year"}, "A", Month(2020, 1), None),
    ],
)
def test_on_which_pools_a_finding_acts(  # type: ignore[no-untyped-def]
    _case, settings, campaign, month, how
) -> None:
    assert acting_as(finding(**settings), campaign=campaign, month=month) == how


def test_a_campaign_finding_without_campaign_is_an_error() -> None:
    with pytest.raises(ValueError, match="must name its campaign"):
        acting_as(finding(scope="campaign"), campaign="A", month=Month(2018, 11))
