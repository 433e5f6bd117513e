"""Two months of a chain of pharmacies: takings, campaigns, articles, findings, manuscripts, the funds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core.months import Month
from opscenter.example.sheets import Fact
from opscenter.example.window import Window, draw, nth_workday, order_of
from presets.haitang.example.campaigns import FIXED_STORES, articles, campaigns, plan_of
from presets.haitang.example.takings import member_days, new_store, product_days, store_days

SCHEME = "ht-pool"
#: they take turns at answering customers, from the middle of each month
SERVICE_TURNS = ("HT041", "HT042")
#: author kind, author, staff number, titles of even and odd months, characters, day, published on, status
MANUSCRIPTS: tuple[tuple[str, str, str | None, tuple[str, str], int, int, int | None, str], ...] = (
    (
        "employee",
        "方巧云",
        "HT051",
        ("一位老顾客教我的耐心", "柜台前的第一百次“您慢走”"),
        305,
        3,
        9,
        "published",
    ),
    ("employee", "石磊", "HT055", ("夜班药店的灯", "暴雨天送药记"), 310, 6, 14, "published"),
    (
        "pharmacist",
        "于素芬",
        "HT053",
        ("降压药能不能掰开吃", "漏服一次药，该不该补"),
        1420,
        4,
        11,
        "published",
    ),
    (
        "pharmacist",
        "毛丽萍",
        "HT056",
        ("中成药和西药同服的三个误区", "退烧药的间隔要看清"),
        1530,
        12,
        20,
        "published",
    ),
    ("customer", "吴桂兰", None, ("我家的小药箱整理记", "跟着药师学看说明书"), 1050, 8, 17, "published"),
    ("customer", "陈先生", None, ("陪父亲控糖的一年", "孩子第一次自己量体温"), 1310, 15, None, "accepted"),
    ("employee", "康健", "HT057", ("开店第一天", "盘点到深夜"), 302, 16, None, "submitted"),
    ("customer", "刘女士", None, ("偏方治好了我的腰", "转发：十种神奇食物"), 720, 10, None, "refused"),
)
#: a complaint and its answer, a lapse of a store; by turns
COMPLAINTS = (
    ("运营部反映公众号券核销接口中断两小时", "服务器证书到期，已设到期提醒"),
    ("客服部反映会员资料导出失败，次日才恢复", "存储空间不足，已扩容并加监控"),
)
LAPSES = ("会员日当天堆头未按方案摆放，十点后才补齐", "活动海报张贴晚于开店时间，入口处缺一张")
#: day, amount, what for
SPENDINGS = ((12, "380.00", "图片素材授权与版式设计"), (21, "126.50", "线下海报打印"))
OPENINGS = (("maintenance", "3240.00"), ("reserve", "860.50"))


def facts(window: Window) -> Iterator[Fact]:
    """Everything that is dated, from today's date alone."""
    yield new_store(window)
    yield from member_days(window)
    yield from store_days(window)
    yield from product_days(window)
    yield from _yearly_findings(window)
    for month in (window.last.plus(-1), *window.months):
        yield from _service_turn(window, month)
    for month in window.months:
        yield from campaigns(window, month)
        yield from articles(window, month)
        yield from _findings(window, month)
        yield from _manuscripts(window, month)
        yield from _fund_entries(window, month)
        yield from _leave(window, month)
    yield from _opening(window)
    value = 3300 + order_of(window.last) % 24 * 45 + draw("vip", window.last).randrange(40)
    yield (
        "metric_values",
        {
            "metric": "ht-vip-customers",
            "subject": "ht-company",
            "month": str(window.last),
            "value": value,
            "target": 10000,
        },
    )


# --- people ------------------------------------------------------------------------------------------
def _service_turn(window: Window, month: Month) -> Iterator[Fact]:
    start, following = month.first.replace(day=16), month.plus(1).first.replace(day=16)
    if window.has_come(start):
        yield (
            "role_holders",
            {
                "scheme": SCHEME,
                "role": "service",
                "staff_no": SERVICE_TURNS[order_of(month) % 2],
                "start": start,
                "end": following - timedelta(days=1),
            },
        )


def _leave(window: Window, month: Month) -> Iterator[Fact]:
    first, last = nth_workday(window, month, 6), nth_workday(window, month, 8)
    if window.has_come(first):
        staff_no = f"HT05{1 + order_of(month) % 7}"
        yield "leaves", {"staff_no": staff_no, "start": first, "end": last, "kind": "年假"}


# --- findings ------------------------------------------------------------------------------------------
def _findings(window: Window, month: Month) -> Iterator[Fact]:
    """One still proposed, two confirmed, one withdrawn after an answer."""
    plan = plan_of(window, month)
    rows: tuple[dict[str, Any], ...] = (
        {
            "rule": "ht-operations-store",
            "date": plan.member_day + timedelta(days=1),
            "campaign": plan.member_code,
            "occurrences": 1,
            "store": FIXED_STORES[(order_of(month) + 2) % len(FIXED_STORES)],
            "note": LAPSES[order_of(month) % 2],
            "evidence": "巡店照片两张",
            "assessor": "徐海波",
            "status": "proposed",
        },
        {
            "rule": "ht-service-files",
            "date": plan.member_day + timedelta(days=2),
            "campaign": plan.member_code,
            "percent": f"0.{draw('files', month).randint(4, 9):02d}",
            "note": "抽查参与客户档案，部分缺联系方式",
            "evidence": "抽查登记表",
            "assessor": "周敏行",
            "answer": "已电话补录，下次登记当场核对",
            "status": "confirmed",
        },
        {
            "rule": "ht-it-complaint",
            "date": nth_workday(window, month, 6),
            "occurrences": 1,
            "note": COMPLAINTS[order_of(month) % 2][0],
            "evidence": "投诉登记第 1 号",
            "assessor": "周敏行",
            "answer": COMPLAINTS[order_of(month) % 2][1],
            "status": "confirmed",
        },
        {
            "rule": "ht-designer-artwork",
            "date": nth_workday(window, month, 11),
            "occurrences": 1,
            "note": "一篇推文按时发布但没有配图",
            "evidence": "后台发布记录",
            "assessor": "周敏行",
            "answer": "该篇为转载通知，按约定不配图",
            "status": "withdrawn",
        },
    )
    for number, row in enumerate(rows, 1):
        if window.has_come(row["date"]):
            yield "findings", {"id": f"ht-f{plan.member_code[4:]}-{number}", "scheme": SCHEME, **row}


def _yearly_findings(window: Window) -> Iterator[Fact]:
    """What was due at the end of the year before, and lowers the coefficient all year.  Rule: HT-13."""
    for year in sorted({month.year - 1 for month in window.months}):
        yield (
            "findings",
            {
                "id": f"ht-f{year}-templates",
                "scheme": SCHEME,
                "rule": "ht-designer-templates",
                "date": date(year, 12, 31),
                "occurrences": 1,
                "note": "五种推送版式定稿四种，缺“公益知识”一种",
                "evidence": "版式确认单",
                "assessor": "周敏行",
                "status": "confirmed",
            },
        )


# --- manuscripts, funds -----------------------------------------------------------------------------------
def _manuscripts(window: Window, month: Month) -> Iterator[Fact]:
    for number, (kind, author, staff_no, titles, characters, day, published, status) in enumerate(
        MANUSCRIPTS, 1
    ):
        shown = month.first.replace(day=published or day)
        if window.has_come(shown):
            yield (
                "manuscripts",
                {
                    "id": f"ht-a{month.year % 100:02d}{month.number:02d}-{number}",
                    "date": month.first.replace(day=day),
                    "title": titles[order_of(month) % 2],
                    "author_kind": kind,
                    "author": author,
                    "staff_no": staff_no,
                    "characters": characters + draw("text", month, number).randrange(80),
                    "status": status,
                    "published": shown if published else None,
                    "scheme": SCHEME,
                },
            )


def _fund_entries(window: Window, month: Month) -> Iterator[Fact]:
    for day, amount, note in SPENDINGS:
        if window.has_come(month.first.replace(day=day)):
            yield (
                "fund_entries",
                {
                    "id": f"ht-e{month.year % 100:02d}{month.number:02d}-{day}",
                    "scheme": SCHEME,
                    "fund": "maintenance",
                    "date": month.first.replace(day=day),
                    "kind": "spend",
                    "amount": amount,
                    "note": note,
                },
            )


def _opening(window: Window) -> Iterator[Fact]:
    """The balances with which the first month of the example begins."""
    for fund, amount in OPENINGS:
        yield (
            "fund_entries",
            {
                "id": f"ht-opening-{fund}",
                "scheme": SCHEME,
                "fund": fund,
                "date": window.last.first,
                "kind": "opening",
                "amount": amount,
                "note": "启用系统时的余额",
            },
        )
