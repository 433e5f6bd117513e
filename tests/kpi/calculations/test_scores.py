"""Scores, grades and bonuses; figures from calculation.md §2 or worked out by hand."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi.calculations.schemes import Scheme, parse_bands, parse_item
from kpi.calculations.scores import MetricValue, Point, metric_rate, score
from tests.kpi.calculations.builders import attain, row, rule

BANDS = "A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50"
D = Decimal


def scheme(*items, **changes):
    base = Scheme(
        code="promotion",
        items=tuple(parse_item(*item) for item in items),
        cap=D("1.20"),
        threshold=D("0.60"),
        total_cap=D(120),
        bonus_max=D(10),
        deduct_max=D(30),
        pay_mode="by_grade",
        bands=parse_bands(BANDS),
    )
    return replace(base, **changes)


def reached(code, target, count, weight=1):
    """The attainment of a monthly rule."""
    return attain(rule(code=code, amount=target, weight=D(weight)), [row(1, count)])


def settle(of, **facts):
    return score(of, **{"bonus_base": D(2000), "proration": Fraction(1), **facts})


def rated(*ratings, **changes):
    """A score made of ratings of equal weight alone."""
    weights = {1: ["100"], 2: ["50", "50"]}[len(ratings)]
    items = [(f"r{n}", D(weight), "rating") for n, weight in enumerate(weights)]
    facts = {name: changes.pop(name) for name in ("points", "bonus_base", "proration") if name in changes}
    return settle(scheme(*items, **changes), ratings={f"r{n}": D(r) for n, r in enumerate(ratings)}, **facts)


def one(method, params="", *, source="metric:M", **facts):
    """The only item of a scheme."""
    return settle(scheme(("only", D(100), source, method, params)), **facts).items[0]


EXAMPLE = [
    ("tieba", D(20), "quota:tieba"),
    ("forum", D(25), "quota:forum"),
    ("qa", D(15), "quota:qa"),
    ("blog", D(20), "quota:blog"),
    ("weibo", D(20), "quota:weibo"),
]
REACHED = [("tieba", 200, 188), ("forum", 300, 340), ("qa", 120, 60), ("blog", 150, 150), ("weibo", 200, 260)]


@pytest.mark.clause("KQ-22")
@pytest.mark.clause("KQ-24")
def test_the_example_of_the_specification():
    result = settle(
        scheme(*EXAMPLE),
        attainments=[reached(*facts) for facts in REACHED],
        points=[Point("bonus", D(3)), Point("deduction", D(5))],
    )

    assert [str(item.score) for item in result.items] == ["18.80", "28.33", "0.00", "20.00", "24.00"]
    assert [str(item.rate) for item in result.items] == ["0.9400", "1.1333", "0.5000", "1.0000", "1.3000"]
    assert [str(item.weight) for item in result.items] == ["20.00", "25.00", "15.00", "20.00", "20.00"]
    assert (str(result.total), result.grade, str(result.coefficient)) == ("89.13", "B", "1.00")
    assert (str(result.bonus_points), str(result.deduction_points)) == ("3.00", "5.00")
    assert (str(result.proration), str(result.bonus)) == ("1.0000", "2000.00")
    assert (result.status, result.missing, result.veto) == ("settled", (), False)


def test_sum_of_the_example_before_points():
    result = settle(scheme(*EXAMPLE), attainments=[reached(*facts) for facts in REACHED])

    assert (str(result.total), result.grade, str(result.bonus)) == ("91.13", "A", "2400.00")


def test_not_applicable_item_is_left_out_and_weights_are_scaled():
    # The forum rule does not hold: 100 ÷ 75 for the others.  20 × 4/3 × 0.94 = 25.0666…
    result = settle(
        scheme(*EXAMPLE), attainments=[reached(*facts) for facts in REACHED if facts[0] != "forum"]
    )

    assert [str(item.score) for item in result.items] == ["25.07", "None", "0.00", "26.67", "32.00"]
    assert (result.items[1].applicable, result.items[1].rate) == (False, None)
    assert str(result.total) == "83.74"


def test_scaled_weights_are_not_rounded():
    # 33.33 of 99.99 is exactly one third, 66.66 exactly two.
    items = [("a", D("33.33"), "rating"), ("b", D("66.66"), "rating"), ("c", D("0.01"), "quota:none")]

    result = settle(scheme(*items), ratings={"a": D(100), "b": D(100)})

    assert [str(item.score) for item in result.items[:2]] == ["33.33", "66.67"]
    assert str(result.total) == "100.00"


def test_group_source_caps_each_rule_and_uses_weights():
    facts = [reached("a", 100, 200, weight=3), reached("b", 100, 40, weight=1)]

    plus = one("linear", source="quota:a+b", attainments=facts)
    every = one("linear", source="quota:*", attainments=facts)
    single = one("linear", source="quota:a", attainments=facts)

    # (3 × 1.2 + 0.4) ÷ 4; a single rule shows its own rate.
    assert (str(plus.rate), str(plus.score)) == ("1.0000", "100.00")
    assert every.rate == plus.rate
    assert (str(single.rate), str(single.score)) == ("2.0000", "120.00")


def test_group_leaves_out_rules_that_do_not_hold():
    item = one("linear", source="quota:a+elsewhere", attainments=[reached("a", 100, 90)])

    assert str(item.rate) == "0.9000"


@pytest.mark.parametrize(
    ("rate", "expected"), [("59.99", "0.00"), ("60", "60.00"), ("120", "120.00"), ("120.01", "120.00")]
)
def test_threshold_and_cap(rate, expected):
    item = one("linear", metrics={"M": MetricValue("more", D(rate), D(100))})

    assert str(item.score) == expected


@pytest.mark.parametrize(
    ("direction", "value", "target", "rate"),
    [
        ("more", "2", "3", "0.6667"),
        ("more", "0", "3", "0.0000"),
        ("less", "3", "4", "1.2500"),
        ("less", "5", "4", "0.7500"),
        ("less", "9", "4", "0.0000"),
        ("range", "45", "40", "0.8750"),
        ("range", "35", "40", "0.8750"),
        ("range", "90", "40", "0.0000"),
    ],
)
def test_metric_rate(direction, value, target, rate):
    assert str(metric_rate(MetricValue(direction, D(value), D(target)))) == rate


@pytest.mark.parametrize("method", ["linear", "boolean"])
def test_metric_without_a_target_to_divide_by_is_not_applicable(method):
    item = one(method, metrics={"M": MetricValue("less", D(5), D(0))})

    assert (item.applicable, item.rate, item.score, item.missing) == (False, None, None, None)


@pytest.mark.parametrize(
    "metrics",
    [{}, {"M": MetricValue("more", None, D(3))}, {"M": MetricValue("more", D(3), None)}],
    ids=["no-row", "no-value", "no-target"],
)
def test_missing_metric_is_named_and_never_zero(metrics):
    result = settle(
        scheme(("m", D(60), "metric:M"), ("r", D(40), "rating")), metrics=metrics, ratings={"r": D(90)}
    )

    assert (result.status, result.missing) == ("missing", ("metric:M",))
    assert (result.items[0].score, str(result.items[1].score)) == (None, "36.00")
    assert (result.total, result.grade, result.coefficient, result.bonus) == (None, None, None, None)


@pytest.mark.parametrize(
    ("value", "points"), [("100", "10"), ("80", "8"), ("79.99", "6"), ("60", "4"), ("59", "0"), ("250", "10")]
)
def test_step_takes_the_first_band_reached(value, points):
    steps = "1.00:10,0.80:8,0.70:6,0.60:4,0:0"
    items = [("s", D(10), "metric:M", "step", steps), ("r", D(90), "rating")]

    result = settle(scheme(*items), metrics={"M": MetricValue("more", D(value), D(100))}, ratings={"r": D(0)})

    assert result.items[0].score == D(points)


def test_step_points_are_scaled_with_the_weight():
    items = [("s", D(10), "metric:M", "step", "1:10,0:2"), ("n", D(60), "quota:none"), ("r", D(30), "rating")]

    result = settle(scheme(*items), metrics={"M": MetricValue("more", D(1), D(2))}, ratings={"r": D(0)})

    assert str(result.items[0].score) == "5.00"  # 2 × 100 ÷ 40


@pytest.mark.parametrize(("cases", "expected"), [("0", "100.00"), ("3", "92.50"), ("50", "0.00")])
def test_per_case_takes_points_off(cases, expected):
    item = one("per_case", "2.5", metrics={"M": MetricValue("less", D(cases))})

    assert (str(item.score), item.rate) == (expected, None)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (MetricValue("more", D(5), D(5)), "100.00"),
        (MetricValue("more", D(4), D(5)), "0.00"),
        (MetricValue("less", D(3), D(3)), "100.00"),
        (MetricValue("less", D(4), D(3)), "0.00"),
        (MetricValue("range", D(40), D(40)), "100.00"),
        (MetricValue("more", D(1)), "100.00"),
        (MetricValue("more", D(0)), "0.00"),
    ],
)
def test_boolean_gives_all_or_nothing(metric, expected):
    assert str(one("boolean", metrics={"M": metric}).score) == expected


def test_boolean_of_a_quota_needs_the_whole_target():
    short = one("boolean", source="quota:a", attainments=[reached("a", 100, 99)])
    full = one("boolean", source="quota:a", attainments=[reached("a", 100, 100)])

    assert (str(short.score), str(full.score)) == ("0.00", "100.00")


@pytest.mark.clause("KQ-23")
def test_ratings_of_the_manager_stand_beside_computed_items():
    # Results 70, attitude 15, teamwork 15.
    items = [
        ("result", D(70), "quota:a"),
        ("attitude", D(15), "rating"),
        ("teamwork", D(15), "metric:unused", "manual"),
    ]

    result = settle(
        scheme(*items),
        attainments=[reached("a", 100, 90)],
        ratings={"attitude": D(85), "teamwork": D("92.5")},
    )

    assert [str(item.score) for item in result.items] == ["63.00", "12.75", "13.88"]
    assert [str(item.rate) for item in result.items] == ["0.9000", "0.8500", "0.9250"]
    assert (str(result.total), result.grade) == ("89.63", "B")


@pytest.mark.clause("KQ-23")
def test_a_low_rating_has_no_threshold():
    assert str(rated("40").total) == "40.00"


def test_missing_rating_is_named():
    result = settle(scheme(("attitude", D(100), "rating")))

    assert (result.status, result.missing) == ("missing", ("rating:attitude",))


@pytest.mark.clause("KQ-24")
@pytest.mark.parametrize(
    ("rating", "grade", "coefficient", "bonus"),
    [
        ("100", "A", "1.20", "2400.00"),
        ("90", "A", "1.20", "2400.00"),
        ("89.99", "B", "1.00", "2000.00"),
        ("80", "B", "1.00", "2000.00"),
        ("79.99", "C", "0.80", "1600.00"),
        ("60", "C", "0.80", "1600.00"),
        ("59.99", "D", "0.50", "1000.00"),
        ("0", "D", "0.50", "1000.00"),
    ],
)
def test_grade_bands_are_half_open(rating, grade, coefficient, bonus):
    result = rated(rating)

    assert (result.grade, str(result.coefficient), str(result.bonus)) == (grade, coefficient, bonus)


def test_grade_is_read_from_the_rounded_total():
    # 89.995 % of 100 rounds to 90.00 at the item.
    assert rated("89.995").grade == "A"


def test_points_are_capped_and_the_total_stays_in_bounds():
    many = rated("100", points=[Point("bonus", D(7)), Point("bonus", D("8.50"))])
    minus = rated("20", points=[Point("deduction", D(25)), Point("deduction", D(25))])
    capped = rated("100", points=[Point("bonus", D(8))], total_cap=D(105))

    assert (str(many.bonus_points), str(many.total)) == ("10.00", "110.00")
    assert (str(minus.deduction_points), str(minus.total)) == ("30.00", "0.00")
    assert str(capped.total) == "105.00"


def test_veto_takes_the_bonus_and_keeps_the_grade():
    by_grade = rated("95", points=[Point("veto")])
    by_score = rated("95", points=[Point("veto")], pay_mode="by_score")

    assert (by_grade.veto, by_grade.grade, str(by_grade.coefficient)) == (True, "A", "0.00")
    assert (str(by_grade.total), str(by_grade.bonus), str(by_score.bonus)) == ("95.00", "0.00", "0.00")


def test_bonus_uses_the_proration_that_is_shown():
    # 13 ÷ 22 is shown as 0.5909: 2000 × 0.5909 = 1181.80, not 1181.82.
    result = rated("80", proration=Fraction(13, 22))

    assert (str(result.proration), str(result.bonus)) == ("0.5909", "1181.80")


def test_pay_by_score():
    # 1500 × 87.65 ÷ 100 × 0.5 = 657.375
    result = rated("87.65", pay_mode="by_score", bonus_base=D(1500), proration=Fraction(1, 2))

    assert (str(result.bonus), result.grade) == ("657.38", "B")


def test_bonus_without_a_base_is_missing_but_the_score_stands():
    result = rated("85", bonus_base=None)

    assert (str(result.total), result.grade, str(result.coefficient)) == ("85.00", "B", "1.00")
    assert (result.bonus, result.status, result.missing) == (None, "missing", ("bonus_base",))


def test_everything_that_lacks_is_named():
    result = settle(scheme(("m", D(60), "metric:M"), ("r", D(40), "rating")), bonus_base=None)

    assert result.missing == ("bonus_base", "metric:M", "rating:r")


def test_nothing_applicable():
    result = settle(scheme(("a", D(100), "quota:*")))

    assert (result.status, result.missing) == ("not_applicable", ())
    assert (result.total, result.grade, result.coefficient, result.bonus) == (None, None, None, None)


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        rated("80", bonus_base=2000.0)
