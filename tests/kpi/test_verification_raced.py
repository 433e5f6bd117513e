"""Two decisions at once on PostgreSQL: one of them counts, the other is told so."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kpi.models import LogCheck, LogEntry, LogSample, LogStatus, Verdict
from kpi.services.samples import sample_conclude, sample_draw
from kpi.services.verification import log_decide, logs_decide
from tests.kpi.test_points_raced import raced
from tests.kpi.test_samples import check
from tests.kpi.test_verification import more_rows, row
from tests.people import MONTH

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> Iterator[Any]:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        yield load_people()


def test_two_decisions_at_once_give_one(people: Any) -> None:
    for entry in more_rows(people, 5, "peer"):
        ends = raced(
            lambda pk=entry.pk: log_decide(
                actor=people.user("leader"), entry_id=pk, verdict=Verdict.ACCEPTED, reason="", seen=0
            ),
            lambda pk=entry.pk: log_decide(
                actor=people.user("manager"), entry_id=pk, verdict=Verdict.REJECTED, reason="假", seen=0
            ),
        )
        assert ends == ["decided_before", "done"]
        made = LogCheck.objects.get(entry=entry)
        entry.refresh_from_db()
        assert entry.status == ("valid" if made.verdict == "accepted" else "rejected")


def test_same_rows_ticked_by_two_are_decided_once(people: Any) -> None:
    keys = [entry.pk for entry in more_rows(people, 40, "peer")]

    def accept(who: str) -> Any:
        return lambda: logs_decide(
            actor=people.user(who),
            entry_ids=keys if who == "leader" else keys[::-1],
            verdict=Verdict.ACCEPTED,
        )

    assert raced(accept("leader"), accept("manager")) == ["done", "done"]
    assert LogCheck.objects.filter(entry_id__in=keys).count() == 40


def test_sample_is_concluded_once(people: Any) -> None:
    more_rows(people, 100, "peer")
    sample: LogSample = sample_draw(actor=people.user("leader"), unit=row("l-own").staff.unit, month=MONTH)
    check(people, sample, rejected=1)
    ends = raced(
        lambda: sample_conclude(actor=people.user("leader"), sample_id=sample.pk),
        lambda: sample_conclude(actor=people.user("manager"), sample_id=sample.pk),
    )
    assert ends == ["done", "sample_concluded"]


def test_without_the_row_lock_both_would_be_let_through(people: Any) -> None:
    """The control: the check without a lock passes twice; the number of the decision stops the second."""
    entry = more_rows(people, 1, "peer")[0]
    both_read = threading.Barrier(2)
    passed: list[str] = []

    def decide(who: str) -> None:
        with transaction.atomic():
            seen = LogEntry.objects.get(pk=entry.pk)
            both_read.wait()
            if seen.status == LogStatus.SUBMITTED:
                passed.append(who)
                LogCheck.objects.create(
                    entry=entry, number=1, staff=entry.staff, verdict="accepted", by=people.user(who)
                )

    def attempt(who: str) -> Any:
        def act() -> None:
            try:
                decide(who)
            except IntegrityError:
                passed.append("stopped by the constraint")

        return act

    raced(attempt("leader"), attempt("manager"))
    assert {"leader", "manager"} <= set(passed)
    assert "stopped by the constraint" in passed
    assert LogCheck.objects.filter(entry=entry).count() == 1
