"""Two people make a batch of the same month at once on PostgreSQL: everybody is paid once."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connections

from core import guards
from core.exceptions import DomainError
from incentives.models import PaymentBatch, PaymentLine
from incentives.selectors.payables import month_due
from incentives.services import payments
from tests.incentives import payday

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> Iterator[Any]:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        found = load_people()
        payday.payday(found)
        payday.layout(found)
        found.users["finance2"] = payday.second_finance(found)
        yield found


def raced(people: Any) -> list[str]:
    """Both make a batch at the same moment; gives how each ended."""
    start, ends = threading.Barrier(2), []

    def run(who: str) -> None:
        try:
            start.wait()
            payday.batch(people, who=who)
            ends.append("done")
        except DomainError as error:
            ends.append(error.code)
        except IntegrityError:
            ends.append("refused by the database")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(who,)) for who in ("finance", "finance2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_two_batches_at_once_pay_everybody_once(people: Any) -> None:
    assert raced(people) == ["done", "nothing_to_pay"]
    assert (PaymentBatch.objects.count(), PaymentLine.objects.count()) == (1, 3)


def test_without_the_locks_the_database_alone_would_stop_the_second(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the locks, both find everything unpaid, and only the constraints stand between."""
    both_read = threading.Barrier(2, timeout=30)

    def due(*given: Any) -> Any:
        found = month_due(*given)
        both_read.wait()
        return found

    monkeypatch.setattr(guards, "hold_root", lambda root_id: None)
    monkeypatch.setattr(payments, "_hold", lambda root_id, month: None)
    monkeypatch.setattr(payments, "_to_be_paid", lambda root, month, settlement: None)
    monkeypatch.setattr(payments, "month_due", due)
    assert raced(people) == ["done", "refused by the database"]
    assert PaymentLine.objects.count() == 3
