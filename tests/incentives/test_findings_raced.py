"""Two confirmations of a finding at once on PostgreSQL: one of them counts, the other is told so."""

import threading
from typing import Any

import pytest
from django.db import connections, transaction

from core.exceptions import Conflict
from core.models import AuditEvent
from incentives.models import Finding, FindingStatus
from incentives.services.findings import finding_confirm

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> Any:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        yield load_people()


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


def test_two_confirmations_at_once_give_one(people: Any) -> None:
    finding = Finding.objects.get(ident="fi-1")
    for _round in range(5):
        Finding.objects.filter(pk=finding.pk).update(status=FindingStatus.PROPOSED, confirmed_by=None)
        before = AuditEvent.objects.filter(action="finding.confirmed").count()
        ends = raced(
            lambda: finding_confirm(actor=people.user("manager"), finding_id=finding.pk),
            lambda: finding_confirm(actor=people.user("director"), finding_id=finding.pk),
        )
        assert ends == ["done", "finding_settled"]
        assert AuditEvent.objects.filter(action="finding.confirmed").count() == before + 1


def test_without_the_row_lock_both_would_be_let_through(people: Any) -> None:
    """The control: the same race, reading without a lock, passes the check twice."""
    finding = Finding.objects.get(ident="fi-1")
    both_read = threading.Barrier(2)
    passed = []

    def confirm(name: str) -> None:
        with transaction.atomic():
            row = Finding.objects.get(pk=finding.pk)
            both_read.wait()
            if row.status == FindingStatus.PROPOSED:
                passed.append(name)
                Finding.objects.filter(pk=finding.pk).update(
                    status=FindingStatus.CONFIRMED, confirmed_by=people.user(name)
                )

    assert raced(lambda: confirm("manager"), lambda: confirm("director")) == ["done", "done"]
    assert sorted(passed) == ["director", "manager"]
