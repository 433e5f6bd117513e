"""Paying a locked month: batches, their files for the bank, what became of each payment.

Nobody is paid twice: a payee has at most one payment of a month that did not come back, under the lock of the
organisation and by a constraint of the table.  Whoever let the month be paid makes no payment of it, whoever
made a batch does not note what became of it (制单 ≠ 审批, 制单 ≠ 核对), nobody settles one to themselves.
Rule: domain.md §1.5, §4.4.

Each act locks the settlement, then the organisation, as closing a month does.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.files import content_of, file_store, register_kind
from core.models import StoredFile, User
from core.money import ZERO
from core.months import Month
from core.sealing import unseal
from departments.models import Period, Staff, Unit
from departments.models.periods import FROZEN, PeriodState
from departments.permissions import reach_of, require
from incentives.bank_files import CONTENT_TYPES, Order, draw_files
from incentives.models import (
    BankAccount,
    BankFileProfile,
    PaymentBatch,
    PaymentFile,
    PaymentLine,
    PaymentMethod,
    PaymentState,
    Settlement,
)
from incentives.selectors.payables import month_due
from incentives.services.closing import month_pay

MADE = audit.register_action("payment.made", _("payment batch made"))
FILE_MADE = audit.register_action("payment.file_made", _("bank file made again"))
FILE_READ = audit.register_action("payment.file_read", _("bank file downloaded"))
SETTLED = audit.register_action("payment.settled", _("payment settled"))
RECEIVED = audit.register_action("payment.received", _("receipt confirmed"))

# A bank file has account numbers in it: its page hands it out, with an audit row, and nothing else does.
FILE = register_kind("bank-file", lambda _reader, _stored: False)


def _wrong(field: str, message: Any) -> RuleViolation:
    return RuleViolation("invalid", message, [{"field": field, "message": message}])


def batch_make(*, actor: User, root: Unit, month: Month, profile_id: int | None, key: UUID) -> PaymentBatch:
    """A payment run of everything of a locked month that is not paid or on its way.  ``key`` names the form.

    Payments to known accounts go into files of the layout; the others are to be paid by hand.  Act
    payment.make on the organisation, never whoever approved the month.  Raises ``NotAllowed``,
    ``NotVisible`` (layout), ``RuleViolation`` (no layout though needed, a text that does not fit) and
    ``Conflict`` when the month is not locked or nothing is left to pay.
    """
    require(actor, "payment.make", root.pk)
    with guards.translate(), transaction.atomic():
        settlement = _hold(root.pk, month)
        known = PaymentBatch.objects.filter(form_key=key).first()
        if known is not None:
            if known.made_by_id != actor.pk or known.root_id != root.pk:
                raise NotVisible("batch")
            return known
        _to_be_paid(root, month, settlement)
        if settlement is not None and actor.pk == (settlement.approved_by_id or settlement.locked_by_id):
            raise NotAllowed("same_person", _("Nobody pays a month they approved; ask somebody else."))
        due = month_due(root, month)
        if not due.lines:
            raise Conflict("nothing_to_pay", _("Everything of this month is paid or on its way."))
        profile = _profile(root, profile_id) if due.by_bank else None
        batch = PaymentBatch.objects.create(
            root=root,
            month=month.first,
            number=_next_number(root, month),
            form_key=key,
            made_by=actor,
            total=due.total,
            count=len(due.lines),
        )
        PaymentLine.objects.bulk_create(
            [
                PaymentLine(
                    batch=batch,
                    root=root,
                    month=month.first,
                    payee=one.payable.payee,
                    name=one.payable.name,
                    staff=one.payable.staff,
                    gross=one.payable.gross,
                    tax=one.payable.tax,
                    amount=one.payable.net,
                    method=PaymentMethod.BANK if one.account else PaymentMethod.HAND,
                    last_four=one.account.last_four if one.account else "",
                )
                for one in due.lines
            ],
            batch_size=2000,
        )
        made = _files(actor, batch, profile, 1, "") if profile is not None else []
        change = {"month": str(month), "total": batch.total, "count": batch.count}
        audit.record(actor=actor, action=MADE, target=batch, change={**change, "files": _digests(made)})
    return batch


def batch_files_again(*, actor: User, batch_id: int, profile_id: int, reason: str) -> list[PaymentFile]:
    """Draw the open payments of a batch once more, for example in another layout or to a corrected account.

    The new files bear the same batch number with ``-R2``, so that nobody takes them for another batch.
    Raises ``NotVisible``, ``RuleViolation`` without a reason and ``Conflict`` when no payment is open.
    """
    with guards.translate(), transaction.atomic():
        batch = _held_batch(actor, batch_id, "payment.make")
        if not reason.strip():
            raise _wrong("reason", _("Say why the file is made again; the bank must not pay twice."))
        revision = (
            PaymentFile.objects.filter(batch=batch).order_by("-revision").values_list("revision", flat=True)
        ).first() or 0
        made = _files(actor, batch, _profile(batch.root, profile_id), revision + 1, reason.strip())
        change = {"revision": revision + 1, "files": _digests(made)}
        audit.record(actor=actor, action=FILE_MADE, target=batch, change=change, reason=reason.strip())
    return made


def bank_file_read(*, actor: User, file_id: int) -> tuple[str, str, bytes]:
    """(name, content type, bytes) of a file as it was made; who took it is recorded.

    Raises ``NotVisible``, and ``Conflict`` when it was made again: the bank must not get both.
    """
    found = PaymentFile.objects.select_related("batch", "stored").filter(pk=file_id).first()
    if found is None or not reach_of(actor).allows("payment.make", found.batch.root_id):
        raise NotVisible("bank_file")
    if PaymentFile.objects.filter(batch=found.batch, revision__gt=found.revision).exists():
        raise Conflict("file_replaced", _("This file was made again; send the newer one only."))
    data = content_of(found.stored)
    with transaction.atomic():
        change = {"file": found.stored.name, "rows": found.count, "sha256": found.stored.sha256}
        audit.record(actor=actor, action=FILE_READ, target=found.batch, change=change)
    return found.stored.name, found.stored.content_type, data


def payments_settle(*, actor: User, batch_id: int, day: date, lines: Sequence[int] | None = None) -> int:
    """Note that payments have arrived: those named, or all of the bank but one's own; gives their number.

    A second time changes nothing.  When nothing of the month is left to pay, the month is paid.  Act
    payment.confirm.  Raises ``NotVisible``, ``NotAllowed`` for a payment of one's own and for whoever made
    the batch or its files, ``RuleViolation`` for a day to come.
    """
    with guards.translate(), transaction.atomic():
        batch = _held_batch(actor, batch_id, "payment.confirm")
        _not_maker(actor, batch)
        if day > timezone.localdate():
            raise _wrong("day", _("The day has not come yet."))
        rows = PaymentLine.objects.filter(batch=batch, state=PaymentState.OPEN)
        mine = rows.filter(staff__user_id=actor.pk)
        if lines is not None:
            rows = rows.filter(pk__in=lines)
            if mine.filter(pk__in=lines).exists():
                raise NotAllowed("own_line", _("Nobody settles a payment of their own."))
        else:
            rows = rows.filter(method=PaymentMethod.BANK)
        total = sum(rows.exclude(pk__in=mine).values_list("amount", flat=True), ZERO)
        count: int = rows.exclude(pk__in=list(mine.values_list("pk", flat=True))).update(
            state=PaymentState.PAID, settled_by=actor, settled_on=day
        )
        if count:
            change = {"state": "paid", "count": count, "total": total, "day": day}
            audit.record(actor=actor, action=SETTLED, target=batch, change=change)
            _pay_when_done(actor, batch)
    return count


def _not_maker(actor: User, batch: PaymentBatch) -> None:
    """Refuse whoever made the batch or a file of it; superusers as well."""
    if batch.made_by_id == actor.pk or PaymentFile.objects.filter(batch=batch, made_by=actor).exists():
        raise NotAllowed("same_person", _("Somebody else notes what became of the payments one made."))


def _pay_when_done(actor: User, batch: PaymentBatch) -> None:
    """Mark the month as paid when nothing of it is left and the actor may; else it waits for who may."""
    month = Month.of(batch.month)
    if PaymentLine.objects.filter(root=batch.root, month=batch.month, state=PaymentState.OPEN).exists():
        return
    due = month_due(batch.root, month)
    settlement = Settlement.objects.select_related("period").get(
        period__root=batch.root, period__month=batch.month
    )
    let = settlement.approved_by_id or settlement.locked_by_id
    may_pay = reach_of(actor).allows("month.pay", batch.root_id) and let != actor.pk
    if may_pay and settlement.period.state == PeriodState.LOCKED and not (due.lines or due.held):
        month_pay(actor=actor, root=batch.root, month=month, reason=batch.number)


def payment_return(*, actor: User, line_id: int, day: date, reason: str) -> PaymentLine:
    """Note that the bank sent a payment back; the payee can be in the next batch then.

    Raises ``NotVisible``, ``NotAllowed`` for one's own and for whoever made the batch, ``RuleViolation``
    without a reason, ``Conflict`` when it came back already.
    """
    with transaction.atomic():
        batch_id = PaymentLine.objects.filter(pk=line_id).values_list("batch_id", flat=True).first()
        if batch_id is None:
            raise NotVisible("payment")
        batch = _held_batch(actor, batch_id, "payment.confirm")
        _not_maker(actor, batch)
        line: PaymentLine = PaymentLine.objects.select_for_update(of=("self",)).get(pk=line_id)
        # By the log-in: the reach of a superuser names no person.
        if Staff.objects.filter(pk=line.staff_id or 0, user_id=actor.pk).exists():
            raise NotAllowed("own_line", _("Nobody settles a payment of their own."))
        if not reason.strip():
            raise _wrong("reason", _("Say why the bank returned it."))
        if day > timezone.localdate():
            raise _wrong("day", _("The day has not come yet."))
        if line.state == PaymentState.RETURNED:
            raise Conflict("payment_settled", _("The payment was returned already."))
        line.state, line.reason = PaymentState.RETURNED, reason.strip()
        line.settled_by, line.settled_on, line.received_at = actor, day, None
        line.save(update_fields=["state", "reason", "settled_by", "settled_on", "received_at"])
        change = {"state": "returned", "payee": line.payee, "amount": line.amount, "day": day}
        audit.record(actor=actor, action=SETTLED, target=batch, change=change, reason=line.reason)
    return line


def payment_receive(*, actor: User, line_id: int) -> PaymentLine:
    """The payee confirms the receipt (签收); a second time changes nothing.

    Raises ``NotVisible`` for somebody else's payment, ``Conflict`` while it is not paid.
    """
    with transaction.atomic():
        line: PaymentLine | None = (
            PaymentLine.objects.select_for_update(of=("self",))
            .filter(pk=line_id, staff__user_id=actor.pk)
            .first()
        )
        if line is None:
            raise NotVisible("payment")
        if line.state != PaymentState.PAID:
            raise Conflict("not_paid", _("The payment is “%(state)s”."), state=line.get_state_display())
        if line.received_at is None:
            line.received_at = timezone.now()
            line.save(update_fields=["received_at"])
            audit.record(actor=actor, action=RECEIVED, target=line, change={"amount": line.amount})
    return line


def _hold(root_id: int, month: Month) -> Settlement | None:
    """The settlement of the month, if there is one, and the organisation under lock."""
    settlement: Settlement | None = (
        Settlement.objects.select_for_update(of=("self",))
        .filter(period__root_id=root_id, period__month=month.first)
        .first()
    )
    guards.hold_root(root_id)
    return settlement


def _to_be_paid(root: Unit, month: Month, settlement: Settlement | None) -> None:
    """Refuse a month that is not locked, and one that was marked as paid without any batch: it was paid
    elsewhere.  Of one paid by batches, what came back or waited can still be paid.
    """
    state = Period.objects.filter(root=root, month=month.first).values_list("state", flat=True).first()
    if settlement is None or state not in FROZEN:
        raise Conflict("not_locked", _("Only a locked month is paid; lock it first."))
    batches = PaymentBatch.objects.filter(root=root, month=month.first)
    if state == PeriodState.PAID and not batches.exists():
        raise Conflict(
            "paid_elsewhere", _("The month was marked as paid without a batch; nothing is paid again.")
        )


def _profile(root: Unit, profile_id: int | None) -> BankFileProfile:
    if profile_id is None:
        raise _wrong("profile", _("Choose the layout of the bank file."))
    profile = BankFileProfile.objects.filter(pk=profile_id, root=root).first()
    if profile is None:
        raise NotVisible("bank_profile")
    return profile


def _held_batch(actor: User, batch_id: int, act: str) -> PaymentBatch:
    """The batch under the lock of its organisation."""
    found = PaymentBatch.objects.filter(pk=batch_id).values_list("root_id", "month").first()
    if found is None or not reach_of(actor).allows(act, found[0]):
        raise NotVisible("batch")
    _hold(found[0], Month.of(found[1]))
    batch: PaymentBatch = (
        PaymentBatch.objects.select_for_update(of=("self",)).select_related("root").get(pk=batch_id)
    )
    return batch


def _next_number(root: Unit, month: Month) -> str:
    """``202610-ht-company-1``: month, organisation and how many-th batch."""
    count = PaymentBatch.objects.filter(root=root, month=month.first).count()
    return f"{month.first:%Y%m}-{root.code}-{count + 1}"


def _files(
    actor: User, batch: PaymentBatch, profile: BankFileProfile, revision: int, reason: str
) -> list[PaymentFile]:
    lines = PaymentLine.objects.filter(batch=batch, state=PaymentState.OPEN)
    if revision == 1:
        lines = lines.filter(method=PaymentMethod.BANK)
    accounts: dict[int | None, BankAccount] = {
        one.staff_id: one
        for one in BankAccount.objects.filter(staff__in=lines.values("staff")).select_related("staff")
    }
    orders = [
        Order(
            staff_no=line.payee,
            holder=account.holder,
            account=unseal(account.sealed_number),
            branch=account.branch,
            amount=line.amount,
        )
        for line in lines.order_by("payee")
        if (account := accounts.get(line.staff_id)) is not None
    ]
    if not orders:
        raise Conflict("no_open_payment", _("No payment of this batch is open and goes to a known account."))
    month = Month.of(batch.month)
    made_at = timezone.now()
    number = f"{batch.number}-R{revision}" if revision > 1 else batch.number
    columns = list(profile.columns.order_by("order"))
    drawn = list(draw_files(profile, columns, month, orders, made_at, number))
    made = []
    for one in drawn:
        part = f"-{one.part}" if len(drawn) > 1 else ""
        stored: StoredFile = file_store(
            owner=None,
            kind=FILE,
            name=f"{number}{part}.{profile.file_type}",
            content=one.content,
            content_type=CONTENT_TYPES[profile.file_type],
        )
        made.append(
            PaymentFile.objects.create(
                batch=batch,
                revision=revision,
                part=one.part,
                profile=profile,
                stored=stored,
                total=one.total,
                count=one.count,
                reason=reason,
                made_by=actor,
            )
        )
    if revision > 1:
        _note_accounts(lines, accounts)
    return made


def _note_accounts(lines: "QuerySet[PaymentLine]", accounts: Mapping[int | None, BankAccount]) -> None:
    """The payments of a new file go to the accounts as they are now."""
    changed = []
    for line in lines:
        if (account := accounts.get(line.staff_id)) is not None:
            line.method, line.last_four = PaymentMethod.BANK, account.last_four
            changed.append(line)
    PaymentLine.objects.bulk_update(changed, ["method", "last_four"], batch_size=500)


def _digests(files: Sequence[PaymentFile]) -> list[dict[str, Any]]:
    return [
        {"file": one.stored.name, "sha256": one.stored.sha256, "rows": one.count, "total": str(one.total)}
        for one in files
    ]
