"""Rows that refer to rows: order, versions, units in trees, log rows that replace others."""

from datetime import date

import pytest

from core.interchange.importer import import_sheets
from departments.models import Unit, UnitPlacement
from departments.selectors import unit_tree
from kpi.models import LogEntry, SchemeItem
from tests.core.interchange.database import digest
from tests.core.interchange.workbook import complete, load, one, problems, sheet, sheets, totals

pytestmark = pytest.mark.django_db


def unit(code: str, parent: str | None = None, **cells: object) -> dict[str, object]:
    return {"code": code, "name": code, "kind": "group", "parent": parent, **cells}


def test_all_errors_of_all_sheets_are_told_at_once() -> None:
    tables = complete()
    tables["units"][1]["kind"] = "tribe"
    tables["staff"][0]["joined"] = "yesterday"
    tables["staff"][1]["unit"] = "nowhere"
    tables["logs"][0]["count"] = -1
    tables["logs"][0]["activity"] = "dance"
    tables["logs"][2]["platform"] = "moon"
    tables["scheme_items"][0]["weight"] = 61
    tables["findings"][1]["percent"] = None
    tables["finding_rules"][0]["value"] = None
    tables["campaigns"][0]["end"] = "2018-11-09"
    tables["pool_roles"][1]["share"] = "1.4"
    tables["guests"] = [{"name": "x"}]
    before = digest()
    report = load(tables)
    assert sorted(problems(report)) == sorted(
        [
            ("guests", 1, "", "unknown_sheet"),
            ("units", 3, "kind", "not_choice"),
            ("staff", 2, "joined", "not_date"),
            ("staff", 3, "unit", "unknown_code"),
            ("logs", 2, "count", "out_of_range"),
            ("logs", 2, "activity", "not_activity"),
            ("logs", 4, "platform", "unknown_code"),
            ("scheme_items", 2, "weight", "weights_not_100"),
            ("findings", 3, "percent", "percent_needed"),
            ("finding_rules", 2, "value", "value_needed"),
            ("campaigns", 2, "end", "campaign_ends_before_start"),
            ("pool_roles", 3, "share", "out_of_range"),
        ]
    )
    assert digest() == before
    assert report.as_dict()["status"] == "rejected"
    assert report.as_dict()["tables"] == []


def test_dry_run_writes_nothing_and_counts() -> None:
    before = digest()
    report = load(complete(), dry_run=True)
    assert report.accepted
    assert report.as_dict()["status"] == "checked"
    assert totals(report)["created"] == sum(len(rows) for rows in complete().values())
    assert digest() == before


def test_sheets_may_stand_in_any_order() -> None:
    assert problems(import_sheets(reversed(sheets(complete())))) == []


def test_table_twice_is_an_error() -> None:
    report = import_sheets([*sheets(complete()), sheet("人员", complete()["staff"])])
    assert problems(report) == [("人员", 1, "", "duplicate_sheet")]


def test_blank_sheet_of_a_spreadsheet_program_is_passed_over() -> None:
    assert problems(import_sheets([*sheets(complete()), sheet("Sheet1", [], [])])) == []


def test_units_may_stand_in_any_order_and_at_any_depth() -> None:
    rows = [unit("d0")] + [unit(f"d{n}", f"d{n - 1}") for n in range(1, 60)]
    report = load({"units": rows[::-1]})
    assert problems(report) == []
    root = Unit.objects.get(code="d0")
    assert set(Unit.objects.values_list("root_id", flat=True)) == {root.pk}
    tree = unit_tree(date(2018, 11, 1))
    assert len(tree.path(Unit.objects.get(code="d59").pk)) == 60
    assert totals(load({"units": rows})) == {"created": 0, "updated": 0, "unchanged": 60}


def test_units_in_a_ring_are_errors_and_those_below_are_not() -> None:
    before = digest()
    report = load({"units": [unit("a", "c"), unit("b", "a"), unit("c", "b"), unit("d", "c"), unit("e", "e")]})
    assert sorted(problems(report)) == [("units", number, "parent", "parent_loop") for number in (2, 3, 4, 6)]
    assert digest() == before


def test_ring_through_the_database_is_an_error() -> None:
    load({"units": [unit("r"), unit("a", "r"), unit("b", "a"), unit("c", "b")]})
    assert problems(load({"units": [unit("a", "c")]})) == [("units", 2, "parent", "parent_loop")]
    assert problems(load({"units": [unit("a", "new"), unit("new", "c")]})) == [
        ("units", 2, "parent", "parent_loop")
    ]
    assert problems(load({"units": [unit("a", "c"), unit("b", "r"), unit("c", "b")]})) == []
    assert [Unit.objects.get(code=code).parent.code for code in "abc"] == ["c", "r", "b"]


def test_unit_below_one_with_an_error_is_not_an_error() -> None:
    rows = [unit("r", kind="tribe"), unit("a", "r"), unit("b", "a")]
    assert problems(load({"units": rows})) == [("units", 2, "kind", "not_choice")]


@pytest.mark.parametrize("target", ["q", None])
def test_unit_does_not_move_to_another_organisation(target: str | None) -> None:
    load({"units": [unit("r"), unit("a", "r"), unit("q")]})
    before = digest()
    assert problems(load({"units": [unit("a", target)]})) == [("units", 2, "parent", "other_root")]
    assert problems(load({"units": [unit("r", "q")]})) == [("units", 2, "parent", "other_root")]
    assert problems(load({"units": [unit("r", "n"), unit("n")]})) == [("units", 2, "parent", "other_root")]
    assert digest() == before


def test_move_and_new_name_from_a_day_on_keep_what_was_before() -> None:
    load({"units": [
        unit("r"), unit("x", "r"), unit("y", "r"), unit("a", "x", valid_from="2018-01-01", name="旧"),
    ]})  # fmt: skip
    later = [unit("a", "y", valid_from="2018-11-01", name="新")]
    assert totals(load({"units": later})) == {"created": 0, "updated": 1, "unchanged": 0}
    pk = {each.code: each.pk for each in Unit.objects.all()}
    october, november = unit_tree(date(2018, 10, 31)), unit_tree(date(2018, 11, 1))
    assert (october.names[pk["a"]], october.parents[pk["a"]]) == ("旧", pk["x"])
    assert (november.names[pk["a"]], november.parents[pk["a"]]) == ("新", pk["y"])
    now = Unit.objects.get(code="a")
    assert (now.name, now.parent_id, now.valid_from) == ("新", pk["y"], date(2018, 11, 1))
    # Both rows again: neither undoes the other.
    older = [unit("a", "x", valid_from="2018-01-01", name="旧")]
    assert totals(load({"units": older}))["unchanged"] == 1
    assert totals(load({"units": later}))["unchanged"] == 1
    assert Unit.objects.get(code="a").name == "新"
    # Without a day the row means the placement of now.
    assert totals(load({"units": [unit("a", "y", name="新", valid_from=None)]}))["unchanged"] == 1
    assert UnitPlacement.objects.filter(unit_id=pk["a"]).count() == 2


def test_name_from_a_day_to_come_does_not_hold_yet() -> None:
    load({"units": [unit("r", valid_from="2018-01-01")]})
    assert load({"units": [unit("r", name="后来", valid_from="2999-01-01")]}).accepted
    assert Unit.objects.get().name == "r"
    assert unit_tree(date(2999, 1, 1)).names[Unit.objects.get().pk] == "后来"
    assert totals(load({"units": [unit("r", name="后来", valid_from="2999-01-01")]}))["unchanged"] == 1


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("staff", {"unit": "q"}),
        ("stores", {"unit": "q"}),
        ("campaigns", {"unit": "q"}),
        ("articles", {"unit": "q"}),
        ("schemes", {"unit": "q", "position": None}),
        ("schemes", {"unit": "q", "position": None, "valid_from": "2019-01-01"}),
        ("pool_schemes", {"unit": "q"}),
        ("pool_schemes", {"unit": "q", "valid_from": "2019-01-01"}),
        ("logs", {"staff_no": "q-1", "duty": None}),
        ("accounts", {"staff_no": "q-1"}),
        ("assignments", {"unit": "q", "position": None}),
    ],
)
def test_row_that_moves_a_code_to_another_organisation_is_an_error(
    name: str, cells: dict[str, object]
) -> None:
    tables = complete()
    tables["units"].append(one("units", code="q", reports_to=None, head=None))
    tables["staff"].append(one("staff", staff_no="q-1", unit="q", position=None, username=None))
    assert problems(load(tables)) == []
    before = digest()
    report = load({name: [one(name, **({"position": None} if name == "staff" else {}) | cells)]})
    assert [(error.sheet, error.row, error.code) for error in report.errors] == [(name, 2, "other_root")]
    assert digest() == before


def test_row_may_replace_one_further_down_or_one_that_stands() -> None:
    assert load(complete()).accepted
    first = LogEntry.objects.get(row_id="t-r1")
    assert first.supersedes is not None
    assert first.supersedes.row_id == "t-r2"
    third = one("logs", row_id="t-r3", supersedes="t-r1", count=6)
    assert totals(load({"logs": [third]}))["created"] == 1
    assert LogEntry.objects.get(row_id="t-r3").supersedes == first
    # To replace another row is a change.
    assert totals(load({"logs": [{**third, "supersedes": "t-r2"}]})) == {
        "created": 0,
        "updated": 1,
        "unchanged": 0,
    }
    assert LogEntry.objects.get(row_id="t-r3").supersedes.row_id == "t-r2"
    assert totals(load({"logs": [{**third, "supersedes": None}]}))["updated"] == 1
    assert LogEntry.objects.get(row_id="t-r3").supersedes is None


@pytest.mark.parametrize(("target", "code"), [("t-r9", "unknown_code"), ("t-r1", "replaces_itself")])
def test_row_replaces_a_known_other_row(target: str, code: str) -> None:
    tables = complete()
    tables["logs"][0]["supersedes"] = target
    assert problems(load(tables)) == [("logs", 2, "supersedes", code)]


def test_row_without_id_is_keyed_by_all_but_count_status_and_note() -> None:
    tables = complete()
    del tables["logs"][2]["row_id"]
    assert load(tables).accepted
    row = {key: cell for key, cell in complete()["logs"][2].items() if key != "row_id"}
    changed = load({"logs": [{**row, "count": 9, "status": "valid", "note": "改"}]})
    assert totals(changed) == {"created": 0, "updated": 1, "unchanged": 0}
    entry = LogEntry.objects.get(row_id="")
    assert (entry.count, entry.status, entry.note) == (9, "valid", "改")
    other = [
        {"date": "2018-11-04"}, {"staff_no": "t-1"}, {"platform": "t-forum"}, {"activity": "t-post"},
        {"handle": "h"}, {"url": "u"}, {"partner": "t-3"}, {"supersedes": "t-r1"}, {"duty": 1},
    ]  # fmt: skip
    report = load({"logs": [{**row, **cells} for cells in other]})
    assert problems(report) == []
    assert totals(report) == {"created": 9, "updated": 0, "unchanged": 0}


def test_activity_of_a_quota_rule_needs_no_row() -> None:
    """``t-reply`` is named by the quota rule only, in the file or in the database."""
    assert load(complete()).accepted
    assert load({"logs": [one("logs", row_id="n", activity="t-reply", supersedes=None)]}).accepted


def test_child_row_without_a_day_means_the_version_that_holds_now() -> None:
    tables = complete()
    tables["schemes"] += [
        one("schemes", valid_from="2019-01-01"),
        one("schemes", valid_from="2999-01-01"),
    ]
    for row in tables["scheme_items"]:
        row["valid_from"] = None
    assert problems(load(tables)) == []
    assert set(SchemeItem.objects.values_list("scheme__valid_from", flat=True)) == {date(2019, 1, 1)}
    for name in ("pool_roles", "finding_rules"):
        rows = [{**row, "valid_from": None} for row in complete()[name]]
        assert totals(load({name: rows}))["unchanged"] == len(rows)


@pytest.mark.parametrize("name", ["scheme_items", "pool_roles", "finding_rules"])
def test_child_row_of_a_version_that_does_not_exist_is_an_error(name: str) -> None:
    tables = complete()
    tables[name][0]["valid_from"] = "2018-10-01"
    assert (name, 2, "valid_from", "no_version") in problems(load(tables))
    assert [problem for problem in problems(load(tables)) if problem[0] != name] == []


def test_position_is_that_of_the_persons_own_branch() -> None:
    tables = complete()
    tables["units"].append(one("units", code="q", reports_to=None, head=None))
    tables["staff"].append(one("staff", staff_no="q-1", unit="q", username=None))
    assert problems(load(tables)) == [("staff", 5, "position", "unknown_code")]


def test_log_in_is_made_once_and_belongs_to_one_person() -> None:
    from django.contrib.auth import get_user_model

    assert load(complete()).accepted
    user = get_user_model().objects.get(username="t-user")
    assert user.has_usable_password() is False
    assert user.staff.staff_no == "t-1"
    taken = load({"staff": [{**complete()["staff"][1], "username": "t-user"}]})
    assert problems(taken) == [("staff", 2, "username", "username_taken")]
    assert totals(load({"staff": [one("staff", username=None)]}))["unchanged"] == 1
    assert get_user_model().objects.get(username="t-user").staff.staff_no == "t-1"
    twice = [{**row, "username": "n"} for row in complete()["staff"][1:]]
    assert [problem[3] for problem in problems(load({"staff": twice}))] == ["username_taken"]


def test_two_assignments_on_a_day_are_an_error() -> None:
    assert load(complete()).accepted
    report = load({"assignments": [one("assignments", start="2018-11-10")]})
    assert problems(report) == [("assignments", 2, "start", "overlapping_assignment")]
    moved = [one("assignments", end="2018-11-09"), one("assignments", start="2018-11-10")]
    assert problems(load({"assignments": moved})) == []
