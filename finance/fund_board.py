"""What the pages of the funds show: balances, the ledger of one fund, requests, and what may be spent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import Promise

from core.exceptions import NotVisible
from core.money import ZERO
from core.months import Month
from departments.permissions import reach_of
from finance.models import EntryKind, Fund, FundEntry, FundKind, FundMonth, FundRequest, RequestState
from finance.wording import MOVEMENTS, scheme_names

if TYPE_CHECKING:
    from core.models import User


def available(fund: Fund, day: date) -> Decimal:
    """What may be spent on ``day``: the lowest balance from its month on, less what is not computed yet.

    Entries that no computed month has taken up are taken off, and so is what waits for money, because it is
    paid first.  Money that is not booked yet (the next monthly fund, a pool) is not there.  Without any
    computed month: what the opening entries brought.
    """
    entries = FundEntry.objects.filter(fund=fund)
    latest = FundMonth.objects.filter(fund=fund).order_by("-month").first()
    if latest is None:
        opened = sum((one.amount for one in entries.filter(kind=EntryKind.OPENING)), ZERO)
        return opened - sum((one.amount for one in entries.exclude(kind=EntryKind.OPENING)), ZERO)
    later = FundMonth.objects.filter(fund=fund, month__gte=day.replace(day=1))
    lowest = min([*later.values_list("closing", flat=True), latest.closing])
    waiting = [step for step in latest.pending if step["fund"] == fund.kind]
    known = {step["id"] for step in waiting} | _computed(fund)
    outgoing = entries.exclude(kind=EntryKind.OPENING)
    late = sum((one.amount for one in outgoing if one.ident not in known), ZERO)
    return lowest - late - sum((Decimal(step["amount"]) for step in waiting), ZERO)


def _computed(fund: Fund) -> set[str]:
    """The entries that computed months have paid."""
    rows = FundMonth.objects.filter(fund=fund).values_list("movements", flat=True)
    return {
        step["id"]
        for movements in rows
        for step in movements
        if step["kind"] in (EntryKind.SPEND, EntryKind.RELEASE)
    }


# --- funds ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FundCard:
    """A fund with its latest computed month, if there is one."""

    fund: Fund
    scheme: str
    month: Month | None
    opening: Decimal
    inflow: Decimal
    outflow: Decimal
    closing: Decimal | None


def _readable(user: "User") -> Any:
    reach = reach_of(user)
    rows = Fund.objects.visible_to(user)
    return rows if reach.everything else rows.filter(root_id__in=reach.units_for("money.read"))


def fund_cards(user: "User") -> list[FundCard]:
    """The funds whose money the person reads: three queries."""
    latest = FundMonth.objects.filter(fund=OuterRef("pk")).order_by("-month").values("pk")[:1]
    funds = list(_readable(user).annotate(latest=Subquery(latest)).order_by("scheme_code", "pk"))
    months = {
        row.fund_id: row
        for row in FundMonth.objects.filter(pk__in=[one.latest for one in funds if one.latest]).defer(
            "movements", "pending"
        )
    }
    names = scheme_names({one.scheme_code for one in funds})
    return [_card(fund, names.get(fund.scheme_code, fund.scheme_code), months.get(fund.pk)) for fund in funds]


def _card(fund: Fund, scheme: str, row: FundMonth | None) -> FundCard:
    if row is None:
        return FundCard(fund, scheme, None, ZERO, ZERO, ZERO, None)
    return FundCard(fund, scheme, Month.of(row.month), row.opening, row.inflow, row.outflow, row.closing)


@dataclass(frozen=True)
class LedgerLine:
    """One movement of a fund, or the balance a month begins with.  ``balance`` is what is left after it.

    ``kind`` and ``ident`` say what it is made of; ``request`` is the request that it came from.
    """

    month: Month
    day: date
    kind: str
    what: str | Promise
    ident: str
    note: str
    request: int | None
    inflow: Decimal | None
    outflow: Decimal | None
    balance: Decimal


@dataclass(frozen=True)
class LedgerMonth:
    row: FundMonth
    month: Month
    lines: list[LedgerLine]
    pending: list[LedgerLine]


@dataclass(frozen=True)
class FundPage:
    """A fund with its months, the newest first; ``late``: entries that no month has taken up yet."""

    fund: Fund
    scheme: str
    months: list[LedgerMonth]
    late: list[FundEntry]
    available: Decimal

    @property
    def closing(self) -> Decimal | None:
        return self.months[0].row.closing if self.months else None

    @property
    def lines(self) -> list[LedgerLine]:
        """All lines in the order of time."""
        return [line for month in reversed(self.months) for line in month.lines]


def fund_page(user: "User", pk: int) -> FundPage:
    """The ledger of one fund: six queries.  Raises ``NotVisible`` for one whose money one does not read."""
    fund = _readable(user).select_related("root").filter(pk=pk).first()
    if fund is None:
        raise NotVisible("fund")
    entries = {
        one.ident: one
        for one in FundEntry.objects.filter(fund=fund).select_related("request").order_by("date", "ident")
    }
    rows = list(FundMonth.objects.filter(fund=fund).order_by("-month"))
    months = [_month(row, fund.kind, entries) for row in rows]
    taken = {line.ident for one in months for line in (*one.lines, *one.pending)}
    late = [
        one
        for one in entries.values()
        if one.ident not in taken and (one.kind != EntryKind.OPENING or not rows)
    ]
    names = scheme_names({fund.scheme_code})
    return FundPage(
        fund,
        names.get(fund.scheme_code, fund.scheme_code),
        months,
        late,
        available(fund, timezone.localdate()),
    )


def _month(row: FundMonth, kind: str, entries: dict[str, FundEntry]) -> LedgerMonth:
    month, balance = Month.of(row.month), row.opening
    lines = []
    for step in row.movements:
        incoming = step["destination"] == kind
        amount = Decimal(step["amount"])
        balance += amount if incoming else -amount
        lines.append(_line(month, step, entries, amount, balance, incoming=incoming))
    pending = [
        _line(month, step, entries, Decimal(step["amount"]), row.closing, incoming=False)
        for step in row.pending
        if step["fund"] == kind
    ]
    return LedgerMonth(row, month, lines, pending)


def _line(
    month: Month,
    step: dict[str, str],
    entries: dict[str, FundEntry],
    amount: Decimal,
    balance: Decimal,
    *,
    incoming: bool,
) -> LedgerLine:
    entry = entries.get(step["id"])
    asked = getattr(entry, "request", None) if entry else None
    return LedgerLine(
        month=month,
        day=date.fromisoformat(step["date"]),
        kind=step["kind"],
        what=MOVEMENTS.get(step["kind"], step["kind"]),
        ident=step["id"],
        note=entry.note if entry else "",
        request=asked.pk if asked else None,
        inflow=amount if incoming else None,
        outflow=None if incoming else amount,
        balance=balance,
    )


# --- requests ---------------------------------------------------------------------------------------
def requests_listed(user: "User") -> Any:
    """The requests that the person sees, the newest first: one query."""
    return (
        FundRequest.objects.visible_to(user)
        .select_related("fund", "requested_by", "decided_by")
        .order_by("-requested_at", "-pk")
    )


def funds_to_ask(user: "User") -> list[tuple[int, str]]:
    """The funds of the organisations in which the person may ask for money: two queries."""
    reach = reach_of(user)
    rows = Fund.objects.select_related("root").order_by("scheme_code", "pk")
    if not reach.everything:
        rows = rows.filter(root_id__in=reach.roots if reach.units_for("fund.request") else ())
    funds = list(rows)
    names = scheme_names({one.scheme_code for one in funds})
    return [
        (one.pk, f"{one.get_kind_display()} · {names.get(one.scheme_code, one.scheme_code)}") for one in funds
    ]


@dataclass(frozen=True)
class RequestPage:
    """A request with what the reader may do.  ``left``: what may be spent now, for those who decide."""

    request: FundRequest
    scheme: str
    left: Decimal | None
    reads_money: bool
    may_decide: bool
    may_withdraw: bool

    @property
    def releases(self) -> bool:
        return self.request.fund.kind == FundKind.WITHHELD

    @property
    def rest(self) -> Decimal | None:
        return None if self.left is None else self.left - self.request.amount


def request_page(user: "User", pk: int) -> RequestPage:
    """One request.  Raises ``NotVisible`` for one out of reach."""
    found = (
        FundRequest.objects.visible_to(user)
        .select_related("fund", "root", "requested_by", "decided_by", "evidence_file", "entry")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotVisible("request")
    reach = reach_of(user)
    waits = found.state == RequestState.WAITING
    own = found.requested_by_id == user.pk
    decides = not own and (reach.everything or reach.allows("fund.approve", found.root_id))
    reads = reach.everything or reach.allows("money.read", found.root_id)
    names = scheme_names({found.fund.scheme_code})
    return RequestPage(
        request=found,
        scheme=names.get(found.fund.scheme_code, found.fund.scheme_code),
        left=available(found.fund, timezone.localdate()) if waits and (decides or reads) else None,
        reads_money=reads,
        may_decide=waits and decides,
        may_withdraw=waits and own,
    )


def waiting_count(user: "User") -> int:
    """How many requests wait for the person's decision: one query."""
    reach = reach_of(user)
    rows = FundRequest.objects.filter(~Q(requested_by=user), state=RequestState.WAITING)
    if not reach.everything:
        rows = rows.filter(root_id__in=reach.units_for("fund.approve"))
    return int(rows.count())
