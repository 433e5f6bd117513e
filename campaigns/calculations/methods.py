"""The baseline method of a campaign: chosen by unit, type, scale and date, fixed before the start.

Rule: HT-25, HT-26, HT-28 (methods are versioned by date), calculation.md §3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaigns.calculations.baselines import METHODS
from campaigns.calculations.facts import Align, CampaignType, Scale, Steps

DEFAULT_N = 3
DEFAULT_ALIGN: Align = "date"
_DEFAULT_METHOD: Mapping[CampaignType, str] = {
    "weekend": "prev_weekends_same_weekday",
    "member_day": "same_member_day_prev_months",
    "manufacturer": "nearest_ordinary_days",
    "other": "nearest_ordinary_days",
}
_DEFAULT_LARGE = "last_year_same_dates"


@dataclass(frozen=True)
class MethodRow:
    """One row of the table ``baseline_methods``; a blank ``n`` or ``align`` is the default."""

    unit: str
    type: CampaignType
    scale: Scale
    valid_from: date
    method: str
    n: int | None = None
    align: Align | None = None


@dataclass(frozen=True)
class ChosenMethod:
    """A method with its settings; ``source`` says who decided: the campaign, a row, or the defaults;
    ``approval``: one of them did when the campaign was approved, and would decide otherwise today.
    """

    code: str
    n: int
    align: Align
    source: Literal["campaign", "row", "default", "approval"]
    row: MethodRow | None

    @property
    def steps(self) -> Steps:
        return {
            "method": self.code,
            "n": str(self.n),
            "align": self.align,
            "source": self.source,
            "unit": self.row.unit if self.row else "",
            "valid_from": self.row.valid_from.isoformat() if self.row else "",
        }


def choose_method(
    rows: Iterable[MethodRow],
    unit_path: Sequence[str],
    type: CampaignType,
    scale: Scale,
    start: date,
    *,
    own: str = "",
) -> ChosenMethod:
    """The method of a campaign that starts on ``start``.

    ``unit_path`` runs from the campaign's unit upward: the nearest unit with a matching row decides, there
    the latest ``valid_from`` ≤ ``start``.  A code in the campaign itself (``own``) wins; its n and align are
    those of the matching row when that names the same method, else the defaults.
    Raises ``ValueError`` for an unknown code.
    """
    if own and own not in METHODS:
        raise ValueError(f"{own!r} is no baseline method; known are {', '.join(METHODS)}")
    row = _matching_row(rows, unit_path, type, scale, start)
    if own and (row is None or row.method != own):
        return ChosenMethod(own, DEFAULT_N, DEFAULT_ALIGN, "campaign", None)
    if row is None:
        code = _DEFAULT_LARGE if scale == "large" else _DEFAULT_METHOD[type]
        return ChosenMethod(code, DEFAULT_N, DEFAULT_ALIGN, "default", None)
    return ChosenMethod(*_settings(row), "campaign" if own else "row", row)


def fixed_method(
    rows: Iterable[MethodRow],
    unit_path: Sequence[str],
    type: CampaignType,
    scale: Scale,
    start: date,
    *,
    own: str,
    code: str,
    n: int,
    align: Align,
) -> ChosenMethod:
    """The method ``code`` that was fixed at the approval, whatever the rules say by now.

    Where they still say so, who decided is told; else the latest row upward that says the same, if any.
    Raises ``ValueError`` for an unknown code.
    """
    if code not in METHODS:
        raise ValueError(f"{code!r} is no baseline method; known are {', '.join(METHODS)}")
    known = tuple(rows)
    today = choose_method(known, unit_path, type, scale, start, own=own)
    if (today.code, today.n, today.align) == (code, n, align):
        return today
    same = (row for row in known if _settings(row) == (code, n, align))
    row = _matching_row(same, unit_path, type, scale, start)
    return ChosenMethod(code, n, align, "approval", row)


def _settings(row: MethodRow) -> tuple[str, int, Align]:
    return row.method, DEFAULT_N if row.n is None else row.n, row.align or DEFAULT_ALIGN


def _matching_row(
    rows: Iterable[MethodRow], unit_path: Sequence[str], type: CampaignType, scale: Scale, start: date
) -> MethodRow | None:
    matching = [row for row in rows if (row.type, row.scale) == (type, scale) and row.valid_from <= start]
    for unit in unit_path:
        versions = [row for row in matching if row.unit == unit]
        if versions:
            return max(versions, key=lambda row: row.valid_from)
    return None
