"""Two approvals at once on PostgreSQL that together overdraw the fund: one is booked, one refused."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from core import guards
from core.exceptions import DomainError
from finance import services
from finance.models import Fund, FundEntry, FundRequest
from finance.services import Asked, fund_request, fund_request_approve

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TODAY = date(2024, 5, 15)


@pytest.fixture
def people(transactional_db: None) -> Any:
    import time_machine

    from tests.people import NOW, load_people

    with time_machine.travel(NOW, tick=True):
        yield load_people()


def two_requests(people: Any) -> list[FundRequest]:
    """1,200 each, of a fund that has 2,000."""
    fund = Fund.objects.get(scheme_code="ps-1", kind="maintenance")
    wanted = Asked(fund.pk, Decimal("1200.00"), "素材")
    return [fund_request(actor=people.user("leader"), asked=wanted, key=uuid4()) for _each in range(2)]


def raced(people: Any, requests: list[FundRequest]) -> list[str]:
    """Approve both at the same moment, each by another person; gives how each ended."""
    start, ends = threading.Barrier(2), []

    def run(who: str, request: FundRequest) -> None:
        try:
            start.wait()
            fund_request_approve(actor=people.user(who), request_id=request.pk, day=TODAY)
            ends.append("done")
        except DomainError as error:
            ends.append(error.code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=pair)
        for pair in zip(("director", "finance"), requests, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_two_approvals_at_once_do_not_overdraw(people: Any) -> None:
    for _round in range(4):
        FundRequest.objects.all().delete()
        FundEntry.objects.all().delete()
        assert raced(people, two_requests(people)) == ["done", "overdraft"]
        assert FundEntry.objects.count() == 1


def test_one_request_approved_twice_at_once_is_booked_once(people: Any) -> None:
    request = two_requests(people)[0]
    assert raced(people, [request, request]) == ["done", "request_settled"]
    assert FundEntry.objects.count() == 1


def test_without_the_lock_of_the_organisation_both_would_be_booked(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the lock, both read the balance before either writes."""
    both_read = threading.Barrier(2, timeout=30)
    counted = services.available

    def count(*given: Any) -> Decimal:
        left = counted(*given)
        both_read.wait()
        return left

    monkeypatch.setattr(guards, "hold_root", lambda root_id: None)
    monkeypatch.setattr(services, "available", count)
    assert raced(people, two_requests(people)) == ["done", "done"]
    assert FundEntry.objects.count() == 2
