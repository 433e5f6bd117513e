"""校验: formulas that add up the other sheets again, each beside the value the program expects.

The only sheet with formulas: files written by a program carry no computed result, so that elsewhere a formula
would read as empty in previewers.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from core.spreadsheets.writer import CellStyle, Value
from incentives.sheet.content import Department, FundLine, PoolLine, Totals
from incentives.sheet.page import Page

EQUAL, UNEQUAL = "一致", "不一致"
# Label, column on a department's sheet, column on 汇总, name in Totals.
AMOUNTS = (
    ("应发金额", "G", "D", "gross"),
    ("扣款", "H", "E", "deduction"),
    ("代扣个税", "I", "F", "tax"),
    ("实发金额", "J", "G", "net"),
)
# A function takes at most 255 arguments.
MOST_ARGUMENTS = 200


@dataclass(frozen=True, slots=True)
class Range:
    """Cells of one column of a sheet; empty when ``last`` is before ``first``."""

    sheet: str
    column: str
    first: int
    last: int

    def of(self, column: str) -> "Range":
        return Range(self.sheet, column, self.first, self.last)

    def __bool__(self) -> bool:
        return self.last >= self.first

    def __str__(self) -> str:
        return f"{place(self.sheet)}{self.column}{self.first}:{self.column}{self.last}"


def place(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'!"


def total(ranges: list[Range]) -> str:
    """The sum of the ranges as a formula's part."""
    filled = [str(one) for one in ranges if one]
    parts = [filled[start : start + MOST_ARGUMENTS] for start in range(0, len(filled), MOST_ARGUMENTS)]
    return "+".join(f"SUM({','.join(part)})" for part in parts) or "0"


@dataclass(frozen=True, slots=True)
class Check:
    """Two formulas and the value both must have."""

    name: str
    left: str
    right: str
    expected: Decimal


@dataclass
class Checks:
    """Collected while the other sheets are drawn."""

    WIDTHS: ClassVar[tuple[int, ...]] = (8, 60, 20, 20, 20, 14)

    lines: list[Check] = field(default_factory=list)
    _summary: str = ""
    _first: int = 0
    _pool_ranges: list[Range] = field(default_factory=list)

    def summary(self, sheet: str, first: int, last: int, totals: Totals) -> None:
        self._summary, self._first = place(sheet), first
        for label, _, column, name in AMOUNTS:
            rows = Range(sheet, column, first, last - 1)
            self.lines.append(
                Check(
                    f"汇总 {label}合计", total([rows]), f"{place(sheet)}{column}{last}", getattr(totals, name)
                )
            )
        here = place(sheet)
        net = f"{here}D{last}-{here}E{last}-{here}F{last}"
        self.lines.append(Check("汇总 应发 − 扣款 − 个税 = 实发", net, f"{here}G{last}", totals.net))

    def payable(self, parts: Range, row: int, expected: Decimal) -> None:
        right = f"{place(parts.sheet)}{parts.column}{row}"
        self.lines.append(Check("应付总额 = 各项之和", total([parts]), right, expected))

    def department(self, department: Department, totals: Totals, rows: Range, pool: Range) -> None:
        for label, column, summed, name in AMOUNTS:
            right = f"{self._summary}{summed}{self._first}"
            left = total([rows.of(column)])
            self.lines.append(Check(f"{department.name} {label} = 汇总", left, right, getattr(totals, name)))
        self._first += 1
        self._pool_ranges.append(pool)

    def fees(self, name: str, rows: Range, totals: Totals) -> None:
        left = "-".join(total([rows.of(column)]) for column in "GHI")
        right = total([rows.of("J")])
        self.lines.append(Check(f"{name} 应发 − 扣款 − 个税 = 实发", left, right, totals.net))

    def fund(self, sheet: str, row: int, fund: FundLine) -> None:
        here = place(sheet)
        left = f"{here}C{row}+{here}D{row}-{here}E{row}"
        name = f"{fund.scheme} {fund.fund} 期初 + 收入 − 支出 = 期末"
        self.lines.append(Check(name, left, f"{here}F{row}", fund.closing))

    def pool(self, sheet: str, row: int, pool: PoolLine) -> None:
        name = f"{pool.campaign} 实发 + 暂扣 + 储备 = 奖金池"
        left = total([Range(sheet, f"{column}", row, row) for column in "FGH"])
        self.lines.append(Check(name, left, f"{place(sheet)}D{row}", pool.amount))

    def pools(self, paid: Range, expected: Decimal) -> None:
        self.lines.append(
            Check("各部门活动激励实发 = 奖金池实发", total(self._pool_ranges), total([paid]), expected)
        )


def draw_checks(page: Page, checks: Checks) -> None:
    """The checks, their verdict, and who is not on the sheets because data lack."""
    looks = page.looks
    page.head(["序号", "校验项目", "表内计算", "对照计算", "应为", "结果"])
    first = page.row + 1
    for number, check in enumerate(checks.lines, 1):
        row = page.row + 1
        equal = f"AND(ROUND(C{row}-E{row},2)=0,ROUND(D{row}-E{row},2)=0)"
        page.cells(
            [
                (number, looks.whole),
                (check.name, looks.text),
                page.formula(f"={check.left}", looks.signed),
                page.formula(f"={check.right}", looks.signed),
                (check.expected, looks.signed),
                page.formula(f'=IF({equal},"{EQUAL}","{UNEQUAL}")', looks.centred),
            ],
            page.height([(check.name, checks.WIDTHS[1])]),
        )
    verdict = f'=IF(COUNTIF(F{first}:F{page.row},"{UNEQUAL}")=0,"{EQUAL}","{UNEQUAL}")'
    row = page.cells(
        [
            ("全部", looks.total),
            *[(None, looks.total)] * 4,
            page.formula(verdict, looks.total),
        ]
    )
    page.join(row, 1, 5)
    missing = page.content.missing
    if missing:
        page.block("待补数据（绩效未列入）", ["序号", "部门 / 姓名", "工号", "缺少", "", ""])
        for number, one in enumerate(missing, 1):
            lacks: list[tuple[Value, CellStyle]] = [
                (one.lacks, looks.text),
                (None, looks.text),
                (None, looks.text),
            ]
            row = page.cells(
                [
                    (number, looks.whole),
                    (f"{one.department} / {one.name}", looks.text),
                    (one.staff_no, looks.text),
                    *lacks,
                ],
                page.height([(one.lacks, sum(checks.WIDTHS[3:]))]),
            )
            page.join(row, 4, 6)
    page.close()
