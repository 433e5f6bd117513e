"""The days of a campaign and those it is compared with, over its comparable stores.  Rule: HT-25 … HT-28."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.models import StoreDay, StoreUplift, Uplift
from campaigns.wording import DAY_REASONS

Kind = Literal["activity", "compared", "passed"]

#: Beyond so many days between the first and the last one a line would be mostly empty: only the days named.
LONGEST_LINE = 75
_DAY = len("2018-11-03")


@dataclass
class BaselineDay:
    """A day in yuan of gross profit over the comparable stores; ``stores``: for how many of them it is one.

    ``kind``: a day of the campaign with its ``baseline``, a day compared with, or one passed over with why.
    """

    day: date
    kind: Kind
    stores: int = 0
    actual: Decimal | None = None
    baseline: Decimal | None = None
    reasons: set[str] = field(default_factory=set)

    @property
    def why(self) -> str:
        return "、".join(sorted(self.reasons))


@dataclass(frozen=True)
class BaselinePicture:
    """The chart, and the same as rows; ``used`` of ``all`` stores are comparable."""

    chart: dict[str, Any] | None
    days: list[BaselineDay]
    used: int
    all: int


def baseline_picture(result: Uplift) -> BaselinePicture:
    """What a computed uplift compares: two queries."""
    rows = list(StoreUplift.objects.filter(result=result).values_list("store_id", "comparable", "steps"))
    used = [(store, steps) for store, comparable, steps in rows if comparable]
    named = _named(steps for _store, steps in used)
    if not named:
        return BaselinePicture(None, [], len(used), len(rows))
    first, last = min(named), max(named)
    whole = (last - first).days <= LONGEST_LINE
    sold = StoreDay.objects.filter(store__in=[store for store, _steps in used], closed=False)
    sold = sold.filter(date__range=(first, last)) if whole else sold.filter(date__in=named)
    actual = dict(sold.order_by("date").values_list("date").annotate(total=Sum("gross_profit")))
    for day, line in named.items():
        line.actual = actual.get(day)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)] if whole else sorted(named)
    lines = [named[day] for day in sorted(named)]
    return BaselinePicture(_chart(days, named, actual, whole=whole), lines, len(used), len(rows))


def _named(steps: Iterable[dict[str, Any]]) -> dict[date, BaselineDay]:
    """The days that the steps name, each once: of the campaign, else compared with, else passed over."""
    active: dict[str, list[Decimal]] = defaultdict(list)
    compared: dict[str, int] = defaultdict(int)
    passed: dict[str, set[str]] = defaultdict(set)
    count: dict[str, int] = defaultdict(int)
    for store in steps:
        for step in store.get("days", ()):
            if step["counted"] != "yes" or not step.get("mean"):
                continue
            active[step["date"]].append(Decimal(step["mean"]))
            for one in {one["date"] for one in step.get("baseline_days", ())}:
                compared[one] += 1
            for one in step.get("excluded", ()):
                if len(one["date"]) == _DAY:  # a month without such a member day is no day
                    passed[one["date"]].add(str(DAY_REASONS.get(one["reason"], one["reason"])))
                    count[one["date"]] += 1
    found = {one: BaselineDay(_date(one), "passed", count[one], reasons=why) for one, why in passed.items()}
    found |= {one: BaselineDay(_date(one), "compared", n) for one, n in compared.items()}
    found |= {
        one: BaselineDay(_date(one), "activity", len(means), baseline=sum(means, Decimal(0)))
        for one, means in active.items()
    }
    return {line.day: line for line in found.values()}


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _chart(
    days: Sequence[date], named: dict[date, BaselineDay], actual: dict[date, Decimal], *, whole: bool
) -> dict[str, Any]:
    # Within a few weeks the day is enough; it must stay unique, marks are placed by it.
    label = {day: f"{day:%m-%d}" if whole else day.isoformat() for day in days}
    real, base = _("Gross profit"), _("Baseline of the day")
    tones = {
        "activity": ("c1", _("activity day")),
        "compared": ("good", _("compared with")),
        "passed": ("bad", ""),
    }
    marks = []
    for day in days:
        if day in named:
            tone, note = tones[named[day].kind]
            note = note or _("passed over: %(reasons)s") % {"reasons": named[day].why}
            marks.append({"series": real, "label": label[day], "tone": tone, "note": note})
    means = [named[day].baseline if day in named else None for day in days]
    return {
        "unit": _("yuan"),
        "places": 2,
        "labels": [label[day] for day in days],
        "series": [
            {"name": real, "values": [actual.get(day) for day in days], "tone": "c1", "area": True},
            {"name": base, "values": means, "tone": "c3", "dashed": True, "points": True},
        ],
        "marks": marks,
    }
