"""Reads for the pages of payments: months that wait, a batch with its lines, accounts, the tax list."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Sum

from core.exceptions import NotVisible
from core.models import User
from core.money import ZERO
from core.months import Month
from departments.models import Period, Staff, Unit
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from incentives.models import (
    BankAccount,
    BankFileProfile,
    PaymentBatch,
    PaymentFile,
    PaymentLine,
    PaymentMethod,
    PaymentState,
)
from incentives.selectors.payables import Due, MonthDue, Payable, month_due, outsiders, payables
from incentives.services.ledger import fees_computed

LINES_A_PAGE = 50
MONTHS_SHOWN = 12
OPEN_MONTHS_SHOWN = 3


def batches_listed(user: User) -> "QuerySet[Any]":
    """The batches of the organisations whose money the person reads."""
    found: QuerySet[Any] = (
        PaymentBatch.objects.visible_to(user)
        .select_related("root", "made_by")
        .annotate(
            open_lines=Count("lines", filter=Q(lines__state=PaymentState.OPEN)),
            returned_lines=Count("lines", filter=Q(lines__state=PaymentState.RETURNED)),
        )
    )
    return found


def frozen_months(user: User, act: str) -> list[Period]:
    """The latest locked months of the organisations on which the person may do ``act``."""
    reach = reach_of(user)
    rows = Period.objects.select_related("root").filter(state__in=FROZEN)
    if not reach.everything:
        rows = rows.filter(root_id__in=reach.units_for(act))
    return list(rows.order_by("-month", "root__code")[:MONTHS_SHOWN])


def organisation_for(user: User, code: str, act: str) -> Unit:
    """The organisation with a code on which the person may do ``act``.  Raises ``NotVisible``."""
    root = Unit.objects.without_tree_fields().filter(code=code, parent__isnull=True).first()
    if root is None or not reach_of(user).allows(act, root.pk):
        raise NotVisible("unit")
    return root


@dataclass(frozen=True)
class MonthPage:
    """A month to be paid; ``locked``: whether it can be.  ``lines``: a page of them, by hand first."""

    root: Unit
    month: Month
    locked: bool
    due: MonthDue
    lines: "Page[Due]"
    profiles: list[BankFileProfile]
    batches: list[PaymentBatch]


def month_page(user: User, month: Month, code: str, page: str, how: str) -> MonthPage:
    """What a payment run of a month would hold; ``how``: only what is paid by the bank, or by hand.

    Raises ``NotVisible``.
    """
    root = organisation_for(user, code, "payment.make")
    locked = Period.objects.filter(root=root, month=month.first, state__in=FROZEN).exists()
    due = month_due(root, month) if locked else MonthDue([], [], [], 0)
    chosen = {PaymentMethod.BANK.value: due.by_bank, PaymentMethod.HAND.value: due.by_hand}
    lines = chosen.get(how, [*due.by_hand, *due.by_bank])
    return MonthPage(
        root=root,
        month=month,
        locked=locked,
        due=due,
        lines=Paginator(lines, LINES_A_PAGE).get_page(page),
        profiles=list(BankFileProfile.objects.filter(root=root)),
        batches=list(PaymentBatch.objects.filter(root=root, month=month.first)),
    )


@dataclass(frozen=True)
class BatchPage:
    """A batch with its files and a page of its lines; ``sums``: number and amount by state; ``bank_open``:
    how many payments by the bank are on their way.
    """

    batch: PaymentBatch
    files: list[PaymentFile]
    lines: "Page[PaymentLine]"
    sums: dict[str, tuple[int, Decimal]]
    bank_open: int
    profiles: list[BankFileProfile]
    makes: bool
    confirms: bool
    own_staff: int | None

    @property
    def newest(self) -> int:
        """The revision of the files that the bank may get."""
        return max((one.revision for one in self.files), default=0)

    @property
    def open_count(self) -> int:
        return self.sums.get(PaymentState.OPEN, (0, ZERO))[0]


def batch_page(user: User, pk: int, page: str, state: str) -> BatchPage:
    """One batch; nine queries at most.  Raises ``NotVisible``."""
    batch: PaymentBatch | None = batches_listed(user).filter(pk=pk).first()
    if batch is None:
        raise NotVisible("batch")
    reach = reach_of(user)
    lines = PaymentLine.objects.filter(batch=batch).select_related("staff__unit", "settled_by")
    if state in PaymentState.values:
        lines = lines.filter(state=state)
    sums: dict[str, tuple[int, Decimal]] = {}
    bank_open = 0
    for of_state, method, count, total in (
        PaymentLine.objects.filter(batch=batch)
        .order_by()
        .values_list("state", "method")
        .annotate(count=Count("pk"), total=Sum("amount"))
    ):
        before = sums.get(of_state, (0, ZERO))
        sums[of_state] = (before[0] + count, before[1] + total)
        if (of_state, method) == (PaymentState.OPEN, PaymentMethod.BANK):
            bank_open = count
    makes = reach.allows("payment.make", batch.root_id)
    files = list(PaymentFile.objects.filter(batch=batch).select_related("stored", "made_by", "profile"))
    return BatchPage(
        batch=batch,
        files=files,
        lines=Paginator(lines.order_by("payee"), LINES_A_PAGE).get_page(page),
        sums=sums,
        bank_open=bank_open,
        profiles=list(BankFileProfile.objects.filter(root=batch.root_id)) if makes else [],
        makes=makes,
        confirms=reach.allows("payment.confirm", batch.root_id)
        and user.pk not in {batch.made_by_id, *(one.made_by_id for one in files)},
        own_staff=reach.staff_id,
    )


def people_to_pay(user: User) -> "QuerySet[Any]":
    """The people of the organisations whose accounts the person keeps, with their account."""
    rows = Staff.objects.select_related("unit", "bank_account")
    reach = reach_of(user)
    found: QuerySet[Any] = (
        rows if reach.everything else rows.filter(root_id__in=reach.units_for("bank_account.edit"))
    )
    return found


def person_to_pay(user: User, staff_id: int) -> tuple[Staff, BankAccount | None]:
    """A person and their account.  Raises ``NotVisible``."""
    staff: Staff | None = people_to_pay(user).filter(pk=staff_id).first()
    if staff is None:
        raise NotVisible("staff")
    return staff, getattr(staff, "bank_account", None)


@dataclass(frozen=True)
class TaxList:
    """Those outside the staff who are paid in a month.  ``provisional``: the month is not locked."""

    root: Unit
    month: Month
    rows: list[Payable]
    provisional: bool

    @property
    def gross(self) -> Decimal:
        return sum((one.gross for one in self.rows), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((one.tax for one in self.rows), ZERO)

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.rows), ZERO)


def tax_list(user: User, month: Month, code: str) -> TaxList:
    """The tax list of a month: of a locked one from its ledger, of an open one as it was computed last.

    Tax is filed by the 15th of the next month, so that finance prepares it before the lock.
    Rule: domain.md §2.1, §2.2.  Raises ``NotVisible``.
    """
    root = organisation_for(user, code, "money.read")
    if Period.objects.filter(root=root, month=month.first, state__in=FROZEN).exists():
        return TaxList(root, month, [one for one in payables(root, month) if one.outside], False)
    return TaxList(root, month, outsiders(fees_computed(root, month), month), True)


def computed_months(user: User) -> list[Period]:
    """The latest months that are computed and not locked, of organisations whose money the person reads."""
    reach = reach_of(user)
    rows = Period.objects.select_related("root").filter(settlement__revision__gt=0).exclude(state__in=FROZEN)
    if not reach.everything:
        rows = rows.filter(root_id__in=reach.units_for("money.read"))
    return list(rows.order_by("-month", "root__code")[:OPEN_MONTHS_SHOWN])


def own_payments(staff_id: int, month: Month) -> list[PaymentLine]:
    """What was paid to a person for a month, and what is on its way."""
    rows = PaymentLine.objects.filter(staff_id=staff_id, month=month.first).exclude(
        state=PaymentState.RETURNED
    )
    return list(rows.order_by("pk"))
