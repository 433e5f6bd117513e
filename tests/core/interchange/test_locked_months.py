"""A row that touches a locked month is an error; an unchanged row touches nothing."""

from datetime import date
from itertools import cycle
from typing import Any

import pytest

from core import registry
from core.guards import Point, Span
from departments.models import Period, Unit
from incentives.models import Finding, Manuscript
from tests.core.interchange.database import digest
from tests.core.interchange.test_every_table import TABLES, table
from tests.core.interchange.workbook import complete, load, one, problems, totals

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HT-22")]

DATED = [
    name for name in TABLES if isinstance(getattr(registry.tables[name].model, "guard", None), Point | Span)
]
#: the column that shows the error, and a change of one cell
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "assignments": ("start", {"position": None}),
    "leaves": ("start", {"kind": "病假"}),
    "calendar": ("date", {"note": "别的"}),
    "logs": ("date", {"count": 9}),
    "metric_values": ("month", {"value": 9}),
    "ratings": ("month", {"score": 9}),
    "score_points": ("month", {"points": 9}),
    "store_days": ("date", {"visitors": 9}),
    "product_days": ("date", {"units": 9}),
    "member_days": ("date", {"number": 2}),
    "campaigns": ("end", {"pays": "否"}),
    "articles": ("published", {"readers": 9}),
    "article_readings": ("date", {"readers": 9}),
    "role_holders": ("start", {"end": None}),
    "manuscripts": ("date", {"title": "别的"}),
    "findings": ("date", {"note": "别的"}),
    "fund_entries": ("date", {"amount": 9}),
    "channel_days": ("date", {"clicks": 9}),
}
#: a cell that makes another row of it
ANOTHER: dict[str, dict[str, Any]] = {
    "assignments": {"staff_no": "t-2"},
    "leaves": {"start": "2018-11-30", "end": "2018-12-01"},
    "calendar": {"date": "2018-11-13"},
    "logs": {"row_id": "t-r9", "supersedes": None},
    "metric_values": {"subject": "t-2"},
    "ratings": {"staff_no": "t-2"},
    "score_points": {"code": "t-p9"},
    "store_days": {"date": "2018-11-04"},
    "product_days": {"product": "p9"},
    "member_days": {"date": "2018-11-18"},
    "campaigns": {"code": "t-c9"},
    "articles": {"code": "t-a9"},
    "article_readings": {"date": "2018-11-18"},
    "role_holders": {"staff_no": "t-2", "end": None},
    "manuscripts": {"id": "t-m9"},
    "findings": {"id": "t-g9"},
    "fund_entries": {"id": "t-e9"},
    "channel_days": {"date": "2018-11-04"},
}


def lock(month: str = "2018-11-01", root: str = "t-co", state: str = "locked") -> None:
    Period.objects.create(root=Unit.objects.get(code=root), month=date.fromisoformat(month), state=state)


def test_every_dated_table_is_tried() -> None:
    assert sorted(DATED) == sorted(CHANGES) == sorted(ANOTHER)


@pytest.mark.parametrize(("name", "state"), list(zip(DATED, cycle(["locked", "paid"]), strict=False)))
def test_changed_row_of_a_locked_month_is_an_error_and_an_unchanged_one_is_none(
    name: str, state: str
) -> None:
    assert load(complete()).accepted
    lock(state=state)
    assert totals(load({name: complete()[name]}))["unchanged"] == len(complete()[name])
    column, cells = CHANGES[name]
    before = digest()
    report = load({name: [one(name, **cells)]})
    if name == "role_holders":
        # Only its last day moves: what changes is the time after the locked month.
        assert problems(report) == []
        return
    assert problems(report) == [(name, 2, column, "month_locked")]
    assert report.errors[0].params == {"month": "2018-11"}
    assert digest() == before


@pytest.mark.parametrize("name", DATED)
def test_new_row_of_a_locked_month_is_an_error(name: str) -> None:
    assert load(complete()).accepted
    lock()
    before = digest()
    report = load({name: [one(name, **ANOTHER[name])]})
    assert problems(report) == [(name, 2, CHANGES[name][0], "month_locked")]
    assert digest() == before


@pytest.mark.parametrize(
    ("name", "state"), list(zip(DATED, cycle(["open", "computed", "approved"]), strict=False))
)
def test_row_of_an_open_month_is_taken(name: str, state: str) -> None:
    assert load(complete()).accepted
    lock(state=state)
    lock("2018-10-01")
    assert problems(load({name: [one(name, **CHANGES[name][1])]})) == []


@pytest.mark.parametrize("name", sorted(set(TABLES) - set(DATED)))
def test_rules_may_change_while_a_month_is_locked(name: str) -> None:
    """What was settled keeps the rules it was settled by."""
    assert load(complete()).accepted
    lock()
    assert problems(load({name: complete()[name]})) == []
    free = {"name", "client", "clause", "item", "title", "phone"} & {
        column.name for column in table(name).columns
    }
    if free:
        report = load({name: [one(name, **{free.pop(): "别的"}), *complete()[name][1:]]})
        assert problems(report) == []
        assert totals(report)["updated"] == 1


def test_month_of_another_organisation_does_not_matter() -> None:
    tables = complete()
    tables["units"].append(one("units", code="q", reports_to=None, head=None))
    assert load(tables).accepted
    lock(root="q")
    assert load({"logs": [one("logs", count=9)]}).accepted
    # A day of the calendar belongs to all of them.
    assert problems(load({"calendar": [one("calendar", note="x")]})) == [
        ("calendar", 2, "date", "month_locked")
    ]


def test_row_that_leaves_a_locked_month_is_an_error() -> None:
    assert load(complete()).accepted
    lock()
    assert problems(load({"logs": [one("logs", date="2018-12-02")]})) == [("logs", 2, "date", "month_locked")]
    assert problems(load({"campaigns": [one("campaigns", start="2018-12-01", end="2018-12-01")]})) == [
        ("campaigns", 2, "end", "month_locked")
    ]


def test_campaign_belongs_to_the_month_of_its_end() -> None:
    assert load(complete()).accepted
    lock()
    long = one("campaigns", code="t-c2", start="2018-11-30", end="2018-12-01")
    assert problems(load({"campaigns": [long]})) == []


def test_end_of_an_open_span_may_move_after_the_locked_month() -> None:
    assert load(complete()).accepted
    lock()
    assert problems(load({"assignments": [one("assignments", end="2018-12-31")]})) == []
    assert problems(load({"assignments": [one("assignments", end="2018-11-30")]})) == []
    cut = load({"assignments": [one("assignments", end="2018-11-29")]})
    assert problems(cut) == [("assignments", 2, "start", "month_locked")]
    both = load({"assignments": [one("assignments", end="2018-12-31", position=None)]})
    assert problems(both) == [("assignments", 2, "start", "month_locked")]


def test_yearly_finding_touches_the_months_it_acts_on() -> None:
    """``t-f2`` acts on 2019: neither its own month nor 2020 matters, a locked month of 2019 does."""
    assert load(complete()).accepted
    lock()
    yearly = {**complete()["findings"][1], "id": "t-g3"}
    assert problems(load({"findings": [yearly]})) == []
    found = Finding.objects.get(ident="t-g3")
    assert (found.acts_from, found.acts_to) == (date(2019, 1, 1), date(2019, 12, 31))
    lock("2019-12-01")
    assert problems(load({"findings": [{**yearly, "status": "confirmed"}]})) == [
        ("findings", 2, "date", "month_locked")
    ]


def test_manuscript_is_booked_in_the_month_it_is_published() -> None:
    """Dated in a locked month, published in an open one: fine, at once or later."""
    tables = complete()
    tables["manuscripts"].append(one("manuscripts", id="t-m2", status="submitted", published=None))
    assert load(tables).accepted
    lock()
    late = one("manuscripts", id="t-m3", published="2018-12-03")
    later = one("manuscripts", id="t-m2", published="2018-12-04")
    assert problems(load({"manuscripts": [late, later]})) == []
    assert set(Manuscript.objects.exclude(ident="t-m1").values_list("month", flat=True)) == {
        date(2018, 12, 1)
    }
    back = load({"manuscripts": [one("manuscripts", id="t-m4", published="2018-11-30")]})
    assert problems(back) == [("manuscripts", 2, "date", "month_locked")]


def test_lock_is_told_together_with_other_errors_of_the_row() -> None:
    assert load(complete()).accepted
    lock()
    report = load({"logs": [one("logs", count="x", platform="moon")]})
    assert sorted(problem[3] for problem in problems(report)) == [
        "month_locked",
        "not_whole_number",
        "unknown_code",
    ]
