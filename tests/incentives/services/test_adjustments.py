"""Corrections of locked months: two people, never one's own line, never a person's month below 0."""

from decimal import Decimal

import pytest

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent, User
from departments.models import Staff
from incentives.models import Adjustment
from incentives.services.adjustments import adjustment_approve, adjustment_propose
from incentives.services.ledger import balances
from tests.incentives.services.company import JULY, JUNE, MAY, Company

pytestmark = pytest.mark.django_db
D = Decimal


def user(name: str) -> User:
    return User.objects.get(username=name)


def propose(
    staff_no: str, amount: str, role: str = "finance", month=JUNE, about=MAY, reason: str = "late"
) -> Adjustment:
    staff = Staff.objects.get(staff_no=staff_no)
    return adjustment_propose(
        actor=user(role), staff=staff, about=about, month=month, amount=D(amount), reason=reason
    )


def approve(row: Adjustment, role: str = "director") -> Adjustment:
    return adjustment_approve(actor=user(role), adjustment_id=row.pk)


def rows() -> list[tuple[str, str, Decimal, bool]]:
    found = Adjustment.objects.order_by("pk").select_related("staff")
    return [
        (row.staff.staff_no, f"{row.month:%Y-%m}", row.amount, row.approved_by is not None) for row in found
    ]


def test_adjustment_is_paid_in_the_later_month_and_leaves_the_locked_one_alone() -> None:
    company = Company()
    company.force_lock(MAY)
    frozen, before = company.settlement(MAY).result, balances(company.root)

    approve(propose("al-1", "12.34"))
    assert company.settlement(MAY).result == frozen
    assert company.roll_up(MAY) == company.expected
    assert balances(company.root) == before
    company.force_lock(JUNE)

    after = balances(company.root)
    assert after["payable", "al-1"] - before["payable", "al-1"] == D("12.34")
    assert sum(after.values()) == 0
    actions = AuditEvent.objects.filter(action__startswith="adjustment.").order_by("pk")
    assert [(row.action, row.actor_name, row.change["amount"]) for row in actions] == [
        ("adjustment.proposed", "finance", "12.34"),
        ("adjustment.approved", "director", "12.34"),
    ]


def test_nobody_approves_what_they_proposed_or_a_line_of_their_own() -> None:
    company = Company()
    company.force_lock()
    row = propose("al-1", "1.00", "finance")
    own = propose("x-director", "1.00", "finance")

    for mine, role in ((row, "finance"), (own, "director")):
        with pytest.raises(NotAllowed):
            approve(mine, role)
    with pytest.raises(NotAllowed) as refusal:
        propose("x-finance", "1.00", "finance")
    assert refusal.value.code == "own_line"
    for role in ("staff", "leader", "manager", "hr", "auditor", "admin", "outsider"):
        with pytest.raises(NotAllowed):
            approve(row, role)
    for role in ("staff", "leader", "director", "auditor", "admin", "outsider"):
        with pytest.raises(NotAllowed):
            propose("al-1", "1.00", role)

    assert [row[3] for row in rows()] == [False, False]
    approve(row, "finance2")
    approve(own, "finance2")
    with pytest.raises(Conflict):
        approve(row)


def test_superuser_with_a_line_on_the_staff_does_not_approve_it() -> None:
    company = Company()
    company.force_lock()
    boss = user("superuser")
    Staff.objects.filter(staff_no="al-1").update(user=boss)

    with pytest.raises(NotAllowed):
        approve(propose("al-1", "1.00"), "superuser")
    with pytest.raises(NotAllowed):
        propose("al-1", "1.00", "superuser")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"about": JUNE, "month": JULY}, "month_not_locked"),
        ({"month": MAY}, "month_not_open"),
        ({"reason": " "}, "reason_needed"),
        ({"amount": "0.00"}, "no_amount"),
        ({"amount": "0.001"}, "no_amount"),
    ],
)
def test_adjustment_that_makes_no_sense_is_refused(change: dict[str, object], code: str) -> None:
    company = Company()
    company.force_lock()

    with pytest.raises(RuleViolation) as refusal:
        propose(**{"staff_no": "al-1", "amount": "1.00", **change})  # type: ignore[arg-type]

    assert refusal.value.code == code
    assert rows() == []


def test_missing_adjustment_answers_like_an_invisible_one() -> None:
    Company()
    with pytest.raises(NotVisible):
        adjustment_approve(actor=user("director"), adjustment_id=0)


def test_month_never_falls_below_zero_and_the_rest_is_carried() -> None:
    """June pays al-1 nothing but 10.00: of 25.00 taken back 10.00 is settled, 15.00 waits in July."""
    company = Company()
    company.force_lock(MAY)
    before = balances(company.root)["payable", "al-1"]
    approve(propose("al-1", "10.00"))
    approve(propose("al-1", "-25.00"))
    approve(propose("al-2", "-3.00"))

    company.force_lock(JUNE)

    assert rows() == [
        ("al-1", "2024-06", D("10.00"), True),
        ("al-1", "2024-06", D("-10.00"), True),
        ("al-2", "2024-07", D("-3.00"), True),
        ("al-1", "2024-07", D("-15.00"), True),
    ]
    assert balances(company.root)["payable", "al-1"] == before
    carried = AuditEvent.objects.filter(action="adjustment.carried").order_by("pk")
    assert [(row.change["taken"], row.change["carried"], row.change["month"]) for row in carried] == [
        ("-10.00", "-15.00", "2024-07-01"),
        ("0.00", "-3.00", "2024-07-01"),
    ]


def test_taken_back_from_what_the_month_pays() -> None:
    """May pays al-3 11.19 in all: 11.19 of 20.00 is settled, and 8.81 goes past the locked June to July."""
    company = Company()
    company.force_lock(JUNE)
    april = Adjustment.objects.create(
        root=company.root,
        month=MAY.first,
        about_month=MAY.plus(-1).first,
        staff=Staff.objects.get(staff_no="al-3"),
        amount=D("-20.00"),
        reason="counted twice",
        proposed_by=user("finance"),
        approved_by=user("director"),
    )

    company.force_lock(MAY)

    assert rows() == [("al-3", "2024-05", D("-11.19"), True), ("al-3", "2024-07", D("-8.81"), True)]
    assert balances(company.root)["payable", "al-3"] == 0
    april.refresh_from_db()
    assert april.amount == D("-11.19")


def test_proposal_nobody_approved_moves_on_with_the_lock() -> None:
    company = Company()
    company.force_lock(MAY)
    row = propose("al-1", "12.34")

    company.force_lock(JUNE)

    assert rows() == [("al-1", "2024-07", D("12.34"), False)]
    approve(row)
    company.force_lock(JULY)
    assert balances(company.root)["payable", "al-1"] == D("1865.74") + D("12.34")
