"""Ratings of a month: when they are due, how far they are, and when one needs a remark.  Rule: KQ-23."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from core.money import fraction
from core.months import Month

State = Literal["draft", "self_rated", "rated", "reviewed"]
HUNDRED = 100


@dataclass(frozen=True)
class DueDays:
    """The last days, both in the next month, on which people rate themselves and are rated."""

    self_rating: date
    rating: date

    @classmethod
    def of(cls, month: Month, self_due: int, manager_due: int) -> "DueDays":
        later = month.plus(1).first
        return cls(later.replace(day=self_due), later.replace(day=manager_due))


def rating_state(items: int, self_rated: int, rated: int, *, reviewed: bool) -> State:
    """draft → self-rated → manager-rated → reviewed, of a person with ``items`` items to be rated.

    ``reviewed``: the month itself has been looked at.  Rule: calculation.md §2.
    """
    if rated >= items:
        return "reviewed" if reviewed else "rated"
    return "self_rated" if self_rated >= items else "draft"


def remark_needed(score: Decimal, own: Decimal | None, threshold: Decimal) -> bool:
    """Whether the person is owed a word: below the scheme's threshold, or below what they gave themselves.

    ``score`` and ``own`` are 0–100, ``threshold`` a share of 1.
    """
    low = fraction(score) < fraction(threshold) * HUNDRED
    return low or (own is not None and score < own)
