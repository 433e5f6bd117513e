"""Last month's results, ratings and points of a department, and what its channels brought."""

from collections.abc import Iterator

from opscenter.example.channel_days import ChannelProfile, channel_days
from opscenter.example.sheets import Fact, rules_of
from opscenter.example.window import Window, draw

SLUG = "dental"
#: percent of the planned result and usual rating of each one
LEVELS = {
    "KQ001": (101, 92),
    "KQ002": (100, 95),
    "KQ003": (86, 88),
    "KQ004": (90, 86),
    "KQ011": (110, 93),
    "KQ012": (88, 85),
    "KQ021": (95, 90),
    "KQ022": (70, 74),
    "KQ031": (85, 89),
    "KQ032": (56, 66),
    "KQ041": (92, 88),
}
REMARKS = ("主动补位，响应及时", "按计划完成，数据需更细", "沟通顺畅，愿意分享", "本月有两次延迟，已约谈改进")
CHANNELS = (
    ChannelProfile("kq-seo", 180, 14500, 170, 48, 26, 680, 82),
    ChannelProfile("kq-sem", 960, 26000, 230, 66, 24, 720, 75),
    ChannelProfile("kq-social-ads", 520, 38000, 120, 40, 18, 640, 115),
)
#: metric, unit, target, percent of the target from … to
METRICS = (
    ("kq-ctr", "kq-promotion", 2, 90, 115),
    ("kq-cvr", "kq-promotion", 5, 85, 110),
    ("kq-roi", "kq-promotion", 180, 88, 116),
    ("kq-content-reads", "kq-content", 60000, 84, 112),
    ("kq-first-response", "kq-service", 5, 80, 130),
    ("kq-complaints-open", "kq-service", 4, 25, 125),
    ("kq-data-completeness", "kq-data", 98, 97, 101),
)


def facts(window: Window) -> Iterator[Fact]:
    """Everything that is dated, from the rules of the preset and today's date."""
    month = str(window.last)
    items = rules_of(SLUG)["scheme_items"]
    for staff_no, (result, level) in LEVELS.items():
        for item in items:
            rng = draw(item["code"], staff_no, month)
            if item["source"] == "rating":
                yield (
                    "ratings",
                    {
                        "month": month,
                        "staff_no": staff_no,
                        "scheme": item["scheme"],
                        "item": item["code"],
                        "self": min(100, level + rng.randint(0, 6)),
                        "score": min(100, level + rng.randint(-4, 4)),
                        "remark": rng.choice(REMARKS[:3] if level >= 80 else REMARKS[1:2] + REMARKS[3:]),
                    },
                )
            elif item["source"].startswith("metric:"):
                value = result + rng.randint(-3, 3)
                yield _metric(item["source"].removeprefix("metric:"), staff_no, month, value, 100)
    for metric, unit, target, low, high in METRICS:
        percent = draw(metric, month).randint(low, high)
        yield _metric(metric, unit, month, f"{target * percent // 100}.{target * percent % 100:02d}", target)
    yield from _points(month)
    yield from channel_days(window, CHANNELS)


def _metric(metric: str, subject: str, month: str, value: int | str, target: int) -> Fact:
    return "metric_values", {
        "metric": metric,
        "subject": subject,
        "month": month,
        "value": value,
        "target": target,
    }


def _points(month: str) -> Iterator[Fact]:
    for staff_no, code, kind, points, reason, evidence, proposer in (
        ("KQ041", "kq-report", "bonus", "3", "完成渠道归因报表并在例会讲解", "报表与会议纪要", "gong.xue"),
        ("KQ022", "kq-late", "deduction", "2", "两篇稿件晚于发布计划", "发布计划对照表", "tian.shihan"),
    ):
        yield (
            "score_points",
            {
                "month": month,
                "staff_no": staff_no,
                "code": f"{code}-{month}",
                "kind": kind,
                "points": points,
                "reason": reason,
                "evidence": evidence,
                "proposed_by": proposer,
                "approved_by": "wen.jiayan",
            },
        )
