"""What a locked month owes whom, by its ledger, and what of it was paid.  Rule: domain.md §1.5, §2.1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from core.money import ZERO
from core.months import Month
from departments.models import Staff, Unit
from finance.calculations.withholding import OUTSIDERS_INCOME, Fee, withhold
from finance.models import AccountKind, Transfer
from incentives.models import AuthorKind, BankAccount, PaymentLine, PaymentState
from incentives.selectors.held import held_references

OUTSIDERS = (AuthorKind.PHARMACIST, AuthorKind.CUSTOMER)


@dataclass(frozen=True)
class Payable:
    """What is owed to one payee for a month, in yuan: ``net = gross − tax``.

    ``payee`` is the ledger's key: a staff number, or the kind and name of somebody outside the staff.
    """

    payee: str
    name: str
    kind: str
    staff: Staff | None
    gross: Decimal
    tax: Decimal
    net: Decimal

    @property
    def outside(self) -> bool:
        return self.kind in OUTSIDERS


def payables(root: Unit, month: Month) -> list[Payable]:
    """Everybody the month owes something other than 0, staff by number, then those outside by name.

    Tax is withheld from those outside, per name and month as on the incentive sheet; payroll does it for the
    staff.  An amount below 0 is shown as it is; nothing is paid for it.
    """
    owed: dict[str, Decimal] = {}
    for side, sign in (("target", 1), ("source", -1)):
        rows = (
            Transfer.objects.filter(
                root=root, month=month.first, **{f"{side}__kind": AccountKind.PAYABLE.value}
            )
            .values_list(f"{side}__key")
            .annotate(total=Sum("amount"))
        )
        for key, total in rows:
            owed[key] = owed.get(key, ZERO) + sign * total
    people = {
        one.staff_no: one for one in Staff.objects.filter(root=root, staff_no__in=owed).select_related("unit")
    }
    found = []
    for key, amount in sorted(owed.items()):
        staff = people.get(key)
        kind, _sign, name = key.partition(":") if staff is None else ("", "", staff.name)
        if kind not in OUTSIDERS and amount:
            found.append(Payable(key, name or key, kind, staff, amount, ZERO, amount))
    return [*found, *outsiders(owed, month)]


def outsiders(owed: Mapping[str, Decimal], month: Month) -> list[Payable]:
    """Those outside the staff among what is owed by payee, with the tax withheld from them, by name."""
    keys_of: dict[str, list[str]] = {}
    for key in sorted(owed):
        kind, _sign, name = key.partition(":")
        if kind in OUTSIDERS:
            keys_of.setdefault(name, []).append(key)
    fees = [Fee(name, month, OUTSIDERS_INCOME, owed[key]) for name, keys in keys_of.items() for key in keys]
    found = []
    for one in withhold(fees):
        kind = keys_of[one.payee][0].partition(":")[0]
        found.append(Payable(f"{kind}:{one.payee}", one.payee, kind, None, one.gross, one.tax, one.net))
    return found


@dataclass(frozen=True)
class Due:
    """A payable that no payment on its way or done covers yet, with the account it can go to."""

    payable: Payable
    account: BankAccount | None


@dataclass(frozen=True)
class MonthDue:
    """What a payment run of a month would hold.

    ``by_bank``: to an account we know; ``by_hand``: to be paid otherwise; ``excluded``: nothing or less than
    nothing is owed; ``covered``: payees that are paid or on their way; ``held``: people whose payouts wait
    for the answer to an appeal, so that their line waits too.
    """

    by_bank: list[Due]
    by_hand: list[Due]
    excluded: list[Payable]
    covered: int
    held: list[Payable] = field(default_factory=list)

    @property
    def lines(self) -> list[Due]:
        return [*self.by_bank, *self.by_hand]

    @property
    def total(self) -> Decimal:
        return _sum(self.lines)

    @property
    def bank_total(self) -> Decimal:
        return _sum(self.by_bank)

    @property
    def hand_total(self) -> Decimal:
        return _sum(self.by_hand)


def _sum(lines: Iterable[Due]) -> Decimal:
    return sum((one.payable.net for one in lines), ZERO)


def month_due(root: Unit, month: Month) -> MonthDue:
    """What is still to be paid of a locked month; five queries, whatever the number of people.

    An open appeal stops that person's line and nobody else's.  Rule: domain.md §4.4.
    """
    covered = set(
        PaymentLine.objects.filter(root=root, month=month.first)
        .exclude(state=PaymentState.RETURNED)
        .values_list("payee", flat=True)
    )
    accounts = {one.staff_id: one for one in BankAccount.objects.filter(staff__root=root)}
    held = held_references(root.pk, month)
    due = MonthDue([], [], [], len(covered))
    for one in payables(root, month):
        if one.payee in covered:
            continue
        if one.net <= 0:
            due.excluded.append(one)
            continue
        if one.staff is not None and held.get(one.staff.pk):
            due.held.append(one)
            continue
        account = accounts.get(one.staff.pk) if one.staff else None
        (due.by_bank if account else due.by_hand).append(Due(one, account))
    return due
