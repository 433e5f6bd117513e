"""Every column by itself: one wrong cell is one error, and none of another row."""

from decimal import Decimal
from typing import Any

import pytest

from core import registry
from core.interchange.columns import Ref, Share
from tests.core.interchange.database import digest
from tests.core.interchange.test_every_table import NAMES, WRONG, column
from tests.core.interchange.workbook import columns_of, complete, load, problems

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("name", "column_name"),
    [(each.name, c.name) for each in registry.tables.values() for c in each.columns if type(c.kind) in WRONG],
)
def test_wrong_type_is_an_error_of_its_cell_and_nothing_is_written(name: str, column_name: str) -> None:
    cell, code = WRONG[type(column(name, column_name).kind)]
    tables = complete()
    tables[name][0][column_name] = cell
    before = digest()
    report = load(tables)
    assert (name, 2, column_name, code) in problems(report)
    assert [problem for problem in problems(report) if problem[:2] == (name, 2)] == [
        (name, 2, column_name, code)
    ]
    if (name, column_name) not in NAMES:
        assert len(report.errors) == 1
    assert digest() == before
    error = next(error for error in report.errors if error.code == code)
    assert error.value == str(cell)[:200]
    assert error.message


@pytest.mark.parametrize(("name", "column_name"), columns_of(Ref))
def test_unknown_code_in_a_reference_is_an_error(name: str, column_name: str) -> None:
    tables = complete()
    tables[name][0][column_name] = "nobody"
    before = digest()
    report = load(tables)
    assert problems(report) == [(name, 2, column_name, "unknown_code")]
    assert digest() == before


@pytest.mark.parametrize(
    ("name", "column_name"),
    [(each.name, c.name) for each in registry.tables.values() for c in each.columns if c.required],
)
def test_missing_required_column_is_an_error(name: str, column_name: str) -> None:
    tables = complete()
    tables[name] = [{key: cell for key, cell in row.items() if key != column_name} for row in tables[name]]
    before = digest()
    report = load(tables)
    assert (name, 1, column_name, "missing_column") in problems(report)
    if (name, column_name) not in NAMES:
        assert problems(report) == [(name, 1, column_name, "missing_column")]
    assert digest() == before


@pytest.mark.parametrize(
    ("name", "column_name"),
    [(each.name, c.name) for each in registry.tables.values() for c in each.columns if c.required],
)
def test_empty_required_cell_is_an_error_of_its_cell(name: str, column_name: str) -> None:
    tables = complete()
    tables[name][0][column_name] = ""
    before = digest()
    report = load(tables)
    # Other rows of the file may need the code that is gone now.
    assert (name, 2, column_name, "required") in problems(report)
    assert [p for p in problems(report) if p[:2] == (name, 2)] == [(name, 2, column_name, "required")]
    assert digest() == before


@pytest.mark.parametrize(("name", "column_name"), columns_of(Share))
@pytest.mark.parametrize("cell", ["1.01", "-0.01", Decimal("2"), "101%", -1])
def test_share_lies_between_nothing_and_all(name: str, column_name: str, cell: Any) -> None:
    tables = complete()
    tables[name][0][column_name] = cell
    report = load(tables)
    assert problems(report) == [(name, 2, column_name, "out_of_range")]
