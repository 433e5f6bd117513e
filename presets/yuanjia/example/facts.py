"""Two months of a promotion department: logs at different paces, trainees, leave, a rotation, points."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from core.months import Month
from opscenter.example.channel_days import ChannelProfile, channel_days
from opscenter.example.quota_logs import Promoter, QuotaLogs
from opscenter.example.sheets import Fact, rules_of
from opscenter.example.window import Window, draw, nth_workday, order_of
from presets.yuanjia.example.texts import NAMES, TITLES, TRAINEES

SLUG = "yuanjia"
#: percent of the amounts that each one usually reaches, and with whom they exchange comments
PACES = {
    "YJ011": (109, "YJ012"),
    "YJ012": (114, "YJ011"),
    "YJ013": (89, "YJ014"),
    "YJ014": (82, "YJ013"),
    "YJ015": (86, "YJ021"),
    "YJ021": (99, "YJ015"),
    "YJ022": (73, "YJ023"),
    "YJ023": (62, "YJ022"),
    "YJ024": (90, ""),
}
TRAINEE_PACE, TRAINEE_BASE, MENTOR = 80, "1200.00", "YJ024"
ROTATING = "YJ015"
GROUPS = ("yj-promo-business", "yj-promo-welfare")
#: who takes their turn at a few days' leave
LEAVES = (("YJ013", "年假"), ("YJ022", "病假"), ("YJ024", "年假"), ("YJ014", "事假"))
CHANNELS = (
    ChannelProfile("yj-ppc", 620, 21000, 190, 62, 22, 260, 80),
    ChannelProfile("yj-seo", 150, 32000, 140, 30, 20, 240),
    ChannelProfile("yj-link-exchange", 40, 6800, 90, 22, 18, 220),
    ChannelProfile("yj-affiliate", 280, 15500, 110, 35, 16, 230),
    ChannelProfile("yj-ad-swap", 0, 9000, 80, 18, 15, 210),
)


def facts(window: Window) -> Iterator[Fact]:
    """Everything that is dated, from the rules of the preset and today's date."""
    logs = QuotaLogs(window, rules_of(SLUG)["quota_rules"], rules_of(SLUG)["platforms"], TITLES)
    yield from _rotation(window)
    for month in (window.last.plus(-1), *window.months):
        yield from _trainee_row(window, month)
    for month in window.months:
        yield from _leave(window, month)
        people = _promoters(window, month)
        yield from logs.logs(month, people)
    staff = {person.staff_no: person for month in window.months for person in _promoters(window, month)}
    yield from logs.accounts(list(staff.values()))
    yield from _metrics(window)
    yield from _points(window.last)
    yield from channel_days(window, CHANNELS)


# --- people ------------------------------------------------------------------------------------------
def _promoters(window: Window, month: Month) -> list[Promoter]:
    staff_no, first, last, _kind = _leave_of(window, month)
    absent = frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
    people = [Promoter(number, pace, NAMES[number], partner) for number, (pace, partner) in PACES.items()]
    people = [replace(person, absent=absent) if person.staff_no == staff_no else person for person in people]
    elder, newer = _trainee(window, month.plus(-1)), _trainee(window, month)
    people = [
        replace(person, partner=elder.staff_no) if person.staff_no == MENTOR else person for person in people
    ]
    return [*people, elder, *([newer] if window.has_come(newer.first) else [])]


def _trainee(window: Window, month: Month) -> Promoter:
    """Every month a trainee begins in the middle and leaves at the end of the next month."""
    name = TRAINEES[order_of(month) % len(TRAINEES)]
    number = f"YJ9{month.year % 100:02d}{month.number:02d}"
    return Promoter(
        number,
        TRAINEE_PACE,
        (f"{name}的见习日记{number[3:]}", f"新人{name[1:]}{number[3:]}"),
        MENTOR,
        nth_workday(window, month, 9),
        month.plus(1).last,
    )


def _trainee_row(window: Window, month: Month) -> Iterator[Fact]:
    person = _trainee(window, month)
    if window.has_come(person.first):
        yield (
            "staff",
            {
                "staff_no": person.staff_no,
                "name": TRAINEES[order_of(month) % len(TRAINEES)],
                "unit": GROUPS[order_of(month) % 2],
                "role": "staff",
                "joined": person.first,
                "left": person.last,
                "bonus_base": TRAINEE_BASE,
            },
        )


def _rotation(window: Window) -> Iterator[Fact]:
    """One person changes the group in the middle of every month; the turns are fixed in advance."""
    for month in (window.last.plus(-1), *window.months):
        start, following = nth_workday(window, month, 8), nth_workday(window, month.plus(1), 8)
        if window.has_come(start):
            yield (
                "assignments",
                {
                    "staff_no": ROTATING,
                    "unit": GROUPS[order_of(month) % 2],
                    "start": start,
                    "end": following - timedelta(days=1),
                },
            )


def _leave_of(window: Window, month: Month) -> tuple[str, date, date, str]:
    staff_no, kind = LEAVES[order_of(month) % len(LEAVES)]
    workdays = window.calendar.workdays(month.first, month.last)
    start = draw("leave", month).randrange(6, 10)
    return staff_no, workdays[start], workdays[start + 3], kind


def _leave(window: Window, month: Month) -> Iterator[Fact]:
    staff_no, first, last, kind = _leave_of(window, month)
    if window.has_come(first):
        yield (
            "leaves",
            {"staff_no": staff_no, "start": first, "end": last, "kind": kind, "reduces_target": "是"},
        )


# --- figures of the month ------------------------------------------------------------------------------
def _metrics(window: Window) -> Iterator[Fact]:
    """Indicators of the department, known when the month is over."""
    month = window.last
    for metric, unit, target, low, high in (
        ("yj-visits", "yj-ops", 180000, 88, 112),
        ("yj-new-users", "yj-ops", 2400, 85, 110),
        ("yj-complaints", "yj-service", 12, 60, 125),
        ("yj-return-visits", "yj-service", 320, 90, 108),
    ):
        value = target * draw("metric", metric, month).randint(low, high) // 100
        yield (
            "metric_values",
            {"metric": metric, "subject": unit, "month": str(month), "value": value, "target": target},
        )


def _points(month: Month) -> Iterator[Fact]:
    """One proposal that was taken up, one piece of help, one late report."""
    for staff_no, code, kind, points, reason, evidence, proposer in (
        (
            "YJ012",
            "yj-case",
            "bonus",
            "3",
            "编写论坛选题清单，被两个小组采用",
            "选题清单与采用记录",
            "chen.lu",
        ),
        ("YJ021", "yj-event", "bonus", "2", "牵头公益义诊活动，报名人数超计划", "活动报表", "tang.xiaoman"),
        ("YJ022", "yj-late", "deduction", "2", "两次未按时提交周报", "周报提交记录", "zhao.mingyue"),
    ):
        yield (
            "score_points",
            {
                "month": str(month),
                "staff_no": staff_no,
                "code": f"{code}-{month}",
                "kind": kind,
                "points": points,
                "reason": reason,
                "evidence": evidence,
                "proposed_by": proposer,
                "approved_by": "liang.qizhou",
            },
        )
