"""Promotion logs that follow the quota rules: each person at their own pace, slower on days off.

Platforms, activities, periods and amounts come from the rules, so that an example fits whatever they say.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeAlias

from core.months import Month
from opscenter.example.sheets import Fact, Row, codes
from opscenter.example.window import Window, draw

Channel: TypeAlias = tuple[str, str]
#: where pages of a kind of platform lie below its domain
PATHS = {"forum": "p", "qa": "question", "blog": "article", "wiki": "item", "wechat": "s", "video": "video"}
# Per thousand rows.
CORRECTED, REJECTED, SUBMITTED = 6, 8, 25
# Per hundred rows that wait: the link of an earlier row once more, a link to another site.
REPEATED, ELSEWHERE = 12, 6
WEEK = timedelta(days=6)


@dataclass(frozen=True)
class Promoter:
    """Somebody whose work the rules measure.  ``pace``: percent of the amounts they usually reach.

    ``names``: the handles they write under; ``absent``: days of leave; ``first`` … ``last``: employment.
    """

    staff_no: str
    pace: int
    names: tuple[str, ...]
    partner: str = ""
    first: date = date.min
    last: date = date.max
    absent: frozenset[date] = frozenset()

    def days(self, days: Sequence[date]) -> list[date]:
        return [day for day in days if self.first <= day <= self.last and day not in self.absent]


class QuotaLogs:
    """The logs and accounts that the quota rules of one unit ask for.

    ``titles``: notes by activity, of which some rows carry one.
    """

    def __init__(
        self, window: Window, rules: list[Row], platforms: list[Row], titles: Mapping[str, Sequence[str]]
    ) -> None:
        self.window = window
        self.rules = rules
        self.titles = titles
        self.kinds = {row["code"]: row["kind"] for row in platforms}
        self.domains = {row["code"]: codes(row.get("domains"))[:1] for row in platforms}
        first = window.last.first.isoformat()
        self.closed = {row["code"] for row in platforms if (row.get("closed") or "9999") < first}

    # --- accounts -------------------------------------------------------------------------------------
    def subjects(self, rule: Row, person: Promoter) -> list[list[Channel]]:
        """What the rule's amount is owed by, each as the (platform, handle) pairs that may carry it."""
        platforms = [code for code in codes(rule["platforms"]) if code not in self.closed]
        if not platforms:
            return []
        start = draw(person.staff_no, rule["code"]).randrange(len(platforms))
        platforms = platforms[start:] + platforms[:start]
        first = person.names[0]
        if rule["basis"] == "platform":
            return [[(code, first)] for code in platforms]
        if rule["basis"] != "account":
            return [[(code, first) for code in platforms]]
        accounts, wide = int(rule["accounts_required"] or 1), int(rule["platforms_required"] or 0)
        if wide:
            return [[(code, name)] for code in platforms[:wide] for name in person.names[:accounts]]
        pairs = [(code, name) for name in person.names for code in platforms]
        return [[pair] for pair in pairs[:accounts]]

    def accounts(self, people: Sequence[Promoter]) -> Iterator[Fact]:
        """The accounts the rules need, registered."""
        for person in people:
            channels = {
                channel
                for rule in self.rules
                for subject in self.subjects(rule, person)
                for channel in subject
            }
            for platform, handle in sorted(channels):
                yield (
                    "accounts",
                    {
                        "platform": platform,
                        "handle": handle,
                        "staff_no": person.staff_no,
                        "verified": "是" if draw(platform, handle).randrange(10) < 4 else "否",
                    },
                )

    # --- logs -----------------------------------------------------------------------------------------
    def logs(self, month: Month, people: Sequence[Promoter]) -> Iterator[Fact]:
        """The rows of a month that are not dated after today."""
        partners = {person.staff_no: person.partner for person in people}
        links: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for person in people:
            alone = partners.get(person.partner) != person.staff_no
            numbers: dict[tuple[date, str], int] = defaultdict(int)
            for rule in self.rules:
                rng = draw("log", month, person.staff_no, rule["code"])
                pace = person.pace * rng.randint(93, 107) // 100
                for day, count, (platform, handle) in self._plan(rng, rule, month, person, pace, alone):
                    numbers[day, rule["code"]] += 1
                    number = numbers[day, rule["code"]]
                    row_id = f"{person.staff_no}.{day:%Y%m%d}.{rule['code']}.{number}"
                    activity = self._activity(row_id, rule)
                    row = {
                        "row_id": row_id,
                        "date": day,
                        "staff_no": person.staff_no,
                        "platform": platform,
                        "activity": activity,
                        "handle": handle,
                        "count": count,
                        "url": self._link(row_id, platform, day, links[platform]),
                        "partner": person.partner if rule["basis"] == "pair" else None,
                        "note": self._note(row_id, activity),
                    }
                    if self.window.has_come(day):
                        yield from self._checked(row)

    def _plan(
        self, rng: Random, rule: Row, month: Month, person: Promoter, pace: int, alone: bool
    ) -> Iterator[tuple[date, int, Channel]]:
        """(day, count, channel) of a whole month, drawn in one order whatever today is."""
        amount = int(rule["amount"])
        if rule["basis"] == "pair" and not alone:
            amount //= 2  # the other half is the colleague's
        for channels in self.subjects(rule, person):
            share = pace * rng.randint(95, 105) // 100
            if rule["period"] == "day":
                yield from self._daily(rng, month.days(), person, amount, share, channels)
            elif rule["period"] == "week":
                for thursday in month.weeks():
                    monday = thursday - timedelta(days=3)
                    week = [day for day in month.days() if monday <= day <= monday + WEEK]
                    yield from self._spread(rng, week, person, amount * share, channels)
            else:
                yield from self._spread(rng, month.days(), person, amount * share, channels)

    def _daily(
        self,
        rng: Random,
        days: list[date],
        person: Promoter,
        amount: int,
        share: int,
        channels: list[Channel],
    ) -> Iterator[tuple[date, int, Channel]]:
        for day in person.days(days):
            chance = min(98, share) if self.window.calendar.is_workday(day) else min(88, share - 18)
            done = sum(rng.randrange(100) < chance for _each in range(amount))
            if done:
                yield day, done, rng.choice(channels)

    def _spread(
        self, rng: Random, days: list[date], person: Promoter, hundredths: int, channels: list[Channel]
    ) -> Iterator[tuple[date, int, Channel]]:
        """A sum over some of the days the person works, in rows of a believable size."""
        present = person.days(days)
        if not present:
            return
        working = self.window.calendar.is_workday
        total = hundredths * sum(map(working, present)) // (100 * max(1, sum(map(working, days))))
        rows = max(1, -(-total // self._row_size(hundredths // 100)))
        weights = [4 if working(day) else 1 for day in present]
        for number, day in enumerate(sorted(rng.choices(present, weights, k=rows))):
            count = total * (number + 1) // rows - total * number // rows
            if count:
                yield day, count, rng.choice(channels)

    @staticmethod
    def _row_size(amount: int) -> int:
        """How much one row of a sum reports."""
        if amount <= 4:
            return 1
        if amount <= 60:
            return 4
        return 9 if amount <= 400 else amount // 4

    def _activity(self, row_id: str, rule: Row) -> str:
        """The first activity of a rule is the usual one."""
        choices = codes(rule["activities"])
        return choices[0] if draw("activity", row_id).randrange(2) else draw("other", row_id).choice(choices)

    def _url(self, row_id: str, platform: str) -> str | None:
        if not self.domains[platform]:
            return None
        path, number = PATHS.get(self.kinds[platform], "u"), draw("url", row_id).randrange(10**9, 10**10)
        return f"https://{self.domains[platform][0]}/{path}/{number}"

    def _link(self, row_id: str, platform: str, day: date, before: list[tuple[date, str]]) -> str | None:
        """The link of a row; a few of those that wait give their verifier a reason to look twice.

        ``before``: the links given for the platform so far, to which this one is added.
        """
        url, luck = self._url(row_id, platform), draw("risk", row_id).randrange(100)
        if url and self._waits(row_id):
            earlier = [link for known, link in before if known < day]
            if luck < REPEATED and earlier:
                url = earlier[-1]
            elif luck >= 100 - ELSEWHERE:
                others = sorted(
                    code for code, domains in self.domains.items() if domains and code != platform
                )
                url = self._url(row_id, draw("elsewhere", row_id).choice(others)) if others else url
        if url:
            before.append((day, url))
        return url

    @staticmethod
    def _luck(row_id: str) -> int:
        return draw("check", row_id).randrange(1000)

    def _waits(self, row_id: str) -> bool:
        """Whether nobody has verified the row yet."""
        return self._luck(row_id) > 999 - SUBMITTED

    def _note(self, row_id: str, activity: str) -> str | None:
        rng = draw("note", row_id)
        titles = self.titles.get(activity)
        return rng.choice(titles) if titles and rng.randrange(10) < 4 else None

    def _checked(self, row: Row) -> Iterator[Fact]:
        """Most rows are found valid; a few wait, are rejected, or corrected by a row of their own."""
        luck = self._luck(row["row_id"])
        if luck < CORRECTED and row["count"] > 1:
            yield "logs", {**row, "count": row["count"] - 1, "status": "submitted"}
            yield (
                "logs",
                {
                    **row,
                    "row_id": f"{row['row_id']}.r",
                    "status": "valid",
                    "supersedes": row["row_id"],
                    "note": "更正：原记录漏计 1 条",
                },
            )
        elif luck < CORRECTED + REJECTED:
            yield "logs", {**row, "status": "rejected", "note": "核查：链接已失效，不予计入"}
        else:
            yield "logs", {**row, "status": "submitted" if self._waits(row["row_id"]) else "valid"}
