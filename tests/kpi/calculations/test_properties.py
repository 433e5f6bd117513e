"""What always holds: order and splitting of rows do not matter, more is never less, caps and floors hold."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kpi.calculations.attainment import group_rate
from kpi.calculations.schemes import Scheme, parse_bands, parse_item
from kpi.calculations.scores import Point, score
from kpi.calculations.service import Service
from tests.kpi.calculations.builders import attain, figures, month_days, row, rule

PLATFORMS = ("p1", "p2", "p3")

rules = st.builds(
    rule,
    platforms=st.just(PLATFORMS),
    basis=st.sampled_from(["person", "account", "platform", "pair"]),
    period=st.sampled_from(["day", "week", "month"]),
    amount=st.sampled_from(["1", "2", "7", "30", "0.3"]),
    accounts_required=st.integers(1, 3),
    platforms_required=st.sampled_from([None, 1, 2, 4]),
    day_basis=st.sampled_from(["calendar", "workday"]),
    surplus=st.sampled_from(["none", "month"]),
    weight=st.sampled_from([Decimal(1), Decimal("2.5")]),
)
outputs = st.builds(
    row,
    st.integers(1, 30),
    st.integers(0, 40),
    st.sampled_from(PLATFORMS),
    st.sampled_from(["", "a", "b", "c"]),
    partner=st.sampled_from(["", "S2", "S3"]),
)
rows_of = st.lists(outputs, max_size=25)
services = st.sets(st.integers(1, 30), min_size=1).map(
    lambda numbers: Service.of(frozenset(row(number, 0)[0] for number in numbers), month_days())
)


@given(rules, rows_of, services, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(quota, rows, present, random):
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert attain(quota, shuffled, present=present) == attain(quota, rows, present=present)


@given(rules, rows_of, services, outputs, st.integers(1, 20))
def test_splitting_a_row_changes_nothing(quota, rows, present, whole, part):
    first, second = (*whole[:5], part), whole

    joined = attain(quota, [*rows, (*whole[:5], whole[5] + part)], present=present)

    assert attain(quota, [*rows, first, second], present=present) == joined


@given(rules, rows_of, services, outputs)
def test_a_row_of_zero_changes_nothing(quota, rows, present, extra):
    nothing = (*extra[:5], 0)

    assert attain(quota, [*rows, nothing], present=present) == attain(quota, rows, present=present)


@given(rules, rows_of, services, outputs)
def test_more_output_never_lowers_the_rate(quota, rows, present, extra):
    before = attain(quota, rows, present=present)
    after = attain(quota, [*rows, extra], present=present)

    assert before.applicable == after.applicable
    if before.rate is not None:
        assert after.target == before.target
        assert after.credited >= before.credited
        assert after.rate >= before.rate


@given(rules, rows_of, services)
def test_credit_stays_between_zero_and_the_target(quota, rows, present):
    result = attain(quota, rows, present=present)

    if result.rate is not None:
        assert 0 <= result.credited <= result.target
        # A lack is never covered: above 1 only when the whole target is credited.
        assert result.rate <= 1 or result.credited == result.target


@given(rules, rows_of, services, st.sampled_from([Decimal("0.5"), Decimal("1.2")]))
def test_group_rate_lies_within_the_cap(quota, rows, present, cap):
    results = [attain(quota, rows, present=present), attain(quota, [], present=present)]

    rate = group_rate(results, cap)

    assert rate is None or 0 <= rate <= cap


@given(rules, rows_of)
def test_figures_have_four_decimals(quota, rows):
    result = attain(quota, rows)

    if result.applicable:
        assert all(len(text.split(".")[1]) == 4 for text in figures(result))


points_of = st.lists(
    st.builds(Point, st.sampled_from(["bonus", "deduction"]), st.decimals(0, 50, places=2)), max_size=6
)


@given(
    st.lists(st.decimals(0, 100, places=2), min_size=3, max_size=3),
    points_of,
    st.fractions(0, 1),
    st.decimals(0, 20000, places=2),
    st.sampled_from(["by_grade", "by_score"]),
)
def test_score_keeps_its_caps_and_floors(ratings, points, proration, base, pay_mode):
    items = tuple(
        parse_item(code, Decimal(weight), "rating")
        for code, weight in (("a", "33.33"), ("b", "33.33"), ("c", "33.34"))
    )
    scheme = Scheme(
        code="s",
        items=items,
        cap=Decimal("1.2"),
        threshold=Decimal("0.6"),
        total_cap=Decimal(105),
        bonus_max=Decimal(10),
        deduct_max=Decimal(30),
        pay_mode=pay_mode,
        bands=parse_bands("A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50"),
    )
    facts = {"ratings": dict(zip("abc", ratings, strict=True)), "bonus_base": base, "proration": proration}

    result = score(scheme, points=points, **facts)
    better = score(scheme, points=[*points, Point("bonus", Decimal(1))], **facts)
    struck = score(scheme, points=[*points, Point("veto")], **facts)

    assert 0 <= result.total <= 105
    assert result.bonus_points <= 10
    assert result.deduction_points <= 30
    # Rounded half-up to the 分, so at most half a 分 above.
    assert 0 <= result.bonus <= base * Decimal("1.2") + Decimal("0.005")
    assert (better.total, better.bonus) >= (result.total, result.bonus)
    assert (struck.total, struck.grade, struck.bonus) == (result.total, result.grade, Decimal(0))
