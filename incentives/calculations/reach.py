"""Reach: how far the articles of a month stay below their targets.

Targets are whole readers, half-up; shortfalls are rates with 4 decimals, half-up.
Rule: HT-21, calculation.md §4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from core.money import Exact, fraction, ratio, round_half_up, round_rate

Kind = Literal["activity", "welfare"]
Combine = Literal["max", "sum"]
Steps = dict[str, object]
ONE = Decimal("1.0000")
NONE_SHORT = Decimal("0.0000")


@dataclass(frozen=True)
class ArticleReach:
    """An article of the month and its readers at the reading day; ``None`` while they are not known."""

    code: str
    kind: Kind
    readers: int | None


@dataclass(frozen=True)
class Reach:
    """The shortfall R of a month; ``None`` with anything ``missing``: its pools are not settled."""

    shortfall: Decimal | None
    missing: tuple[str, ...]
    steps: Steps


def reach_target(base: Exact, growth: Exact, year: int, base_year: int) -> int:
    """``round(base × (1 + growth)^(year − base_year))`` to whole readers, computed exactly."""
    return int(round_half_up(fraction(base) * (1 + fraction(growth)) ** (year - base_year), 0))


def shortfall(readers: int, target: int) -> Decimal | None:
    """``max(0, (target − readers) ÷ target)``, 4 decimals; ``None`` (undefined) over a target of zero."""
    short = ratio(target - readers, target)
    return None if short is None else round_rate(max(Fraction(0), short))


def reach(articles: Iterable[ArticleReach], targets: Mapping[Kind, int], combine: Combine = "max") -> Reach:
    """R of a month: the mean shortfall of each kind, combined over the kinds by ``max`` or capped ``sum``.

    A kind without articles, or with a target of zero, is left out.  Missing, as codes:
    ``activity_article``, ``readers``.
    """
    shortfalls: dict[Kind, list[Decimal]] = {}
    rows: list[dict[str, str]] = []
    missing: set[str] = set()
    kinds: set[Kind] = set()
    for article in sorted(articles, key=lambda one: (one.kind, one.code)):
        kinds.add(article.kind)
        short = None if article.readers is None else shortfall(article.readers, targets[article.kind])
        if article.readers is None:
            missing.add("readers")
        elif short is not None:
            shortfalls.setdefault(article.kind, []).append(short)
        rows.append(
            {
                "article": article.code,
                "kind": article.kind,
                "readers": "" if article.readers is None else str(article.readers),
                "target": str(targets[article.kind]),
                "shortfall": "" if short is None else str(short),
            }
        )
    if "activity" not in kinds:
        missing.add("activity_article")
    means = {
        kind: round_rate(sum(map(fraction, all_), Fraction(0)) / len(all_))
        for kind, all_ in shortfalls.items()
    }
    combined = (
        max(means.values(), default=NONE_SHORT) if combine == "max" else sum(means.values(), NONE_SHORT)
    )
    total = None if missing else min(ONE, combined)
    return Reach(
        shortfall=total,
        missing=tuple(sorted(missing)),
        steps={
            "articles": rows,
            "means": {kind: str(mean) for kind, mean in means.items()},
            "combine": combine,
            "shortfall": "" if total is None else str(total),
        },
    )
