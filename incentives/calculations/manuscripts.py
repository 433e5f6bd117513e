"""The length of a manuscript and the outcome of a vote.  Rule: HT-23, HT-24."""

import unicodedata
from typing import Literal

PassRule = Literal["holders", "votes"]
Outcome = Literal["accepted", "refused"]
# What takes no room on the page: controls, joiners and marks that belong to the character before them.
UNSEEN = {"Cc", "Cf", "Mn", "Me"}


def count_characters(text: str) -> int:
    """How many characters the rule counts: every visible one, punctuation too; no spaces, no line breaks.

    A Latin letter or a digit is one character like a Chinese one, so that anybody can count again.
    """
    return sum(not one.isspace() and unicodedata.category(one) not in UNSEEN for one in text)


def fits(count: int, minimum: int | None, maximum: int | None) -> bool:
    """Whether a length lies in the range; an end that is not set is open."""
    return (minimum is None or count >= minimum) and (maximum is None or count <= maximum)


def outcome(rule: PassRule, *, entitled: int, votes_for: int, against: int, closed: bool) -> Outcome | None:
    """What the tally says; ``None`` while it is open.

    ``holders``: accepted by more than half of those who may vote.  ``votes``: by more votes for than against
    once nobody's vote can change it.  ``closed``: nobody votes any more.  A tie is no majority.
    """
    rest = 0 if closed else entitled - votes_for - against
    if rule == "holders":
        if 2 * votes_for > entitled:
            return "accepted"
        return "refused" if 2 * (votes_for + rest) <= entitled else None
    if votes_for > against + rest:
        return "accepted"
    return "refused" if against >= votes_for + rest else None
