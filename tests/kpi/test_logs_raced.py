"""The same form twice at once on PostgreSQL: it logs once, and both get the same rows."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from core.models import AuditEvent
from kpi.models import LogEntry, Platform
from kpi.services.logs import NewLog, log_correct, logs_add

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TODAY = date(2024, 5, 15)


def raced(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment; gives what each gave, or the error it ended with."""
    start, ends = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            ends.append(act())
        except Exception as error:  # the test looks at it
            ends.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.fixture
def people(transactional_db: None) -> Any:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        yield load_people()


def add(people: Any, key: str) -> list[int]:
    row = NewLog(date=TODAY, platform=Platform.objects.get(code="t-bar"), activity="post", count=2)
    staff = people.staff("staff")
    return [one.pk for one in logs_add(actor=people.user("staff"), staff=staff, rows=[row, row], key=key)]


def logged() -> tuple[int, int]:
    return LogEntry.objects.filter(date=TODAY).count(), AuditEvent.objects.filter(action="log.added").count()


def test_the_same_form_twice_at_once_logs_once(people: Any) -> None:
    for round_ in range(1, 6):
        key = uuid4().hex
        first, second = raced(lambda key=key: add(people, key), lambda key=key: add(people, key))
        assert first == second
        assert logged() == (2 * round_, round_)


def test_without_the_same_key_both_would_be_logged(people: Any) -> None:
    """The control: two keys are two forms."""
    first, second = raced(lambda: add(people, uuid4().hex), lambda: add(people, uuid4().hex))
    assert set(first).isdisjoint(second)
    assert logged() == (4, 2)


def test_two_corrections_at_once_leave_one(people: Any) -> None:
    entry = LogEntry.objects.get(row_id="l-own")

    def correct(count: int) -> int:
        return log_correct(
            actor=people.user("staff"), entry_id=entry.pk, count=count, reason="x", key=uuid4().hex
        ).pk

    ends = raced(lambda: correct(4), lambda: correct(5))
    assert sorted(str(getattr(one, "code", "done")) for one in ends) == ["done", "replaced_before"]
    assert entry.successors.count() == 1
