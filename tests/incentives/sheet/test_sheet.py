"""The incentive sheet as a reader of the file finds it: every sheet, cell, sum and printed page."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.exceptions import NotAllowed, RuleViolation
from core.models import AuditEvent, User
from core.months import Month
from departments.models import Period, Unit
from incentives.models import Payout, Settlement
from incentives.services.export import incentive_sheet
from incentives.sheet.selectors import sheet_content
from incentives.sheet.text import aligned, as_text, width
from tests.incentives.sheet.month import LOCKED_AT, MONTH, lock, make_month

pytestmark = pytest.mark.django_db

PRINTED = dt.datetime(2018, 12, 2, 0, 15, tzinfo=dt.UTC)
HEADINGS = [
    "序号", "部门", "姓名", "岗位", "系数", "考核得分",
    "应发金额", "扣款", "代扣个税", "实发金额", "签收", "备注",
]  # fmt: skip
MONEY = "#,##0.00"


def export(root: Unit, printed_at: dt.datetime = PRINTED) -> Any:
    _, data = incentive_sheet(root, MONTH, printed_at=printed_at)
    return openpyxl.load_workbook(BytesIO(data))


def exact(value: object) -> Decimal:
    """A number cell is read back as a float; its shortest text is what was written."""
    return Decimal(str(value or 0))


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def row_of(sheet: Any, label: object) -> list[Any]:
    return next(row for row in rows(sheet) if label in row)


def people_rows(sheet: Any) -> list[list[Any]]:
    found = []
    for row in rows(sheet)[3:]:
        if row[0] == "合计":
            break
        found.append(row)
    return found


@pytest.fixture
def root(db: None) -> Unit:
    return make_month()


def test_sheets_stand_in_order(root: Unit) -> None:
    names = ["汇总", "运营部", "推广部", "外部稿酬", "公账台账", "调整明细", "校验"]
    assert export(root).sheetnames == names


@pytest.mark.clause("HT-29")
def test_lines_are_one_for_each_person_and_role_and_bonus(root: Unit) -> None:
    book = export(root)
    first, second = book["运营部"], book["推广部"]
    assert [cell.value for cell in first[3]] == HEADINGS
    assert people_rows(first) == [
        [1, "运营部", "员工0", "总策划", 0.15, 1, 110.01, 10, None, 100.01, None,
         "传播差额10.00%；上期调整-50.00（另列）"],
        [2, "运营部", "员工2", "文案", 0.55, None, 21, 5, None, 16, None,
         "扣减：推文迟发×2；传播差额10.00%；折算15/30天"],
        [3, "运营部", "员工0", "推广专员", 1, 89.13, 2000, 0, None, 2000, None, "等级B"],
        [4, "运营部", "员工2", "绩效", 0, 70, 0, 0, None, 0, None, "等级C；一票否决"],
    ]  # fmt: skip
    assert people_rows(second) == [
        [1, "推广部", "=1+1", "文案", 0.55, None, 21, 5, None, 16, None,
         "扣减：推文迟发×2；传播差额10.00%；折算15/30天；绩效待补数据：指标CVR"],
    ]  # fmt: skip
    assert "待补数据，绩效未列入本表：=1+1共1人，见“校验”" in [row[0] for row in rows(second)]


def test_titles_and_second_row(root: Unit) -> None:
    sheet = export(root)["推广部"]
    assert sheet["A1"].value == "示例大药房有限公司2018年11月绩效奖金发放表（推广部）（试算）"
    assert (sheet["A1"].font.sz, sheet["A1"].font.b, sheet["A1"].alignment.horizontal) == (16, True, "center")
    assert sheet.row_dimensions[1].height == 30
    assert [sheet["A2"].value, sheet["E2"].value, sheet["I2"].value] == [
        "所属期：2018年11月",
        "编制部门：推广部",
        "单位：元    单号：JX-201811-002",
    ]
    assert {"A1:L1", "A2:D2", "E2:H2", "I2:L2", "A5:F5", "A6:L6"} <= {
        str(one) for one in sheet.merged_cells.ranges
    }
    lock(root)
    assert export(root)["推广部"]["A1"].value == "示例大药房有限公司2018年11月绩效奖金发放表（推广部）"


def test_looks_of_a_department(root: Unit) -> None:
    sheet = export(root)["运营部"]
    formats = ["0", None, None, None, "0.00##", "0.00##", MONEY, MONEY, MONEY, MONEY, None, None]
    shown = [
        cell.number_format if expected else None for cell, expected in zip(sheet[4], formats, strict=True)
    ]
    assert shown == formats
    assert sheet["F6"].number_format == "0.00"
    assert sheet["J8"].number_format == MONEY
    assert sheet.column_dimensions["K"].width >= 10
    assert all(sheet.row_dimensions[row].height >= 20 for row in range(4, 8))
    assert all(cell.border.bottom.style == "thin" for cell in sheet[4])
    assert sheet["A3"].fill.fgColor.rgb == "FFD9D9D9"
    assert sheet["A3"].font.b
    assert sheet["L4"].alignment.wrap_text


def test_paper(root: Unit) -> None:
    for sheet in export(root).worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, int(setup.paperSize)) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, setup.fitToWidth, setup.fitToHeight) == (
            True,
            1,
            0,
        )
        assert sheet.print_options.horizontalCentered
        assert sheet.print_area.startswith(f"'{sheet.title}'!$A$1:$")
        assert sheet.oddFooter.center.text == "第 &P 页 / 共 &N 页"
        assert sheet.oddFooter.left.text == "打印：系统 2018-12-02 08:15"
        assert sheet.oddFooter.right.text == "规则版本 v3 / 快照 01234567"
    sheet = export(root)["运营部"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("D4", "$1:$3")
    assert sheet.print_area == "'运营部'!$A$1:$L$11"


def test_sums_are_those_of_the_cells(root: Unit) -> None:
    book = export(root)
    summary = book["汇总"]
    whole = [Decimal(0)] * 4
    for number, name in enumerate(("运营部", "推广部"), 1):
        lines = people_rows(book[name])
        sums = [sum((exact(line[column]) for line in lines), Decimal(0)) for column in (6, 7, 8, 9)]
        assert [exact(cell) for cell in row_of(book[name], "合计")[6:10]] == sums
        people = len({line[2] for line in lines})
        assert row_of(summary, name)[:3] == [number, name, people]
        assert [exact(cell) for cell in row_of(summary, name)[3:7]] == sums
        whole = [one + other for one, other in zip(whole, sums, strict=True)]
    total = row_of(summary, "合计")
    assert total[2] == 3
    assert (
        [exact(cell) for cell in total[3:7]]
        == whole
        == [Decimal(x) for x in ("2152.01", "20", "0", "2132.01")]
    )


def test_totals_in_words(root: Unit) -> None:
    book = export(root)
    assert book["推广部"]["A6"].value == "合计人民币（大写）：人民币壹拾陆元整  （小写）：¥16.00"
    assert book["运营部"]["A9"].value == (
        "合计人民币（大写）：人民币贰仟壹佰壹拾陆元零壹分  （小写）：¥2,116.01"
    )


def test_signatures_and_electronic_approvals(root: Unit) -> None:
    sheet = export(root)["运营部"]
    texts = [row[0] for row in rows(sheet)]
    assert texts[9] == "电子审批：制表 制单 2018-12-01 09:30"
    assert [
        texts[10].count(word) for word in ("制表：", "审核：", "财务复核：", "审批（总经理）：", "日期：")
    ] == [1] * 5
    assert sheet["A11"].border.bottom.style is None
    lock(root)
    texts = [row[0] for row in rows(export(root)["运营部"])]
    assert "财务复核 经理 2018-12-05 10:00" in texts[9]
    assert "审批 经理 2018-12-05 10:00" in texts[9]


def test_approval_of_an_earlier_result_is_not_shown(root: Unit) -> None:
    Settlement.objects.update(approved_at=LOCKED_AT, approved_by=User.objects.get(username="boss"))
    assert "审批 经理" not in str(rows(export(root)["运营部"]))


@pytest.mark.clause("HT-06")
def test_manuscript_fees_of_outsiders_are_taxed_together(root: Unit) -> None:
    sheet = export(root)["外部稿酬"]
    assert row_of(sheet, "王药师") == [
        1, "外部", "王药师", "药师", None, None, 1000, 0, 40, 960, None, "5篇：稿件M0、稿件M1、稿件M2等",
    ]  # fmt: skip
    assert row_of(sheet, "员工0")[6:10] == [100, 0, None, 100]
    assert row_of(sheet, "员工0")[1] == "运营部"
    assert not any("周顾客" in row for row in rows(sheet))


def test_everything_to_pay(root: Unit) -> None:
    sheet = export(root)["汇总"]
    amounts = {row[1]: row[3:7] for row in rows(sheet) if row[1]}
    assert amounts["员工绩效奖金"] == [2152.01, None, None, 2132.01]
    assert amounts["外部稿酬"] == [1000, None, 40, 960]
    assert amounts["员工稿酬（随工资）"] == [100, None, None, 100]
    assert amounts["上期调整"] == [-50, None, None, -50]
    assert [row for row in rows(sheet) if row[0] == "应付总额"][1][6] == 3142.01
    assert [row[0] for row in rows(sheet) if str(row[0]).startswith("应付总额人民币")] == [
        "应付总额人民币（大写）：人民币叁仟壹佰肆拾贰元零壹分  （小写）：¥3,142.01"
    ]


@pytest.mark.clause("HT-22")
def test_public_account(root: Unit) -> None:
    sheet = export(root)["公账台账"]
    assert row_of(sheet, "维护基金") == ["门店激励", "维护基金", 500, 600, 1100, 0, 200, None]
    assert row_of(sheet, "储备金") == ["门店激励", "储备金", 0, 30.99, 0, 30.99, 0, None]
    moved = [row for row in rows(sheet) if isinstance(row[0], dt.datetime)]
    assert len(moved) == 1 + 6 + 2 + 1
    assert moved[1][1:] == ["门店激励", "维护基金", "稿酬", "M0", "王药师《稿件M0》", None, 200]
    assert moved[7][1:] == ["门店激励", "储备金", "奖金池转入", "CA", "活动CA", 30, None]
    assert moved[9][1:] == ["门店激励", "维护基金", "稿酬", "M6", "周顾客《稿件M6》", None, 200]
    pools = [row for row in rows(sheet) if row[0] in ("活动CA", "活动CB")]
    assert pools[:2] == [
        ["活动CA", "门店激励", 1100, 220, 0.1, 122, 68, 30],
        ["活动CB", "门店激励", 65, 13, 0, 10.01, 2, 0.99],
    ]
    assert pools[2] == ["活动CA", "门店激励", "美工", 0.1, 50, None, None, None]
    assert row_of(sheet, "活动CC")[:2] == ["活动CC", "可比门店"]
    assert "美工" not in str([rows(export(root)[name]) for name in ("运营部", "推广部")])


def test_adjustments_are_the_approved_ones(root: Unit) -> None:
    sheet = export(root)["调整明细"]
    assert rows(sheet)[3] == [1, "运营部", "S00000", "员工0", "2018-10", -50, "@上月多发", "制单", "经理"]
    assert rows(sheet)[4][5] == -50
    assert "[Red]" in sheet["F4"].number_format


def test_checks_are_the_only_formulas(root: Unit) -> None:
    book = export(root)
    for sheet in book.worksheets:
        formulas = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert bool(formulas) == (sheet.title == "校验")
    sheet = book["校验"]
    checks = {row[1]: row[2:] for row in rows(sheet) if row[1]}
    assert checks["运营部 实发金额 = 汇总"] == [
        "=SUM('运营部'!J4:J7)",
        "='汇总'!G4",
        2116.01,
        '=IF(AND(ROUND(C13-E13,2)=0,ROUND(D13-E13,2)=0),"一致","不一致")',
    ]
    paid = checks["各部门活动激励实发 = 奖金池实发"]
    assert paid[0] == "=SUM('运营部'!J4:J5,'推广部'!J4:J4)"
    assert paid[2] == 132.01
    assert checks["活动CA 实发 + 暂扣 + 储备 = 奖金池"][2] == 220
    assert row_of(sheet, "推广部 / =1+1")[2:4] == ["S00001", "指标CVR"]


def test_dangerous_text_is_text(root: Unit) -> None:
    book = export(root)
    for cell in (book["推广部"]["C4"], book["调整明细"]["G4"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix
    assert book["推广部"]["C4"].value == "=1+1"


def test_sheet_names_hold_whatever_a_department_is_called(db: None) -> None:
    root = make_month(names=("a[b]:c*d?e/f\\g" * 4, "汇总"))
    names = export(root).sheetnames
    assert names[0] == "汇总"
    assert len(names) == len(set(names)) == 7
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_file_name(root: Unit) -> None:
    name, _ = incentive_sheet(root, MONTH, printed_at=PRINTED)
    assert name == "201811_绩效奖金发放表_示例大药房有限公司_v3.xlsx"


def test_bytes_are_decided_by_the_moment_before_lock_and_by_the_lock_after(root: Unit) -> None:
    def data(printed_at: dt.datetime, actor: User | None = None) -> bytes:
        return incentive_sheet(root, MONTH, actor=actor, printed_at=printed_at)[1]

    later = PRINTED + dt.timedelta(hours=1)
    assert data(PRINTED) == data(PRINTED)
    assert data(PRINTED) != data(later)
    lock(root)
    auditor = User.objects.create_superuser("auditor")
    assert data(PRINTED) == data(later) == data(later, auditor)
    footer = openpyxl.load_workbook(BytesIO(data(later))).worksheets[0].oddFooter
    assert footer.left.text == "打印：经理 2018-12-05 10:00"
    assert dt.datetime(2018, 12, 5, 2, 0, tzinfo=dt.UTC) == LOCKED_AT


@pytest.fixture
def queries_for(db: None) -> Callable[[int], int]:
    def count(people: int) -> int:
        root = make_month(people)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            sheet_content(root, MONTH, printed_at=PRINTED)
        return len(captured)

    return count


@pytest.mark.parametrize("people", [3, 300])
def test_reads_do_not_grow_with_people(queries_for: Callable[[int], int], people: int) -> None:
    assert queries_for(people) == 17


def test_three_hundred_people(db: None) -> None:
    book = export(make_month(300))
    lines = people_rows(book["运营部"]) + people_rows(book["推广部"])
    assert len(lines) == 300 + 200
    assert sum((exact(line[9]) for line in lines), Decimal(0)) == Decimal("100.01") + 299 * 16 + 100 * 2000
    assert [line[0] for line in people_rows(book["推广部"])] == list(
        range(1, len(people_rows(book["推广部"])) + 1)
    )


def test_month_that_is_not_computed_is_refused(root: Unit) -> None:
    for refused in (Month(2018, 10), Month(2018, 12)):
        with pytest.raises(RuleViolation) as error:
            incentive_sheet(root, refused, printed_at=PRINTED)
        assert error.value.code == "month_not_computed"
    Period.objects.update(state="open")
    with pytest.raises(RuleViolation):
        incentive_sheet(root, MONTH, printed_at=PRINTED)
    assert not AuditEvent.objects.exists()


def test_unit_below_a_root_is_refused(root: Unit) -> None:
    with pytest.raises(RuleViolation) as error:
        incentive_sheet(Unit.objects.get(code="R1"), MONTH, printed_at=PRINTED)
    assert error.value.code == "not_a_root"


def test_export_needs_the_right_and_is_audited(root: Unit) -> None:
    with pytest.raises(NotAllowed):
        incentive_sheet(root, MONTH, actor=User.objects.get(username="clerk"), printed_at=PRINTED)
    assert not AuditEvent.objects.exists()
    incentive_sheet(root, MONTH, actor=User.objects.create_superuser("chief"), printed_at=PRINTED)
    event = AuditEvent.objects.get()
    assert (event.actor_name, event.action, event.target_id) == ("chief", "month.export", str(root.pk))
    assert event.change["month"] == "2018-11"
    assert len(event.change["sha256"]) == 64


def test_month_without_any_line_has_its_sheets(root: Unit) -> None:
    Payout.objects.all().delete()
    book = export(root)
    assert book.sheetnames == ["汇总", "外部稿酬", "公账台账", "调整明细", "校验"]
    assert row_of(book["汇总"], "合计")[2:7] == [0, 0, 0, 0, 0]


def test_adjustments_below_zero_are_said_in_words(root: Unit) -> None:
    texts = [row[0] for row in rows(export(root)["调整明细"])]
    assert "合计人民币（大写）：负人民币伍拾元整  （小写）：-¥50.00" in texts


def test_text_is_aligned_for_wide_characters(root: Unit) -> None:
    text = as_text(sheet_content(root, MONTH, printed_at=PRINTED))
    assert "示例大药房有限公司2018年11月绩效奖金发放表（推广部）（试算）" in text
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("序号") and "实发金额" in line)
    bonus = next(line for line in lines if "推广专员" in line)
    assert width(head[: head.index("备注")]) == width(bonus[: bonus.index("等级B")])
    assert "应付总额" in text
    assert "3,142.01" in text
    assert aligned([["甲乙", "x"], ["a", "10"]], right={1}) == "甲乙   x\n----  --\na     10"


def test_settlement_row_without_result_is_not_computed(root: Unit) -> None:
    Settlement.objects.update(digest="")
    with pytest.raises(RuleViolation):
        incentive_sheet(root, MONTH, printed_at=PRINTED)
