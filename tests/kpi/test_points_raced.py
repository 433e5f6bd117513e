"""Two approvals at once on PostgreSQL: one of them counts, the other is told so."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction

from core.exceptions import Conflict
from core.models import AuditEvent
from kpi.models import PointKind, ScorePoint
from kpi.services.points import point_approve, point_propose
from tests.people import APRIL

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def raced(*acts: Any) -> list[str]:
    """Run the acts at the same moment; gives how each ended."""
    start, ends = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        try:
            start.wait()
            act()
            ends.append("done")
        except Conflict as error:
            ends.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def proposal(people: Any) -> ScorePoint:
    return point_propose(
        actor=people.user("leader"),
        staff=people.staff("staff"),
        month=APRIL,
        kind=PointKind.DEDUCTION,
        points=1,
        reason="迟到",
        key=uuid4(),
    )


def approvals() -> int:
    return AuditEvent.objects.filter(action="points.approved").count()


@pytest.fixture
def people(transactional_db: None) -> Any:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        yield load_people()


def test_two_approvals_at_once_give_one(people: Any) -> None:
    for _round in range(5):
        before, point = approvals(), proposal(people)
        ends = raced(
            lambda pk=point.pk: point_approve(actor=people.user("manager"), point_id=pk),
            lambda pk=point.pk: point_approve(actor=people.user("director"), point_id=pk),
        )
        assert ends == ["done", "points_settled"]
        assert approvals() == before + 1


def test_without_the_row_lock_both_would_be_let_through(people: Any) -> None:
    """The control: the same race, reading without a lock, passes the check twice."""
    point = proposal(people)
    both_read = threading.Barrier(2)
    passed = []

    def approve(name: str) -> None:
        with transaction.atomic():
            row = ScorePoint.objects.get(pk=point.pk)
            both_read.wait()
            if not row.approved_by:
                passed.append(name)
                ScorePoint.objects.filter(pk=point.pk).update(approved_by=name)

    assert raced(lambda: approve("manager"), lambda: approve("director")) == ["done", "done"]
    assert sorted(passed) == ["director", "manager"]
