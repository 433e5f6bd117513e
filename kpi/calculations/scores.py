"""The monthly score of a person: items, total, grade, coefficient and bonus.

Rule: calculation.md §2 (KQ-22 … KQ-24).  Item scores, total and bonus are rounded half-up to 2 decimals,
rates and proration to 4; each is computed from what is shown before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from core import money
from core.money import Exact, round_half_up, round_money, round_rate
from kpi.calculations.attainment import Attainment, group_rate
from kpi.calculations.schemes import EVERY_RULE, Scheme, SchemeItem, Source

Direction = Literal["more", "less", "range"]
PointKind = Literal["bonus", "deduction", "veto"]
Status = Literal["settled", "missing", "not_applicable"]

# Weights, caps and rates are the same few thousand decimals for everybody.  Typed, so that a float is never
# answered with the decimal it equals.
fraction = lru_cache(maxsize=65536, typed=True)(money.fraction)

ZERO = Fraction(0)
MISSING_BASE = "bonus_base"
MISSING_PRORATION = "proration"


class MetricValue(NamedTuple):
    """The month's figure of a metric for its subject.  ``None`` is not known, which is never 0."""

    direction: Direction
    value: Decimal | None
    target: Decimal | None = None


class Point(NamedTuple):
    """An approved bonus, deduction or veto."""

    kind: PointKind
    points: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """``weight`` as the scheme gives it, ``rate`` with 4 and ``score`` with 2 decimals.

    ``missing`` names what lacks (``metric:CODE``, ``rating:ITEM``); ``steps`` says how the score came about.
    """

    code: str
    weight: Decimal
    rate: Decimal | None
    score: Decimal | None
    applicable: bool
    missing: str | None = None
    steps: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """A person's month.  ``bonus_points`` and ``deduction_points`` are the sums after their caps."""

    items: tuple[ItemScore, ...]
    bonus_points: Decimal
    deduction_points: Decimal
    veto: bool
    total: Decimal | None
    grade: str | None
    coefficient: Decimal | None
    proration: Decimal | None
    bonus: Decimal | None
    status: Status
    missing: tuple[str, ...]


class _Figure(NamedTuple):
    """What an item is scored by, before its weight is known."""

    applicable: bool = True
    rate: Decimal | None = None
    cases: Decimal | None = None
    passed: bool = False
    missing: str | None = None
    steps: dict[str, Any] = {}


def score(
    scheme: Scheme,
    *,
    attainments: Sequence[Attainment] = (),
    metrics: Mapping[str, MetricValue] | None = None,
    ratings: Mapping[str, Decimal] | None = None,
    points: Iterable[Point] = (),
    bonus_base: Decimal | None,
    proration: Exact | None,
) -> Score:
    """The score of one person under one scheme.

    ``attainments`` are those of the rules that hold for the person, ``metrics`` go by metric code,
    ``ratings`` (the manager's 0–100) by item code, ``points`` are the approved ones.
    ``proration`` is working days in service ÷ working days of the month.
    """
    figures = [_figure(item, scheme, attainments, metrics or {}, ratings or {}) for item in scheme.items]
    applicable = sum(
        (fraction(i.weight) for i, f in zip(scheme.items, figures, strict=True) if f.applicable), ZERO
    )
    items = tuple(
        _item_score(item, figure, scheme, Fraction(100) / applicable if applicable else ZERO)
        for item, figure in zip(scheme.items, figures, strict=True)
    )
    given = list(points)
    bonus_points = min(_sum_of(given, "bonus"), round_money(scheme.bonus_max))
    deduction_points = min(_sum_of(given, "deduction"), round_money(scheme.deduct_max))
    veto = any(point.kind == "veto" for point in given)
    shown_proration = None if proration is None else round_rate(proration)
    missing = {item.missing for item in items if item.missing}

    total = grade = coefficient = bonus = None
    status: Status = "not_applicable"
    if applicable:
        if bonus_base is None:
            missing.add(MISSING_BASE)
        if shown_proration is None:
            missing.add(MISSING_PRORATION)
        status = "missing" if missing else "settled"
    if applicable and not any(item.missing for item in items):
        earned = sum((fraction(item.score) for item in items if item.score is not None), ZERO)
        exact = earned + fraction(bonus_points) - fraction(deduction_points)
        total = round_half_up(max(ZERO, min(exact, fraction(scheme.total_cap))), 2)
        grade, coefficient = _grade(scheme, total)
        if veto:
            coefficient = round_half_up(0, 2)
        if bonus_base is not None and shown_proration is not None:
            bonus = _bonus(scheme, bonus_base, total, coefficient, shown_proration, veto=veto)
    return Score(
        items=items,
        bonus_points=bonus_points,
        deduction_points=deduction_points,
        veto=veto,
        total=total,
        grade=grade,
        coefficient=coefficient,
        proration=shown_proration,
        bonus=bonus,
        status=status,
        missing=tuple(sorted(missing)),
    )


def metric_rate(metric: MetricValue) -> Decimal | None:
    """How far the value is from its target, 4 decimals; ``None`` over a target of 0.

    more: value ÷ target.  less: 2 − value ÷ target, floor 0.  range: 1 − distance ÷ target, floor 0.
    Raises ``ValueError`` when the value or the target is not known.
    """
    if metric.value is None or metric.target is None:
        raise ValueError("a rate needs a value and a target")
    value, target = fraction(metric.value), fraction(metric.target)
    if not target:
        return None
    if metric.direction == "more":
        return round_rate(value / target)
    if metric.direction == "less":
        return round_rate(max(ZERO, 2 - value / target))
    return round_rate(max(ZERO, 1 - abs(value - target) / target))


def quota_rate(source: Source, attainments: Sequence[Attainment], cap: Decimal) -> Decimal | None:
    """The rate of a quota source: a single rule's own, uncapped; else that of the group under the cap."""
    chosen = [a for a in attainments if EVERY_RULE in source.codes or a.rule.code in source.codes]
    applicable = [a for a in chosen if a.rate is not None]
    if source.is_single_rule and len(applicable) == 1:
        return applicable[0].rate
    return group_rate(applicable, cap)


def _figure(
    item: SchemeItem,
    scheme: Scheme,
    attainments: Sequence[Attainment],
    metrics: Mapping[str, MetricValue],
    ratings: Mapping[str, Decimal],
) -> _Figure:
    if item.is_rated:
        rating = ratings.get(item.code)
        if rating is None:
            return _Figure(missing=f"rating:{item.code}")
        rate = round_rate(fraction(rating) / 100)
        return _Figure(rate=rate, passed=rating >= 100, steps={"rating": f"{rating:f}"})
    if item.source.kind == "quota":
        quota = quota_rate(item.source, attainments, scheme.cap)
        return _Figure(applicable=quota is not None, rate=quota, passed=quota is not None and quota >= 1)
    return _metric_figure(item, metrics)


def _metric_figure(item: SchemeItem, metrics: Mapping[str, MetricValue]) -> _Figure:
    code = item.source.codes[0]
    metric = metrics.get(code)
    if metric is None or metric.value is None:
        return _Figure(missing=f"metric:{code}")
    value, target = metric.value, metric.target
    steps = {"value": f"{value:f}", "target": None if target is None else f"{target:f}"}
    rate = None if target is None else metric_rate(metric)
    if item.method == "per_case":
        return _Figure(rate=rate, cases=value, steps=steps)
    if target is None and item.method != "boolean":
        return _Figure(missing=f"metric:{code}")
    # Over a target of 0 an item is excluded, whatever its method; only cases are counted without a target.
    applicable = rate is not None or target is None
    return _Figure(applicable, rate, passed=_passes(metric.direction, value, target), steps=steps)


def _passes(direction: Direction, value: Decimal, target: Decimal | None) -> bool:
    if target is None:
        return value > 0
    if direction == "more":
        return value >= target
    return value <= target if direction == "less" else value == target


def _item_score(item: SchemeItem, figure: _Figure, scheme: Scheme, scale: Fraction) -> ItemScore:
    weight = round_half_up(item.weight, 2)
    if figure.missing or not figure.applicable:
        return ItemScore(item.code, weight, None, None, figure.applicable, figure.missing, figure.steps)
    exact = max(ZERO, _exact_score(item, figure, scheme, scale))
    steps = {**figure.steps, "method": item.method, "scale": str(scale)}
    return ItemScore(item.code, weight, figure.rate, round_half_up(exact, 2), True, None, steps)


def _exact_score(item: SchemeItem, figure: _Figure, scheme: Scheme, scale: Fraction) -> Fraction:
    """The score before rounding; ``scale`` makes the weights of the applicable items sum to 100."""
    weight = fraction(item.weight) if scale == 1 else fraction(item.weight) * scale
    if item.method == "boolean":
        return weight if figure.passed else ZERO
    if item.method == "per_case":
        if figure.cases is None or item.points is None:
            raise ValueError(f"item {item.code}: per_case needs a metric and the points of a case")
        return weight - fraction(figure.cases) * fraction(item.points)
    rate = fraction(figure.rate) if figure.rate is not None else ZERO
    if item.method == "step":
        return next((fraction(s.points) * scale for s in item.steps if fraction(s.bound) <= rate), ZERO)
    if item.is_rated:
        return weight * rate
    return ZERO if rate < fraction(scheme.threshold) else weight * min(rate, fraction(scheme.cap))


def _sum_of(points: Iterable[Point], kind: PointKind) -> Decimal:
    return round_half_up(sum((fraction(p.points) for p in points if p.kind == kind), ZERO), 2)


def _grade(scheme: Scheme, total: Decimal) -> tuple[str, Decimal]:
    """The first band whose bound the total reaches; bands end at 0, so there always is one."""
    band = next(band for band in scheme.bands if band.bound <= total)
    return band.grade, round_half_up(band.coefficient, 2)


def _bonus(
    scheme: Scheme, base: Decimal, total: Decimal, coefficient: Decimal, proration: Decimal, *, veto: bool
) -> Decimal:
    if veto:
        return round_money(0)
    factor = fraction(total) / 100 if scheme.pay_mode == "by_score" else fraction(coefficient)
    return round_money(fraction(base) * factor * fraction(proration))
