"""What is on the incentive sheet of a month, whatever it is drawn with.

Money in yuan, whole 分, as the roll-up stored it; nothing here is computed but sums.  Rule: HT-29,
domain.md §1.1–1.3.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.money import ZERO
from core.months import Month

TRIAL = "（试算）"


@dataclass(frozen=True, slots=True)
class Line:
    """One person in one role over the month's campaigns, one bonus, or one payee's manuscripts.

    ``coefficient`` is the role's share or the grade's coefficient; ``score`` the total of a bonus line or the
    factor k of a pool line.  A blank ``tax`` is left to payroll.
    """

    department: str
    staff_no: str
    name: str
    post: str
    gross: Decimal
    net: Decimal
    coefficient: Decimal | None = None
    score: Decimal | None = None
    scored: bool = False
    tax: Decimal | None = None
    note: str = ""

    @property
    def deduction(self) -> Decimal:
        """扣款: what stands between 应发 and 实发 besides tax."""
        return self.gross - self.net - (self.tax or ZERO)


@dataclass(frozen=True, slots=True)
class Totals:
    people: int = 0
    gross: Decimal = ZERO
    deduction: Decimal = ZERO
    tax: Decimal = ZERO
    net: Decimal = ZERO

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Totals":
        rows = list(lines)
        return cls(
            people=len({line.staff_no or line.name for line in rows}),
            gross=sum((line.gross for line in rows), ZERO),
            deduction=sum((line.deduction for line in rows), ZERO),
            tax=sum((line.tax or ZERO for line in rows), ZERO),
            net=sum((line.net for line in rows), ZERO),
        )

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.people + other.people,
            self.gross + other.gross,
            self.deduction + other.deduction,
            self.tax + other.tax,
            self.net + other.net,
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody without a bonus line because data lack."""

    department: str
    staff_no: str
    name: str
    lacks: str


@dataclass(frozen=True, slots=True)
class Department:
    """A sheet of its own: first the pool lines, then the bonuses; ``number`` is its 单号."""

    name: str
    number: str
    pool_lines: tuple[Line, ...]
    bonus_lines: tuple[Line, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.pool_lines + self.bonus_lines

    @property
    def totals(self) -> Totals:
        return Totals.of(self.lines)


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund's month; ``pending`` is what waits to be paid from it."""

    scheme: str
    fund: str
    opening: Decimal
    inflow: Decimal
    outflow: Decimal
    closing: Decimal
    pending: Decimal


@dataclass(frozen=True, slots=True)
class MovementLine:
    """Money into or out of a fund, or waiting to be paid."""

    date: date
    scheme: str
    fund: str
    kind: str
    reference: str
    text: str
    inflow: Decimal | None = None
    outflow: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PoolLine:
    campaign: str
    scheme: str
    uplift: Decimal
    amount: Decimal
    shortfall: Decimal
    paid: Decimal
    held: Decimal
    reserve: Decimal


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A role nobody held: its nominal amount is withheld."""

    campaign: str
    scheme: str
    role: str
    share: Decimal
    nominal: Decimal


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A campaign whose pool is not settled because data lack."""

    campaign: str
    lacks: str


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """A term of a campaign's comparison that was changed after the campaign was approved.  Rule: KQ-04."""

    campaign: str
    term: str
    before: str
    after: str
    on: date
    reason: str
    proposed_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    department: str
    staff_no: str
    name: str
    about: Month
    amount: Decimal
    reason: str
    proposed_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An electronic signature: what was done, by whom, when (local time)."""

    act: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """The whole sheet.  ``printed_at`` is local time; ``trial`` until the month is locked.

    ``missing`` also names people of departments that have no sheet.
    """

    company: str
    month: Month
    trial: bool
    printed_by: str
    printed_at: datetime
    revision: int
    digest: str
    approvals: tuple[Approval, ...] = ()
    departments: tuple[Department, ...] = ()
    outsiders: tuple[Line, ...] = ()
    staff_fees: tuple[Line, ...] = ()
    funds: tuple[FundLine, ...] = ()
    movements: tuple[MovementLine, ...] = ()
    pending: tuple[MovementLine, ...] = ()
    pools: tuple[PoolLine, ...] = ()
    vacancies: tuple[Vacancy, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    adjustments: tuple[AdjustmentLine, ...] = ()
    missing: tuple[Missing, ...] = ()
    changes: tuple[ChangeNote, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The campaigns whose comparison was changed after their approval."""
        return tuple(dict.fromkeys(one.campaign for one in self.changes))

    def title(self, part: str) -> str:
        """``{公司全称}{YYYY}年{M}月绩效奖金发放表（{部门}）``, with （试算） until the month is locked."""
        head = f"{self.company}{self.month.year}年{self.month.number}月绩效奖金发放表（{part}）"
        return head + TRIAL if self.trial else head

    @property
    def period(self) -> str:
        return f"{self.month.year}年{self.month.number}月"

    @property
    def totals(self) -> Totals:
        return sum((one.totals for one in self.departments), Totals())

    @property
    def adjusted(self) -> Decimal:
        return sum((one.amount for one in self.adjustments), ZERO)

    @property
    def payable(self) -> Decimal:
        """Everything to be paid: staff, outsiders after tax, staff's manuscripts, adjustments."""
        fees = Totals.of(self.outsiders).net + Totals.of(self.staff_fees).net
        return self.totals.net + fees + self.adjusted
