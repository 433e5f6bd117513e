"""Draws the incentive sheet: 汇总, one sheet a department, 外部稿酬, 公账台账, 调整明细, 校验.

Values everywhere, formulas only on 校验.  Rule: interfaces.md §5, domain.md §1.1–1.4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl import Workbook

from core.money import ZERO
from core.spreadsheets.writer import CellStyle, Value, save_bytes
from incentives.sheet import wording
from incentives.sheet.checks import Checks, Range, draw_checks
from incentives.sheet.content import Content, Department, Line, MovementLine, Totals
from incentives.sheet.page import Looks, Page
from incentives.sheet.text import HEADINGS, SUMMARY_HEADINGS, in_words, payments

WIDTHS = (6, 16, 11, 16, 9, 10, 14, 12, 12, 14, 14, 36)
SUMMARY_WIDTHS = (8, 30, 10, 18, 16, 16, 18, 34)
LEDGER_WIDTHS = (26, 20, 16, 16, 22, 32, 16, 16)
ADJUSTMENT_WIDTHS = (6, 20, 14, 12, 12, 16, 48, 12, 12)
NAMES_SHOWN = 10
Cells = Sequence[tuple[Value, CellStyle]]


def draw(content: Content) -> bytes:
    """The workbook's bytes: the same content gives the same bytes."""
    book = Workbook(write_only=True)
    drawing = _Drawing(content, book, Looks(book))
    drawing.all_sheets()
    return save_bytes(book, created=content.printed_at)


@dataclass
class _Drawing:
    content: Content
    book: Workbook
    looks: Looks
    checks: Checks = field(default_factory=Checks)

    def all_sheets(self) -> None:
        """In the order in which they stand; 汇总 comes first and needs only the totals."""
        totals = [department.totals for department in self.content.departments]
        self.summary(totals)
        for department, total in zip(self.content.departments, totals, strict=True):
            self.department(department, total)
        self.outsiders()
        self.ledger()
        self.adjustments()
        draw_checks(Page(self.book, self.looks, self.content, "校验", Checks.WIDTHS), self.checks)

    def summary(self, totals: Sequence[Totals]) -> None:
        content, looks = self.content, self.looks
        page = Page(self.book, looks, content, "汇总", SUMMARY_WIDTHS)
        page.head([*SUMMARY_HEADINGS, "备注"])
        first = page.row + 1
        for number, (department, total) in enumerate(zip(content.departments, totals, strict=True), 1):
            money = [(amount, looks.money) for amount in (total.gross, total.deduction, total.tax, total.net)]
            page.cells(
                [
                    (number, looks.whole),
                    (department.name, looks.text),
                    (total.people, looks.whole),
                    *money,
                    (f"单号：{department.number}", looks.text),
                ],
                page.height([(department.name, SUMMARY_WIDTHS[1])]),
            )
        whole = sum(totals, Totals())
        amounts = [(each, looks.total_money) for each in (whole.gross, whole.deduction, whole.tax, whole.net)]
        last = page.cells(
            [
                ("合计", looks.total),
                (None, looks.total),
                (whole.people, looks.total_whole),
                *amounts,
                (None, looks.total),
            ]
        )
        page.join(last, 1, 2)
        page.words(in_words(whole.net))
        self.checks.summary(page.title, first, last, whole)
        self.payments(page)
        self.changed(page)
        page.sign()
        page.close()

    def payments(self, page: Page) -> None:
        """What is to be paid besides the departments' totals, and everything together."""
        looks = self.looks
        page.block("应付总额", ["序号", "项目", "", "应发金额", "", "代扣个税", "应付金额", "备注"])
        first = page.row + 1
        for number, (what, gross, tax, net) in enumerate(payments(self.content), 1):
            page.cells(
                [
                    (number, looks.whole),
                    (what, looks.text),
                    (None, looks.text),
                    (gross, looks.signed),
                    (None, looks.text),
                    (tax, looks.money),
                    (net, looks.signed),
                    (None, looks.text),
                ]
            )
        payable = self.content.payable
        blanks: Cells = [(None, looks.total)] * 5
        last = page.cells(
            [("应付总额", looks.total), *blanks, (payable, looks.total_signed), (None, looks.total)]
        )
        page.join(last, 1, 6)
        page.words(in_words(payable).replace("合计", "应付总额", 1))
        self.checks.payable(Range(page.title, "G", first, last - 1), last, payable)

    def department(self, department: Department, totals: Totals) -> None:
        page = Page(
            self.book,
            self.looks,
            self.content,
            department.name,
            WIDTHS,
            number=department.number,
            unit=department.name,
            frozen="D4",
        )
        page.head(HEADINGS)
        first = page.row + 1
        self.lines(page, department.lines)
        last = self.total(page, totals)
        pool = Range(page.title, "J", first, first + len(department.pool_lines) - 1)
        self.checks.department(department, totals, Range(page.title, "", first, last - 1), pool)
        page.words(in_words(totals.net))
        if department.missing:
            names = "、".join(one.name for one in department.missing[:NAMES_SHOWN])
            more = "等" if len(department.missing) > NAMES_SHOWN else ""
            page.note(f"待补数据，绩效未列入本表：{names}{more}共{len(department.missing)}人，见“校验”")
        if department.pool_lines:
            self.changed(page)
        page.sign()
        page.close()

    def changed(self, page: Page) -> None:
        """A later change of what a campaign is compared with is printed on every statement.  Rule: KQ-04."""
        if self.content.changes:
            page.note(wording.changed(self.content.changed))

    def lines(self, page: Page, lines: Iterable[Line]) -> None:
        looks = self.looks
        for number, line in enumerate(lines, 1):
            page.cells(
                [
                    (number, looks.whole),
                    (line.department, looks.text),
                    (line.name, looks.text),
                    (line.post, looks.text),
                    (line.coefficient, looks.rate),
                    (line.score, looks.points if line.scored else looks.rate),
                    (line.gross, looks.money),
                    (line.deduction, looks.money),
                    (line.tax, looks.money),
                    (line.net, looks.money),
                    (None, looks.text),
                    (line.note, looks.text) if line.note else (None, looks.text),
                ],
                page.height(
                    [
                        (line.note, WIDTHS[11]),
                        (line.department, WIDTHS[1]),
                        (line.name, WIDTHS[2]),
                        (line.post, WIDTHS[3]),
                    ]
                ),
            )

    def total(self, page: Page, totals: Totals) -> int:
        looks = self.looks
        amounts = (totals.gross, totals.deduction, totals.tax, totals.net)
        row = page.cells(
            [
                ("合计", looks.total),
                *[(None, looks.total)] * 5,
                *[(amount, looks.total_money) for amount in amounts],
                *[(None, looks.total)] * 2,
            ]
        )
        page.join(row, 1, 6)
        return row

    def outsiders(self) -> None:
        """Outsiders after tax, then staff whose tax payroll does; the columns are those of a department."""
        page = Page(self.book, self.looks, self.content, "外部稿酬", WIDTHS, repeated=2, frozen="A3")
        for name, lines in (
            ("一、外部稿酬（劳务报酬，代扣个税）", self.content.outsiders),
            ("二、员工稿酬（随工资，个税由薪酬计算）", self.content.staff_fees),
        ):
            page.block(name, HEADINGS)
            first = page.row + 1
            self.lines(page, lines)
            totals = Totals.of(lines)
            last = self.total(page, totals)
            page.words(in_words(totals.net))
            self.checks.fees(name, Range(page.title, "", first, last - 1), totals)
        page.sign()
        page.close()

    def ledger(self) -> None:
        content, looks = self.content, self.looks
        page = Page(self.book, looks, content, "公账台账", LEDGER_WIDTHS, repeated=2, frozen="A3")
        heads = ["方案", "账户", "期初余额", "本期收入", "本期支出", "期末余额", "待付", ""]
        page.block("一、账户余额", heads)
        for fund in content.funds:
            amounts = (fund.opening, fund.inflow, fund.outflow, fund.closing, fund.pending)
            row = self.ledger_row(page, [fund.scheme, fund.fund], [(each, looks.money) for each in amounts])
            self.checks.fund(page.title, row, fund)
        page.block("二、收支明细", ["日期", "方案", "账户", "事项", "单据", "摘要", "收入", "支出"])
        self.movements(page, content.movements)
        page.block("三、待付", ["日期", "方案", "账户", "事项", "单据", "摘要", "", "待付金额"])
        self.movements(page, content.pending)
        page.block("四、奖金池", ["活动", "方案", "毛利增加值", "奖金池", "传播差额", "实发", "暂扣", "储备"])
        first = page.row + 1
        for pool in content.pools:
            row = self.ledger_row(
                page,
                [pool.campaign, pool.scheme],
                [
                    (pool.uplift, looks.signed),
                    (pool.amount, looks.money),
                    (pool.shortfall, looks.percent),
                    (pool.paid, looks.money),
                    (pool.held, looks.money),
                    (pool.reserve, looks.money),
                ],
            )
            self.checks.pool(page.title, row, pool)
        paid = sum((pool.paid for pool in content.pools), ZERO)
        self.checks.pools(Range(page.title, "F", first, page.row), paid)
        page.block("五、空缺岗位（名义额暂扣）", ["活动", "方案", "岗位", "系数", "名义额", "", "", ""])
        for vacancy in content.vacancies:
            shown: list[tuple[Value, CellStyle]] = [
                (vacancy.share, looks.rate),
                (vacancy.nominal, looks.money),
            ]
            self.ledger_row(page, [vacancy.campaign, vacancy.scheme, vacancy.role], shown)
        if content.unsettled:
            page.block("六、待补数据的活动（未结算）", ["活动", "缺少", "", "", "", "", "", ""])
            for one in content.unsettled:
                self.ledger_row(page, [one.campaign, one.lacks], [])
        if content.changes:
            self.changes(page, "七" if content.unsettled else "六")
        page.sign()
        page.close()

    def changes(self, page: Page, numeral: str) -> None:
        """Which terms of the comparison were changed, by whom and why."""
        heads = ["活动", "条款", "原定", "改为", "批准日期", "原因", "提出人", "批准人"]
        page.block(f"{numeral}、批准后变更的比较口径", heads)
        for one in self.content.changes:
            texts = [one.campaign, one.term, one.before, one.after, f"{one.on:%Y-%m-%d}", one.reason]
            self.ledger_row(page, [*texts, one.proposed_by, one.approved_by], [])

    def ledger_row(self, page: Page, texts: Sequence[str], rest: Cells) -> int:
        blanks = len(LEDGER_WIDTHS) - len(texts) - len(rest)
        cells: list[tuple[Value, CellStyle]] = [(text, self.looks.text) for text in texts]
        height = page.height(list(zip(texts, LEDGER_WIDTHS, strict=False)))
        return page.cells([*cells, *rest, *[(None, self.looks.text)] * blanks], height)

    def movements(self, page: Page, lines: Iterable[MovementLine]) -> None:
        looks = self.looks
        for line in lines:
            texts = [line.scheme, line.fund, line.kind, line.reference, line.text]
            page.cells(
                [
                    (line.date, looks.centred),
                    *[(text, looks.text) for text in texts],
                    (line.inflow, looks.money),
                    (line.outflow, looks.money),
                ],
                page.height(list(zip(texts, LEDGER_WIDTHS[1:], strict=False))),
            )

    def adjustments(self) -> None:
        content, looks = self.content, self.looks
        page = Page(self.book, looks, content, "调整明细", ADJUSTMENT_WIDTHS)
        page.head(["序号", "部门", "工号", "姓名", "所属期", "调整金额", "原因", "提出人", "批准人"])
        for number, line in enumerate(content.adjustments, 1):
            page.cells(
                [
                    (number, looks.whole),
                    (line.department, looks.text),
                    (line.staff_no, looks.text),
                    (line.name, looks.text),
                    (str(line.about), looks.centred),
                    (line.amount, looks.signed),
                    (line.reason, looks.text),
                    (line.proposed_by, looks.text),
                    (line.approved_by, looks.text),
                ],
                page.height([(line.reason, ADJUSTMENT_WIDTHS[6]), (line.department, ADJUSTMENT_WIDTHS[1])]),
            )
        total: Decimal = content.adjusted
        row = page.cells(
            [
                ("合计", looks.total),
                *[(None, looks.total)] * 4,
                (total, looks.total_signed),
                *[(None, looks.total)] * 3,
            ]
        )
        page.join(row, 1, 5)
        page.words(in_words(total))
        page.sign()
        page.close()
