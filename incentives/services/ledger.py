"""Posting a locked month: every 分 of its pools, funds, bonuses and adjustments as balanced transfers.

Sources are the company; uses are what people, funds and the tax office are owed.  A transfer's reference is
unique, so that posting twice posts once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.exceptions import RuleViolation
from core.money import ZERO
from core.months import Month
from departments.models import Period, Unit
from departments.models.periods import FROZEN
from finance.models import AccountKind, FundMonth, LedgerAccount, Transfer
from incentives.models import Adjustment, Manuscript, Payout, PayoutKind, Pool, WithheldTo

AccountName = tuple[str, str]
COMPANY: AccountName = (AccountKind.COMPANY, "")


@dataclass(frozen=True)
class Posting:
    """One transfer before it is written; ``reference`` is unique within the month."""

    source: AccountName
    target: AccountName
    amount: Decimal
    kind: str
    reference: str
    day: date


def month_post(root: Unit, month: Month) -> int:
    """Write the month's transfers; gives their number.  Must run inside the transaction that locks the month.

    Raises ``RuleViolation`` when a pool's account is not empty after it is shared out, or a fund's balance is
    not the one that was computed: nothing may vanish.
    """
    postings = [
        posting
        for posting in (
            *month_postings(root, month),
            *_openings(root, month),
        )
        if posting.amount
    ]
    names = {name for posting in postings for name in (posting.source, posting.target)}
    LedgerAccount.objects.bulk_create(
        [LedgerAccount(root=root, kind=kind, key=key) for kind, key in sorted(names)], ignore_conflicts=True
    )
    accounts = {
        (kind, key): pk
        for pk, kind, key in LedgerAccount.objects.filter(root=root).values_list("pk", "kind", "key")
    }
    prefix = f"{root.code}/{month}"
    posted = set(Transfer.objects.filter(root=root, month=month.first).values_list("reference", flat=True))
    Transfer.objects.bulk_create(
        [
            Transfer(
                root=root,
                month=month.first,
                date=posting.day,
                source_id=accounts[posting.source],
                target_id=accounts[posting.target],
                amount=posting.amount,
                kind=posting.kind,
                reference=reference,
            )
            for posting in postings
            if (reference := f"{prefix}/{posting.reference}") not in posted
        ],
        batch_size=2000,
    )
    _check_pools_empty(root, month)
    _check_funds(root, month)
    return len(postings)


def month_postings(root: Unit, month: Month) -> Iterator[Posting]:
    """What the month's results and adjustments move, without what its funds bring along; may hold zeros."""
    yield from _pools(root, month)
    yield from _bonuses(root, month)
    yield from _funds(root, month)
    yield from _adjustments(root, month)


def payable_before_adjustments(root: Unit, month: Month) -> dict[str, Decimal]:
    """What the month owes each person, by staff number: pools, bonuses and fees, without adjustments."""
    return _payable((*_pools(root, month), *_bonuses(root, month), *_funds(root, month)))


def fees_computed(root: Unit, month: Month) -> dict[str, Decimal]:
    """What the funds of a computed month owe its authors, by payee; posted when the month is locked."""
    return _payable(_funds(root, month))


def _payable(postings: Iterable[Posting]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for posting in postings:
        kind, key = posting.target
        if kind == AccountKind.PAYABLE:
            found[key] = found.get(key, ZERO) + posting.amount
    return found


def _pools(root: Unit, month: Month) -> Iterator[Posting]:
    last = month.last
    for pool in Pool.objects.filter(root=root, month=month.first).select_related("campaign", "scheme"):
        code, scheme = pool.campaign.code, pool.scheme.code
        account = (AccountKind.POOL, code)
        yield Posting(COMPANY, account, pool.amount, "pool", f"pool/{code}", last)
        yield Posting(
            account, (AccountKind.RESERVE, scheme), pool.reserve, "reserve", f"pool/{code}/reserve", last
        )
        held_by: AccountName = {
            WithheldTo.HOLD.value: (AccountKind.WITHHELD.value, scheme),
            WithheldTo.RESERVE.value: (AccountKind.RESERVE.value, scheme),
            WithheldTo.COMPANY.value: COMPANY,
        }[pool.scheme.withheld]
        yield Posting(account, held_by, pool.held, "withheld", f"pool/{code}/withheld", last)
    payouts = Payout.objects.filter(root=root, month=month.first, kind=PayoutKind.POOL).values_list(
        "share__pool__campaign__code", "share__role__role", "staff__staff_no", "amount"
    )
    for code, role, staff_no, amount in payouts:
        yield Posting(
            (AccountKind.POOL, code),
            (AccountKind.PAYABLE, staff_no),
            amount,
            "payout",
            f"pool/{code}/{role}/{staff_no}",
            last,
        )


def _bonuses(root: Unit, month: Month) -> Iterator[Posting]:
    rows = Payout.objects.filter(root=root, month=month.first, kind=PayoutKind.BONUS).values_list(
        "staff__staff_no", "amount"
    )
    for staff_no, amount in rows.iterator(chunk_size=5000):
        yield Posting(
            COMPANY, (AccountKind.PAYABLE, staff_no), amount, "bonus", f"bonus/{staff_no}", month.last
        )


def _funds(root: Unit, month: Month) -> Iterator[Posting]:
    """Movements of the funds beside the pools: the monthly fund, fees, spending and releases."""
    rows = FundMonth.objects.filter(root=root, month=month.first).select_related("fund")
    authors = {
        ident: staff_no or f"{kind}:{author}"
        for ident, staff_no, kind, author in Manuscript.objects.filter(root=root).values_list(
            "ident", "staff__staff_no", "author_kind", "author"
        )
    }
    for row in rows:
        scheme, fund = row.fund.scheme_code, row.fund.kind
        account = (str(fund), scheme)
        for number, step in enumerate(row.movements, 1):
            if step["kind"] == "pool":
                continue  # posted from the pool itself
            reference = f"fund/{scheme}/{fund}/{step['kind']}/{step['id']}/{number}"
            day, amount = date.fromisoformat(step["date"]), Decimal(step["amount"])
            if step["destination"] == fund:
                yield Posting(COMPANY, account, amount, step["kind"], reference, day)
            elif step["destination"] == "payable":
                payee = (AccountKind.PAYABLE.value, authors.get(step["id"], step["id"]))
                yield Posting(account, payee, amount, step["kind"], reference, day)
            else:
                yield Posting(account, COMPANY, amount, step["kind"], reference, day)


def _openings(root: Unit, month: Month) -> Iterator[Posting]:
    """What a fund brings along that no locked month has posted, and what it hands on to one already locked.

    Locked in order, both are nothing but the opening entries of the first month.  A month locked after a
    later one hands its closing back, because the later one brought it along.
    """
    before = balances(root, before=month)
    later = _later_is_locked(root, month)
    for row in FundMonth.objects.filter(root=root, month=month.first).select_related("fund"):
        account = (str(row.fund.kind), row.fund.scheme_code)
        reference = f"fund/{row.fund.scheme_code}/{row.fund.kind}"
        brought = row.opening - before.get(account, ZERO)
        source, target = (COMPANY, account) if brought > 0 else (account, COMPANY)
        yield Posting(source, target, abs(brought), "opening", f"{reference}/opening", month.first)
        if later:
            yield Posting(account, COMPANY, row.closing, "carried", f"{reference}/carried", month.last)


def _later_is_locked(root: Unit, month: Month) -> bool:
    return Period.objects.filter(root=root, month__gt=month.first, state__in=FROZEN).exists()


def _adjustments(root: Unit, month: Month) -> Iterator[Posting]:
    rows = Adjustment.objects.filter(root=root, month=month.first, approved_by__isnull=False).select_related(
        "staff"
    )
    for row in rows:
        payable = (AccountKind.PAYABLE.value, row.staff.staff_no)
        source, target = (COMPANY, payable) if row.amount > 0 else (payable, COMPANY)
        yield Posting(source, target, abs(row.amount), "adjustment", f"adjustment/{row.pk}", month.last)


def _check_pools_empty(root: Unit, month: Month) -> None:
    """What went into each pool's account has left it to the 分."""
    rows = Transfer.objects.filter(root=root, month=month.first)
    into = dict(
        rows.filter(target__kind=AccountKind.POOL).values_list("target__key").annotate(total=Sum("amount"))
    )
    out = dict(
        rows.filter(source__kind=AccountKind.POOL).values_list("source__key").annotate(total=Sum("amount"))
    )
    for code, total in into.items():
        if out.get(code, ZERO) != total:
            raise RuleViolation(
                "pool_not_shared_out",
                _("The pool of %(campaign)s does not add up; nothing was locked."),
                campaign=code,
            )


def _check_funds(root: Unit, month: Month) -> None:
    """Each fund's account holds what the month's computation left in it."""
    found = balances(root, before=month.plus(1))
    handed_on = _later_is_locked(root, month)
    for row in FundMonth.objects.filter(root=root, month=month.first).select_related("fund"):
        closing = ZERO if handed_on else row.closing
        if found.get((str(row.fund.kind), row.fund.scheme_code), ZERO) != closing:
            raise RuleViolation(
                "fund_does_not_add_up",
                _("The ledger of %(fund)s does not add up; nothing was locked."),
                fund=str(row.fund),
            )


def balances(root: Unit, before: Month | None = None) -> dict[AccountName, Decimal]:
    """The balance of every account: received − given; only of the months ``before`` one, if given.

    They sum to 0.
    """
    found: dict[AccountName, Decimal] = {}
    for side, sign in (("target", 1), ("source", -1)):
        rows = (
            Transfer.objects.filter(root=root, **({"month__lt": before.first} if before else {}))
            .values_list(f"{side}__kind", f"{side}__key")
            .annotate(total=Sum("amount"))
        )
        for kind, key, total in rows:
            found[kind, key] = found.get((kind, key), ZERO) + sign * total
    return found
