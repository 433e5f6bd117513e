"""The sheet as plain text for a terminal, and how wide text is when a Chinese character takes two places."""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.money import ZERO
from finance.calculations.uppercase import rmb_uppercase
from incentives.sheet import wording
from incentives.sheet.content import Content, Line, Totals

HEADINGS = (
    "序号",
    "部门",
    "姓名",
    "岗位",
    "系数",
    "考核得分",
    "应发金额",
    "扣款",
    "代扣个税",
    "实发金额",
    "签收",
    "备注",
)
SUMMARY_HEADINGS = ("序号", "部门", "人数", "应发金额", "扣款", "代扣个税", "实发金额")
# 签收 is for pens.
SIGNATURE_COLUMN = 10


def width(text: str) -> int:
    """The places ``text`` takes: two for a wide character, none for a combining one."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


def in_words(amount: Decimal) -> str:
    """``人民币…  （小写）：¥…``; an amount below zero is marked 负, as capital numerals know no sign."""
    words = rmb_uppercase(abs(amount))
    sign = "负" if amount < 0 else ""
    return f"合计人民币（大写）：{sign}{words}  （小写）：{'-' if sign else ''}¥{abs(amount):,.2f}"


def payments(content: Content) -> list[tuple[str, Decimal, Decimal | None, Decimal]]:
    """What is to be paid besides and with the departments' totals: what, gross, tax, to be paid."""
    outsiders, fees = Totals.of(content.outsiders), Totals.of(content.staff_fees)
    return [
        ("员工绩效奖金", content.totals.gross, None, content.totals.net),
        ("外部稿酬", outsiders.gross, outsiders.tax, outsiders.net),
        ("员工稿酬（随工资）", fees.gross, None, fees.net),
        ("上期调整", content.adjusted, None, content.adjusted),
    ]


def as_text(content: Content) -> str:
    """Every department as an aligned table, then the summary and what is to be paid."""
    blocks = []
    for department in content.departments:
        rows = [_cells(number, line) for number, line in enumerate(department.lines, 1)]
        totals = department.totals
        rows.append(["", "合计", "", "", "", "", *_amounts(totals), ""])
        headings = [text for index, text in enumerate(HEADINGS) if index != SIGNATURE_COLUMN]
        table = aligned([headings, *rows], right={0, *range(4, 10)})
        blocks.append("\n".join([content.title(department.name), table, in_words(totals.net)]))
    blocks.append("\n".join([content.title("汇总"), _summary(content), in_words(content.payable)]))
    if content.changes:
        blocks.append(wording.changed(content.changed))
    if content.missing:
        names = "、".join(f"{one.name}（{one.lacks}）" for one in content.missing)
        blocks.append(f"待补数据，未列入：{names}")
    return "\n\n".join(blocks) + "\n"


def _summary(content: Content) -> str:
    rows = [list(SUMMARY_HEADINGS)]
    for number, department in enumerate(content.departments, 1):
        totals = department.totals
        rows.append([str(number), department.name, str(totals.people), *_amounts(totals)])
    rows.append(["", "合计", str(content.totals.people), *_amounts(content.totals)])
    for what, gross, tax, net in payments(content)[1:]:
        rows.append(["", what, "", _money(gross), "", "" if tax is None else _money(tax), _money(net)])
    rows.append(["", "应付总额", "", "", "", "", _money(content.payable)])
    return aligned(rows, right={0, 2, 3, 4, 5, 6})


def _cells(number: int, line: Line) -> list[str]:
    return [
        str(number),
        line.department,
        line.name,
        line.post,
        "" if line.coefficient is None else str(line.coefficient),
        "" if line.score is None else str(line.score),
        _money(line.gross),
        _money(line.deduction),
        "" if line.tax is None else _money(line.tax),
        _money(line.net),
        line.note,
    ]


def _amounts(totals: Totals) -> list[str]:
    tax = _money(totals.tax) if totals.tax != ZERO else ""
    return [_money(totals.gross), _money(totals.deduction), tax, _money(totals.net)]


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def aligned(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Rows as columns of equal width, a rule under the first one; ``right``: columns flush right."""
    # A line break or tab in a name would tear the table.
    clean = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*clean, strict=True)]
    flush = set(right)
    lines = []
    for row in clean:
        cells = []
        for index, (cell, whole) in enumerate(zip(row, widths, strict=True)):
            space = " " * (whole - width(cell))
            cells.append(space + cell if index in flush else cell + space)
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * whole for whole in widths))
    return "\n".join(lines)
