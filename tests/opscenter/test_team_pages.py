"""The pages of a unit: matrix, nothing logged, ranking, daily totals; who sees whom, bounded queries."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.models import User
from core.months import Month
from departments.models import Leave, Staff
from incentives.services.roll_up import month_roll_up
from kpi.calculations.pace import Status
from kpi.models import LogEntry, LogStatus, Platform
from kpi.selectors import team as team_selectors
from kpi.selectors.team import team_board, team_ranking, team_scope
from kpi.selectors.team_days import last_workdays, people_without_log, team_totals, waiting_count
from tests.people import APRIL, MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

D = Decimal
TODAY = date(2024, 5, 15)


def scope(people: Any, who: str, unit: str = "", month: Month = MONTH) -> Any:
    return team_scope(people.user(who), unit, month, TODAY)


def board(people: Any, who: str, unit: str = "", month: Month = MONTH, **given: Any) -> Any:
    wanted = {"text": "", "order": "number", "page": "1", "computed": None, **given}
    return team_board(scope(people, who, unit, month), **wanted)


def cells(found: Any, staff_no: str) -> dict[str, Any]:
    line = next(line for line in found.lines if line.person.staff_no == staff_no)
    return {code: cell for (code, _), (_name, cell) in zip(found.rules, line.cells, strict=True)}


def names(found: Any) -> list[str]:
    return [line.person.staff_no for line in found.lines]


def add_rows(people: Any, who: str, days: list[date], count: int = 1, **given: Any) -> None:
    staff, platform = people.staff(who), Platform.objects.get(code="t-bar")
    LogEntry.objects.bulk_create(
        LogEntry(
            row_key=f"extra:{who}:{LogEntry.objects.count()}:{place}",
            date=day,
            month=day.replace(day=1),
            root_id=staff.root_id,
            staff=staff,
            **{"platform": platform, "activity": "post", "count": count, **given},
        )
        for place, day in enumerate(days)
    )


def grow(people: Any, many: int = 20) -> None:
    """More people in co-a, each with a log-in, rows in two months, and an attainment of April."""
    unit = people.staff("staff").unit
    for place in range(many):
        user = User.objects.create(username=f"more-{place}")
        one = Staff.objects.create(
            staff_no=f"p-more-{place:02d}",
            name=f"新人{place}",
            unit=unit,
            root=people.root,
            role="staff",
            joined=date(2023, 1, 1),
            user=user,
        )
        people.users[user.username] = user
        assert one.user_id == user.pk
        add_rows(people, user.username, [date(2024, 5, 13), date(2024, 4, 10)], 7)


# --- whom one sees -----------------------------------------------------------------------------------


def test_a_leader_sees_the_people_of_the_unit_and_below_with_quotas(people: Any) -> None:
    assert names(board(people, "leader")) == ["p-below", "p-leader", "p-peer", "p-staff"]
    assert scope(people, "leader").unit.code == "co-a"
    # No quota rule holds in co-b, nor for those who lead the whole.
    assert names(board(people, "other-leader")) == []
    assert names(board(people, "manager")) == ["p-below", "p-leader", "p-peer", "p-staff"]


@pytest.mark.parametrize("unit", ["co", "co-b", "xx", "no-unit"])
def test_a_unit_one_does_not_lead_is_no_such_page(people: Any, unit: str) -> None:
    client = people.client("leader")
    for route in ("show", "missing", "ranking", "totals"):
        assert client.get(reverse(f"team:{route}"), {"unit": unit}).status_code == 404


@pytest.mark.parametrize("month", ["2024-06", "2024-13", "nonsense"])
def test_a_month_to_come_or_none_is_no_such_page(people: Any, month: str) -> None:
    client = people.client("leader")
    for route in ("show", "ranking", "totals"):
        assert client.get(reverse(f"team:{route}"), {"month": month}).status_code == 404


@pytest.mark.parametrize("who", ["staff", "peer", "below"])
def test_who_leads_nobody_finds_no_such_page(people: Any, who: str) -> None:
    for route in ("show", "missing", "ranking", "totals"):
        assert people.client(who).get(reverse(f"team:{route}")).status_code == 404


# --- the matrix --------------------------------------------------------------------------------------


@pytest.mark.clause("KQ-15", "KQ-17")
def test_the_running_month_is_worked_out_from_the_log(people: Any) -> None:
    """staff logged 20 and 3 posts of 100; with 9 of 21 working days 42.8571 were to be expected."""
    found = board(people, "leader")
    assert found.live
    post = cells(found, "p-staff")["q-post"]
    assert (post.target, post.done, post.rate) == (D(100), D(23), D("0.2300"))
    assert post.expected == D("42.8571")
    assert (post.status, post.tone) == (Status.BEHIND, "far")
    add_rows(people, "staff", [date(2024, 5, 2)], 20)
    post = cells(board(people, "leader"), "p-staff")["q-post"]
    assert (post.done, post.status, post.tone) == (D(43), Status.ON_PACE, "near")
    # A rejected row does not count.
    LogEntry.objects.filter(row_id="l-valid").update(status=LogStatus.REJECTED)
    assert cells(board(people, "leader"), "p-staff")["q-post"].done == D(23)


def test_the_top_figures_count_people(people: Any) -> None:
    found = board(people, "leader")
    assert (found.people, found.standings.on_pace, found.standings.behind) == (4, 0, 4)
    assert found.standings.as_of is None


def test_a_computed_month_shows_what_was_stored(people: Any) -> None:
    """April: staff logged 5 of 100 posts; what comes later changes nothing until it is computed again."""
    add_rows(people, "staff", [date(2024, 4, 11)], 50)
    found = board(people, "leader", month=APRIL, computed=date(2024, 5, 10))
    post = cells(found, "p-staff")["q-post"]
    assert (post.done, post.expected, post.rate) == (D(5), D(100), D("0.0500"))
    assert not found.live
    assert found.standings.as_of == date(2024, 5, 10)
    assert found.standings.behind == 4
    month_roll_up(actor=None, root=people.root, month=APRIL)
    found = board(people, "leader", month=APRIL, computed=date(2024, 5, 15))
    assert cells(found, "p-staff")["q-post"].done == D(55)


def test_more_people_than_a_page_are_counted_and_sorted_as_last_computed(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stored standings equal the live ones while nothing was logged since."""
    live = board(people, "leader")
    monkeypatch.setattr(team_selectors, "PAGE_SIZE", 2)
    add_rows(people, "peer", [date(2024, 5, 6)], 90)
    month_roll_up(actor=None, root=people.root, month=MONTH)
    found = board(people, "leader", computed=TODAY, order="behind")
    assert found.live
    assert found.standings.as_of == TODAY
    assert found.standings.cells is None
    assert (found.standings.on_pace, found.standings.behind) == (
        live.standings.on_pace,
        live.standings.behind,
    )
    assert found.page.paginator.num_pages == 2
    by_person = found.standings.by_person
    assert by_person[people.staff("peer").pk].behind == by_person[people.staff("staff").pk].behind - 1
    order = names(found) + names(board(people, "leader", computed=TODAY, order="behind", page="2"))
    assert order[-1] == "p-peer"
    # The cells are worked out anew also where the order is that of the last computation.
    add_rows(people, "peer", [date(2024, 5, 7)], 5)
    assert cells(board(people, "leader", computed=TODAY, order="behind", page="2"), "p-peer")[
        "q-post"
    ].done == D(97)


def test_before_any_computation_a_large_team_is_still_shown(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_selectors, "PAGE_SIZE", 2)
    found = board(people, "leader", order="behind")
    assert not found.standings.known
    assert names(found) == ["p-below", "p-leader"]
    answer = people.client("leader").get(reverse("team:show"))
    assert answer.status_code == 200
    assert "—" in answer.content.decode()


def test_filter_and_order_by_name(people: Any) -> None:
    assert names(board(people, "leader", text="员小")) == ["p-below", "p-peer", "p-staff"]
    assert names(board(people, "leader", text="P-LEADER")) == ["p-leader"]
    assert names(board(people, "leader", order="name")) == ["p-staff", "p-below", "p-peer", "p-leader"]
    assert names(board(people, "leader", text="nobody")) == []


def test_the_page_links_each_cell_to_its_rows(people: Any) -> None:
    page = people.client("leader").get(reverse("team:show")).content.decode()
    assert "/logs/?first=2024-05-01&amp;last=2024-05-31&amp;staff=p-staff&amp;rule=q-post" in page
    page = people.client("leader").get(reverse("team:show"), {"month": "2024-04"}).content.decode()
    assert "/month/2024-04/people/p-staff/#rule-q-post" in page


def test_the_matrix_as_a_workbook(people: Any) -> None:
    answer = people.client("leader").get(reverse("team:show"), {"export": "xlsx", "q": "p-staff"})
    lines = list(load_workbook(BytesIO(answer.content)).active.values)
    assert lines[0][3:7] == ("发帖", "回答", "博文", "互评")
    assert lines[1][0] == "p-staff"
    assert D(str(lines[1][3])) == D("0.23")
    assert len(lines) == 2


# --- nothing logged ----------------------------------------------------------------------------------


def missing(people: Any, days: int, who: str = "leader") -> list[str]:
    return [one.staff_no for one in people_without_log(scope(people, who), days).order_by("staff_no")]


def test_who_logged_nothing_today_and_for_several_working_days(people: Any) -> None:
    """Everybody's last row is of Tuesday the 14th; today is Wednesday."""
    everybody = ["p-below", "p-leader", "p-peer", "p-staff"]
    assert missing(people, 1) == everybody
    assert missing(people, 2) == []
    LogEntry.objects.filter(staff=people.staff("peer")).update(date=date(2024, 5, 10))
    # 15, 14, 13, and the 11th, a Saturday worked for the holiday.
    assert last_workdays(scope(people, "leader").calendar, TODAY, 4)[-1] == date(2024, 5, 11)
    assert missing(people, 4) == ["p-peer"]
    assert missing(people, 5) == []
    add_rows(people, "peer", [TODAY])
    assert "p-peer" not in missing(people, 1)
    LogEntry.objects.filter(date=TODAY).update(status=LogStatus.REJECTED)
    assert "p-peer" in missing(people, 1)


def test_those_on_leave_or_gone_are_not_asked(people: Any) -> None:
    Leave.objects.create(staff=people.staff("staff"), root=people.root, start=TODAY, end=TODAY)
    Staff.objects.filter(staff_no="p-below").update(left=date(2024, 5, 14))
    assert missing(people, 1) == ["p-leader", "p-peer"]


# --- ranking -----------------------------------------------------------------------------------------


def test_the_ranking_of_a_computed_month(people: Any) -> None:
    lines, standings = team_ranking(scope(people, "leader", month=APRIL), lambda: date(2024, 5, 15))
    assert standings.as_of == date(2024, 5, 15)
    assert (lines[0].place, lines[0].person.staff_no) == (1, "p-staff")
    # 5 of 100 posts, nothing under the three other rules.
    assert lines[0].mean == D("0.0125")
    assert {line.place for line in lines[1:]} == {2}
    assert lines[0].before is None
    lines, _standings = team_ranking(scope(people, "leader"), lambda: None, "小一")
    assert [(line.place, line.person.staff_no) for line in lines] == [(1, "p-staff")]
    assert lines[0].before == D("0.0125")


# --- daily totals ------------------------------------------------------------------------------------


@pytest.mark.clause("YJ-29", "KQ-15")
def test_daily_totals_by_channel_and_unit_beside_the_month_before(people: Any) -> None:
    found = team_totals(scope(people, "manager"))
    assert [(one.code, one.now, one.before) for one in found.by_channel] == [("t-bar", 30, 5), ("t-qa", 1, 0)]
    assert [(one.code, one.now) for one in found.by_unit] == [("co-a", 29), ("co-a1", 1), ("co-b", 1)]
    assert (found.all.now, found.all.before, found.all.change) == (31, 5, D("5.2"))
    days = {day: (counts, total) for day, counts, total in found.days}
    assert days[date(2024, 5, 14)] == ([10, 1], 11)
    assert days[date(2024, 5, 13)] == ([20, None], 20)
    assert len(days) == 15
    labels, now, before = found.line
    assert len(labels) == 31
    assert now[12:16] == [20, 11, 0, None]
    assert before[9] == 5
    assert before[30] is None


def test_the_running_month_is_compared_with_the_same_days(people: Any) -> None:
    add_rows(people, "staff", [date(2024, 4, 15), date(2024, 4, 16)], 100)
    found = team_totals(scope(people, "leader"))
    assert found.compared_to == date(2024, 4, 15)
    assert found.all.before == 105
    whole = team_totals(scope(people, "leader", month=APRIL))
    assert (whole.all.now, whole.compared_to) == (205, date(2024, 3, 31))


def test_totals_of_one_channel(people: Any) -> None:
    found = team_totals(scope(people, "manager"), "t-qa")
    assert (found.all.now, [one.code for one in found.by_unit]) == (1, ["co-a1"])
    assert [code for code, _name in found.choices] == ["t-bar", "t-qa"]
    assert team_totals(scope(people, "manager"), "no-channel").all.now == 31


def test_a_leader_sees_the_totals_of_their_own_units(people: Any) -> None:
    found = team_totals(scope(people, "other-leader"))
    assert [(one.code, one.now) for one in found.by_unit] == [("co-b", 1)]


@pytest.mark.clause("YJ-29")
def test_daily_totals_as_a_workbook(people: Any) -> None:
    answer = people.client("leader").get(reverse("team:totals"), {"export": "xlsx"})
    lines = list(load_workbook(BytesIO(answer.content)).active.values)
    assert [line[1:] for line in lines[1:]] == [
        ("推广部", "某贴吧", 1, 20),
        ("推广部", "某贴吧", 3, 9),
        ("论坛组", "某问答", 1, 1),
    ]


# --- what waits, and how many queries ----------------------------------------------------------------


def test_what_waits_counts_the_rows_one_may_verify(people: Any) -> None:
    # l-own, l-peer, l-below; not the leader's own, not the other department's.
    assert waiting_count(scope(people, "leader")) == 3
    assert waiting_count(scope(people, "manager")) == 5
    assert waiting_count(scope(people, "manager", "co-b")) == 1
    assert waiting_count(scope(people, "hr")) == 0


@pytest.mark.parametrize("month", ["2024-05", "2024-04"])
def test_the_matrix_needs_as_many_queries_for_many_people(people: Any, month: str) -> None:
    url = f"{reverse('team:show')}?month={month}"

    def more() -> None:
        grow(people)
        month_roll_up(actor=None, root=people.root, month=APRIL)

    assert_bounded(people.client("leader"), url, more, 25)


@pytest.mark.parametrize("route", ["missing", "ranking", "totals"])
def test_the_lists_need_as_many_queries_for_many_people(people: Any, route: str) -> None:
    assert_bounded(people.client("leader"), reverse(f"team:{route}"), lambda: grow(people), 25)


@pytest.mark.parametrize("route", ["missing", "ranking"])
def test_the_lists_as_workbooks(people: Any, route: str) -> None:
    answer = people.client("leader").get(reverse(f"team:{route}"), {"export": "xlsx"})
    lines = list(load_workbook(BytesIO(answer.content)).active.values)
    assert len(lines) == 5


def test_an_unknown_unit_is_refused_by_the_selector(people: Any) -> None:
    from core.exceptions import NotVisible

    with refused(NotVisible, "team"):
        scope(people, "leader", "co-b")
