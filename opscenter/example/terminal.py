"""Rows as lines of text, with Chinese characters two columns wide."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from unicodedata import east_asian_width


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """One line a row, each column as wide as its widest cell."""
    widths = [max(map(width, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        cells = (cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=False))
        yield "  ".join(cells).rstrip()
