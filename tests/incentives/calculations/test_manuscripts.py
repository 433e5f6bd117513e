"""What counts as a character, and what a tally says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.calculations.manuscripts import count_characters, fits, outcome


@pytest.mark.clause("HT-23")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("柜台前的第一百次，您慢走", 12),  # punctuation counts
        (" 夜 班\n　药\t店\r\n", 4),  # spaces, the wide one too, and line breaks do not
        ("OTC 3类", 5),  # a letter or a digit is one character
        ("药\u200b店\ufeff", 2),  # nothing is seen of a joiner
        ("e\u0301", 1),  # an accent belongs to its letter
        ("😀", 1),
    ],
)
def test_visible_characters_count(text: str, count: int) -> None:
    assert count_characters(text) == count


@given(st.text(), st.text())
def test_parts_count_as_the_whole(one: str, other: str) -> None:
    assert count_characters(one + other) == count_characters(one) + count_characters(other)


@pytest.mark.parametrize(
    ("count", "least", "most", "expected"),
    [
        (300, 300, 400, True), (400, 300, 400, True), (299, 300, 400, False), (401, 300, 400, False),
        (5, None, 4, False), (5, 6, None, False), (0, None, None, True),
    ],
)  # fmt: skip
def test_ends_of_the_range_belong_to_it(count: int, least: int, most: int, expected: bool) -> None:
    assert fits(count, least, most) is expected


@pytest.mark.clause("HT-24")
@pytest.mark.parametrize(
    ("rule", "entitled", "votes_for", "against", "closed", "expected"),
    [
        ("holders", 4, 2, 0, False, None),
        ("holders", 4, 3, 0, False, "accepted"),
        ("holders", 4, 2, 1, False, None),
        ("holders", 4, 2, 2, False, "refused"),  # a tie is no majority
        ("holders", 4, 0, 2, False, "refused"),  # half against: no majority can come
        ("holders", 3, 1, 1, False, None),
        ("holders", 1, 1, 0, False, "accepted"),
        ("holders", 4, 2, 0, True, "refused"),  # closed: who did not vote is not for
        ("votes", 4, 2, 1, False, None),
        ("votes", 4, 2, 0, False, None),  # two more against would be a tie
        ("votes", 4, 3, 0, False, "accepted"),
        ("votes", 4, 2, 1, True, "accepted"),
        ("votes", 4, 1, 1, True, "refused"),
        ("votes", 4, 0, 2, False, "refused"),  # two more for would be a tie
        ("votes", 3, 2, 0, False, "accepted"),
    ],
)
def test_tally_decides_as_soon_as_it_is_clear(
    rule: str, entitled: int, votes_for: int, against: int, closed: bool, expected: str | None
) -> None:
    said = outcome(rule, entitled=entitled, votes_for=votes_for, against=against, closed=closed)  # type: ignore[arg-type]
    assert said == expected


@given(st.sampled_from(["holders", "votes"]), st.lists(st.booleans(), min_size=1, max_size=9))
def test_every_order_of_votes_ends_alike(rule: str, votes: list[bool]) -> None:
    def run(order: list[bool]) -> str | None:
        for many in range(1, len(order) + 1):
            cast = order[:many]
            said = outcome(
                rule,  # type: ignore[arg-type]
                entitled=len(order),
                votes_for=cast.count(True),
                against=cast.count(False),
                closed=False,
            )
            if said:
                return said
        return None

    assert run(votes) == run(votes[::-1]) == run(sorted(votes))
    assert run(votes) == ("accepted" if votes.count(True) > votes.count(False) else "refused")
