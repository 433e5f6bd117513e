"""Last month's figures of several plans, and what the customer service of a shop posts every day."""

from collections.abc import Iterator

from opscenter.example.channel_days import ChannelProfile, channel_days
from opscenter.example.quota_logs import Promoter, QuotaLogs
from opscenter.example.sheets import Fact, rules_of
from opscenter.example.window import Window, draw

SLUG = "workplans"
PROMOTERS = (
    Promoter("WZ042", 97, ("雨桐的小店",)),
    Promoter("WZ043", 78, ("乐呵呵店小二",)),
)
TITLES = {
    "wz-forum-post": (
        "新款到店实拍，细节都在图里",
        "收货后这样保养，能多用两年",
        "尺码怎么选？附三位顾客的反馈",
        "本周老客户专享，数量不多",
        "回购最多的三款，理由各不同",
        "打包日常：今天发出的第一百单",
    )
}
CHANNELS = (
    ChannelProfile("wz-network", 260, 18000, 130, 34, 20, 168),
    ChannelProfile("wz-school", 120, 1500, 800, 120, 30, 168, 130),
    ChannelProfile("wz-group-buying", 180, 12500, 210, 55, 35, 96, 120),
    ChannelProfile("wz-ad-push", 150, 16000, 90, 15, 8, 110),
)
#: metric, subjects, target, percent of the target from … to
METRICS = (
    ("wz-visits", ("WZ011", "WZ012", "WZ013"), 42000, 84, 112),
    ("wz-new-companies", ("WZ011", "WZ012", "WZ013"), 24, 76, 118),
    ("wz-schools", ("wz-car",), 12, 75, 110),
    ("wz-certified", ("wz-bank",), 100, 96, 100),
    ("wz-inspection-quarter", ("wz-bank",), 25, 92, 120),
    ("wz-test-result", ("wz-bank",), 90, 92, 106),
    ("wz-search-rank", ("wz-shop",), 10, 60, 140),
    ("wz-styles", ("wz-shop",), 45, 93, 102),
    ("wz-weibo-activity", ("wz-media",), 80, 85, 115),
    ("wz-weibo-spread", ("wz-media",), 70, 85, 115),
    ("wz-new-contacts", ("wz-media",), 150, 80, 120),
)


def facts(window: Window) -> Iterator[Fact]:
    """Everything that is dated, from the rules of the preset and today's date."""
    month = str(window.last)
    for metric, subjects, target, low, high in METRICS:
        for subject in subjects:
            value = target * draw(metric, subject, month).randint(low, high) // 100
            row = {"metric": metric, "subject": subject, "month": month, "value": value, "target": target}
            yield "metric_values", row
    logs = QuotaLogs(window, rules_of(SLUG)["quota_rules"], rules_of(SLUG)["platforms"], TITLES)
    yield from logs.accounts(PROMOTERS)
    for each in window.months:
        yield from logs.logs(each, PROMOTERS)
    yield from channel_days(window, CHANNELS)
