"""The campaigns of a month, on a member day in all stores and on a weekend in one, and their articles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from core.money import round_half_up
from core.months import Month
from opscenter.example.channel_days import ChannelProfile, channel_days
from opscenter.example.sheets import Fact, Row, rules_of
from opscenter.example.window import Window, draw, order_of

SLUG, UNIT = "haitang", "ht-company"
MEMBER_DAYS = (8, 18, 28)
FIXED_STORES = tuple(f"ht-s{number:02d}" for number in range(1, 8))
PRODUCTS = ("ht-p-vitamin", "ht-p-calcium")
THEMES = (
    "冬令进补会员日", "新春健康会员日", "春季养肝会员日", "护眼防疲劳会员日",
    "家庭药箱会员日", "儿童健康会员日", "清凉一夏会员日", "三伏养生会员日",
    "开学健康会员日", "重阳敬老会员日", "秋冬润燥会员日", "年末感恩会员日",
)  # fmt: skip
WEEKENDS = ("免费测血压血糖", "用药咨询日", "中药香囊手作", "旧药回收换购", "骨密度免费筛查")
WELFARE = (
    "家里的过期药怎么处理？这样做最安全",
    "天气转凉，这三类人要多留意血压",
    "感冒和流感怎么分？药师教你看五点",
    "老人一天吃几种药？分药盒这样用",
    "钙片什么时候吃？药师的四个提醒",
    "体检报告上的箭头，哪些要马上看医生",
    "孩子咳嗽不停，先别急着用药",
    "胃药饭前吃还是饭后吃？一张表看懂",
)
READ_SHARES = ((1, 46), (3, 79), (7, 100), (14, 107))
CHANNELS = (
    ChannelProfile("ht-channel-wechat", 60, 9500, 620, 90, 38, 86, 110),
    ChannelProfile("ht-channel-store", 140, 2600, 900, 160, 42, 78, 130),
)


@dataclass(frozen=True)
class MonthPlan:
    """What a month has in store; it follows from the month alone."""

    month: Month
    member_day: date
    weekend_day: date
    weekend_store: str

    @property
    def member_code(self) -> str:
        return f"ht-m{self.month.year % 100:02d}{self.month.number:02d}"

    @property
    def weekend_code(self) -> str:
        return f"ht-w{self.month.year % 100:02d}{self.month.number:02d}"

    def lift(self, day: date, store: str) -> int:
        """Percent of ordinary takings that a store reaches on a day of a campaign; 100 without one."""
        rng = draw("lift", day, store)
        if day == self.member_day:
            # One store fell behind, as one always does.
            behind = store == FIXED_STORES[(order_of(self.month) + 1) % len(FIXED_STORES)]
            return rng.randint(93, 97) if behind else rng.randint(118, 142)
        if day == self.weekend_day and store == self.weekend_store:
            return rng.randint(150, 175)
        return 100


@lru_cache(maxsize=64)
def plan_of(window: Window, month: Month) -> MonthPlan:
    """The weekend campaign takes a day off in the middle of the month that is no member day."""
    middle = [day for day in month.days() if 10 <= day.day <= 25 and day.day not in MEMBER_DAYS]
    weekend = [day for day in middle if day.isoweekday() > 5 and window.calendar.kind(day) == "weekend"]
    turn = order_of(month)
    return MonthPlan(
        month=month,
        member_day=month.first.replace(day=MEMBER_DAYS[turn % len(MEMBER_DAYS)]),
        weekend_day=(weekend or middle)[0],
        weekend_store=FIXED_STORES[turn % len(FIXED_STORES)],
    )


def campaigns(window: Window, month: Month) -> Iterator[Fact]:
    """Approved on the first of the month, the weekend one a week before its day."""
    plan = plan_of(window, month)
    over = month == window.last
    common = {
        "unit": UNIT,
        "status": "approved",
        "pays": "是",
        "plan": "是",
        "summary": "是" if over else None,
    }
    if window.has_come(month.first):
        yield (
            "campaigns",
            {
                "code": plan.member_code,
                "name": f"{month.number}月{THEMES[month.number - 1]}",
                "type": "member_day",
                "scale": "medium",
                "start": plan.member_day,
                "end": plan.member_day,
                "stores": "*",
                "products": "、".join(PRODUCTS),
                **common,
            },
        )
        span = plan.member_day - timedelta(days=7), plan.member_day
        yield from channel_days(window, CHANNELS, plan.member_code, span)
    if window.has_come(plan.weekend_day - timedelta(days=7)):
        yield (
            "campaigns",
            {
                "code": plan.weekend_code,
                "name": WEEKENDS[order_of(month) % len(WEEKENDS)],
                "type": "weekend",
                "scale": "small",
                "start": plan.weekend_day,
                "end": plan.weekend_day,
                "stores": plan.weekend_store,
                "products": None,
                **common,
            },
        )


def reach_target(kind: str, year: int) -> int:
    """The readers an article of a kind should reach in a year, by the preset's scheme.  Rule: HT-21."""
    scheme: Row = rules_of(SLUG)["pool_schemes"][0]
    growth = 1 + Decimal(scheme["growth"])
    target = Decimal(scheme[f"{kind}_reach"]) * growth ** (year - int(scheme["base_year"]))
    return int(round_half_up(target, 0))


def articles(window: Window, month: Month) -> Iterator[Fact]:
    """An article before each campaign and two of public interest, with readings on the days after."""
    plan, turn = plan_of(window, month), order_of(month)
    theme = THEMES[month.number - 1]
    before = max(month.first + timedelta(days=1), plan.member_day - timedelta(days=7))
    for code, day, kind, campaign, title, low, high in (
        (plan.member_code, before, "activity", plan.member_code, f"{theme}：好礼和专家在店里等您", 88, 101),
        (plan.weekend_code, plan.weekend_day - timedelta(days=4), "activity", plan.weekend_code,
         f"本周末来店里：{WEEKENDS[turn % len(WEEKENDS)]}", 90, 104),
        (f"ht-g{plan.member_code[4:]}a", month.first.replace(day=5), "welfare", None,
         WELFARE[turn * 2 % len(WELFARE)], 97, 118),
        (f"ht-g{plan.member_code[4:]}b", month.first.replace(day=16), "welfare", None,
         WELFARE[(turn * 2 + 1) % len(WELFARE)], 95, 112),
    ):  # fmt: skip
        if not window.has_come(day):
            continue
        yield (
            "articles",
            {
                "code": f"{code}-post",
                "unit": UNIT,
                "published": day,
                "title": title,
                "kind": kind,
                "campaign": campaign,
            },
        )
        readers = reach_target(kind, day.year) * draw("readers", code).randint(low, high) // 100
        for after, share in READ_SHARES:
            seen = day + timedelta(days=after)
            if window.has_come(seen):
                count = readers * share // 100
                yield (
                    "article_readings",
                    {
                        "article": f"{code}-post",
                        "date": seen,
                        "readers": count,
                        "shares": count * 3 // 100,
                        "likes": count * 2 // 100,
                    },
                )
