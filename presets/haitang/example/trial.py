"""What a chain of pharmacies has planned: year, quarters, months, campaigns, who hands what to whom."""

from collections.abc import Iterator

from core.months import Month
from opscenter.example.trial import Accounts, CampaignIntent, Goal, PlanIntent, TaskLine, Trial
from opscenter.example.window import Quarter, Window, order_of, quarters_of
from presets.haitang.example.campaigns import CHANNELS, FIXED_STORES, THEMES, UNIT, plan_of, reach_target

PLANNER, APPROVER, FINANCE = "lin.shuyi", "shen.guodong", "guo.huiqin"
WRITER = "HT011"
CODES = tuple(profile.channel for profile in CHANNELS)
#: yuan of gross profit above the baseline that a month should bring, of it by its weekend campaign
UPLIFT, WEEKEND_UPLIFT = 12000, 1500
#: yuan
MONTH_BUDGET, MEMBER_BUDGET, WEEKEND_BUDGET = 3600, 2400, 600
LESSONS = (
    "推文提前一周发，前三天的阅读决定了到店人数；活动当天上午人最多，八点前要备好货。"
    "券码核销前一天全流程试一遍。"
)
TASKS = (
    TaskLine("推文与海报定稿，交门店物料清单", "ht-account", 7, "ht-operations"),
    TaskLine("券码导入并试核销", "ht-it", 3),
    TaskLine("会员名单与券码表", "ht-it", 2, "ht-service"),
    TaskLine("陈列、备货与当班人员", "ht-operations", 1),
    TaskLine("参与客户登记表", "ht-operations", -1, "ht-service"),
    TaskLine("三天内电话回访", "ht-service", -3),
)


def trial(window: Window) -> Trial:
    """The plans from the year down to the coming month, and its campaigns."""
    years = sorted({month.year for month in window.planned})
    return Trial(
        unit=UNIT,
        plans=(
            *(_year(window, year) for year in years),
            *(_quarter(window, quarter) for quarter in quarters_of(window.planned)),
            *(_month(window, month) for month in window.planned),
        ),
        campaigns=(
            *(campaign for month in window.months for campaign in _campaigns(window, month)),
            _coming(window),
        ),
        tasks=TASKS,
        tasks_by=APPROVER,
        accounts=Accounts(by=FINANCE, branch="城中支行", without=("HT042",)),
    )


# --- plans -------------------------------------------------------------------------------------------
def _year(window: Window, year: int) -> PlanIntent:
    return PlanIntent(
        key=str(year), unit=UNIT, horizon="year", name=f"{year}年会员与公众号营销计划",
        start=Month(year, 1).first, end=Month(year, 12).last, author=PLANNER, approver=APPROVER,
        taken="run" if year <= window.running.year else "approve",
        aim="让会员每月有一个到店的理由：活动带来的毛利全年超出基线，公众号成为顾客问药的第一站。",
        content="每月一次会员日、一次周末活动，四篇推文；每季度复盘一次，停掉不见效的做法。",
        goals=(
            Goal("uplift", str(UPLIFT * 12)),
            Goal("other", "10000", "VIP 会员数"),
        ),
        channels=CODES,
        budget=f"{MONTH_BUDGET * 12}.00",
        notes=(
            ("customer", "到店顾客六成在五十岁以上，常年用药，最常问几种药能不能一起吃。", "门店访谈三十人"),
            ("competitor", "两公里内有三家药店，会员日都放在月末；我们错开，放在 8、18、28 日。", "走访记录"),
        ),
    )  # fmt: skip


def _quarter(window: Window, quarter: Quarter) -> PlanIntent:
    themes = "、".join(THEMES[3 * quarter.number - 3 : 3 * quarter.number])
    return PlanIntent(
        key=f"{quarter.year}q{quarter.number}", unit=UNIT, horizon="quarter", within=str(quarter.year),
        name=f"{quarter.year}年第{'一二三四'[quarter.number - 1]}季度营销计划",
        start=quarter.first, end=quarter.last, author=PLANNER, approver=APPROVER,
        taken="run" if quarter.first <= window.today else "approve",
        aim="三个月三个主题，老会员回店，新会员留下联系方式。",
        content=f"主题：{themes}。",
        goals=(Goal("uplift", str(UPLIFT * 3)),),
        channels=CODES,
        budget=f"{MONTH_BUDGET * 3}.00",
    )  # fmt: skip


def _month(window: Window, month: Month) -> PlanIntent:
    taken = {window.last: "review", window.running: "run"}.get(month, "submit")
    quarter = Quarter.of(month)
    over = month == window.last
    return PlanIntent(
        key=str(month), unit=UNIT, horizon="month", within=f"{quarter.year}q{quarter.number}",
        name=f"{month.year}年{month.number}月营销计划",
        start=month.first, end=month.last, author=PLANNER, approver=APPROVER, taken=taken,
        aim=f"{THEMES[month.number - 1]}做满七家店，周末活动带动一家店的新客。",
        content="会员日一场，周末活动一场，推文四篇，其中公益两篇。",
        goals=(
            Goal("uplift", str(UPLIFT)),
            Goal("readers", str(2 * reach_target("activity", month.year))),
        ),
        channels=CODES,
        budget=f"{MONTH_BUDGET}.00",
        carried="" if over else LESSONS,
        review="会员日与周末活动都按期做完，费用在预算内；一家店的会员日低于基线，原因是当天上午缺货。"
        if over
        else "",
        lessons=LESSONS if over else "",
    )  # fmt: skip


# --- campaigns -----------------------------------------------------------------------------------------
def _campaigns(window: Window, month: Month) -> Iterator[CampaignIntent]:
    """The campaigns of the tables: their goals, budget, tasks and documents; those of last month reviewed."""
    plan, over = plan_of(window, month), month == window.last
    theme = THEMES[month.number - 1]
    yield CampaignIntent(
        code=plan.member_code, name="", start=plan.member_day, end=plan.member_day,
        author=PLANNER, approver=APPROVER, within=str(month), taken="review" if over else "",
        reason="把目标、渠道和预算归入月度计划",
        aim="老会员回店一次，每家店都高于上一个同序号会员日。",
        goals=(
            Goal("uplift", str(UPLIFT - WEEKEND_UPLIFT)),
            Goal("readers", str(reach_target("activity", month.year))),
            Goal("orders", "280"),
        ),
        channels=CODES, budget=f"{MEMBER_BUDGET}.00",
        content="会员日当天到店领券，单品两款，药师在店咨询。",
        writer=WRITER, task="写活动方案与总结",
        plan_text=_plan_text(theme, "全部门店"),
        summary_text=f"{theme}已经结束。多数门店高于基线；推文阅读在第七天与目标相当。"
        "问题：一家店上午缺货，补货后客流已过；登记表有一成没有电话。" if over else "",
        review="多数门店高于基线，订单与目标相当；缺货的一家拖了后腿。" if over else "",
        lessons=LESSONS if over else "",
    )  # fmt: skip
    yield CampaignIntent(
        code=plan.weekend_code, name="", start=plan.weekend_day, end=plan.weekend_day,
        author=PLANNER, approver=APPROVER, within=str(month), taken="close" if over else "",
        reason="把目标和预算归入月度计划",
        aim="一家店的周末新客。",
        goals=(
            Goal("uplift", str(WEEKEND_UPLIFT)),
            Goal("readers", str(reach_target("activity", month.year))),
        ),
        channels=CODES[:1], budget=f"{WEEKEND_BUDGET}.00",
        writer=WRITER, task="写活动方案与总结",
        plan_text=_plan_text("周末活动", "一家门店"),
        summary_text="周末活动已经结束，到店人数高于平时的周末，新登记会员四十余人。" if over else "",
        review="一家店一天，客流和新会员都比平时的周末多。" if over else "",
        lessons="小活动选客流大的店，人手够一个药师加一个店员。" if over else "",
    )  # fmt: skip


def _coming(window: Window) -> CampaignIntent:
    """A campaign of the coming month that waits for its approval."""
    month = window.running.plus(1)
    saturday = next(day for day in month.days() if day.isoweekday() == 6)
    return CampaignIntent(
        code=f"ht-p{month.year % 100:02d}{month.number:02d}", unit=UNIT, name="家庭药箱整理日",
        start=saturday, end=saturday, author=PLANNER, approver=APPROVER, within=str(month), taken="submit",
        drafted={
            "type": "weekend", "scale": "small", "stores": [FIXED_STORES[(order_of(month) + 2) % 7]],
            "products": [], "pays": True, "baseline": "", "baseline_dates": [],
        },
        aim="顾客把家里的药带来，药师帮着清点，过期的回收。",
        content="店内设两张桌，药师一名、店员一名；清点后送一张分药盒使用图。",
        goals=(
            Goal("uplift", str(WEEKEND_UPLIFT)),
            Goal("readers", str(reach_target("activity", month.year))),
        ),
        channels=CODES[:1], budget=f"{WEEKEND_BUDGET}.00", carried=LESSONS,
        writer=WRITER, task="写活动方案与总结",
        plan_text=_plan_text("家庭药箱整理日", "一家门店"),
    )  # fmt: skip


def _plan_text(theme: str, where: str) -> str:
    return (
        f"一、主题：{theme}。\n二、范围：{where}。\n"
        "三、安排：活动前七天发推文，前三天券码试核销，前一天陈列到位；当天店长每两小时报一次客流。\n"
        "四、分工：公众号团队写推文和海报，信息部管券码，运营部管陈列与人员，客服部管登记与回访。\n"
        "五、衡量：与基线日比毛利，与目标比阅读。"
    )
