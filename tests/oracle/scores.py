"""Monthly score, grade and bonus: calculation.md §2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .attainment import Attained, group_rate
from .days import Days
from .people import is_away, is_employed, last_employed_day, path_of, position_on, proration, unit_on
from .rows import (
    Row,
    Tables,
    amount,
    children_of,
    half_up,
    money,
    number,
    rows_of,
    shown,
    text,
    versions_on,
)

DEFAULT_BANDS = "A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50"
MISSING = "missing"
NOT_APPLICABLE = "not_applicable"
SETTLED = "settled"


@dataclass
class Source:
    """What an item reads: not applicable, missing (with its code), or figures."""

    state: str = SETTLED
    code: str = ""
    rate: Fraction | None = None
    value: Fraction | None = None
    passed: bool = False


def scores_of_all(tables: Tables, month: Sequence[date], attained: list[Attained]) -> list[dict[str, object]]:
    """The score of everybody who has a scheme, sorted by person."""
    found = []
    for person in rows_of(tables, "staff"):
        scheme = scheme_of(tables, person, month)
        if scheme is not None:
            own = [one for one in attained if one.staff_no == text(person, "staff_no")]
            found.append(score(tables, person, scheme, month, own))
    return sorted(found, key=lambda one: str(one["staff_no"]))


def scheme_of(tables: Tables, person: Row, month: Sequence[date]) -> Row | None:
    """The version of the nearest unit upward, one for the person's position before one for all.

    Unit and position are those of the last day of the month on which the person is employed; a person
    without a scheme has no score.
    """
    day = last_employed_day(person, month)
    unit = unit_on(tables, person, day) if day else ""
    if day is None or not unit:
        return None
    position = position_on(tables, person, day)
    versions = versions_on(tables, "schemes", month[-1])
    for above in path_of(tables, unit):
        for wanted in dict.fromkeys([position, ""]):
            for code in sorted(versions):
                scheme = versions[code]
                if text(scheme, "unit") == above and text(scheme, "position") == wanted:
                    return scheme
    return None


def score(
    tables: Tables, person: Row, scheme: Row, month: Sequence[date], attained: list[Attained]
) -> dict[str, object]:
    """One person's score as the JSON object."""
    cap, threshold = amount(scheme, "cap", "1.20"), amount(scheme, "threshold", "0.60")
    items = children_of(tables, "schemes", "scheme_items", scheme)
    items.sort(key=lambda item: text(item, "code"))
    sources = [source_of(tables, person, scheme, item, month, attained, cap) for item in items]
    applicable = [
        amount(item, "weight", "0")
        for item, source in zip(items, sources, strict=True)
        if source.state != NOT_APPLICABLE
    ]
    # A not-applicable item is left out and the weights of the rest are scaled to 100, not rounded.
    scale = Fraction(100) / sum(applicable) if applicable else Fraction(0)
    printed, item_scores, missing = [], [], []
    for item, source in zip(items, sources, strict=True):
        points = None
        if source.state == SETTLED:
            points = half_up(item_score(item, source, amount(item, "weight", "0"), scale, cap, threshold), 2)
            item_scores.append(points)
        elif source.state == MISSING:
            missing.append(source.code)
        printed.append(
            {
                "code": text(item, "code"),
                # The weight printed is the scheme's own, not the scaled one.
                "weight": money(amount(item, "weight", "0")),
                "rate": shown(source.rate, 4),
                "score": money(points),
            }
        )
    bonus_points, deduction_points, veto = approved_points(tables, person, scheme, month)
    days = Days(tables)
    # The bonus is prorated by joined, left and leave only; a move between units changes nothing.
    service = [day for day in month if is_employed(person, day) and not is_away(tables, person, day)]
    part = half_up(proration(days, month, service), 4)
    result: dict[str, object] = {
        "staff_no": text(person, "staff_no"),
        "scheme": text(scheme, "code"),
        "items": printed,
        "bonus_points": money(bonus_points),
        "deduction_points": money(deduction_points),
        "veto": veto,
        "total": None,
        "grade": None,
        "coefficient": None,
        "proration": shown(part, 4),
        "bonus": None,
        "status": SETTLED,
        "missing": [],
    }
    if not applicable:
        # All items not applicable: no figure, and nothing is missing.
        return result | {"status": NOT_APPLICABLE}
    base = number(person, "bonus_base")
    if base is None:
        missing.append("bonus_base")
    result["missing"] = sorted(set(missing))
    result["status"] = MISSING if missing else SETTLED
    if len(item_scores) < len(applicable):
        # Any missing item: total, grade, coefficient and bonus are unknown, whatever else is known.
        return result
    total = sum(item_scores, Fraction(0)) + bonus_points - deduction_points
    total = max(Fraction(0), min(total, amount(scheme, "total_cap", "120")))
    grade, coefficient = grade_of(scheme, total)
    if veto:
        coefficient = Fraction(0)
    result |= {"total": money(total), "grade": grade, "coefficient": money(coefficient)}
    if base is not None:
        # Without a base total and grade are still given, the bonus is not.
        by_score = text(scheme, "pay_mode", "by_grade") == "by_score"
        factor = total / 100 if by_score and not veto else coefficient
        result["bonus"] = money(base * factor * part)
    return result


def source_of(
    tables: Tables,
    person: Row,
    scheme: Row,
    item: Row,
    month: Sequence[date],
    attained: list[Attained],
    cap: Fraction,
) -> Source:
    """Reads the source of an item."""
    kind, _colon, code = text(item, "source").partition(":")
    if kind == "quota":
        return quota_source(code, attained, cap)
    if kind == "metric":
        return metric_source(tables, person, item, code, month)
    for row in rows_of(tables, "ratings"):
        own = text(row, "staff_no") == text(person, "staff_no") and text(row, "month") == month_name(month)
        named = text(row, "scheme") == text(scheme, "code") and text(row, "item") == text(item, "code")
        given = number(row, "score")
        if own and named and given is not None:
            return Source(rate=given / 100, value=given)
    return Source(MISSING, f"rating:{text(item, 'code')}")


def quota_source(code: str, attained: list[Attained], cap: Fraction) -> Source:
    """A single rule gives its own rate, not capped; a group the group's, capped with the scheme's cap."""
    if code == "*":
        rate = group_rate(attained, cap)
    else:
        codes = [part.strip() for part in code.split("+")]
        # Somebody who moved may have the rule twice; what is not applicable is left out.
        chosen = [one for one in attained if text(one.rule, "code") in codes and one.rate is not None]
        single = len(codes) == 1 and len(chosen) == 1
        rate = chosen[0].rate if single else group_rate(chosen, cap)
    if rate is None:
        return Source(NOT_APPLICABLE)
    return Source(rate=rate, passed=rate >= 1)


def metric_source(tables: Tables, person: Row, item: Row, code: str, month: Sequence[date]) -> Source:
    """Less = max(0, 2 − value/target), range = max(0, 1 − |value − target|/target), more = value/target."""
    row = metric_row(tables, person, code, month)
    value = number(row, "value") if row else None
    target = number(row, "target") if row else None
    if value is None:
        return Source(MISSING, f"metric:{code}")
    method = text(item, "method")
    directions = {text(one, "code"): text(one, "direction", "more") for one in rows_of(tables, "metrics")}
    direction = directions[code]
    if target is None:
        # per_case counts the value itself and boolean asks for a value above 0: neither needs a target.
        if method not in ("per_case", "boolean"):
            return Source(MISSING, f"metric:{code}")
        return Source(value=value, passed=value > 0)
    if target == 0:
        return Source(value=value) if method == "per_case" else Source(NOT_APPLICABLE)
    if direction == "less":
        rate = max(Fraction(0), 2 - value / target)
    elif direction == "range":
        rate = max(Fraction(0), 1 - abs(value - target) / target)
    else:
        rate = value / target
    passed = value <= target if direction == "less" else value >= target
    return Source(rate=half_up(rate, 4), value=value, passed=passed)


def metric_row(tables: Tables, person: Row, code: str, month: Sequence[date]) -> Row | None:
    """The row of the person, else of the nearest unit upward."""
    day = last_employed_day(person, month)
    unit = unit_on(tables, person, day) if day else ""
    for subject in [text(person, "staff_no"), *path_of(tables, unit)]:
        for row in rows_of(tables, "metric_values"):
            named = text(row, "metric") == code and text(row, "subject") == subject
            if named and text(row, "month") == month_name(month):
                return row
    return None


def item_score(
    item: Row, source: Source, weight: Fraction, scale: Fraction, cap: Fraction, threshold: Fraction
) -> Fraction:
    """The points of one item, not yet rounded."""
    scaled = weight * scale
    method = text(item, "method", "linear")
    if text(item, "source").startswith("rating"):
        return scaled * (source.value or Fraction(0)) / 100
    if method == "per_case":
        return max(Fraction(0), scaled - (source.value or Fraction(0)) * amount(item, "params", "0"))
    if method == "boolean":
        return scaled if source.passed else Fraction(0)
    rate = source.rate or Fraction(0)
    if method == "step":
        bands = [band.split(":") for band in text(item, "params").split(",")]
        reached = [(Fraction(low), Fraction(points)) for low, points in bands if Fraction(low) <= rate]
        # The points of a step are scaled like the weight.
        return max(reached)[1] * scale if reached else Fraction(0)
    return Fraction(0) if rate < threshold else scaled * min(rate, cap)


def approved_points(
    tables: Tables, person: Row, scheme: Row, month: Sequence[date]
) -> tuple[Fraction, Fraction, bool]:
    """Bonus and deduction points up to their maxima, and whether a veto holds."""
    sums = {"bonus": Fraction(0), "deduction": Fraction(0)}
    veto = False
    for row in rows_of(tables, "score_points"):
        own = text(row, "staff_no") == text(person, "staff_no") and text(row, "month") == month_name(month)
        approver = text(row, "approved_by")
        # Proposed points count once somebody else approved; a row that names nobody was recorded as settled.
        proposer = text(row, "proposed_by")
        if not own or (proposer and approver in ("", proposer)):
            continue
        if text(row, "kind") == "veto":
            veto = True
        else:
            sums[text(row, "kind")] += amount(row, "points", "0")
    bonus = min(sums["bonus"], amount(scheme, "bonus_max", "10"))
    return bonus, min(sums["deduction"], amount(scheme, "deduct_max", "30")), veto


def grade_of(scheme: Row, total: Fraction) -> tuple[str, Fraction]:
    """The band with the highest lower end that the total reaches."""
    bands = [band.split(":") for band in text(scheme, "bands", DEFAULT_BANDS).split(",")]
    reached = [
        (Fraction(low), grade, Fraction(factor)) for grade, low, factor in bands if Fraction(low) <= total
    ]
    _low, grade, factor = max(reached)
    return grade, factor


def month_name(month: Sequence[date]) -> str:
    """`2018-11` of the days of the month."""
    return f"{month[0]:%Y-%m}"
