"""The checks of single cells of schemes and their items, as codes for an import to report.

Rule: calculation.md §2 (bands without gaps or overlaps, KQ-22).
"""

from decimal import Decimal
from typing import Literal

from kpi.calculations.schemes import (
    band_problems,
    item_problems,
    parse_bands,
    parse_item,
    parse_source,
)


def bands_problem(bands: str) -> Literal["bad_bands"] | None:
    """Whether the cell is no complete ladder of grades."""
    try:
        return "bad_bands" if band_problems(parse_bands(bands)) else None
    except ValueError:
        return "bad_bands"


def item_problem(source: str, method: str, params: str) -> Literal["bad_source", "bad_params"] | None:
    """What is wrong with an item: a source that is none or cannot serve the method, or its parameters."""
    try:
        where = parse_source(source)
    except ValueError:
        return "bad_source"
    if method == "per_case" and where.kind != "metric":
        return "bad_source"
    try:
        item = parse_item("", Decimal(0), source, method, params)
    except ValueError:
        return "bad_params"
    return "bad_params" if item_problems(item) else None
