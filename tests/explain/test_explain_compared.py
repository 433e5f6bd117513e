"""Two settlements side by side: reasons whose effects add up, and who moved most."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation

from core.models import User
from core.months import Month
from departments.models import Unit
from incentives.services.roll_up import month_roll_up
from opscenter.explain.compare import movers
from opscenter.explain.forms import compared
from opscenter.explain.reasons import (
    Bonus,
    CampaignFigures,
    Figures,
    Part,
    campaign_reasons,
    effects,
    person_reasons,
)
from tests.opscenter.alpha import MONTH

APRIL = Month(2024, 4)
PART = Part(
    campaign="c1",
    role="writer",
    role_name="Writer",
    pool=Decimal(100),
    nominal=Decimal(20),
    after_findings=Decimal(20),
    payout=Decimal(20),
    amount=Decimal(20),
    days=30,
    all_days=30,
)
BONUS = Bonus(
    amount=Decimal(2000),
    base=Decimal(2000),
    total=Decimal(85),
    grade="B",
    factor=Decimal(1),
    proration=Decimal(1),
    veto=False,
    scheme="Scheme",
    valid_from="2024-01-01",
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_effects_are_put_in_one_after_the_other() -> None:
    """20 → pools 150: 30 → findings 0.8: 24 → reach 0.9: 21.60 → half the days: 10.80."""
    later = replace(
        PART,
        pool=Decimal(150),
        nominal=Decimal(30),
        after_findings=Decimal(24),
        payout=Decimal("21.60"),
        amount=Decimal("10.80"),
        days=15,
        findings=("Late",),
    )
    assert person_reasons(Figures((PART,)), Figures((later,))) == [
        "Writer: more uplift, pools 100.00 → 150.00 (+10.00)",
        "Writer: findings leave 100.00% → 80.00% · new: Late (−6.00)",
        "Writer: reach leaves 100.00% → 90.00% (−2.40)",
        "Writer: days in post 30/30 → 15/30 (−10.80)",
    ]


def test_effects_add_up_to_the_change() -> None:
    found = effects([Fraction(100), Fraction(1, 5)], [Fraction(150), Fraction(1, 10)])
    assert found == [Decimal("10.00"), Decimal("-15.00")]
    assert sum(found) == 15 - 20


def test_a_factor_over_zero_has_no_effect_of_its_own() -> None:
    assert effects([Fraction(0), None], [Fraction(50), Fraction(1, 5)]) == [Decimal("10.00"), Decimal("0.00")]


def test_roles_that_come_and_go_are_said() -> None:
    assert person_reasons(Figures(), Figures((PART,))) == ["Writer: newly in this role (+20.00)"]
    assert person_reasons(Figures((PART,)), Figures()) == ["Writer: no part of a pool any more (−20.00)"]


def test_bonus_is_explained_by_grade_and_service() -> None:
    later = replace(
        BONUS,
        amount=Decimal(1200),
        total=Decimal(91),
        grade="A",
        factor=Decimal("1.2"),
        proration=Decimal("0.5"),
    )
    assert person_reasons(Figures(bonus=BONUS), Figures(bonus=later)) == [
        "Bonus: score 85.00 → 91.00, grade B → A, factor 1 → 1.2 (+400.00)",
        "Bonus: working days in service 1.0000 → 0.5000 (−1,200.00)",
    ]


def test_new_version_of_the_scheme_and_a_veto_are_said() -> None:
    later = replace(BONUS, amount=Decimal(0), veto=True, valid_from="2024-05-01")
    assert person_reasons(Figures(bonus=BONUS), Figures(bonus=later)) == [
        "Bonus: assessed by Scheme in its version of 2024-05-01",
        "Bonus: a veto takes the whole bonus (−2,000.00)",
    ]


def test_nothing_changed_has_no_reasons() -> None:
    assert person_reasons(Figures((PART,), BONUS), Figures((PART,), BONUS)) == []


def test_campaign_says_what_moved() -> None:
    before = CampaignFigures("c", "C", Decimal(100), 2, Decimal(20), Decimal("0.20"), Decimal(0))
    after = replace(before, uplift=Decimal(80), stores=1, shortfall=Decimal("0.1000"), findings=("Late",))
    assert campaign_reasons(before, after) == [
        "uplift down by 20.00",
        "comparable stores 2 → 1",
        "reach shortfall 0.0000 → 0.1000",
        "findings: new: Late",
    ]
    assert campaign_reasons(None, after) == ["only in the later one"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "", ("2024-04", "2024-05")),
        ("", "2024-05", ("2024-04", "2024-05")),
        ("2024-05", "2024-04", ("2024-05", "2024-04")),
        ("2024-05", "now", ("2024-05", None)),
        ("nonsense", "2031-01", ("2024-04", "2024-05")),
    ],
)
def test_choice_falls_back_to_the_last_months(first: str, second: str, expected: Any) -> None:
    found = compared([MONTH, APRIL], first, second)
    assert found is not None
    assert (str(found.before), str(found.after) if found.after else None) == expected


# --- on rows -------------------------------------------------------------------------------------------
def test_movers_are_the_largest_changes_first(root: Unit) -> None:
    month_roll_up(actor=None, root=root, month=APRIL)

    found = movers(root, APRIL, MONTH, 2)

    # Bonus 1732.00 + 25.89 + 5.51 + 17.40 + 4.94; bonus 1199.93 + 10.48 + 9.39; April is by hand below.
    assert [one.staff.staff_no for one in found] == ["al-1", "al-2"]
    assert [one.after for one in found] == [Decimal("1785.74"), Decimal("1219.80")]
    assert all(one.change == one.after - one.before and one.reasons for one in found)
    assert movers(root, MONTH, MONTH, 5) == []


def test_reasons_of_every_mover_add_up_to_the_change(root: Unit) -> None:
    month_roll_up(actor=None, root=root, month=APRIL)

    for one in movers(root, APRIL, MONTH, 10):
        told = sum(
            (
                Decimal(reason.rpartition("(")[2].rstrip(")").replace(",", "").replace("−", "-"))
                for reason in one.reasons
            ),
            Decimal(0),
        )
        assert told == one.change, one.reasons


def test_page_sets_two_months_side_by_side(users: dict[str, User], root: Unit, visit: Any) -> None:
    month_roll_up(actor=None, root=root, month=APRIL)

    status, page = visit("al-4", "/explain/compare/?unit=al-company&before=2024-04&after=2024-05")

    assert status == 200
    assert "3,016.73" in page
    assert "newly in this role" in page
