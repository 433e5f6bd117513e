"""Paying by different people, once; what waits for an appeal, what came back, what was paid elsewhere."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.exceptions import Conflict, NotAllowed, NotVisible
from core.models import AuditEvent
from departments.models import Period
from incentives.models import PaymentBatch, PaymentFile, PaymentLine, PaymentState
from incentives.selectors.payables import month_due
from incentives.services.closing import month_pay
from incentives.services.payments import (
    bank_file_read,
    batch_files_again,
    payment_receive,
    payment_return,
    payments_settle,
)
from kpi.models import Appeal, AppealState
from tests.incentives import payday
from tests.people import APRIL
from tests.people.refusals import refused
from tests.reliability.harness import dump

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 15)


def kept() -> list[str]:
    return dump(PaymentBatch, PaymentLine, PaymentFile, Period, AuditEvent)


def state_of(people: Any) -> str:
    return str(Period.objects.get(root=people.root, month=APRIL.first).state)


def appeal(people: Any) -> Appeal:
    """An open appeal of ``staff`` about the bonus of April."""
    return Appeal.objects.create(
        root=people.root, month=APRIL.first, staff=people.staff("staff"), kind="payout", reference="bonus",
        title="奖金", text="分数不对", holds=["bonus"],
    )  # fmt: skip


def test_the_month_owes_what_was_worked_out_by_hand(people: Any) -> None:
    payday.payday(people)

    due = month_due(people.root, APRIL)

    assert [(one.payable.payee, one.payable.gross, one.payable.tax) for one in due.by_bank] == [
        ("p-peer", Decimal("200.50"), Decimal(0)),
        ("p-staff", Decimal("1000.00"), Decimal(0)),
    ]
    assert [(one.payable.name, one.payable.tax, one.payable.net) for one in due.by_hand] == [
        ("吴桂兰", Decimal("40.00"), Decimal("960.00"))
    ]
    assert (due.total, due.bank_total) == (Decimal("2160.50"), Decimal("1200.50"))


def test_line_of_an_open_appeal_waits_and_is_paid_once_it_is_decided(people: Any) -> None:
    payday.payday(people)
    open_appeal = appeal(people)
    assert [one.payee for one in month_due(people.root, APRIL).held] == ["p-staff"]

    first = payday.batch(people)
    assert sorted(first.lines.values_list("payee", flat=True)) == ["customer:吴桂兰", "p-peer"]
    with refused(Conflict, "nothing_to_pay"):
        payday.batch(people)

    Appeal.objects.filter(pk=open_appeal.pk).update(
        state=AppealState.DISMISSED,
        answer="照旧",
        decided_by=people.staff("director"),
        decided_at=timezone.now(),
    )
    second = payday.batch(people)
    assert list(second.lines.values_list("payee", "amount")) == [("p-staff", Decimal("1000.00"))]


def test_whoever_locked_without_approval_makes_no_batch(people: Any) -> None:
    payday.owed(people)
    payday.lock(people, "finance")
    payday.accounts(people)
    payday.layout(people)
    before = kept()

    with refused(NotAllowed, "same_person"):
        payday.batch(people)

    assert kept() == before


def test_whoever_made_the_batch_does_not_note_what_became_of_it(people: Any) -> None:
    payday.payday(people)
    made = payday.batch(people)
    before = kept()

    with refused(NotAllowed, "same_person"):
        payments_settle(actor=people.user("finance"), batch_id=made.pk, day=TODAY)
    with refused(NotAllowed, "same_person"):
        payment_return(
            actor=people.user("finance"), line_id=payday.line("p-peer").pk, day=TODAY, reason="销户"
        )

    assert kept() == before


@pytest.mark.parametrize("who", ["staff", "leader", "manager", "hr", "auditor", "admin", "outsider"])
def test_others_find_no_batch_to_settle(people: Any, who: str) -> None:
    payday.payday(people)
    made = payday.batch(people)
    before = kept()

    with pytest.raises(NotVisible):
        payments_settle(actor=people.user(who), batch_id=made.pk, day=TODAY)
    with pytest.raises((NotAllowed, NotVisible)):
        payday.batch(people, who=who)
    with pytest.raises(NotVisible):
        bank_file_read(actor=people.user(who), file_id=made.files.get().pk)

    assert kept() == before


def test_month_is_paid_when_the_last_payment_is_noted(people: Any) -> None:
    payday.payday(people)
    other = payday.second_finance(people)
    made = payday.batch(people)
    with refused(Conflict, "payments_open"):
        month_pay(actor=other, root=people.root, month=APRIL)

    assert payments_settle(actor=other, batch_id=made.pk, day=TODAY) == 2
    assert payments_settle(actor=other, batch_id=made.pk, day=TODAY) == 0
    assert state_of(people) == "locked"
    by_hand = payday.line("customer:吴桂兰")
    assert payments_settle(actor=other, batch_id=made.pk, day=TODAY, lines=[by_hand.pk]) == 1

    assert state_of(people) == "paid"
    assert not PaymentLine.objects.exclude(state=PaymentState.PAID).exists()


def test_director_notes_payments_and_leaves_the_month_to_finance(people: Any) -> None:
    payday.payday(people)
    made = payday.batch(people)
    director, lines = people.user("director"), list(made.lines.values_list("pk", flat=True))

    assert payments_settle(actor=director, batch_id=made.pk, day=TODAY, lines=lines) == 3

    assert state_of(people) == "locked"
    month_pay(actor=people.user("finance"), root=people.root, month=APRIL)
    assert state_of(people) == "paid"


def test_returned_payment_is_paid_again_though_the_month_is_paid(people: Any) -> None:
    payday.payday(people)
    made = payday.batch(people)
    director = people.user("director")
    payments_settle(actor=director, batch_id=made.pk, day=TODAY, lines=[one.pk for one in made.lines.all()])
    month_pay(actor=people.user("finance"), root=people.root, month=APRIL)

    payment_return(actor=director, line_id=payday.line("p-peer").pk, day=TODAY, reason="户名不符")
    again = payday.batch(people)

    assert list(again.lines.values_list("payee", "amount", "state")) == [
        ("p-peer", Decimal("200.50"), "open")
    ]
    assert again.number == "202404-co-2"


def test_month_marked_as_paid_without_a_batch_is_not_paid_again(people: Any) -> None:
    payday.payday(people)
    month_pay(actor=people.user("finance"), root=people.root, month=APRIL)
    payday.layout(people)
    before = kept()

    with refused(Conflict, "paid_elsewhere"):
        payday.batch(people)

    assert kept() == before


def test_form_sent_twice_makes_one_batch(people: Any) -> None:
    payday.payday(people)
    key = uuid4()

    first, second = payday.batch(people, key=key), payday.batch(people, key=key)

    assert first.pk == second.pk
    assert (PaymentBatch.objects.count(), PaymentFile.objects.count()) == (1, 1)


def test_file_that_was_made_again_is_not_handed_out_any_more(people: Any) -> None:
    payday.payday(people)
    finance = people.user("finance")
    made = payday.batch(people)
    first = made.files.get()
    assert bank_file_read(actor=finance, file_id=first.pk) == bank_file_read(actor=finance, file_id=first.pk)

    again = batch_files_again(
        actor=finance, batch_id=made.pk, profile_id=payday.layout(people, "text").pk, reason="银行改了格式"
    )

    assert [one.stored.name for one in again] == ["202404-co-1-R2.txt"]
    with refused(Conflict, "file_replaced"):
        bank_file_read(actor=finance, file_id=first.pk)


def test_receipt_is_confirmed_by_the_payee_alone_and_once(people: Any) -> None:
    payday.payday(people)
    made = payday.batch(people)
    mine = payday.line("p-staff")
    with refused(Conflict, "not_paid"):
        payment_receive(actor=people.user("staff"), line_id=mine.pk)
    payments_settle(actor=people.user("director"), batch_id=made.pk, day=TODAY)
    for who in ("peer", "leader", "finance", "director"):
        with pytest.raises(NotVisible):
            payment_receive(actor=people.user(who), line_id=mine.pk)

    at = payment_receive(actor=people.user("staff"), line_id=mine.pk).received_at
    before = kept()

    assert at is not None
    assert payment_receive(actor=people.user("staff"), line_id=mine.pk).received_at == at
    assert kept() == before
