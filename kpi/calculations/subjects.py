"""Counting output per subject and slot, and choosing the best subjects.

Counts are whole numbers and the amount is a quotient of whole numbers, so that everything here is exact.
Rule: calculation.md §1, "Subjects".
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

# Day, activity, platform, handle, partner, count.  The rows of a person carry the partner the row names (or
# an empty text); the rows of others that name the person carry their author.
Output = tuple[date, str, str, str, str, int]
Channel = tuple[str, str]
Index = dict[Channel, list[Output]]


class PersonMonth:
    """The output of one person in the window of a month, indexed once for all the rules.

    Only valid rows belong in it: submitted ones count until they are rejected, superseded ones do not.
    Raises ``TypeError`` for a count that is no ``int`` and ``ValueError`` for one below zero.
    """

    __slots__ = ("by_others", "own", "staff_no")

    def __init__(
        self, staff_no: str, outputs: Iterable[Output], partner_outputs: Iterable[Output] = ()
    ) -> None:
        self.staff_no = staff_no
        self.own = _indexed(outputs)
        self.by_others = _indexed(partner_outputs)


def _indexed(rows: Iterable[Output]) -> Index:
    index: Index = {}
    for row in rows:
        count = row[5]
        if type(count) is not int:
            raise TypeError("a count must be an int")
        if count > 0:
            channel = (row[1], row[2])
            if channel in index:
                index[channel].append(row)
            else:
                index[channel] = [row]
        elif count < 0:
            raise ValueError("a count must not be below zero")
    return index


class Due(NamedTuple):
    """What one subject owes: ``top ÷ bottom`` in each of ``slots`` slots; ``pooled`` is surplus month."""

    top: int
    bottom: int
    slots: int
    pooled: bool

    def credited(self, counts: list[int]) -> int:
        """The credited count in units of 1 ÷ ``bottom``."""
        if self.pooled:
            return min(sum(counts) * self.bottom, self.top * self.slots)
        if self.bottom == 1:
            return sum([count if count < self.top else self.top for count in counts])
        return sum([min(count * self.bottom, self.top) for count in counts])


class Subject(NamedTuple):
    """A subject's output.  The best sorts first: highest credited, highest raw, then the smaller code."""

    rank: tuple[int, int, str]
    code: str
    credited: int
    raw: int
    counts: list[int]


class PairSlot(NamedTuple):
    """The best colleague of one slot and each one's part."""

    credited: int
    raw: int
    slot: int
    partner: str
    own: int
    partners: int


def _subject(code: str, counts: list[int], due: Due) -> Subject:
    credited, raw = due.credited(counts), sum(counts)
    return Subject((-credited, -raw, code), code, credited, raw, counts)


def _rows(index: Index, channels: frozenset[Channel]) -> Iterator[list[Output]]:
    # The person's own channels are few; a rule may list very many.
    for channel, rows in index.items():
        if channel in channels:
            yield rows


def person_subject(
    person: PersonMonth, channels: frozenset[Channel], slot_of: Mapping[date, int], due: Due
) -> list[Subject]:
    counts = [0] * due.slots
    for rows in _rows(person.own, channels):
        for row in rows:
            slot = slot_of.get(row[0])
            if slot is not None:
                counts[slot] += row[5]
    return [_subject("", counts, due)]


def platform_subjects(
    person: PersonMonth, channels: frozenset[Channel], slot_of: Mapping[date, int], due: Due
) -> list[Subject]:
    """The platforms with output, best first."""
    tallies: dict[str, list[int]] = {}
    for rows in _rows(person.own, channels):
        counts = tallies.setdefault(rows[0][2], [0] * due.slots)
        for row in rows:
            slot = slot_of.get(row[0])
            if slot is not None:
                counts[slot] += row[5]
    return sorted(_subject(code, counts, due) for code, counts in tallies.items() if any(counts))


def account_subjects(
    person: PersonMonth, channels: frozenset[Channel], slot_of: Mapping[date, int], due: Due
) -> dict[str, list[Subject]]:
    """The accounts of each platform with output in the slots, best first; a row without handle has none."""
    tallies: dict[str, dict[str, list[int]]] = {}
    for rows in _rows(person.own, channels):
        accounts = tallies.setdefault(rows[0][2], {})
        for row in rows:
            slot = slot_of.get(row[0])
            if slot is not None and row[3]:
                counts = accounts.get(row[3])
                if counts is None:
                    counts = accounts[row[3]] = [0] * due.slots
                counts[slot] += row[5]
    return {
        platform: sorted(_subject(f"{platform}/{handle}", counts, due) for handle, counts in accounts.items())
        for platform, accounts in tallies.items()
        if accounts
    }


def best_accounts(
    by_platform: Mapping[str, list[Subject]], accounts: int, platforms: int | None
) -> list[Subject]:
    """The best accounts over all platforms; or those on each of the best platforms, ranked by their sums."""
    if platforms is None:
        return sorted(subject for subjects in by_platform.values() for subject in subjects)[:accounts]
    ranked = []
    for platform, subjects in by_platform.items():
        best = subjects[:accounts]
        ranked.append((-sum(s.credited for s in best), -sum(s.raw for s in best), platform, best))
    ranked.sort(key=lambda entry: entry[:3])
    return [subject for entry in ranked[:platforms] for subject in entry[3]]


def pair_slots(
    person: PersonMonth, channels: frozenset[Channel], slot_of: Mapping[date, int], due: Due
) -> list[PairSlot]:
    """For each slot with output the colleague with whom the pair did best, in order of time.

    A row counts when either of the two names the other; a row that names its own author counts for no pair.
    """
    parts: dict[tuple[int, str], list[int]] = {}
    for side, index in enumerate((person.own, person.by_others)):
        for rows in _rows(index, channels):
            for row in rows:
                slot = slot_of.get(row[0])
                if slot is not None and row[4] and row[4] != person.staff_no:
                    parts.setdefault((slot, row[4]), [0, 0])[side] += row[5]
    best: dict[int, PairSlot] = {}
    # By partner, so that among equals the smaller staff number is met first and stays.
    for (slot, partner), (own, partners) in sorted(parts.items(), key=lambda part: part[0][1]):
        raw = own + partners
        credited = min(raw * due.bottom, due.top)
        known = best.get(slot)
        if known is None or (credited, raw) > (known.credited, known.raw):
            best[slot] = PairSlot(credited, raw, slot, partner, own, partners)
    return [best[slot] for slot in sorted(best)]
