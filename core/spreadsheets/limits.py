"""How much of a file is read at most.  Rule: interfaces.md §2, last paragraph."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file, all counted while reading; what the file declares about itself is not believed."""

    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 300 * MEGABYTE
    parts: int = 1_000
    sheets: int = 100
    rows: int = 200_000
    columns: int = 64
    #: What Excel itself allows in one cell.
    cell_characters: int = 32_767
    #: The longest stretch of XML without a new tag: a full cell written as character references fits.
    token_bytes: int = 512 * 1024
    #: Shared texts are held in memory: their number, and their characters together.
    shared_texts: int = 1_500_000
    shared_characters: int = 64_000_000
    #: Tags inside one row, in the lists of parts and sheets, and in the number formats and styles.
    row_tags: int = 400_000
    list_tags: int = 20_000
    style_tags: int = 400_000
    part_bytes: int = 16 * MEGABYTE


LIMITS = Limits()
