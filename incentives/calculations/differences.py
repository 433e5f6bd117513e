"""What differs between two results of a month: per person, per campaign, per fund.

Works on the JSON objects of interfaces.md §3; amounts in yuan, whole 分.  What neither has is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import ZERO

Content = Mapping[str, Any]
#: what one person's amount consists of: (campaign, role), or ("", "") for the bonus
Part = tuple[str, str]
BONUS: Part = ("", "")


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount in the one result and in the other; ``None``: it is not in it, or not settled."""

    key: tuple[str, ...]
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal:
        return (self.after or ZERO) - (self.before or ZERO)


@dataclass(frozen=True, slots=True)
class PersonDifference:
    """What a person gets in both results; ``parts``: those that differ."""

    staff_no: str
    before: Decimal
    after: Decimal
    parts: tuple[Difference, ...]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MonthDifferences:
    """``before`` and ``after``: everything paid to people; the lists hold only what differs.

    ``figures``: how many scores and attainments differ, also where no amount does.
    """

    before: Decimal
    after: Decimal
    people: tuple[PersonDifference, ...]
    pools: tuple[Difference, ...]
    uplifts: tuple[Difference, ...]
    funds: tuple[Difference, ...]
    figures: int

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    @property
    def any(self) -> bool:
        return bool(self.people or self.pools or self.uplifts or self.funds or self.figures)


def amounts(content: Content) -> dict[str, dict[Part, Decimal]]:
    """Staff number → what the person gets, part by part."""
    found: dict[str, dict[Part, Decimal]] = defaultdict(dict)
    for score in content["scores"]:
        if score["bonus"] is not None:
            found[score["staff_no"]][BONUS] = Decimal(score["bonus"])
    for pool in content["pools"]:
        for role in pool["roles"]:
            for holder in role["holders"]:
                found[holder["staff_no"]][pool["campaign"], role["role"]] = Decimal(holder["amount"])
    return found


def differences(before: Content, after: Content) -> MonthDifferences:
    """Compare two results of the same month and organisation."""
    old, new = amounts(before), amounts(after)
    people = []
    for staff_no in sorted({*old, *new}):
        was, now = old.get(staff_no, {}), new.get(staff_no, {})
        parts = tuple(_differing(was, now))
        if parts:
            people.append(PersonDifference(staff_no, sum(was.values(), ZERO), sum(now.values(), ZERO), parts))
    total = [sum((amount for one in found.values() for amount in one.values()), ZERO) for found in (old, new)]
    return MonthDifferences(
        before=total[0],
        after=total[1],
        people=tuple(people),
        pools=tuple(_of(before, after, "pools", ("campaign",), "amount")),
        uplifts=tuple(_of(before, after, "campaigns", ("code",), "uplift")),
        funds=tuple(_of(before, after, "funds", ("scheme", "fund"), "closing")),
        figures=_figures(before, after),
    )


def _differing(
    before: Mapping[Any, Decimal | None], after: Mapping[Any, Decimal | None]
) -> Iterable[Difference]:
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was != now:
            yield Difference(key, was, now)


def _of(
    before: Content, after: Content, section: str, keys: tuple[str, ...], amount: str
) -> Iterable[Difference]:
    def read(content: Content) -> dict[tuple[str, ...], Decimal | None]:
        return {
            tuple(row[key] for key in keys): None if row[amount] is None else Decimal(row[amount])
            for row in content[section]
        }

    return _differing(read(before), read(after))


def _figures(before: Content, after: Content) -> int:
    """Lines of attainment and scores that are not the same in both."""
    count = 0
    for section, keys in (("attainment", ("staff_no", "rule")), ("scores", ("staff_no", "scheme"))):
        was, now = ({tuple(row[key] for key in keys): row for row in one[section]} for one in (before, after))
        count += sum(was.get(key) != now.get(key) for key in {*was, *now})
    return count
