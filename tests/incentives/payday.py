"""What the tests of payments share: April of ``tests.people``, locked, with three payees.

By hand: ``staff`` 1,000.00 bonus; ``peer`` an adjustment of 200.50; the customer 吴桂兰 five fees of 200.00,
of which (1,000 − 800) × 20 % = 40.00 are withheld.  ``finance2`` is a second person of finance.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from core.models import User
from core.months import Month
from departments.models import Staff
from incentives.models import (
    Adjustment,
    BankFileColumn,
    BankFileProfile,
    Manuscript,
    ManuscriptStatus,
    PaymentBatch,
    PaymentLine,
)
from incentives.services.bank_accounts import bank_account_set
from incentives.services.closing import month_lock
from incentives.services.payments import batch_make
from tests.people import APRIL
from tests.presets.tables import PRESETS, read

PRESET = PRESETS / "haitang"

STAFF_ACCOUNT, PEER_ACCOUNT = "6222020200112233445", "6217000010001234567"
#: code → file type, delimiter, heading, marker, most rows, columns
LAYOUTS: dict[str, tuple[str, str, bool, str, int, str]] = {
    "generic": ("xlsx", "", True, "none", 3000, "number account holder amount branch"),
    "text": ("txt", "|", False, "none", 3000, "number account holder amount text"),
    "single": ("csv", ",", True, "none", 1, "account holder amount"),
}


def second_finance(people: Any) -> User:
    user = User.objects.create_user("finance2")
    Staff.objects.create(
        staff_no="p-finance2", name="财务乙", root=people.root, unit=people.root, role="finance",
        joined=date(2023, 1, 1), user=user,
    )  # fmt: skip
    return user


def adjusted(people: Any, month: Month, *names: str) -> None:
    """Approved adjustments of 200.50 each in a month, about the one before; before it is locked."""
    for name in names:
        Adjustment.objects.create(
            root=people.root, month=month.first, about_month=month.plus(-1).first, staff=people.staff(name),
            amount=Decimal("200.50"), reason="漏记", proposed_by=people.user("hr"),
            approved_by=people.user("director"),
        )  # fmt: skip


def owed(people: Any) -> None:
    """What April owes besides the bonus; before it is locked."""
    adjusted(people, APRIL, "peer")
    for number in range(1, 6):
        Manuscript.objects.create(
            ident=f"m-{number}", scheme_code="ps-1", root=people.root, month=APRIL.first,
            date=date(2024, 4, number), published=date(2024, 4, 20), title=f"药箱{number}",
            author_kind="customer", author="吴桂兰", status=ManuscriptStatus.PUBLISHED,
        )  # fmt: skip


def lock(people: Any, actor: str | None = None) -> None:
    by = people.user(actor) if actor else None
    month_lock(actor=by, root=people.root, month=APRIL, force=True, reason="year end")


def layout(people: Any, name: str = "generic") -> BankFileProfile:
    """A layout with its columns."""
    kind, delimiter, heading, marker, most, sources = LAYOUTS[name]
    made = BankFileProfile.objects.create(
        unit=people.root, root=people.root, code=f"p-{name}", name=name, file_type=kind,
        delimiter=delimiter, encoding="gb18030", heading=heading, marker=marker, max_rows=most,
    )  # fmt: skip
    for order, source in enumerate(sources.split(), 1):
        text = "奖金" if source == "text" else ""
        BankFileColumn.objects.create(profile=made, order=order, header=source, source=source, text=text)
    return made


def shipped(people: Any) -> None:
    """The layouts that the presets ship, for this organisation."""
    for row in read(PRESET / "bank_profiles.csv"):
        profile = BankFileProfile.objects.create(
            unit=people.root, root=people.root, code=row["code"].replace("ht-", "p-", 1), name=row["name"],
            file_type=row["file_type"], delimiter=row["delimiter"], encoding=row["encoding"],
            heading=row["heading"] == "yes", marker=row["marker"], max_rows=int(row["max_rows"]),
        )  # fmt: skip
        for column in read(PRESET / "bank_columns.csv"):
            if column.pop("profile") == row["code"]:
                BankFileColumn.objects.create(profile=profile, **column)


def accounts(people: Any) -> None:
    """The bank accounts of ``staff`` and ``peer``."""
    for who, number in (("staff", STAFF_ACCOUNT), ("peer", PEER_ACCOUNT)):
        person = people.staff(who)
        bank_account_set(
            actor=people.user("finance"), staff_id=person.pk, number=number, holder=person.name,
            branch="工行朝阳支行",
        )  # fmt: skip


def payday(people: Any) -> None:
    """April locked by the system, accounts known."""
    owed(people)
    lock(people)
    accounts(people)


def batch(
    people: Any, name: str = "generic", who: str = "finance", key: Any = None, month: Month = APRIL
) -> PaymentBatch:
    profile = BankFileProfile.objects.filter(code=f"p-{name}").first() or layout(people, name)
    return batch_make(
        actor=people.user(who), root=people.root, month=month, profile_id=profile.pk, key=key or uuid4()
    )


def line(who: str) -> PaymentLine:
    """The newest payment to somebody."""
    found = PaymentLine.objects.filter(payee=who).order_by("-pk").first()
    assert found is not None
    return found
