"""Assessment schemes: their parts, the reading of their cells, and the checks before activation.

Rule: calculation.md §2; KQ-22.  A scheme with a problem cannot be activated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from core.money import round_half_up

Method = Literal["linear", "step", "per_case", "boolean", "manual"]
SourceKind = Literal["quota", "metric", "rating"]
PayMode = Literal["by_grade", "by_score"]

METHODS: tuple[Method, ...] = ("linear", "step", "per_case", "boolean", "manual")
EVERY_RULE = "*"
HUNDRED = Decimal(100)

# The separators that are typed with a Chinese keyboard.
_SEPARATORS = str.maketrans({"，": ",", "、": ",", ";": ",", "；": ",", "：": ":", "＋": "+", "＊": "*"})


class Source(NamedTuple):
    """Where an item takes its figure from: quota rule codes (or ``*``), one metric code, or a rating."""

    kind: SourceKind
    codes: tuple[str, ...] = ()

    @property
    def is_single_rule(self) -> bool:
        return self.kind == "quota" and len(self.codes) == 1 and self.codes[0] != EVERY_RULE


class Band(NamedTuple):
    """A grade from its lower bound (included) up to the next higher band (not included)."""

    grade: str
    bound: Decimal
    coefficient: Decimal


class Step(NamedTuple):
    """The points for a rate from ``bound`` (included) up to the next higher step (not included)."""

    bound: Decimal
    points: Decimal


class Problem(NamedTuple):
    """Why a scheme cannot be activated: a code and the values for its message."""

    code: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SchemeItem:
    """``steps`` belong to the method step, ``points`` (per case) to per_case."""

    code: str
    weight: Decimal
    source: Source
    method: Method = "linear"
    steps: tuple[Step, ...] = ()
    points: Decimal | None = None

    @property
    def is_rated(self) -> bool:
        """Whether a manager's rating is the figure."""
        return self.source.kind == "rating" or self.method == "manual"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scheme.  ``bands`` are ordered from the highest bound to 0."""

    code: str
    items: tuple[SchemeItem, ...]
    cap: Decimal
    threshold: Decimal
    total_cap: Decimal
    bonus_max: Decimal
    deduct_max: Decimal
    pay_mode: PayMode
    bands: tuple[Band, ...]


def parse_source(text: str) -> Source:
    """``quota:CODE``, ``quota:A+B``, ``quota:*``, ``metric:CODE`` or ``rating``; else ``ValueError``."""
    kind, _, rest = (part.strip() for part in text.translate(_SEPARATORS).partition(":"))
    kind = kind.lower()
    if kind == "rating" and not rest:
        return Source("rating")
    if kind == "metric" and rest:
        return Source("metric", (rest,))
    if kind == "quota":
        codes = tuple(code.strip() for code in rest.split("+"))
        if all(codes):
            return Source("quota", (EVERY_RULE,) if EVERY_RULE in codes else tuple(dict.fromkeys(codes)))
    raise ValueError(f"{text!r} is not a source; write quota:CODE, quota:A+B, quota:*, metric:CODE or rating")


def parse_bands(text: str) -> tuple[Band, ...]:
    """``A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50`` in the order given.  Raises ``ValueError``."""
    bands = []
    for cell in _cells(text):
        parts = [part.strip() for part in cell.split(":")]
        if len(parts) != 3 or not parts[0]:
            raise ValueError(f"{cell!r} is not a grade band; write GRADE:BOUND:COEFFICIENT")
        bands.append(Band(parts[0], _number(parts[1]), _number(parts[2])))
    return tuple(bands)


def parse_steps(text: str) -> tuple[Step, ...]:
    """``1.00:10,0.80:8,0.70:6,0.60:4,0:0`` in the order given.  Raises ``ValueError``."""
    steps = []
    for cell in _cells(text):
        parts = [part.strip() for part in cell.split(":")]
        if len(parts) != 2:
            raise ValueError(f"{cell!r} is not a step; write RATE:POINTS")
        steps.append(Step(_number(parts[0]), _number(parts[1])))
    return tuple(steps)


def parse_points(text: str) -> Decimal:
    """The points off for one case."""
    return _number(text.strip())


def parse_item(code: str, weight: Decimal, source: str, method: str = "", params: str = "") -> SchemeItem:
    """An item from the cells of its row.  A blank method is manual for a rating, else linear."""
    where = parse_source(source)
    chosen = method.strip() or ("manual" if where.kind == "rating" else "linear")
    known = next((name for name in METHODS if name == chosen), None)
    if known is None:
        raise ValueError(f"{method!r} is not a method; write one of {', '.join(METHODS)}")
    steps = parse_steps(params) if known == "step" else ()
    points = parse_points(params) if known == "per_case" else None
    return SchemeItem(code, weight, where, known, steps, points)


def scheme_problems(scheme: Scheme) -> list[Problem]:
    """Everything that keeps the scheme from being activated; empty when it may be."""
    problems = weight_problems(scheme.items) + band_problems(scheme.bands)
    if scheme.cap <= 0 or not 0 <= scheme.threshold <= scheme.cap:
        problems.append(Problem("threshold_over_cap", {"threshold": scheme.threshold, "cap": scheme.cap}))
    for name in ("total_cap", "bonus_max", "deduct_max"):
        if getattr(scheme, name) < 0:
            problems.append(Problem("negative", {"field": name, "value": getattr(scheme, name)}))
    for item in scheme.items:
        problems += item_problems(item)
    return problems


def weight_problems(items: Sequence[SchemeItem]) -> list[Problem]:
    """The weights must sum to exactly 100.00; none is below zero, no code stands twice."""
    problems = []
    total = sum((item.weight for item in items), Decimal(0))
    if total != HUNDRED:
        problems.append(Problem("weights_sum", {"sum": total}))
    problems += [
        Problem("weight_negative", {"item": item.code, "value": item.weight})
        for item in items
        if item.weight < 0
    ]
    codes = [item.code for item in items]
    problems += [
        Problem("item_twice", {"item": code}) for code in sorted(set(codes)) if codes.count(code) > 1
    ]
    return problems


def band_problems(bands: Sequence[Band]) -> list[Problem]:
    """Half-open bands, highest first, down to exactly 0; a coefficient has at most 2 decimals."""
    problems = _ladder_problems("bands", [band.bound for band in bands])
    grades = [band.grade for band in bands]
    problems += [Problem("grade_twice", {"grade": g}) for g in sorted(set(grades)) if grades.count(g) > 1]
    for band in bands:
        if band.coefficient < 0 or band.coefficient != round_half_up(band.coefficient, 2):
            params = {"grade": band.grade, "coefficient": band.coefficient}
            problems.append(Problem("band_coefficient", params))
    return problems


def item_problems(item: SchemeItem) -> list[Problem]:
    """What is wrong with one item alone: its steps, its points, or a method its source cannot serve."""
    problems: list[Problem] = []
    if item.method == "step":
        problems += [
            Problem(problem.code, {"item": item.code, **problem.params})
            for problem in _ladder_problems("steps", [step.bound for step in item.steps])
        ]
        problems += [
            Problem("step_points", {"item": item.code, "value": step.points})
            for step in item.steps
            if step.points < 0
        ]
    if item.method == "per_case":
        if item.source.kind != "metric":
            problems.append(Problem("per_case_needs_metric", {"item": item.code}))
        if item.points is None or item.points < 0:
            problems.append(Problem("per_case_points", {"item": item.code, "value": item.points}))
    return problems


def _ladder_problems(what: str, bounds: Sequence[Decimal]) -> list[Problem]:
    """Bounds that fall all the way to 0 leave no gap and no overlap."""
    if not bounds:
        return [Problem(f"{what}_empty", {})]
    problems = [
        Problem(f"{what}_not_descending", {"above": above, "below": below})
        for above, below in pairwise(bounds)
        if below >= above
    ]
    if bounds[-1] != 0:
        problems.append(Problem(f"{what}_lowest_not_zero", {"bound": bounds[-1]}))
    return problems


def _cells(text: str) -> list[str]:
    return [cell for cell in (part.strip() for part in text.translate(_SEPARATORS).split(",")) if cell]


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a number")
    return number
