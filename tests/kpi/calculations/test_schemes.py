"""Reading the cells of a scheme, and what keeps it from being activated."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kpi.calculations.schemes import (
    Scheme,
    Source,
    band_problems,
    parse_bands,
    parse_item,
    parse_source,
    parse_steps,
    scheme_problems,
)

D = Decimal
SCHEME = Scheme(
    code="s",
    items=(
        parse_item("a", D("70.00"), "quota:*"),
        parse_item("b", D("20.00"), "rating"),
        parse_item("c", D("10.00"), "metric:M", "step", "1.00:10,0:0"),
    ),
    cap=D("1.20"),
    threshold=D("0.60"),
    total_cap=D(120),
    bonus_max=D(10),
    deduct_max=D(30),
    pay_mode="by_grade",
    bands=parse_bands("A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50"),
)


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("quota:forum-post", Source("quota", ("forum-post",))),
        ("quota:a+b", Source("quota", ("a", "b"))),
        ("quota:*", Source("quota", ("*",))),
        ("metric：投诉", Source("metric", ("投诉",))),
        (" rating ", Source("rating")),
    ],
)
def test_source_is_read(text, source):
    assert parse_source(text) == source


@pytest.mark.parametrize("text", ["", "quota:", "quota:a+", "metric", "rating:x", "kpi:a"])
def test_source_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="is not a source"):
        parse_source(text)


@pytest.mark.parametrize(
    "text",
    ["优:90:1.20,良:0:1.00", "优：90：1.20，良：0：1.00", "优:90:1.20、良:0:1.00", "优:90:1.20; 良:0:1.00；"],
)
def test_bands_are_read_with_chinese_separators(text):
    assert parse_bands(text) == (("优", D(90), D("1.20")), ("良", D(0), D("1.00")))


def test_steps_are_read():
    assert parse_steps("1.00:10，0.80:8,0:0") == ((D("1.00"), D(10)), (D("0.80"), D(8)), (D(0), D(0)))


@pytest.mark.parametrize("text", ["A:90", "A:ninety:1", "A:90:NaN", ":90:1", "A:Infinity:1"])
def test_bands_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match="is not a"):
        parse_bands(text)


def test_item_with_unknown_method_is_refused():
    with pytest.raises(ValueError, match="is not a method"):
        parse_item("a", D(100), "rating", "guess")


def test_good_scheme_has_no_problems():
    assert scheme_problems(SCHEME) == []


@pytest.mark.clause("KQ-22")
@pytest.mark.parametrize("weight", ["9.99", "10.01"])
def test_weights_must_sum_to_exactly_100(weight):
    items = (*SCHEME.items[:2], replace(SCHEME.items[2], weight=D(weight)))

    problems = scheme_problems(replace(SCHEME, items=items))

    assert codes(problems) == ["weights_sum"]
    assert problems[0].params == {"sum": D("90.00") + D(weight)}


def test_negative_weight_and_repeated_code_are_problems():
    items = (replace(SCHEME.items[0], weight=D(-10)), replace(SCHEME.items[0], weight=D(110)))

    assert codes(scheme_problems(replace(SCHEME, items=items))) == ["weight_negative", "item_twice"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["bands_empty"]),
        ("A:90:1.2,B:60:1", ["bands_lowest_not_zero"]),
        ("A:60:1.2,B:90:1,C:0:1", ["bands_not_descending"]),
        ("A:90:1.2,B:90:1,C:0:1", ["bands_not_descending"]),
        ("A:90:1.2,A:0:1", ["grade_twice"]),
        ("A:90:1.205,B:0:-1", ["band_coefficient", "band_coefficient"]),
    ],
)
def test_bands_have_no_gaps_and_no_overlaps(text, problems):
    assert codes(band_problems(parse_bands(text))) == problems


@pytest.mark.parametrize(
    ("source", "method", "params", "problems"),
    [
        ("metric:M", "step", "0.80:8,1.00:10,0:0", ["steps_not_descending"]),
        ("metric:M", "step", "1.00:10,0.80:8", ["steps_lowest_not_zero"]),
        ("metric:M", "step", "1:10,0:-1", ["step_points"]),
        ("quota:a", "per_case", "2", ["per_case_needs_metric"]),
        ("metric:M", "per_case", "-2", ["per_case_points"]),
    ],
)
def test_item_problems(source, method, params, problems):
    item = parse_item("x", D(100), source, method, params)

    assert codes(scheme_problems(replace(SCHEME, items=(item,)))) == problems


def test_threshold_must_not_exceed_the_cap():
    assert codes(scheme_problems(replace(SCHEME, threshold=D("1.30")))) == ["threshold_over_cap"]
