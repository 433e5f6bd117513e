"""Imports that are killed, raced and refused by the database: all or nothing, once."""

from typing import Any

import pytest
from django.db import IntegrityError

from core.interchange.importer import import_sheets
from core.models import AuditEvent
from departments.models import Period, Unit
from kpi.models import LogEntry
from tests.core.interchange.database import contents
from tests.core.interchange.workbook import complete, load, one, problems, sheets, totals
from tests.reliability import harness


def small() -> dict[str, list[dict[str, Any]]]:
    """Enough for new rows in several tables and references set later, in few statements."""
    tables = complete()
    return {
        "units": [one("units", head="t-1")],
        "activities": tables["activities"],
        "staff": [one("staff", unit="t-co", position=None, username=None)],
        "platforms": [one("platforms", successor=None)],
        "logs": [{**row, "partner": None, "duty": None} for row in tables["logs"][:2]],
    }


def rows() -> dict[str, int]:
    return {table: len(found) for table, found in contents().items()}


def test_import_killed_at_every_statement_leaves_nothing_or_all(shared_database: None) -> None:
    from django.core.management import call_command

    states: list[dict[str, int]] = []

    def empty() -> None:
        call_command("flush", interactive=False, verbosity=0)

    def look() -> None:
        states.append(rows())
        if not Unit.objects.exists():
            assert load(small()).accepted

    report = harness.every_kill_point(
        prepare=empty, act=lambda: load(small()), again=look, state=lambda: (rows(), LogEntry.objects.count())
    )
    assert report.different == []
    assert report.points >= 40
    empty()
    nothing = rows()
    load(small())
    everything = rows()
    assert [state for state in states if state not in (nothing, everything)] == []
    assert nothing in states
    assert everything in states


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_end_as_one() -> None:
    first, second = harness.together(lambda: load(complete()), lambda: load(complete()))
    assert (problems(first), problems(second)) == ([], [])
    total = sum(len(each) for each in complete().values())
    outcomes = sorted((totals(first)["created"], totals(second)["created"]))
    assert outcomes == [0, total]
    assert AuditEvent.objects.count() == 2
    assert LogEntry.objects.count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_month_that_is_locked_during_an_import_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check saw an open month; the database refuses the rows, and one sentence says why."""
    assert load(complete()).accepted
    Period.objects.create(root=Unit.objects.get(code="t-co"), month="2018-11-01", state="locked")
    monkeypatch.setattr("core.interchange.context.ImportContext.months_are_locked", False)
    report = load({"logs": [one("logs", count=9)]})
    assert [error.code for error in report.errors] == ["locked_meanwhile"]
    assert LogEntry.objects.get(row_id="t-r1").count == 5


@pytest.mark.django_db
def test_refusal_that_no_check_foresaw_is_one_sentence_beside_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load(complete()).accepted
    before = contents()

    def refuse(*args: Any, **options: Any) -> None:
        raise IntegrityError("CHECK constraint failed: kpi_log_count")

    monkeypatch.setattr("kpi.tables.LogsTable.create", refuse)
    tables = {"stores": [one("stores", opened="x")], "logs": [one("logs", row_id="n", supersedes=None)]}
    report = import_sheets(sheets(tables))
    assert [(error.sheet, error.code) for error in report.errors] == [("stores", "not_date"), ("", "refused")]
    assert report.errors[1].params == {"reason": "CHECK constraint failed: kpi_log_count"}
    assert contents() == before
