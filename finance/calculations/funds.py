"""The funds of a scheme over one month: maintenance, reserve and withheld.

Money in yuan, whole 分.  No fund falls below zero: what cannot be paid is pending (待付) and is paid first
when money comes.  Rule: HT-05, HT-06, HT-22, calculation.md §4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from core.money import ZERO, fraction, round_money
from core.months import Month

Fund = Literal["maintenance", "reserve", "withheld"]
PayableKind = Literal["account_fee", "fee", "spend", "release"]
Account = Literal["company", "maintenance", "reserve", "withheld", "pool", "payable"]
Steps = dict[str, object]
# Paid as a whole or not at all; a fee is paid as far as the money goes, the rest of it waits.
WHOLE = ("spend", "release")
FUNDS: tuple[Fund, ...] = ("maintenance", "reserve", "withheld")


@dataclass(frozen=True)
class Credit:
    """What a pool brings into a fund; ``id`` names the pool."""

    id: str
    fund: Fund
    amount: Decimal


@dataclass(frozen=True)
class Payable:
    """Something to be paid out of the funds.

    A manuscript ``fee`` and the account fee are paid by maintenance, then by the reserve; a ``spend``
    and a ``release`` by ``fund`` only.  ``amount`` is what is still to pay.
    """

    kind: PayableKind
    date: date
    id: str
    amount: Decimal
    fund: Fund = "maintenance"


@dataclass(frozen=True)
class Movement:
    """Money from one account to another, in order; ``id`` is that of the credit or payable."""

    kind: Literal["monthly_fund", "pool", "account_fee", "fee", "spend", "release"]
    date: date
    id: str
    source: Account
    destination: Account
    amount: Decimal


@dataclass(frozen=True)
class FundBalance:
    """``closing = opening + received − spent``."""

    opening: Decimal
    received: Decimal
    spent: Decimal
    closing: Decimal


@dataclass(frozen=True)
class FundMonth:
    """Balances by fund, movements in order, and what stays pending, in the order in which it will be paid."""

    balances: Mapping[Fund, FundBalance]
    movements: tuple[Movement, ...]
    pending: tuple[Payable, ...]
    steps: Steps


def fund_month(
    *,
    month: Month,
    opening: Mapping[Fund, Decimal],
    monthly_fund: Decimal,
    account_fee: Decimal = ZERO,
    credits: Iterable[Credit] = (),
    payables: Iterable[Payable] = (),
    pending: Iterable[Payable] = (),
) -> FundMonth:
    """The month in order: monthly fund on the 1st, pools, what was pending, account fee, the rest.

    ``account_fee`` is 0 in a month in which it is not due.  ``payables`` are the month's fees, spends and
    releases and are paid by date and id; ``pending`` are those left by earlier months, paid before them.
    Raises ``ValueError`` for an amount below zero or with less than 分.
    """
    received = dict.fromkeys(FUNDS, ZERO)
    spent = dict.fromkeys(FUNDS, ZERO)
    start = {fund: _checked(opening.get(fund, ZERO)) for fund in FUNDS}
    movements: list[Movement] = []

    def credit(
        kind: Literal["monthly_fund", "pool"], id: str, source: Account, fund: Fund, amount: Decimal
    ) -> None:
        received[fund] += _checked(amount)
        if amount:
            movements.append(Movement(kind, month.first, id, source, fund, amount))

    credit("monthly_fund", str(month), "company", "maintenance", monthly_fund)
    for one in sorted(credits, key=lambda one: (one.id, FUNDS.index(one.fund))):
        credit("pool", one.id, "pool", one.fund, one.amount)

    due = sorted(pending, key=_order)
    if _checked(account_fee):
        due.append(Payable("account_fee", month.first, f"account-fee-{month}", account_fee))
    due.extend(sorted(payables, key=_order))
    unpaid: list[Payable] = []
    for item in due:
        rest = _checked(item.amount)
        sources = _sources(item)
        if item.kind in WHOLE and rest > start[item.fund] + received[item.fund] - spent[item.fund]:
            sources = ()  # half a purchase helps nobody: it waits
        for fund in sources:
            part = min(rest, start[fund] + received[fund] - spent[fund])
            if part:
                spent[fund] += part
                rest -= part
                destination: Account = "payable" if item.kind == "fee" else "company"
                movements.append(Movement(item.kind, item.date, item.id, fund, destination, part))
        if rest:
            unpaid.append(Payable(item.kind, item.date, item.id, rest, item.fund))

    balances = {
        fund: FundBalance(
            start[fund], received[fund], spent[fund], start[fund] + received[fund] - spent[fund]
        )
        for fund in FUNDS
    }
    return FundMonth(balances, tuple(movements), tuple(unpaid), _steps(balances, movements, unpaid))


def _sources(item: Payable) -> tuple[Fund, ...]:
    return ("maintenance", "reserve") if item.kind in ("fee", "account_fee") else (item.fund,)


def _order(item: Payable) -> tuple[date, str, str]:
    return item.date, item.id, item.kind


def _checked(amount: Decimal) -> Decimal:
    if fraction(amount) < 0 or round_money(amount) != amount:
        raise ValueError(f"{amount} is no amount of a fund: it must be whole 分 and not below zero")
    return amount


def _steps(
    balances: Mapping[Fund, FundBalance], movements: Iterable[Movement], unpaid: Iterable[Payable]
) -> Steps:
    return {
        "balances": {
            fund: {
                "opening": str(one.opening),
                "in": str(one.received),
                "out": str(one.spent),
                "closing": str(one.closing),
            }
            for fund, one in balances.items()
        },
        "movements": [
            {
                "kind": one.kind,
                "date": one.date.isoformat(),
                "id": one.id,
                "source": one.source,
                "destination": one.destination,
                "amount": str(one.amount),
            }
            for one in movements
        ],
        "pending": [
            {
                "kind": one.kind,
                "date": one.date.isoformat(),
                "id": one.id,
                "fund": one.fund,
                "amount": str(one.amount),
            }
            for one in unpaid
        ],
    }
