"""The fixed Chinese words of the sheet for the codes that stand in the result tables."""

from collections.abc import Iterable
from decimal import Decimal

from core.models import User

SYSTEM = "系统"
OUTSIDE = "外部"
BONUS_POST = "绩效"
LACKING = "待补数据"

FUNDS = {"maintenance": "维护基金", "reserve": "储备金", "withheld": "暂扣款"}
MOVEMENTS = {
    "monthly_fund": "每月注资",
    "pool": "奖金池转入",
    "account_fee": "账号年费",
    "fee": "稿酬",
    "spend": "支出",
    "release": "释放",
}
AUTHORS = {"employee": "员工", "pharmacist": "药师", "customer": "顾客"}
LACKS = {
    "bonus_base": "奖金基数",
    "proration": "出勤折算",
    "no_activity_article": "活动推文",
    "no_readers": "推文阅读人数",
    "no_stores": "可比门店",
    "no_activity_data": "活动期间门店日报",
    "few_baseline_days": "足够的基线日",
    "no_last_year": "上年同期数据",
    "no_member_day": "会员日登记",
    "pool_scheme": "激励方案",
    "pool_roles": "激励方案的角色",
}
SOURCES = {"metric": "指标", "rating": "评分", "quota": "任务量"}
TITLES_SHOWN = 3


def person(user: User | None) -> str:
    """Who acted, as the sheet names them."""
    if user is None:
        return SYSTEM
    staff = getattr(user, "staff", None)
    return staff.name if staff else user.get_full_name() or user.get_username()


def lacks(codes: Iterable[str]) -> str:
    """``metric:CVR`` → 指标CVR; a code without a word of its own is shown as it is."""
    words = []
    for code in codes:
        source, found, name = code.partition(":")
        words.append(SOURCES[source] + name if found and source in SOURCES else LACKS.get(code, code))
    return "、".join(words)


def movement(kind: str) -> str:
    return MOVEMENTS.get(kind, kind)


def percent(rate: Decimal) -> str:
    return f"{rate:.2%}"


def changed(campaigns: Iterable[str]) -> str:
    """The sentence that every part of the statement bears when a comparison was changed afterwards."""
    names = "、".join(f"「{name}」" for name in campaigns)
    return f"说明：{names}的比较口径在批准后有变更，明细见“公账台账”"


def counted(names: Iterable[str]) -> str:
    """Names in order of appearance, each once, ``×n`` where it stands more than once."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return "、".join(name if count == 1 else f"{name}×{count}" for name, count in counts.items())


def pieces(titles: list[str]) -> str:
    """``2篇：甲、乙``; of many titles the first ones."""
    shown = "、".join(titles[:TITLES_SHOWN]) + ("等" if len(titles) > TITLES_SHOWN else "")
    return f"{len(titles)}篇：{shown}"
