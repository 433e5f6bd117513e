"""Verifying: what was locked holds, and what somebody changed past the guards is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models
from django.utils import translation

from campaigns.models import StoreDay
from core import audit
from core.guards import triggers
from core.models import AuditEvent
from departments.models import Unit
from finance.models import FundMonth, Transfer
from incentives.models import Payout, Settlement
from incentives.services.closing import month_lock
from incentives.services.verification import month_proofs
from kpi.models import Rating
from opscenter.explain.compare import movers_of
from opscenter.explain.verification import month_check
from tests.opscenter.alpha import MONTH

BASE = "/explain/2024-05/"
WRITER = f"{BASE}people/al-2/pool/al-c1/writer/"
VERIFY = f"{BASE}verify/?unit=al-company"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def locked(root: Unit) -> Unit:
    month_lock(actor=None, root=root, month=MONTH, force=True, reason="year end")
    return root


@contextmanager
def as_owner_of_the_database() -> Iterator[None]:
    """With the guards switched off for the moment."""
    triggers.uninstall(connection)
    yield
    triggers.install(connection)


def broken(root: Unit) -> dict[str, list[str]]:
    """The checks that do not hold, with what they say."""
    settlement = Settlement.objects.select_related("period__root").get(period__root=root)
    return {proof.name: proof.problems for proof in month_proofs(settlement) if not proof.holds}


def raw(model: Any) -> "models.QuerySet[Any]":
    return models.QuerySet(model)


def test_locked_month_holds(locked: Unit) -> None:
    assert broken(locked) == {}


def test_changed_payout_row_is_found(locked: Unit) -> None:
    with as_owner_of_the_database():
        Payout.objects.filter(staff__staff_no="al-2", share__pool__campaign__code="al-c1").update(
            amount=Decimal("99.00")
        )

    found = broken(locked)

    assert found["rows"] == ["“payout al-c1 writer al-2” is 99.00, the result says 10.48."]
    assert any("al-c1/writer/al-2" in line for line in found["ledger"])
    assert set(found) == {"rows", "ledger"}


def test_changed_posting_is_found(locked: Unit) -> None:
    with as_owner_of_the_database():
        raw(Transfer).filter(reference__endswith="pool/al-c1/writer/al-2").update(amount=Decimal("11.48"))

    assert broken(locked) == {
        "ledger": [
            "The posting al-company/2024-05/pool/al-c1/writer/al-2 says 11.48 instead of 10.48.",
            "The pool of al-c1 is not empty: -1.00 is left.",
        ]
    }


def test_posting_taken_away_or_added_is_found(locked: Unit) -> None:
    with as_owner_of_the_database():
        row = Transfer.objects.get(reference__endswith="bonus/al-1")
        raw(Transfer).filter(pk=row.pk)._raw_delete(using="default")
        row.pk, row.reference, row.amount = None, "al-company/2024-05/bonus/nobody", Decimal("5.00")
        row.save(force_insert=True)

    assert broken(locked) == {
        "ledger": [
            "The posting al-company/2024-05/bonus/al-1 of 1,732.00 is missing.",
            "The posting al-company/2024-05/bonus/nobody belongs to no result.",
        ]
    }


def test_changed_fund_is_found(locked: Unit) -> None:
    with as_owner_of_the_database():
        # 100.00 + 14.25 − 90.00 = 24.25, made one yuan more
        FundMonth.objects.filter(fund__kind="reserve").update(
            closing=Decimal("25.25"), inflow=Decimal("15.25")
        )

    found = broken(locked)

    assert set(found) == {"rows", "ledger"}
    assert "holds 24.25 instead of 25.25" in found["ledger"][0]


def test_changed_record_of_the_lock_is_found(locked: Unit) -> None:
    audit.chain()
    assert broken(locked) == {}
    with as_owner_of_the_database():
        raw(AuditEvent).filter(action="month.locked").update(reason="nothing special")

    assert broken(locked) == {"lock": ["The record of the lock was changed after it was chained."]}


def test_result_changed_with_its_digest_is_found(locked: Unit) -> None:
    import hashlib

    settlement = Settlement.objects.get()
    false = settlement.result.replace("1732.00", "9732.00")
    with as_owner_of_the_database():
        Settlement.objects.update(result=false, digest=hashlib.sha256(false.encode()).hexdigest())

    assert set(broken(locked)) == {"lock", "again", "rows"}


# --- the pages -----------------------------------------------------------------------------------------
def test_page_says_equal_and_notes_nothing(locked: Unit, visit: Any) -> None:
    before = AuditEvent.objects.count()
    assert "Equal" not in visit("al-4", VERIFY)[1]

    status, page = visit("al-4", VERIFY, post=True)

    assert status == 200
    assert "Equal: everything that was checked holds." in page
    assert AuditEvent.objects.count() == before


def test_page_says_what_differs(locked: Unit, visit: Any) -> None:
    with as_owner_of_the_database():
        Payout.objects.filter(staff__staff_no="al-2", kind="bonus").update(amount=Decimal("1.00"))

    page = visit("al-4", VERIFY, post=True)[1]

    assert "Not equal: the month is not what was locked." in page
    assert "“bonus al-2” is 1.00, the result says 1199.93." in page


@pytest.mark.parametrize(
    ("path", "figure"),
    [(WRITER, "10.48"), (f"{BASE}people/al-2/bonus/", "1,199.93"), (f"{BASE}people/al-2/score/", "53.33")],
)
def test_single_figure_is_computed_again(locked: Unit, visit: Any, path: str, figure: str) -> None:
    page = visit("al-2", path, post=True)[1]
    assert f"Shown {figure}, computed again {figure}." in page
    assert "frozen when the month was locked" in page


def test_single_figure_that_was_changed_is_not_equal(locked: Unit, visit: Any) -> None:
    with as_owner_of_the_database():
        Payout.objects.filter(staff__staff_no="al-2", share__role__role="writer").update(amount=Decimal(99))

    page = visit("al-2", WRITER, post=True)[1]

    assert "Not equal." in page
    assert "Shown 99.00, computed again 10.48." in page


def test_single_figure_of_an_open_month_is_compared_with_its_facts(visit: Any) -> None:
    assert "computed again 10.48" in visit("al-2", WRITER, post=True)[1]
    # 200.00 more on the day: U 540.31, P 135.08, N 37.82, C 28.37, E 25.39, 19 of 29 days 16.63
    StoreDay.objects.filter(store__code="al-s1", date="2024-05-18").update(gross_profit=Decimal("1700.50"))

    page = visit("al-2", WRITER, post=True)[1]

    assert "Shown 10.48, computed again 16.63." in page
    assert "Facts have changed since the month was computed" in page


def test_open_month_out_of_date_says_whose_money_moves(root: Unit) -> None:
    assert month_check(root, MONTH).equal
    # 15 × 100/100 = 15.00 instead of 9.00: 59.33, and 3000 × 0.5933 × 0.75 = 1334.925
    Rating.objects.filter(staff__staff_no="al-2").update(score=100)

    check = month_check(root, MONTH)

    assert not check.equal
    (mover,) = movers_of(check.movers)
    assert (mover.staff.staff_no, mover.change) == ("al-2", Decimal("135.00"))
    assert mover.reasons == ["Bonus: score 53.33 → 59.33, grade C → C, factor 0.5333 → 0.5933 (+135.00)"]
    assert check.campaigns == ()
