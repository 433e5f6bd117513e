"""The pool: the three worked examples to the 分, and the steps one by one."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.money import round_money
from core.months import Month
from finance.calculations.funds import Credit
from incentives.calculations.findings import Finding
from incentives.calculations.pool import (
    Pool,
    PoolImbalance,
    Post,
    Role,
    Scheme,
    _check,
    days_in_post,
    fund_credits,
    pool,
)

SHARES = {
    "planner": "0.15",
    "supervisor": "0.15",
    "editor": "0.10",
    "designer": "0.10",
    "it": "0.10",
    "operations": "0.10",
    "service": "0.10",
}
ROLES = tuple(Role(code, Decimal(share), order) for order, (code, share) in enumerate(SHARES.items()))
SCHEME = Scheme(rate=Decimal("0.20"), roles=ROLES, reserve_share=Decimal("0.20"))
NOVEMBER = Month(2018, 11)
EVERYBODY = [Post(code, f"P-{code}", date(2018, 1, 1)) for code in SHARES]


def yuan(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def found_fault(role: str, id: str, value: str = "0.10", **more) -> Finding:  # type: ignore[no-untyped-def]
    settings = {"rule": id, "scope": "month", "mode": "per_case", "date": date(2018, 11, 9)}
    return Finding(id=id, role=role, value=Decimal(value), **(settings | more))


def settle(uplift: str, **more) -> Pool:  # type: ignore[no-untyped-def]
    settings = {"campaign": "A", "month": NOVEMBER, "scheme": SCHEME, "posts": EVERYBODY}
    return pool(uplift=Decimal(uplift), **(settings | more))


def columns(found: Pool) -> list[tuple[str, ...]]:
    """nominal, k, after findings, withheld by findings, withheld by reach, payout of each role."""
    return [
        (
            str(line.nominal),
            str(line.factor),
            str(line.after_findings),
            str(line.nominal - line.after_findings),
            str(line.after_findings - line.payout),
            str(line.payout),
        )
        for line in found.roles
    ]


# --- the worked examples of domain.md §8.6 – 8.8 ------------------------------------------------------


@pytest.mark.clause("HT-07")
@pytest.mark.clause("HT-08")
def test_the_first_worked_example() -> None:
    found = settle("3666.16")

    assert found.amount == Decimal("733.23")
    assert [line.payout for line in found.roles] == yuan(
        "109.99", "109.99", "73.32", "73.32", "73.32", "73.32", "73.32"
    )
    assert (found.reserve, found.held, found.paid) == (
        Decimal("146.65"),
        Decimal("0.00"),
        Decimal("586.58"),
    )
    # Rounding every share half-up by itself would lose two 分.
    half_up = sum(round_money(found.amount * role.share) for role in ROLES)
    assert half_up + round_money(found.amount * SCHEME.reserve_share) == Decimal("733.21")


@pytest.mark.clause("HT-08")
@pytest.mark.clause("HT-13")
@pytest.mark.clause("HT-17")
@pytest.mark.clause("HT-18")
@pytest.mark.clause("HT-20")
@pytest.mark.clause("HT-21")
def test_the_second_worked_example() -> None:
    findings = [
        found_fault("designer", "template-1", "0.20", scope="year", date=date(2017, 12, 31)),
        found_fault("designer", "template-2", "0.20", scope="year", date=date(2017, 12, 31)),
        found_fault("it", "complaints", occurrences=2),
        found_fault("operations", "shop", scope="campaign", campaign="A"),
        found_fault("editor", "half", "1", mode="percent", percent=Decimal("0.50")),
        found_fault("service", "slow-reply", "0.20"),
    ]

    found = settle("10309.12", findings=findings, shortfall=Decimal("0.1240"))

    assert found.amount == Decimal("2061.82")
    assert columns(found) == [
        ("309.28", "1.0000", "309.28", "0.00", "38.35", "270.93"),
        ("309.27", "1.0000", "309.27", "0.00", "38.35", "270.92"),
        ("206.18", "0.5000", "103.09", "103.09", "12.78", "90.31"),
        ("206.18", "0.6000", "123.71", "82.47", "15.34", "108.37"),
        ("206.18", "0.8000", "164.94", "41.24", "20.45", "144.49"),
        ("206.18", "0.9000", "185.56", "20.62", "23.01", "162.55"),
        ("206.18", "0.8000", "164.94", "41.24", "20.45", "144.49"),
    ]
    assert (found.paid, found.held, found.reserve) == (
        Decimal("1192.06"),
        Decimal("457.39"),
        Decimal("412.37"),
    )
    assert found.roles[3].annual_factor == Fraction(3, 5)
    assert found.roles[3].month_factor == 1


@pytest.mark.clause("HT-04")
def test_one_person_in_two_roles_has_two_lines() -> None:
    posts = [post for post in EVERYBODY if post.role not in ("planner", "operations")]
    both = [Post(role, "LIU", date(2018, 1, 1)) for role in ("planner", "operations")]
    findings = [found_fault("operations", "shop")]

    found = settle("10309.12", posts=[*posts, *both], findings=findings, shortfall=Decimal("0.1240"))

    held = [one.amount for line in found.roles for one in line.holders if one.staff_no == "LIU"]
    assert held == yuan("270.93", "162.55")
    assert sum(held) == Decimal("433.48")


@pytest.mark.clause("HT-02")
@pytest.mark.clause("HT-07")
@pytest.mark.clause("HT-08")
@pytest.mark.clause("HT-20")
@pytest.mark.clause("HT-21")
def test_the_third_worked_example() -> None:
    month = Month(2020, 11)
    posts = [post for post in EVERYBODY if post.role not in ("designer", "editor")]
    posts += [
        Post("editor", "ZHU", date(2018, 1, 1), date(2020, 11, 12)),
        Post("editor", "WU", date(2020, 11, 13)),
    ]
    findings = [found_fault("service", "replies", "0.20", occurrences=6, date=date(2020, 11, 2))]

    found = settle("48350.07", month=month, posts=posts, findings=findings, shortfall=Decimal("0.1000"))

    assert found.amount == Decimal("9670.01")
    assert [line.nominal for line in found.roles] == yuan(
        "1450.50", "1450.50", "967.00", "967.00", "967.00", "967.00", "967.00"
    )
    assert [line.payout for line in found.roles] == yuan(
        "1305.45", "1305.45", "870.30", "0.00", "870.30", "870.30", "0.00"
    )
    assert (found.paid, found.held, found.reserve) == (
        Decimal("5221.80"),
        Decimal("2514.20"),
        Decimal("1934.01"),
    )
    editor, designer = found.roles[2:4]
    assert [(one.staff_no, one.days, one.amount) for one in editor.holders] == [
        ("ZHU", 12, Decimal("348.12")),
        ("WU", 18, Decimal("522.18")),
    ]
    assert (designer.vacant, designer.factor, designer.holders) == (True, Decimal("0.0000"), ())
    # The second campaign of the month lost: its pool is empty and takes nothing from the first.
    assert settle("-3200.00", month=month, posts=posts).amount == Decimal("0.00")


@pytest.mark.clause("HT-07")
def test_the_pool_of_the_member_day_by_the_first_reading() -> None:
    assert settle("4253.17").amount == Decimal("850.63")
    assert settle("5270.00").amount == Decimal("1054.00")
    assert settle("4966.67").amount == Decimal("993.33")


# --- steps one by one ---------------------------------------------------------------------------------


@pytest.mark.clause("HT-07")
def test_a_loss_gives_an_empty_pool() -> None:
    found = settle("-0.01")

    assert (found.amount, found.paid, found.held, found.reserve) == tuple(
        yuan("0.00", "0.00", "0.00", "0.00")
    )
    assert found.uplift == Decimal("-0.01")


@pytest.mark.clause("HT-08")
@pytest.mark.parametrize("reserve", ["0.19", "0.2001", "0.30"])
def test_shares_that_do_not_sum_to_one_are_refused(reserve: str) -> None:
    with pytest.raises(ValueError, match="not to 1"):
        Scheme(rate=Decimal("0.20"), roles=ROLES, reserve_share=Decimal(reserve))


def test_a_role_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        replace(SCHEME, roles=(*ROLES, Role("it", Decimal(0))))


@pytest.mark.clause("HT-08")
def test_the_reserve_may_absorb_the_rest() -> None:
    # domain.md §8.2: 2061.82 × 0.15 = 309.273 → 309.27; × 0.10 = 206.182 → 206.18; the reserve takes 412.38.
    found = settle("10309.12", scheme=replace(SCHEME, residual="reserve_absorbs"))

    assert [line.nominal for line in found.roles] == yuan(
        "309.27", "309.27", "206.18", "206.18", "206.18", "206.18", "206.18"
    )
    assert found.reserve == Decimal("412.38")


def test_roles_follow_their_order_and_those_without_it_as_listed() -> None:
    third = Decimal("0.25")
    roles = (Role("x", third), Role("b", third, 2), Role("a", third, 1), Role("y", third))
    scheme = Scheme(Decimal("0.20"), roles, Decimal(0))

    # 0.02 in four equal parts of half a 分: the first two in order get one 分 each.
    found = settle("0.10", scheme=scheme, posts=[Post(role.code, "P", date(2018, 1, 1)) for role in roles])

    assert [(line.role, line.nominal) for line in found.roles] == list(
        zip("abxy", yuan("0.01", "0.01", "0.00", "0.00"), strict=True)
    )


def test_the_factor_is_the_product_of_the_exact_sums() -> None:
    # A = 1/2, M = 2/3: 1/3 → 0.3333.  Had M been rounded before, 0.5 × 0.6667 = 0.33335 → 0.3334.
    yearly = found_fault("editor", "y", "2", mode="share", scope="year", date=date(2017, 6, 1))
    monthly = found_fault("editor", "m", "3", mode="share")

    line = settle("10000.00", findings=[yearly, monthly]).roles[2]

    assert (line.annual_factor, line.month_factor) == (Fraction(1, 2), Fraction(2, 3))
    assert line.factor == Decimal("0.3333")
    # 200.00 × 0.3333: the factor that is shown is the one that is used.
    assert line.after_findings == Decimal("66.66")


def test_three_thirds_take_everything() -> None:
    findings = [found_fault("editor", f"item-{k}", "3", mode="share") for k in range(3)]

    assert settle("10000.00", findings=findings).roles[2].payout == Decimal("0.00")


@pytest.mark.clause("HT-15")
def test_findings_of_other_months_campaigns_and_roles_do_not_act() -> None:
    findings = [
        found_fault("it", "october", date=date(2018, 10, 31)),
        found_fault("it", "this-year", "0.20", scope="year"),
        found_fault("it", "other-campaign", scope="campaign", campaign="B"),
        found_fault("designer", "elsewhere"),
    ]

    line = settle("10000.00", findings=findings).roles[4]

    assert (line.factor, line.findings) == (Decimal("1.0000"), ())


@pytest.mark.clause("HT-21")
def test_the_reserve_is_never_shortened_by_reach() -> None:
    found = settle("10000.00", shortfall=Decimal("1.0000"))

    assert (found.paid, found.held, found.reserve) == tuple(yuan("0.00", "1600.00", "400.00"))


@pytest.mark.parametrize("shortfall", ["-0.0001", "1.0001", "0.12345"])
def test_a_shortfall_outside_its_range_is_refused(shortfall: str) -> None:
    with pytest.raises(ValueError, match="shortfall"):
        settle("100.00", shortfall=Decimal(shortfall))


def test_a_pool_that_does_not_add_up_is_refused() -> None:
    found = settle("10000.00")

    with pytest.raises(PoolImbalance, match="do not add up"):
        _check(replace(found, reserve=found.reserve + Decimal("0.01")))
    first, *others = found.roles
    above = replace(first, payout=first.nominal + Decimal("0.01"), holders=())
    with pytest.raises(PoolImbalance, match="not within the nominal"):
        _check(replace(found, roles=(above, *others), held=found.held - Decimal("0.01")))
    lost = replace(first, holders=(replace(first.holders[0], amount=Decimal("299.99")),))
    with pytest.raises(PoolImbalance, match="are not the payout"):
        _check(replace(found, roles=(lost, *others)))


# --- holders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("_case", "posts", "days"),
    [
        ("all month", [("A", (2018, 1, 1), None)], {"A": 30}),
        ("one day, the last", [("A", (2018, 11, 30), None)], {"A": 1}),
        ("one day, the first", [("A", (2018, 1, 1), (2018, 11, 1))], {"A": 1}),
        ("before and after", [("A", (2018, 1, 1), (2018, 10, 31)), ("B", (2018, 12, 1), None)], {}),
        (
            "two periods are added",
            [
                ("A", (2018, 11, 1), (2018, 11, 5)),
                ("A", (2018, 11, 20), (2018, 11, 24)),
                ("B", (2018, 11, 6), None),
            ],
            {"A": 10, "B": 25},
        ),
        (
            "the earlier start first, then the number",
            [("C", (2018, 11, 1), None), ("B", (2018, 11, 1), None), ("D", (2018, 10, 31), None)],
            {"D": 30, "B": 30, "C": 30},
        ),
        (
            "a period before the month does not give the order",
            [("B", (2018, 1, 1), (2018, 2, 1)), ("B", (2018, 11, 9), None), ("A", (2018, 11, 8), None)],
            {"A": 23, "B": 22},
        ),
    ],
)
def test_days_in_post(_case: str, posts: list, days: dict[str, int]) -> None:  # type: ignore[type-arg]
    found = days_in_post([Post("r", who, date(*s), date(*e) if e else None) for who, s, e in posts], NOVEMBER)

    assert list(found.items()) == list(days.items())


def test_the_parts_of_holders_sum_to_nominal_and_payout() -> None:
    posts = [post for post in EVERYBODY if post.role != "it"]
    posts += [Post("it", who, date(2018, 11, 1)) for who in ("A", "B", "C")]

    line = settle("5000.00", posts=posts, findings=[found_fault("it", "x", "0.99")]).roles[4]

    # 100.00 and 1.00 in three equal parts.
    assert [one.nominal_part for one in line.holders] == yuan("33.34", "33.33", "33.33")
    assert [one.amount for one in line.holders] == yuan("0.34", "0.33", "0.33")


# --- the way into the funds, and the explanation ------------------------------------------------------


@pytest.mark.clause("HT-22")
@pytest.mark.parametrize(
    ("withheld", "credits"),
    [
        ("hold", [("reserve", "412.37"), ("withheld", "457.39")]),
        ("reserve", [("reserve", "412.37"), ("reserve", "457.39")]),
        ("company", [("reserve", "412.37")]),
    ],
)
def test_the_reserve_and_the_withheld_part_go_where_the_scheme_says(withheld: str, credits: list) -> None:  # type: ignore[type-arg]
    found = replace(settle("0.00"), reserve=Decimal("412.37"), held=Decimal("457.39"))

    assert fund_credits(found, withheld) == [  # type: ignore[arg-type]
        Credit("A", fund, Decimal(amount)) for fund, amount in credits
    ]


def test_steps_explain_a_role_in_plain_strings() -> None:
    found = settle("10000.00", findings=[found_fault("it", "c1", "3", mode="share")])

    line = json.loads(json.dumps(found.steps))["roles"][4]
    assert line == {
        "role": "it",
        "share": "0.10",
        "nominal": "200.00",
        "annual_factor": "1.0000",
        "month_factor": "2/3",
        "vacant": "no",
        "factor": "0.6667",
        "after_findings": "133.34",
        "payout": "133.34",
        "withheld": "66.66",
        "findings": [{"id": "c1", "rule": "c1", "scope": "month", "effect": "1/3"}],
        "holders": [{"staff_no": "P-it", "days": "30", "nominal_part": "200.00", "amount": "133.34"}],
    }
