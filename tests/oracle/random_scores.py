"""Metrics, assessment schemes, ratings and points of a random deployment."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from .random_draw import ROOTS, Draw
from .rows import Row, text

METRICS = {"visits": "more", "late": "less", "stock": "range", "cases": "less", "tests": "more"}
STEPS = ("1.00:10,0.80:8,0.70:6,0.60:4,0:0", "1.10:20,0.90:15,0.50:5,0:0")


def add_metrics(draw: Draw) -> None:
    """Values of people and units; some missing, some without target or with target 0."""
    for code, direction in METRICS.items():
        draw.add("metrics", code=code, name=f"Metric {code}", unit_of_measure="n", direction=direction)
        subjects = [text(row, "staff_no") for row in draw.rows("staff")] + ["A", "B1"]
        for subject in subjects:
            if draw.chance(25):
                continue
            target = draw.one(["10", "20", "8", "30", "10", "20", "12.5", "0", ""])
            if code == "cases":
                # Points off a case: the target plays no part.
                target = "5"
            elif code == "tests" and target == "0":
                target = ""
            value = draw.one(["0", "3", "9", "10", "14", "20.5", "31"])
            draw.add(
                "metric_values", metric=code, subject=subject, month=draw.month, value=value, target=target
            )


def add_schemes(draw: Draw) -> None:
    """For all in a root, for a position, for a group; now and then in versions."""
    for root in ROOTS:
        add_scheme(draw, root, f"{root}S0", root, "")
        if draw.chance(60):
            add_scheme(draw, root, f"{root}S1", root + draw.one(["", "1", "2"]), f"{root}-W")
        if draw.chance(40):
            add_scheme(draw, root, f"{root}S2", root + draw.one(["1", "11", "12"]), "")
        if draw.chance(10):
            # A root without a scheme for all.
            for table, column in (("schemes", "code"), ("scheme_items", "scheme"), ("ratings", "scheme")):
                draw.tables[table] = [row for row in draw.rows(table) if row[column] != f"{root}S0"]


def add_scheme(draw: Draw, root: str, code: str, unit: str, position: str) -> None:
    """A scheme with one to three versions, its items and their ratings."""
    begins = [date(2016, 1, 1)]
    if draw.chance(30):
        begins.append(draw.first)
    if draw.chance(15):
        begins.append(date(draw.last.year + 1, 1, 1))
    rated: set[str] = set()
    for begin in begins:
        draw.add(
            "schemes",
            code=code,
            name=f"Scheme {code}",
            unit=unit,
            position=position,
            valid_from=begin,
            cap=draw.one(["", "", "1.00", "1.50"]),
            threshold=draw.one(["", "", "0.50", "0"]),
            total_cap=draw.one(["", "", "100"]),
            bonus_max=draw.one(["", "5"]),
            deduct_max=draw.one(["", "20"]),
            pay_mode=draw.one(["", "by_grade", "by_score"]),
            bands=draw.one(["", "", "S:95:1.50,A:85:1.20,B:70:1.00,C:0:0.60"]),
        )
        items = add_items(draw, root, code, begin)
        # Rated are the items of the version that holds at the month's end.
        rated = items if begin <= draw.last else rated
    for person in draw.rows("staff"):
        for item in sorted(rated):
            if text(person, "staff_no")[0] == root and draw.chance(90):
                draw.add(
                    "ratings",
                    month=draw.month,
                    staff_no=person["staff_no"],
                    scheme=code,
                    item=item,
                    self=draw.one(["", "100"]),
                    score=draw.one(["95", "80", "88.5", "60", "73", "100"]),
                )


def add_items(draw: Draw, root: str, scheme: str, begin: date) -> set[str]:
    """Items whose weights sum to 100; gives the codes of the rated ones."""
    rules = sorted({text(row, "code") for row in draw.rows("quota_rules") if text(row, "code")[0] == root})
    pair = "+".join(draw.some(rules, 2, 3))
    choices = [
        (f"quota:{draw.one(rules)}", "linear", ""),
        (f"quota:{draw.one(rules)}", "boolean", ""),
        (f"quota:{draw.one(rules)}", "step", draw.one(STEPS)),
        (f"quota:{pair}", "linear", ""),
        ("quota:*", draw.one(["linear", "linear", "step"]), STEPS[0]),
        ("metric:visits", "linear", ""),
        ("metric:visits", "step", draw.one(STEPS)),
        ("metric:late", draw.one(["linear", "boolean"]), ""),
        ("metric:stock", "linear", ""),
        ("metric:cases", "per_case", draw.one(["1", "2.5"])),
        ("metric:tests", "boolean", ""),
        ("rating", "manual", ""),
        ("rating", "manual", ""),
    ]
    chosen = draw.some(choices, 1, 4)
    if draw.chance(15):
        # Nothing but one quota: now and then not applicable as a whole.
        chosen = draw.some(choices[:3], 1, 1)
    weights = weights_of(draw, len(chosen))
    rated = set()
    for at, ((source, method, params), weight) in enumerate(zip(chosen, weights, strict=True), 1):
        item = f"i{at}"
        draw.add(
            "scheme_items",
            scheme=scheme,
            valid_from=begin,
            code=item,
            name=f"Item {at}",
            weight=weight,
            source=source,
            method=method,
            params=params if method in ("step", "per_case") else "",
        )
        if source == "rating":
            rated.add(item)
    return rated


def weights_of(draw: Draw, count: int) -> list[str]:
    """Weights with two decimals that sum to exactly 100.00."""
    cuts = sorted(draw.random.sample(range(500, 9500), count - 1)) if draw.chance(50) else []
    if len(cuts) < count - 1:
        cuts = [10000 * at // count // 500 * 500 for at in range(1, count)]
    ends = [0, *cuts, 10000]
    parts = [after - before for before, after in pairwise(ends)]
    return [f"{part // 100}.{part % 100:02d}" for part in parts]


def add_points(draw: Draw) -> None:
    """Bonus, deduction and veto; approved by another, by the proposer, or by nobody."""
    people = [text(row, "staff_no") for row in draw.rows("staff")]
    for person in draw.rows("staff"):
        for at in range(draw.one([0, 0, 1, 2, 3])):
            kind = draw.one(["bonus", "deduction", "bonus", "deduction", "bonus", "deduction", "veto"])
            add_point(draw, person, f"p{at}", kind, people)


def add_point(draw: Draw, person: Row, code: str, kind: str, people: list[str]) -> None:
    """One row; a veto only for somebody with a base, so that its bonus is 0 and not unknown."""
    own = text(person, "staff_no")
    others = [one for one in people if one != own and one[0] == own[0]]
    if len(others) < 2 or (kind == "veto" and not text(person, "bonus_base")):
        return
    proposer, approver = draw.random.sample(others, 2)
    fate = draw.between(1, 10)
    draw.add(
        "score_points",
        month=draw.month,
        staff_no=own,
        code=code,
        kind=kind,
        points="" if kind == "veto" else draw.one(["1", "3", "4.5", "8", "15"]),
        reason="reason",
        evidence="evidence",
        proposed_by="" if fate == 2 else proposer,
        approved_by="" if fate <= 2 else approver,
    )
