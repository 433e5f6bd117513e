"""The three fund ledgers of a scheme in a month: calculation.md §4, last part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .people import path_of, unit_on
from .pool import Pool, scheme_of_unit
from .rows import Row, Tables, amount, day_of, money, needed_day, rows_of, text, versions_on, whole

FUNDS = ("maintenance", "reserve", "withheld")
Pending = dict[str, list[Fraction]]


@dataclass
class Fund:
    """One ledger of one scheme in one month."""

    opening: Fraction
    received: Fraction = Fraction(0)
    spent: Fraction = Fraction(0)

    @property
    def balance(self) -> Fraction:
        """What the fund holds now."""
        return self.opening + self.received - self.spent


@dataclass
class Ledger:
    """The funds of one scheme and the fees that nobody could pay."""

    funds: dict[str, Fund]
    pending: list[Fraction] = field(default_factory=list)

    def pay_fee(self, fee: Fraction) -> None:
        """From the maintenance fund first, then the reserve; what neither can pay is pending."""
        for name in ("maintenance", "reserve"):
            fund = self.funds[name]
            part = min(fee, fund.balance)
            fund.spent += part
            fee -= part
        if fee > 0:
            self.pending.append(fee)

    def spend(self, name: str, sum_spent: Fraction) -> None:
        """From its own fund only; what the fund cannot cover is refused, no fund falls below 0."""
        fund = self.funds[name]
        if sum_spent <= fund.balance:
            fund.spent += sum_spent


def ledgers_of_month(
    tables: Tables,
    month: Sequence[date],
    pools: list[Pool],
    openings: dict[tuple[str, str], Fraction] | None,
    pending: Pending,
) -> dict[str, Ledger]:
    """The ledgers of every scheme with a version valid at the month's end, by scheme code.

    Without `openings` the month is the first one and opens with the `opening` entries.
    """
    found = {}
    for code, scheme in versions_on(tables, "pool_schemes", month[-1]).items():
        funds = {}
        for name in FUNDS:
            known = None if openings is None else openings.get((code, name))
            funds[name] = Fund(opening_of(tables, code, name, month) if known is None else known)
        ledger = Ledger(funds)
        run_month(tables, month, scheme, ledger, pools, pending.get(code, []))
        found[code] = ledger
    return found


def opening_of(tables: Tables, scheme: str, fund: str, month: Sequence[date]) -> Fraction:
    """The sum of the `opening` entries dated up to the month's end."""
    return sum(
        (
            amount(row, "amount", "0")
            for row in rows_of(tables, "fund_entries")
            if text(row, "scheme") == scheme
            and text(row, "fund") == fund
            and text(row, "kind") == "opening"
            and needed_day(row, "date") <= month[-1]
        ),
        Fraction(0),
    )


def run_month(
    tables: Tables,
    month: Sequence[date],
    scheme: Row,
    ledger: Ledger,
    pools: list[Pool],
    pending: list[Fraction],
) -> None:
    """Books the month: monthly fund, pool credits, pending, account fee, then fees and entries by date."""
    code = text(scheme, "code")
    ledger.funds["maintenance"].received += amount(scheme, "monthly_fund", "2000")
    for pool in pools:
        if pool.scheme == code:
            credit_pool(scheme, ledger, pool)
    for fee in pending:
        ledger.pay_fee(fee)
    if month[0].month == whole(scheme, "account_fee_month", 1):
        ledger.pay_fee(amount(scheme, "account_fee", "200"))
    bookings: list[tuple[date, str, str, Fraction]] = []
    for manuscript in rows_of(tables, "manuscripts"):
        due = fee_day(manuscript)
        if due in month and manuscript_scheme(tables, manuscript, month) == code:
            fee = amount(scheme, f"fee_{text(manuscript, 'author_kind')}", "0")
            bookings.append((due, text(manuscript, "id"), "", fee))
    for entry in rows_of(tables, "fund_entries"):
        booked = needed_day(entry, "date")
        if text(entry, "scheme") == code and text(entry, "kind") != "opening" and booked in month:
            bookings.append((booked, text(entry, "id"), text(entry, "fund"), amount(entry, "amount", "0")))
    for _day, _id, fund, sum_booked in sorted(bookings):
        if fund:
            ledger.spend(fund, sum_booked)
        else:
            ledger.pay_fee(sum_booked)


def credit_pool(scheme: Row, ledger: Ledger, pool: Pool) -> None:
    """The reserve's part, and what was held by the setting `withheld`: hold, reserve, or company (none)."""
    ledger.funds["reserve"].received += pool.reserve
    withheld = text(scheme, "withheld", "hold")
    if withheld == "hold":
        ledger.funds["withheld"].received += pool.held
    elif withheld == "reserve":
        ledger.funds["reserve"].received += pool.held


def fee_day(manuscript: Row) -> date:
    """The day on which the fee is due: a published manuscript's `published`, else its `date`; else never."""
    if text(manuscript, "status", "submitted") != "published":
        return date.min
    return day_of(manuscript, "published") or needed_day(manuscript, "date")


def manuscript_scheme(tables: Tables, manuscript: Row, month: Sequence[date]) -> str:
    """Its own scheme; else the nearest scheme of its staff's unit; else the only scheme."""
    if text(manuscript, "scheme"):
        return text(manuscript, "scheme")
    for person in rows_of(tables, "staff"):
        if text(person, "staff_no") == text(manuscript, "staff_no"):
            unit = unit_on(tables, person, fee_day(manuscript))
            nearest = scheme_of_unit(tables, unit, month[-1])
            if nearest is not None:
                return text(nearest, "code")
    codes = {text(row, "code") for row in rows_of(tables, "pool_schemes")}
    return codes.pop() if len(codes) == 1 else ""


def printed_funds(tables: Tables, ledgers: dict[str, Ledger], below: str | None) -> list[dict[str, object]]:
    """The rows of the JSON object, sorted by scheme and fund; with a unit only the schemes at or below it."""
    units = {text(row, "code"): text(row, "unit") for row in rows_of(tables, "pool_schemes")}
    printed: list[dict[str, object]] = []
    for code in sorted(ledgers):
        if below is not None and below not in path_of(tables, units[code]):
            continue
        for name in sorted(FUNDS):
            fund = ledgers[code].funds[name]
            figures = {"opening": money(fund.opening), "in": money(fund.received)}
            figures |= {"out": money(fund.spent), "closing": money(fund.balance)}
            printed.append({"scheme": code, "fund": name, **figures})
    return printed
