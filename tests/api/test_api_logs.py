"""Logging by the API: one row or a list, for whom one may, once for a key, all or nothing."""

import threading
from typing import Any

import pytest
from django.db import connections

from core.models import AuditEvent, IdempotentRequest
from kpi.models import LogEntry
from tests.api import Program
from tests.people import People

ROW = {"date": "2024-05-15", "platform": "t-bar", "activity": "post", "count": 2, "handle": "海风一号"}


def count() -> int:
    return LogEntry.objects.count()


def fields(answer: Any) -> list[str]:
    return sorted(line["field"] for line in answer.json()["errors"])


def test_one_row_is_ones_own(people: People) -> None:
    answer = Program(people, "staff").post("logs/", {**ROW, "url": "https://tieba.example.cn/p/77"})

    assert answer.status_code == 201
    row = LogEntry.objects.get(pk=answer.json()["id"])
    assert (row.staff.staff_no, row.count, row.status) == ("p-staff", 2, "submitted")
    assert (row.root, row.created_by) == (people.root, people.user("staff"))
    assert answer.json() == Program(people, "staff").get(f"logs/{row.pk}/").json()
    assert AuditEvent.objects.filter(action="log.added", actor=people.user("staff")).count() == 1


def test_list_of_rows_for_several_people_keeps_its_order(people: People) -> None:
    sent = [
        {**ROW, "staff_no": "p-peer", "count": 5},
        {**ROW, "staff_no": "p-staff", "count": 6},
        {**ROW, "staff_no": "p-peer", "count": 7},
    ]

    answer = Program(people, "leader").post("logs/", sent)

    assert answer.status_code == 201
    assert [(row["staff_no"], row["count"]) for row in answer.json()] == [
        ("p-peer", 5),
        ("p-staff", 6),
        ("p-peer", 7),
    ]


def test_repeat_with_the_same_key_logs_once(people: People) -> None:
    program, before = Program(people, "staff"), count()

    first = program.post("logs/", [ROW, ROW], key="day-15")
    second = program.post("logs/", [ROW, ROW], key="day-15")
    other = program.post("logs/", [ROW], key="day-15")

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert other.status_code == 409
    assert count() == before + 2


def test_repeat_logs_once_also_when_its_answer_is_forgotten(people: People) -> None:
    program, before = Program(people, "staff"), count()
    first = program.post("logs/", ROW, key="day-15")
    IdempotentRequest.objects.all().delete()

    second = program.post("logs/", ROW, key="day-15")

    assert first.json() == second.json()
    assert count() == before + 1


def test_without_a_key_each_request_logs(people: People) -> None:
    program, before = Program(people, "staff"), count()

    program.post("logs/", ROW)
    program.post("logs/", ROW)

    assert count() == before + 2


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"count": -1}, ["count"]),
        ({"count": "many"}, ["count"]),
        ({"date": "2024-05-16"}, ["date"]),
        ({"date": "15 May"}, ["date"]),
        ({"platform": "t-none"}, ["platform"]),
        ({"activity": "dancing"}, ["activity"]),
        ({"url": "javascript:alert(1)"}, ["url"]),
        ({"partner": "p-staff"}, ["partner"]),
        ({"partner": "x-outsider"}, ["partner"]),
        ({"duty": 999}, ["duty"]),
        ({"staff_no": "p-other"}, ["staff_no"]),
        ({"staff_no": "nobody"}, ["staff_no"]),
        ({"status": "valid"}, ["status"]),
        ({"month": "2024-04", "created_at": "2024-01-01"}, ["created_at", "month"]),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_logged(
    people: People, change: dict[str, Any], wrong: list[str]
) -> None:
    program, before = Program(people, "staff"), count()

    one = program.post("logs/", {**ROW, **change}, key="k")
    many = program.post("logs/", [ROW, {**ROW, **change}])

    assert (one.status_code, many.status_code) == (400, 400)
    assert fields(one) == wrong
    assert fields(many) == [f"1.{field}" for field in wrong]
    assert count() == before
    assert not IdempotentRequest.objects.exists()


def test_somebody_else_is_unknown_like_nobody(people: People) -> None:
    program = Program(people, "staff")

    denied = program.post("logs/", {**ROW, "staff_no": "p-other"})
    missing = program.post("logs/", {**ROW, "staff_no": "nobody"})

    assert denied.json() == missing.json()


def test_wrong_row_of_one_person_keeps_the_rows_of_others_out(people: People) -> None:
    before = count()

    answer = Program(people, "leader").post(
        "logs/",
        [
            {**ROW, "staff_no": "p-peer"},
            {**ROW, "staff_no": "p-staff"},
            {**ROW, "staff_no": "p-peer", "activity": "dancing"},
            {**ROW, "staff_no": "p-below", "date": "2024-05-16"},
        ],
    )

    assert answer.status_code == 400
    assert fields(answer) == ["2.activity", "3.date"]
    assert count() == before


@pytest.mark.parametrize(("body", "wrong"), [([], [""]), ('"text"', [""]), ([ROW] * 501, [""]), ([1], ["0"])])
def test_body_that_is_neither_a_row_nor_rows(people: People, body: Any, wrong: list[str]) -> None:
    before = count()

    answer = Program(people, "staff").post("logs/", body)

    assert answer.status_code == 400
    assert fields(answer) == wrong
    assert count() == before


def test_closed_month_is_for_those_who_verify(people: People) -> None:
    sent, before = {**ROW, "date": "2024-03-04", "staff_no": "p-staff"}, count()

    own = Program(people, "staff").post("logs/", sent)

    assert (own.status_code, own.json()["code"]) == (403, "entry_closed")
    assert count() == before
    assert Program(people, "leader").post("logs/", sent).status_code == 201


@pytest.mark.parametrize("name", ["hr", "auditor", "finance", "admin"])
def test_who_verifies_nothing_logs_for_nobody_else(people: People, name: str) -> None:
    before = count()

    answer = Program(people, name).post("logs/", {**ROW, "staff_no": "p-staff"})

    assert answer.status_code == 404
    assert count() == before


def test_locked_month_takes_no_row(people: People) -> None:
    from departments.models import Period
    from tests.people import MONTH

    Period.objects.update_or_create(root=people.root, month=MONTH.first, defaults={"state": "locked"})
    before = count()

    answer = Program(people, "staff").post("logs/", ROW, key="k")

    assert (answer.status_code, answer.json()["code"]) == (409, "month_locked")
    assert count() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_same_request_twice_at_once_logs_once() -> None:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        program, before = Program(load_people(), "staff"), count()
        gate, found = threading.Barrier(4), []

        def ask() -> None:
            try:
                gate.wait()
                found.append(program.post("logs/", [ROW, ROW], key="day-15"))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [answer.status_code for answer in found] == [201] * 4
    assert len({answer.content for answer in found}) == 1
    assert count() == before + 2
