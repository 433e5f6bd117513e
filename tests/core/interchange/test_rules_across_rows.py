"""Checks that need several columns or rows; warnings that refuse nothing."""

import random
from typing import Any

import pytest

from core import registry
from core.spreadsheets.errors import CellError
from tests.core.interchange.database import digest
from tests.core.interchange.workbook import complete, load, one, problems

pytestmark = pytest.mark.django_db


@pytest.mark.clause("KQ-22")
@pytest.mark.parametrize(("weight", "total"), [("59.99", "99.99"), ("60.01", "100.01")])
def test_weights_sum_to_100(weight: str, total: str) -> None:
    tables = complete()
    tables["scheme_items"][0]["weight"] = weight
    report = load(tables)
    assert problems(report) == [("scheme_items", 2, "weight", "weights_not_100")]
    assert str(report.errors[0].params["sum"]) == total


@pytest.mark.clause("KQ-22")
def test_weights_are_those_of_the_file_and_of_the_database() -> None:
    assert load(complete()).accepted
    items = complete()["scheme_items"]
    assert problems(load({"scheme_items": [{**items[0], "weight": 50}]})) == [
        ("scheme_items", 2, "weight", "weights_not_100")
    ]
    assert (
        problems(load({"scheme_items": [{**items[0], "weight": 50}, {**items[2], "weight": "24.5"}]})) == []
    )


@pytest.mark.clause("HT-08")
@pytest.mark.parametrize("share", ["0.4999", "0.5001"])
def test_shares_and_reserve_sum_to_1(share: str) -> None:
    tables = complete()
    tables["pool_roles"][0]["share"] = share
    assert problems(load(tables)) == [("pool_roles", 2, "share", "shares_not_one")]


@pytest.mark.clause("HT-08")
def test_shares_are_those_of_the_file_and_of_the_database() -> None:
    assert load(complete()).accepted
    roles = complete()["pool_roles"]
    assert problems(load({"pool_roles": [{**roles[0], "share": "0.6"}]})) == [
        ("pool_roles", 2, "share", "shares_not_one")
    ]
    assert problems(load({"pool_schemes": [one("pool_schemes", reserve_share="0.2")]})) == [
        ("pool_schemes", 2, "reserve_share", "shares_not_one")
    ]
    both = {
        "pool_schemes": [one("pool_schemes", reserve_share="0.2")],
        "pool_roles": [{**roles[0], "share": "0.4"}],
    }
    assert problems(load(both)) == []


@pytest.mark.clause("HT-08")
def test_sum_is_checked_although_another_cell_of_the_scheme_is_wrong() -> None:
    tables = complete()
    tables["pool_schemes"][0]["combine"] = "product"
    tables["pool_roles"][0]["share"] = "0.6"
    assert sorted(problems(load(tables))) == [
        ("pool_roles", 2, "share", "shares_not_one"),
        ("pool_schemes", 2, "combine", "not_choice"),
    ]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("findings", {"rule": "t-f2", "percent": None}, ("percent", "percent_needed")),
        ("findings", {"campaign": None}, ("campaign", "campaign_needed")),
        ("finding_rules", {"mode": "per_case", "value": None}, ("value", "value_needed")),
        ("finding_rules", {"mode": "share", "value": None}, ("value", "value_needed")),
        ("finding_rules", {"mode": "per_case", "value": "1.01"}, ("value", "out_of_range")),
        ("finding_rules", {"mode": "share", "value": "0.5"}, ("value", "out_of_range")),
        ("campaigns", {"end": "2018-11-09"}, ("end", "campaign_ends_before_start")),
        ("campaigns", {"baseline_dates": None}, ("baseline_dates", "dates_needed")),
        ("campaigns", {"baseline_dates": "2018-11-10"}, ("baseline_dates", "baseline_not_before")),
        ("store_days", {"gross_profit": None}, ("gross_profit", "profit_needed")),
        ("stores", {"closed": "2018-10-01"}, ("closed", "closed_before_opened")),
        ("staff", {"left": "2018-10-01"}, ("left", "ends_before_start")),
        ("assignments", {"end": "2018-10-01"}, ("end", "ends_before_start")),
        ("grants", {"end": "2018-10-01"}, ("end", "ends_before_start")),
        ("leaves", {"end": "2018-10-01"}, ("end", "ends_before_start")),
        ("role_holders", {"end": "2018-10-01"}, ("end", "holder_ends_before_start")),
        ("quota_rules", {"valid_to": "2018-10-01"}, ("valid_to", "valid_to_before_from")),
        ("schemes", {"bands": "A:85"}, ("bands", "bad_bands")),
        ("schemes", {"bands": "A:85:1.3,B:60:1"}, ("bands", "bad_bands")),
        ("scheme_items", {"source": "weather"}, ("source", "bad_source")),
        ("scheme_items", {"source": "metric:none"}, ("source", "unknown_code")),
        ("scheme_items", {"source": "quota:t-quota+none"}, ("source", "unknown_code")),
        ("scheme_items", {"method": "step", "params": "1.0"}, ("params", "bad_params")),
        ("logs", {"partner": "t-1"}, ("partner", "partner_is_self")),
        ("score_points", {"approved_by": "t-2"}, ("approved_by", "same_person")),
        ("score_points", {"kind": "veto", "proposed_by": None}, ("proposed_by", "veto_needs_two")),
        ("fund_entries", {"kind": "release"}, ("fund", "release_fund")),
        ("logs", {"duty": 7}, ("duty", "unknown_code")),
    ],
)
def test_columns_that_do_not_fit_together_are_an_error(
    name: str, cells: dict[str, Any], expected: tuple[str, str]
) -> None:
    tables = complete()
    tables[name][0] |= cells
    before = digest()
    report = load(tables)
    assert problems(report) == [(name, 2, *expected)]
    assert digest() == before


def test_day_on_which_the_store_was_closed_needs_no_profit() -> None:
    tables = complete()
    tables["store_days"][0] |= {"gross_profit": None, "closed": "是"}
    assert problems(load(tables)) == []


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"start": "2018-11-13", "end": "2018-11-13"}, "type", "not_a_weekend"),
        ({"start": "2018-11-10", "end": "2018-11-11"}, "scale", "not_medium"),
        ({"scale": "small", "start": "2018-11-10", "end": "2018-11-11"}, "scale", "not_small"),
    ],
)
def test_type_or_scale_that_does_not_fit_is_a_warning(cells: dict[str, str], column: str, code: str) -> None:
    tables = complete()
    tables["campaigns"][0] |= cells
    report = load(tables)
    assert report.accepted
    assert [
        (each["sheet"], each["row"], each["column"], each["value"], each["code"]) for each in report.warnings
    ] == [("campaigns", 2, column, "t-c1", code)]
    assert report.as_dict()["status"] == "accepted"


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_to_a_workbook_leaves_a_trace_or_an_exception(seed: int) -> None:
    """Cells of a valid workbook replaced at random: an error, or a valid import, and never a half one."""
    draw = random.Random(seed)
    tables = complete()
    cells = [
        None, "", "x", "0", -1, True, "2018-11-31", "2018-12-01", "t-co", "t-1", "*", "quota:*", "1,2", "是",
        CellError("formula", "=1"), 10**15, "长" * 600,
    ]  # fmt: skip
    for _change in range(draw.randrange(1, 12)):
        name = draw.choice(list(tables))
        row = draw.choice(tables[name])
        row[draw.choice(list(row))] = draw.choice(cells)
    for _change in range(draw.randrange(0, 3)):
        name = draw.choice(list(tables))
        column = draw.choice(registry.tables[name].columns).name
        for row in tables[name]:
            row.pop(column, None)
    before = digest()
    report = load(tables)
    assert "refused" not in {error.code for error in report.errors}
    if not report.accepted:
        assert digest() == before
    for error in report.errors:
        assert error.message
