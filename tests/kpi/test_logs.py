"""Logging work: what is kept, who may log for whom until when, corrections, ticks of duties."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from core.exceptions import Conflict, DomainError, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from departments.models import Duty, Period, PeriodState, Position
from kpi.models import DutyTick, LogEntry, LogStatus, Platform
from kpi.selectors import counted_logs
from kpi.selectors.logs import daily_counts, last_day_logged, log_history, rows_of_day
from kpi.services.logs import MOST_ROWS, NewLog, duty_tick, log_correct, logs_add
from tests.people import APRIL, MONTH
from tests.people.refusals import refused

TODAY = date(2024, 5, 15)
IN_APRIL = date(2024, 4, 20)


def new(day: date = TODAY, **given: Any) -> NewLog:
    platform = Platform.objects.get(code=given.pop("platform", "t-bar"))
    return NewLog(**{"date": day, "platform": platform, "activity": "post", "count": 2, **given})


def add(people: Any, who: str = "staff", about: str = "", *rows: NewLog, key: str = "") -> list[LogEntry]:
    staff = people.staff(about or who)
    return logs_add(actor=people.user(who), staff=staff, rows=rows or [new()], key=key or uuid4().hex)


def correct(people: Any, row_id: str = "l-valid", who: str = "staff", **given: Any) -> LogEntry:
    return log_correct(
        actor=people.user(who),
        entry_id=LogEntry.objects.get(row_id=row_id).pk,
        **{"count": 30, "reason": "数错了", "key": uuid4().hex, **given},
    )


def state() -> tuple[int, int, int]:
    return LogEntry.objects.count(), AuditEvent.objects.count(), DutyTick.objects.count()


def lock(people: Any) -> None:
    Period.objects.filter(root=people.root, month=APRIL.first).update(state=PeriodState.LOCKED)


def counts_of(people: Any, day: date) -> list[int]:
    rows = counted_logs(people.root.pk, day, day).filter(staff=people.staff("staff"))
    return list(rows.values_list("count", flat=True))


@pytest.mark.clause("YJ-09", "YJ-15", "YJ-05")
def test_a_row_carries_a_large_count_the_colleague_and_the_duty(people: Any) -> None:
    duty = Duty.objects.get(number=1)
    (entry,) = add(
        people,
        "staff",
        "",
        new(count=10_000, partner=people.staff("peer"), duty=duty, url="https://www.tieba.example.cn/p/8/"),
    )
    entry.refresh_from_db()
    assert (entry.count, entry.partner, entry.duty) == (10_000, people.staff("peer"), duty)
    assert (entry.month, entry.root, entry.created_by) == (MONTH.first, people.root, people.user("staff"))
    assert entry.status == LogStatus.SUBMITTED
    assert len(entry.link_key) == 64
    event = AuditEvent.objects.filter(action="log.added").get()
    assert (event.actor, event.change["rows"], event.change["count"]) == (people.user("staff"), 1, 10_000)


def test_a_form_sent_twice_logs_once(people: Any) -> None:
    first = add(people, "staff", "", new(), new(count=3), key="web-1")
    before = state()
    again = add(people, "staff", "", new(), new(count=3), key="web-1")
    assert [entry.pk for entry in again] == [entry.pk for entry in first]
    assert state() == before


def test_a_key_of_somebody_else_is_refused(people: Any) -> None:
    add(people, "staff", key="web-1")
    before = state()
    with refused(Conflict, "key_taken"):
        add(people, "peer", key="web-1")
    assert state() == before


@pytest.mark.parametrize("key", ["", "k" * 60])
def test_a_key_that_would_not_fit_is_refused(people: Any, key: str) -> None:
    before = state()
    with refused(RuleViolation, "key_length"):
        logs_add(actor=people.user("staff"), staff=people.staff("staff"), rows=[new()], key=key)
    with refused(RuleViolation, "key_length"):
        correct(people, key=key)
    assert state() == before


def test_the_longest_key_fits_with_the_most_rows(people: Any) -> None:
    rows = add(people, "staff", "", *[new()] * MOST_ROWS, key="k" * 59)
    assert max(len(entry.row_id) for entry in rows) == 63
    with refused(RuleViolation, "too_many_rows"):
        add(people, "staff", "", *[new()] * (MOST_ROWS + 1))


@pytest.mark.parametrize("who", ["peer", "other", "other-leader", "outsider", "finance", "auditor", "hr"])
def test_only_those_who_verify_log_for_somebody_else(people: Any, who: str) -> None:
    before = state()
    with refused(NotVisible, "staff"):
        add(people, who, "staff")
    assert state() == before


@pytest.mark.parametrize("who", ["leader", "manager", "director"])
def test_those_who_verify_log_for_their_people(people: Any, who: str) -> None:
    (entry,) = add(people, who, "staff")
    assert (entry.staff, entry.created_by) == (people.staff("staff"), people.user(who))


def test_april_closes_for_oneself_with_the_second_of_may(people: Any) -> None:
    with time_machine.travel(datetime(2024, 5, 2, 15, 59, tzinfo=UTC)):  # 23:59 in Shanghai
        add(people, "staff", "", new(IN_APRIL))
    before = state()
    with time_machine.travel(datetime(2024, 5, 2, 16, 1, tzinfo=UTC)):
        with refused(NotAllowed, "entry_closed"):
            add(people, "staff", "", new(IN_APRIL))
        with refused(NotAllowed, "entry_closed"):
            correct(people, "l-april")
    assert state() == before
    (late,) = add(people, "leader", "staff", new(IN_APRIL))
    assert late.created_by == people.user("leader")


@pytest.mark.parametrize("who", ["leader", "manager", "director"])
def test_leaders_are_bound_to_the_closing_day_for_themselves(people: Any, who: str) -> None:
    before = state()
    with refused(NotAllowed, "entry_closed"):
        add(people, who, who, new(IN_APRIL))
    assert state() == before


def test_a_locked_month_takes_nothing_from_anybody(people: Any) -> None:
    lock(people)
    before = state()
    with refused(Conflict, "month_locked"):
        add(people, "leader", "staff", new(IN_APRIL))
    with refused(Conflict, "month_locked"):
        correct(people, "l-april", who="leader")
    assert state() == before


def test_each_problem_is_told_at_its_field_and_nothing_is_logged(people: Any) -> None:
    before = state()
    with pytest.raises(RuleViolation) as caught:
        add(
            people,
            "staff",
            "",
            new(),
            new(date(2024, 5, 16), activity="juggling", count=-1, url="javascript:1"),
            new(partner=people.staff("staff")),
        )
    assert {one["field"] for one in caught.value.errors} == {
        "1.date",
        "1.activity",
        "1.count",
        "1.url",
        "2.partner",
    }
    assert state() == before


@pytest.mark.clause("YJ-20")
def test_a_closed_platform_names_its_successor(people: Any) -> None:
    old = Platform.objects.get(code="t-old")
    old.successor = Platform.objects.get(code="t-bar")
    old.save()
    before = state()
    with pytest.raises(RuleViolation) as caught:
        add(people, "staff", "", new(platform="t-old"))
    (problem,) = caught.value.errors
    assert problem["field"] == "platform"
    assert "某贴吧" in str(problem["message"])
    assert state() == before
    # What was done there while it was open keeps its place.
    assert add(people, "leader", "staff", new(date(2023, 12, 31), platform="t-old"))


@pytest.mark.clause("YJ-05")
def test_a_duty_of_other_units_cannot_be_served(people: Any) -> None:
    foreign = Duty.objects.create(unit=people.staff("other").unit, number=9, item="客服")
    before = state()
    with refused(NotVisible, "duty"):
        add(people, "staff", "", new(duty=foreign))
    with refused(NotVisible, "duty"):
        duty_tick(actor=people.user("staff"), duty=foreign, day=TODAY)
    assert state() == before


def test_a_correction_replaces_and_the_old_row_stays(people: Any) -> None:
    row = correct(people, count=30, handle=" 海风二号 ")
    old = LogEntry.objects.get(row_id="l-valid")
    assert (row.supersedes, row.count, row.handle, row.note) == (old, 30, "海风二号", "数错了")
    assert (old.count, old.status) == (20, LogStatus.VALID)
    assert counts_of(people, old.date) == [30]
    event = AuditEvent.objects.get(action="log.corrected")
    assert (event.reason, event.change["from"], event.change["to"]) == ("数错了", 20, 30)
    history = log_history(people.user("staff"), old.pk)
    assert (history.chain, history.newest, history.entry.replaced) == ((old, row), row, True)


def test_a_correction_sent_twice_is_one_and_a_second_one_is_refused(people: Any) -> None:
    row = correct(people, key="web-1")
    before = state()
    assert correct(people, key="web-1") == row
    with refused(Conflict, "replaced_before"):
        correct(people)
    assert state() == before


def test_a_correction_says_why(people: Any) -> None:
    before = state()
    with refused(RuleViolation, "correction_incomplete"):
        correct(people, reason="  ")
    assert state() == before


@pytest.mark.parametrize("who", ["peer", "other", "other-leader", "outsider"])
def test_rows_of_others_cannot_be_corrected(people: Any, who: str) -> None:
    before = state()
    with refused(NotVisible, "log"):
        correct(people, who=who)
    assert state() == before


def test_who_only_reads_a_row_cannot_correct_it(people: Any) -> None:
    before = state()
    with refused(NotVisible, "staff"):
        correct(people, who="auditor")
    assert state() == before


def test_a_rejected_row_cannot_be_corrected_back_to_life(people: Any) -> None:
    LogEntry.objects.filter(row_id="l-valid").update(status=LogStatus.REJECTED)
    before = state()
    with refused(RuleViolation, "row_rejected"):
        correct(people)
    assert state() == before
    assert counts_of(people, date(2024, 5, 13)) == []


def test_after_a_rejected_correction_the_old_row_stands_again(people: Any) -> None:
    staff, day = people.staff("staff"), date(2024, 5, 13)
    row = correct(people)
    assert [one.count for one in rows_of_day(staff, day)] == [30]
    LogEntry.objects.filter(pk=row.pk).update(status=LogStatus.REJECTED)
    assert counts_of(people, day) == [20]
    assert [one.count for one in rows_of_day(staff, day)] == [20]
    assert daily_counts(staff, day, day) == {day: (1, 20)}
    assert correct(people, count=25).count == 25
    assert daily_counts(staff, day, day) == {day: (1, 25)}


def test_a_row_taken_back_is_no_day_with_entries(people: Any) -> None:
    staff, day = people.staff("staff"), date(2024, 5, 13)
    correct(people, count=0)
    assert daily_counts(staff, day, day) == {}
    assert rows_of_day(staff, day) == []
    assert last_day_logged(staff, TODAY) == date(2024, 5, 14)


@pytest.mark.clause("YJ-17")
def test_a_duty_is_ticked_once_a_day(people: Any) -> None:
    duty = Duty.objects.get(number=2)
    first = duty_tick(actor=people.user("staff"), duty=duty, day=TODAY)
    before = state()
    assert duty_tick(actor=people.user("staff"), duty=duty, day=TODAY) == first
    assert state() == before
    assert (first.date, first.staff) == (TODAY, people.staff("staff"))
    assert AuditEvent.objects.filter(action="duty.ticked").count() == 1


@pytest.mark.parametrize(
    ("who", "day", "kind"),
    [
        ("other", TODAY, NotVisible),
        ("outsider", TODAY, NotVisible),
        ("staff", date(2024, 5, 16), RuleViolation),
        ("staff", IN_APRIL, NotAllowed),
    ],
)
@pytest.mark.clause("YJ-17")
def test_a_duty_is_not_ticked(people: Any, who: str, day: date, kind: type[DomainError]) -> None:
    before = state()
    with pytest.raises(kind):
        duty_tick(actor=people.user(who), duty=Duty.objects.get(number=1), day=day)
    assert state() == before


def test_a_duty_of_another_position_is_not_ticked(people: Any) -> None:
    duty = Duty.objects.get(number=1)
    duty.position = Position.objects.create(unit=duty.unit, code="co-video", name="视频专员", headcount=1)
    duty.save()
    before = state()
    with refused(NotVisible, "duty"):
        duty_tick(actor=people.user("staff"), duty=duty, day=TODAY)
    assert state() == before


def test_a_locked_month_takes_no_tick(people: Any) -> None:
    with time_machine.travel(datetime(2024, 5, 2, 2, 0, tzinfo=UTC)):
        lock(people)
        before = state()
        with refused(Conflict, "month_locked"):
            duty_tick(actor=people.user("staff"), duty=Duty.objects.get(number=1), day=IN_APRIL)
        assert state() == before
