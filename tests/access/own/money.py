"""Lines of money: months, payments, accounts, adjustments."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from incentives.models import PaymentState
from incentives.services import closing
from incentives.services.adjustments import adjustment_approve, adjustment_propose
from incentives.services.bank_accounts import bank_account_set
from incentives.services.payments import batch_make, payment_return, payments_settle
from incentives.services.roll_up import month_roll_up
from kpi.models import LogEntry
from tests.access.own.line import BOSS, TODAY, Line, walk
from tests.incentives import payday
from tests.people import APRIL, MONTH, People


def _month(people: People, act: str, *steps: tuple[str, str]) -> Line:
    boss = people.user(BOSS)
    for step, who in steps:
        if step == "roll_up":
            month_roll_up(actor=people.user(who), root=people.root, month=APRIL)
        else:
            service = getattr(closing, f"month_{step}")
            service(actor=people.user(who), root=people.root, month=APRIL, reason="无异议")
    given: dict[str, Any] = {"actor": boss, "root": people.root, "month": APRIL, "reason": "好"}
    lock = [("locks/", {"month": "2024-04", "unit": "co", "reason": "好"})] if act == "lock" else None
    return Line(
        "same_person",
        [lambda: getattr(closing, f"month_{act}")(**given)],
        [(f"/month/2024-04/acts/{act}/?unit=co", {"reason": "好"})],
        api=lock,
    )


@walk("month.review")
def month_one_computed(people: People) -> Line:
    LogEntry.objects.filter(row_id="l-april").update(count=9)
    return _month(people, "review", ("roll_up", BOSS))


@walk("month.approve")
def month_one_reviewed(people: People) -> Line:
    return _month(people, "approve", ("review", BOSS), ("publish", "hr"))


@walk("month.lock")
def month_one_approved(people: People) -> Line:
    return _month(people, "lock", ("review", "hr"), ("publish", "hr"), ("approve", BOSS))


@walk("month.pay")
def month_one_let_be_paid(people: People) -> Line:
    steps = (("review", "hr"), ("publish", "hr"), ("approve", BOSS), ("lock", "finance"))
    return _month(people, "pay", *steps)


@walk("payment.make")
def batch_of_a_month_one_approved(people: People) -> Line:
    payday.adjusted(people, APRIL, "peer")
    _month(people, "pay", ("review", "hr"), ("publish", "hr"), ("approve", BOSS), ("lock", "finance"))
    payday.accounts(people)
    boss, layout = people.user(BOSS), payday.layout(people)
    return Line(
        "same_person",
        [lambda: batch_make(actor=boss, root=people.root, month=APRIL, profile_id=layout.pk, key=uuid4())],
        [("/payments/months/2024-04/co/", {"profile": str(layout.pk), "key": str(uuid4())})],
    )


@walk("payment.confirm")
def payment(people: People) -> Line:
    payday.adjusted(people, APRIL, BOSS)
    payday.lock(people)
    payday.accounts(people)
    boss, person = people.user(BOSS), people.staff(BOSS)
    bank_account_set(
        actor=people.user("finance"), staff_id=person.pk, number="6222020200112239999", holder=person.name
    )
    made = payday.batch(people)
    own = payday.line("p-leader")
    assert own.state == PaymentState.OPEN
    return Line(
        "own_line",
        [
            lambda: payments_settle(actor=boss, batch_id=made.pk, day=TODAY, lines=[own.pk]),
            lambda: payment_return(actor=boss, line_id=own.pk, day=TODAY, reason="户名不符"),
        ],
        [
            (f"/payments/batches/{made.pk}/settle/", {"day": "2024-05-15", "line": [str(own.pk)]}),
            (f"/payments/lines/{own.pk}/returned/", {"day": "2024-05-15", "reason": "户名不符"}),
        ],
    )


@walk("bank_account.edit")
def bank_account(people: People) -> Line:
    boss, person = people.user(BOSS), people.staff(BOSS)
    sent = {"number": "6222020200112239999", "holder": person.name, "branch": "工行"}
    return Line(
        "own_line",
        [lambda: bank_account_set(actor=boss, staff_id=person.pk, **sent)],
        [(f"/payments/accounts/{person.pk}/", sent)],
    )


@walk("adjustment.propose")
def adjustment_for_oneself(people: People) -> Line:
    payday.lock(people)
    boss, person = people.user(BOSS), people.staff(BOSS)
    sent = {
        "staff": "p-leader", "month": "2024-05", "about": "2024-04", "amount": "99.00", "reason": "漏记",
    }  # fmt: skip
    return Line(
        "own_line",
        [
            lambda: adjustment_propose(
                actor=boss, staff=person, month=MONTH, about=APRIL, amount=Decimal(99), reason="漏记"
            )
        ],
        [("/payments/adjustments/new/", sent)],
    )


@walk("adjustment.approve")
def adjustment(people: People) -> Line:
    payday.lock(people)
    boss = people.user(BOSS)
    found = adjustment_propose(
        actor=people.user("hr"), staff=people.staff(BOSS), month=MONTH, about=APRIL, amount=Decimal(99),
        reason="漏记",
    )  # fmt: skip
    return Line(
        "own_line",
        [lambda: adjustment_approve(actor=boss, adjustment_id=found.pk)],
        [(f"/payments/adjustments/{found.pk}/approve/", {"reason": "好"})],
    )


# --- the walk --------------------------------------------------------------------------------------------
