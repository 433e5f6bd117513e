"""What holds for every table of the interchange schema, tried on each of them."""

from datetime import date, datetime
from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest
from django.db import models

from core import registry
from core.interchange.columns import (
    Choice,
    Code,
    Codes,
    Column,
    Day,
    Days,
    Fixed,
    Integer,
    MonthOf,
    Ref,
    Share,
    Text,
    YesNo,
)
from core.interchange.importer import import_sheets
from core.interchange.problems import MESSAGES
from core.models import AuditEvent
from core.spreadsheets.errors import CellError
from tests.core.interchange.database import contents, digest
from tests.core.interchange.workbook import (
    codes,
    columns_of,
    complete,
    load,
    problems,
    sheet,
    sheets,
    totals,
)

pytestmark = pytest.mark.django_db

TABLES = [
    "units", "positions", "duties", "activities", "documents", "staff", "assignments", "grants", "leaves",
    "calendar", "platforms", "accounts", "quota_rules", "month_policies", "logs", "metrics", "metric_values",
    "schemes",
    "scheme_items", "ratings", "score_points", "stores", "store_days", "product_days", "member_days",
    "baseline_methods", "campaigns", "articles", "article_readings", "pool_schemes", "pool_roles",
    "role_holders", "finding_rules", "findings", "manuscript_rules", "manuscripts", "fund_entries",
    "bank_profiles", "bank_columns", "channels", "channel_days",
]  # fmt: skip
# A cell that the kind refuses, and the code of the error.
WRONG: dict[type, tuple[Any, str]] = {
    Integer: ("三", "not_whole_number"),
    Fixed: ("很多", "not_number"),
    Share: ("一半", "not_number"),
    Day: ("2018-11-31", "not_date"),
    MonthOf: ("2018-13", "not_month"),
    YesNo: ("也许", "not_yes_no"),
    Choice: ("没有的", "not_choice"),
    Days: ("2018-11-03,昨天", "not_date"),
    Text: ("长" * 4001, "not_text"),
    Code: ("x" * 151, "not_text"),
}
# Another cell that fits anywhere, and the columns in which it does not.
FREE: dict[type, Any] = {Text: "别的", Integer: 3, Fixed: "0.99", Day: "2018-11-29"}
#: Tables whose rows are told apart by all they say, but for the end of a period.
KEYS_ONLY = {"assignments", "grants", "role_holders"}
TIED = {
    "start", "end", "source", "params", "bands", "weight", "published", "valid_from", "value", "date", "duty",
    "closed", "left", "approved_by", "proposed_by", "reserve_share", "share", "baseline_dates", "delimiter",
    "encoding",
}  # fmt: skip
#: columns of codes that are no references: what they name is checked by the table itself
NAMED = {
    ("quota_rules", "platforms"): "unknown_code",
    ("campaigns", "stores"): "unknown_code",
    ("logs", "activity"): "not_activity",
    ("metric_values", "subject"): "unknown_code",
    ("scheme_items", "scheme"): "unknown_code",
    ("ratings", "scheme"): "unknown_code",
    ("ratings", "item"): "unknown_code",
    ("pool_roles", "scheme"): "unknown_code",
    ("pool_roles", "assessor"): "unknown_role",
    ("role_holders", "scheme"): "unknown_code",
    ("role_holders", "role"): "unknown_role",
    ("finding_rules", "scheme"): "unknown_code",
    ("finding_rules", "role"): "unknown_role",
    ("findings", "scheme"): "unknown_code",
    ("findings", "rule"): "unknown_rule",
    ("manuscript_rules", "scheme"): "unknown_code",
    ("manuscript_rules", "screening"): "unknown_role",
    ("manuscript_rules", "voters"): "unknown_role",
    ("manuscripts", "scheme"): "unknown_code",
    ("fund_entries", "scheme"): "unknown_code",
}
#: columns whose values other rows of the workbook name: without them, others lack something too
NAMES = {(each.name, each.code_column) for each in registry.tables.values()} | {
    ("pool_roles", "role"),
    ("finding_rules", "code"),
    ("scheme_items", "code"),
    ("quota_rules", "activities"),
    ("duties", "number"),
    ("units", "code"),
}


def table(name: str) -> Any:
    return registry.tables[name]


def column(name: str, column_name: str) -> Column:
    found: Column = next(each for each in table(name).columns if each.name == column_name)
    return found


def test_registered_tables_are_those_of_the_specification() -> None:
    assert sorted(registry.tables) == sorted(TABLES)
    assert sorted(complete()) == sorted(TABLES)
    for name, rows in complete().items():
        for row in rows:
            assert sorted(row) == sorted(each.name for each in table(name).columns)


def test_complete_workbook_is_imported_and_a_second_time_changes_nothing() -> None:
    report = load(complete())
    assert problems(report) == []
    assert report.warnings == []
    rows = sum(len(rows) for rows in complete().values())
    assert totals(report) == {"created": rows, "updated": 0, "unchanged": 0}
    before = contents({"core_auditevent"})
    again = load(complete())
    assert totals(again) == {"created": 0, "updated": 0, "unchanged": rows}
    assert contents({"core_auditevent"}) == before
    first, second = AuditEvent.objects.order_by("pk")
    assert (first.action, first.actor, first.change["staff"]) == (
        "import.accepted",
        None,
        {"created": 3, "updated": 0, "unchanged": 0},
    )
    assert second.change["staff"] == {"created": 0, "updated": 0, "unchanged": 3}


def free_column(name: str) -> Any:
    """A column besides the key that takes another value without telling on the rest of its row."""
    return next(
        each
        for each in table(name).columns
        if not (each.key or each.states or each.name in TIED) and type(each.kind) in FREE
    )


def refusing_column(name: str) -> Any:
    """The last column besides the key that does not take everything."""
    return next(each for each in reversed(table(name).columns) if type(each.kind) in WRONG and not each.key)


@pytest.mark.parametrize("name", [one for one in TABLES if one not in KEYS_ONLY])
def test_every_row_is_found_again_when_one_cell_changes(name: str) -> None:
    """A change of one cell that is no key updates the row and touches no other."""
    load(complete())
    each = free_column(name)
    tables = {name: complete()[name]}
    tables[name][0][each.name] = FREE[type(each.kind)]
    report = load(tables)
    assert problems(report) == []
    assert totals(report)["updated"] == 1, each.name
    assert totals(report)["created"] == 0


@pytest.mark.parametrize("name", TABLES)
def test_every_wrong_cell_of_a_row_is_told_and_nothing_is_written(name: str) -> None:
    """All typed columns, references and shares of one row at once."""
    expected = []
    tables = complete()
    for each in table(name).columns:
        kind = type(each.kind)
        if kind not in WRONG and kind is not Ref:
            continue
        tables[name][0][each.name], code = WRONG.get(kind, ("nobody", "unknown_code"))
        expected.append((name, 2, each.name, code))
    before = digest()
    report = load(tables)
    found = [problem for problem in problems(report) if problem[:2] == (name, 2)]
    assert sorted(found) == sorted(expected)
    assert all(error.message and error.value for error in report.errors if error.row == 2)
    assert digest() == before


@pytest.mark.parametrize("name", TABLES)
def test_every_empty_required_cell_and_missing_column_is_told(name: str) -> None:
    needed = [each.name for each in table(name).columns if each.required]
    tables = complete()
    tables[name][0] |= dict.fromkeys(needed)
    before = digest()
    blank = [problem for problem in problems(load(tables)) if problem[:2] == (name, 2)]
    assert blank == [(name, 2, column_name, "required") for column_name in needed]
    tables[name] = [{"nothing": None}]
    missing = [problem for problem in problems(load(tables)) if problem[3] == "missing_column"]
    assert missing == [(name, 1, column_name, "missing_column") for column_name in needed]
    assert digest() == before


@pytest.mark.parametrize(("place", "code"), NAMED.items())
def test_unknown_name_in_a_column_of_codes_is_an_error(place: tuple[str, str], code: str) -> None:
    name, column_name = place
    tables = complete()
    tables[name][0][column_name] = "nobody"
    report = load(tables)
    assert [problem for problem in problems(report) if problem[:2] == (name, 2)] == [
        (name, 2, column_name, code)
    ]


@pytest.mark.parametrize("name", TABLES)
def test_second_row_with_the_same_key_is_an_error(name: str) -> None:
    tables = complete()
    tables[name].append(dict(tables[name][0]))
    before = digest()
    report = load(tables)
    row = len(tables[name]) + 1
    assert [(error.sheet, error.row, error.code) for error in report.errors] == [(name, row, "duplicate_key")]
    assert report.errors[0].params == {"row": 2}
    assert digest() == before


@pytest.mark.parametrize("name", TABLES)
def test_unknown_column_is_an_error(name: str) -> None:
    tables = complete()
    for row in tables[name]:
        row["colour"] = "red"
    before = digest()
    report = load(tables)
    assert problems(report) == [(name, 1, "colour", "unknown_column")]
    assert digest() == before


@pytest.mark.parametrize("name", TABLES)
def test_column_twice_is_an_error(name: str) -> None:
    rows, first = complete()[name], table(name).columns[0]
    columns = [*rows[0], first.label]
    tables = complete()
    del tables[name]
    report = import_sheets([*sheets(tables), sheet(name, rows, columns)])
    assert problems(report) == [(name, 1, first.label, "duplicate_column")]


@pytest.mark.parametrize(
    ("name", "error"), list(zip(TABLES, cycle(["formula", "error_value", "too_many_digits"]), strict=False))
)
def test_cell_that_cannot_be_read_is_an_error_of_its_row(name: str, error: str) -> None:
    tables = complete()
    target = next(each.name for each in table(name).columns if each.required)
    tables[name][0][target] = CellError(error, "=A1")
    report = load(tables)
    assert (name, 2, target, error) in problems(report)
    assert "unknown_code" not in codes(report) or target in ("code", "staff_no", "id", "number", "scheme")


@pytest.mark.parametrize("name", TABLES)
def test_chinese_and_english_names_may_be_mixed(name: str) -> None:
    """Sheets and columns in either language, required columns with the star of the template."""
    load(complete())
    rows = complete()[name]
    columns = {
        each.name: (each.label + "*" if each.required else each.label)
        if index % 2
        else f" {each.name.upper()} * "
        for index, each in enumerate(table(name).columns)
    }
    translated = [{columns[key]: cell for key, cell in row.items()} for row in rows]
    report = import_sheets([sheet(table(name).label, translated)])
    assert problems(report) == []
    assert totals(report)["unchanged"] == len(rows)


@pytest.mark.parametrize("name", TABLES)
def test_columns_and_their_labels_are_told_apart(name: str) -> None:
    columns = table(name).columns
    assert len(table(name).by_name) == 2 * len(columns) - sum(
        1 for each in columns if each.label == each.name
    )
    assert len({each.label for each in registry.tables.values()}) == len(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_only_required_columns_are_needed(name: str) -> None:
    """The defaults of the missing ones stand in the declaration."""
    needed = {each.name for each in table(name).columns if each.required}
    needed |= {
        "store_days": {"gross_profit"}, "finding_rules": {"value"}, "findings": {"campaign", "percent"},
        "pool_schemes": {"reserve_share"}, "scheme_items": {"method", "params"}, "manuscripts": set(),
        "bank_columns": {"text"},
    }.get(name, set())  # fmt: skip
    tables = complete()
    tables[name] = [{key: cell for key, cell in row.items() if key in needed} for row in tables[name]]
    if name == "logs":
        tables[name] = tables[name][1:]  # two rows that differ in nothing but the columns left out
    assert problems(load(tables)) == []


@pytest.mark.parametrize("name", TABLES)
def test_missing_column_keeps_what_stands(name: str) -> None:
    load(complete())
    keys = {each.name for each in table(name).columns if each.key or each.required}
    rows = [{key: cell for key, cell in row.items() if key in keys} for row in complete()[name]]
    if name == "logs":
        rows = [row for row in rows if row["row_id"]]
    before = contents({"core_auditevent"})
    report = load({name: rows})
    assert problems(report) == []
    assert totals(report) == {"created": 0, "updated": 0, "unchanged": len(rows)}
    assert contents({"core_auditevent"}) == before


@pytest.mark.parametrize("name", TABLES)
def test_rows_with_errors_count_as_present_for_others(name: str) -> None:
    """Errors are told where they are, not wherever the row is named."""
    tables = complete()
    target = refusing_column(name)
    cell, code = WRONG[type(target.kind)]
    for row in tables[name]:
        row[target.name] = cell
    report = load(tables)
    assert problems(report) == [
        (name, number, target.name, code) for number in range(2, len(tables[name]) + 2)
    ]


@pytest.mark.parametrize("name", TABLES)
def test_texts_are_no_longer_than_the_database_takes(name: str) -> None:
    for each in table(name).columns:
        kind = each.kind
        if not isinstance(kind, Text) or not hasattr(table(name).model, each.field_name):
            continue
        field = table(name).model._meta.get_field(each.field_name)
        if isinstance(field, models.CharField):
            assert kind.max_length <= (field.max_length or 0), each.name


def test_dates_lists_and_yes_or_no_may_be_written_in_each_way_in_every_column() -> None:
    spellings = ["2018-11-05", "2018/11/5", "20181105", 20181105, date(2018, 11, 5), datetime(2018, 11, 5)]  # noqa: DTZ001
    for place in columns_of((Day, MonthOf)):
        kind = column(*place).kind
        expected = date(2018, 11, 1) if isinstance(kind, MonthOf) else date(2018, 11, 5)
        assert [kind.parse(cell) for cell in spellings] == [expected] * 6, place
    parts = ["2018-11-03", "2018-11-04"]
    for place in columns_of((Codes, Days)):
        for separator in (",", "，", "、", ";", " ; ", "，，"):
            assert column(*place).kind.parse(separator.join(parts) + separator) == parts, place
    for place in columns_of(YesNo):
        kind = column(*place).kind
        assert [kind.parse(cell) for cell in ("是", "yes", "YES", "1", 1, True, Decimal(1))] == [True] * 7, (
            place
        )
        assert [kind.parse(cell) for cell in ("否", "no", "No", "0", 0, False)] == [False] * 6, place


def test_every_message_goes_through_the_catalogue() -> None:
    from django.utils.functional import Promise

    assert [code for code, message in MESSAGES.items() if not isinstance(message, Promise)] == []
