"""What about a log row deserves a second look, as codes with what they were found by.

A risk is a reason to look, never a verdict: nothing is rejected because of it.  Rule: domain.md §4.5.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntFlag
from fractions import Fraction

#: so many of the 64 bits of two pictures may differ while they still look alike
NEAR_BITS = 5
#: from so many days of output on a person has a usual day
USUAL_DAYS = 5


class Risk(IntFlag):
    """The risks as bits, the heavier the worse, so that rows can be sorted by their sum.

    ``LOOKED``: the row was looked at; alone it says that nothing was found.
    """

    LOOKED = 1
    LARGE_COUNT = 2
    BURST = 4
    FOREIGN_DOMAIN = 8
    NEAR_IMAGE = 16
    SAME_LINK = 32
    SAME_IMAGE = 64


#: worst first
KINDS = (
    Risk.SAME_IMAGE,
    Risk.SAME_LINK,
    Risk.NEAR_IMAGE,
    Risk.FOREIGN_DOMAIN,
    Risk.BURST,
    Risk.LARGE_COUNT,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A screenshot of a row: digest of the file, and 64 bits of how it looks as hexadecimal digits."""

    entry: int
    sha256: str
    dhash: str


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One row and what is known around it.

    ``host``: of its link, "" without one; ``domains``: of its platform, none known = nothing to compare.
    ``earlier_link``: a row that logged the same link before.  ``pictures``: those of other rows.
    ``made``: when the person made their rows by hand around this one (empty for imported rows).
    ``day_counts``: what the person did on earlier days in the same activity there.
    """

    count: int
    host: str = ""
    domains: Collection[str] = ()
    earlier_link: int | None = None
    picture: Picture | None = None
    pictures: Sequence[Picture] = ()
    created: datetime | None = None
    made: Sequence[datetime] = ()
    day_counts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on it is a burst, and how many times a usual day is far above it."""

    burst_rows: int
    burst_minutes: int
    usual_factor: int


@dataclass(frozen=True, slots=True)
class Found:
    """A risk; ``other`` is the row it was found by, ``amount`` the rows of a burst or the usual count."""

    kind: Risk
    other: int | None = None
    amount: int | Fraction | None = None


def risks(facts: RowFacts, limits: Limits) -> tuple[Found, ...]:
    """The risks of a row, worst first."""
    found = [_same_image(facts), _same_link(facts), _near_image(facts), _foreign(facts)]
    found += [_burst(facts, limits), _large(facts, limits)]
    return tuple(one for one in found if one is not None)


def flags(found: Sequence[Found]) -> int:
    """The risks as one number, with the mark that the row was looked at."""
    return int(sum((one.kind for one in found), Risk.LOOKED))


def belongs(host: str, domains: Collection[str]) -> bool:
    """Whether the host is one of the domains or lies under one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def distance(one: str, other: str) -> int:
    """In how many of the 64 points two pictures differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _same_image(facts: RowFacts) -> Found | None:
    if facts.picture is None:
        return None
    same = (one.entry for one in facts.pictures if one.sha256 == facts.picture.sha256)
    other = min(same, default=None)
    return None if other is None else Found(Risk.SAME_IMAGE, other)


def _near_image(facts: RowFacts) -> Found | None:
    """The most alike of the pictures that are not the same file."""
    mine = facts.picture
    if mine is None:
        return None
    near = [
        (far, one.entry)
        for one in facts.pictures
        if one.sha256 != mine.sha256 and (far := distance(one.dhash, mine.dhash)) <= NEAR_BITS
    ]
    return Found(Risk.NEAR_IMAGE, min(near)[1]) if near else None


def _same_link(facts: RowFacts) -> Found | None:
    return None if facts.earlier_link is None else Found(Risk.SAME_LINK, facts.earlier_link)


def _foreign(facts: RowFacts) -> Found | None:
    if not facts.host or not facts.domains or belongs(facts.host, facts.domains):
        return None
    return Found(Risk.FOREIGN_DOMAIN)


def _burst(facts: RowFacts, limits: Limits) -> Found | None:
    """``burst_rows`` rows or more, made no further than ``burst_minutes`` from this one."""
    if facts.created is None or not limits.burst_rows:
        return None
    reach = timedelta(minutes=limits.burst_minutes)
    around = sum(abs(moment - facts.created) <= reach for moment in facts.made)
    return Found(Risk.BURST, amount=around) if around >= limits.burst_rows else None


def _large(facts: RowFacts, limits: Limits) -> Found | None:
    """More than ``usual_factor`` times the median of the person's earlier days."""
    if len(facts.day_counts) < USUAL_DAYS or not limits.usual_factor:
        return None
    usual = median(facts.day_counts)
    if facts.count <= usual * limits.usual_factor:
        return None
    return Found(Risk.LARGE_COUNT, amount=usual)


def median(counts: Sequence[int]) -> Fraction:
    """The middle of the counts, exact."""
    ordered = sorted(counts)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle], 2)
