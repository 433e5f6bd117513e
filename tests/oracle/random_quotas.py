"""Platforms, accounts, quota rules and promotion logs of a random deployment."""

from __future__ import annotations

from datetime import date, timedelta

from .random_draw import ROOTS, SUFFIXES, Draw
from .rows import Row, amount, days_between, listed, text, whole

ACTIVITIES = ("post", "reply", "ask")
PLATFORMS = ("forum", "qa", "blog", "weibo", "im", "mail")


def add_platforms(draw: Draw) -> None:
    """Six platforms: some closed before, some opened or closed in the month, some opened after it."""
    for code in ACTIVITIES:
        draw.add("activities", code=code, name=f"Activity {code}")
    for code in PLATFORMS:
        opened: date | None = date(2012, 1, 1)
        closed = None
        fate = draw.between(1, 12)
        if fate == 1:
            closed = draw.first - timedelta(days=draw.between(1, 60))
        elif fate == 2:
            closed = draw.one([draw.first, draw.day()])
        elif fate == 3:
            opened = draw.one([draw.last, draw.day()])
        elif fate == 4:
            opened = draw.last + timedelta(days=1)
        elif fate == 5:
            opened = None
        draw.add("platforms", code=code, name=f"Platform {code}", kind=code, opened=opened, closed=closed)
    draw.add("platforms", code="bbs", name="Old board", kind="forum", closed=date(2016, 6, 30))
    for person in draw.rows("staff"):
        if draw.chance(40):
            own = f"{text(person, 'staff_no')}-h0"
            draw.add("accounts", platform="forum", handle=own, staff_no=person["staff_no"], verified="yes")


def add_rules(draw: Draw) -> None:
    """Rules of all bases and periods in each root; versions, and rules of one code in two units."""
    for root in ROOTS:
        for at in range(draw.between(4, 8)):
            code = f"{root}q{at}"
            unit = root + draw.one(["", "", "", *SUFFIXES])
            rule = add_rule(draw, root, unit, code, date(2016, 1, 1))
            if draw.chance(30):
                # A second version: begins in the month, before it (the first one ended or not), or after.
                begin = draw.one([draw.day(), draw.first - timedelta(days=60), draw.last + timedelta(days=1)])
                if draw.chance(50):
                    rule["valid_to"] = str(begin - timedelta(days=1))
                add_rule(draw, root, unit, code, begin)
            elif draw.chance(8):
                rule["valid_to"] = str(draw.one([draw.first - timedelta(days=1), draw.first]))
            if draw.chance(35):
                other = root + draw.one([suffix for suffix in SUFFIXES if root + suffix != unit])
                add_rule(draw, root, other, code, date(2017, 1, 1))


def add_rule(draw: Draw, root: str, unit: str, code: str, begin: date) -> Row:
    """One version of a rule."""
    basis = draw.one(["person", "account", "account", "platform", "platform", "pair"])
    period = draw.one(["day", "week", "month"])
    owed = {"day": ["1", "2"], "week": ["2", "5", "3.5"], "month": ["5", "12", "20", "33.3333"]}[period]
    platforms = draw.some(PLATFORMS, 1, 4)
    if draw.chance(6):
        platforms = ["bbs"]
    elif draw.chance(10):
        platforms.append("bbs")
    n = draw.one(["", "1", "2", "3"]) if basis in ("account", "platform") else ""
    return draw.add(
        "quota_rules",
        unit=unit,
        code=code,
        name=f"Rule {code}",
        activities=draw.one([",", "，", "、", ";"]).join(draw.some(ACTIVITIES, 1, 3)),
        platforms=",".join(platforms),
        basis=basis,
        period=period,
        amount="0" if draw.chance(3) else draw.one(owed),
        accounts_required=draw.one(["", "1", "2", "3"]) if basis == "account" else "",
        platforms_required=n,
        day_basis=draw.one(["", "calendar", "workday"]),
        surplus=draw.one(["", "none", "month", "none"]),
        weight=draw.one(["", "1", "2", "0.5", "3"]),
        valid_from=begin,
        document=draw.one(["", "", f"{root}-D1", f"{root}-D2", f"{root}-D3"]),
    )


def add_logs(draw: Draw) -> None:
    """Rows of everybody: at random, and for some people and rules in every slot, so that nothing lacks."""
    for person in draw.rows("staff"):
        root = text(person, "staff_no")[0]
        colleagues = [
            text(row, "staff_no")
            for row in draw.rows("staff")
            if text(row, "staff_no")[0] == root and row is not person
        ]
        for _row in range(draw.between(8, 25)):
            partner = draw.one([*colleagues, ""]) if draw.chance(40) and colleagues else ""
            day = draw.day(before=8, after=8)
            count = draw.one([0, 1, 1, 2, 3, 5, 8, 20])
            add_log(draw, person, day, draw.one([*PLATFORMS, "bbs"]), draw.one(ACTIVITIES), count, partner)
        for rule in draw.rows("quota_rules"):
            if text(rule, "code")[0] == root and draw.chance(22):
                fulfil(draw, person, rule, colleagues)


def fulfil(draw: Draw, person: Row, rule: Row, colleagues: list[str]) -> None:
    """Rows that reach a rule's amount on its subjects in every slot, or nearly."""
    monday = draw.first - timedelta(days=draw.first.weekday())
    slots = {
        "month": [draw.day()],
        "week": [day for day in days_between(monday, draw.last) if day.weekday() == draw.between(0, 6)],
        "day": list(draw.days),
    }[text(rule, "period")]
    subjects = [("", "")]
    platforms = listed(rule, "platforms")
    if text(rule, "basis") == "platform":
        subjects = [(platform, "") for platform in platforms]
    elif text(rule, "basis") == "account":
        handles = range(whole(rule, "accounts_required", 1))
        subjects = [(platform, f"h{at}") for platform in platforms for at in handles]
    if len(slots) * len(subjects) > 70:
        return
    enough = int(amount(rule, "amount", "0")) + 1
    partner = draw.one(colleagues) if text(rule, "basis") == "pair" and colleagues else ""
    short = draw.chance(35)
    for platform, handle in subjects:
        for day in slots:
            count = enough + draw.one([0, 0, 0, 1, 4]) - (1 if short and draw.chance(20) else 0)
            where = platform or draw.one(platforms)
            activity = draw.one(listed(rule, "activities"))
            add_log(draw, person, day, where, activity, count, partner, handle)


def add_log(
    draw: Draw,
    person: Row,
    day: date,
    platform: str,
    activity: str,
    count: int,
    partner: str = "",
    handle: str | None = None,
) -> None:
    """One row; now and then without row id, rejected, or corrected by a chain of later rows."""
    staff_no = text(person, "staff_no")
    if handle is None:
        handle = draw.one(["", "h0", "h0", "h1", "h2"])
    name = f"{staff_no}-{handle}" if handle else ""
    cells: dict[str, object] = {"date": day, "staff_no": staff_no, "platform": platform, "activity": activity}
    cells |= {"handle": name, "partner": partner}
    status = draw.one(["", "submitted", "valid", "valid", "valid", "rejected" if draw.chance(40) else ""])
    if draw.chance(5):
        # A row without row id is keyed by its other columns: such a row stands once.
        if not any(all(text(row, key) == str(cells[key]) for key in cells) for row in draw.rows("logs")):
            draw.add("logs", row_id="", **cells, count=count, status=status, supersedes="")
        return
    replaced = ""
    for _correction in range(1 + (draw.between(1, 2) if draw.chance(6) else 0)):
        row_id = f"L{len(draw.rows('logs')):04d}"
        draw.add("logs", row_id=row_id, **cells, count=count, status=status, supersedes=replaced)
        replaced, count, status = row_id, count + draw.between(0, 2), draw.one(["", "valid", "rejected"])
