"""What a department has planned: the year, its quarters, and the months of the group that promotes."""

from core.months import Month
from opscenter.example.trial import Goal, PlanIntent, Trial
from opscenter.example.window import Quarter, Window, quarters_of

UNIT, GROUP = "kq-ops", "kq-promotion"
DIRECTOR, MANAGER, LEADER = "jiang.tiancheng", "wen.jiayan", "xia.yuxuan"
CHANNELS = ("kq-seo", "kq-sem", "kq-social-ads")
#: yuan a month
BUDGET = 52000
LESSONS = "竞价词按科室分组后，咨询成本降了两成；周末咨询要有人接，否则广告白投。"


def trial(window: Window) -> Trial:
    """The plans from the year down to the coming month."""
    years = sorted({month.year for month in window.planned})
    return Trial(
        unit=UNIT,
        plans=(
            *(_year(window, year) for year in years),
            *(_quarter(window, quarter) for quarter in quarters_of(window.planned)),
            *(_month(window, month) for month in window.planned),
        ),
    )


def _year(window: Window, year: int) -> PlanIntent:
    return PlanIntent(
        key=str(year), unit=UNIT, horizon="year", name=f"{year}年网络运营计划",
        start=Month(year, 1).first, end=Month(year, 12).last, author=MANAGER, approver=DIRECTOR,
        taken="run" if year <= window.running.year else "approve",
        aim="网络渠道带来的到诊人数比上年多两成，投诉当天有人答复。",
        content="搜索、社交、内容三条线，各组按季度定目标，按月复盘。",
        goals=(
            Goal("other", "9600", "到诊人数"),
            Goal("other", "98", "数据完整率，%"),
        ),
        channels=CHANNELS, budget=f"{BUDGET * 12}.00",
        notes=(
            ("market", "本市种植牙单价下降后，搜索量上升三成，咨询里问价的占一半。", "搜索指数、客服记录"),
            ("competitor", "两家连锁机构主投周末时段，工作日晚间的竞价便宜两成。", "投放后台对比"),
            ("customer", "二十五到三十五岁的顾客先看案例再问价，家长最关心疼不疼。", "客服对话抽样二百条"),
        ),
    )  # fmt: skip


def _quarter(window: Window, quarter: Quarter) -> PlanIntent:
    return PlanIntent(
        key=f"{quarter.year}q{quarter.number}", unit=UNIT, horizon="quarter", within=str(quarter.year),
        name=f"{quarter.year}年第{'一二三四'[quarter.number - 1]}季度网络运营计划",
        start=quarter.first, end=quarter.last, author=MANAGER, approver=DIRECTOR,
        taken="run" if quarter.first <= window.today else "approve",
        aim="每个科室一组落地页，咨询转到诊不低于上季度。",
        content="推广组负责投放，内容组每周两篇案例，客服组五分钟内首次答复，数据组每周出渠道报表。",
        goals=(Goal("other", "2400", "到诊人数"),),
        channels=CHANNELS, budget=f"{BUDGET * 3}.00",
    )  # fmt: skip


def _month(window: Window, month: Month) -> PlanIntent:
    """The leader plans the month, the manager approves it; the coming one is still a draft."""
    taken = {window.last: "close", window.running: "run"}.get(month, "")
    over, quarter = month == window.last, Quarter.of(month)
    return PlanIntent(
        key=str(month), unit=GROUP, horizon="month", within=f"{quarter.year}q{quarter.number}",
        name=f"{month.year}年{month.number}月推广计划",
        start=month.first, end=month.last, author=LEADER, approver=MANAGER, taken=taken,
        aim="投放不超预算，点击率和转化率达到本月目标。",
        content="竞价按科室分组，社交投放以案例视频为主，自然搜索补十个长尾词。",
        goals=(Goal("other", "800", "到诊人数", "812" if over else ""),),
        channels=CHANNELS, budget=f"{BUDGET}.00",
        carried="" if over else LESSONS,
        review="投放在预算内，到诊人数略超目标；周日两天咨询没有人接。" if over else "",
        lessons=LESSONS if over else "",
    )  # fmt: skip
