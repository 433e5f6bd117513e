"""Units, documents, people, moves, leaves and the calendar of a random deployment."""

from __future__ import annotations

from datetime import timedelta

from .random_draw import ROOTS, SUFFIXES, Draw

KINDS = {0: "company", 1: "department", 2: "group"}
POSITIONS = ("W", "E")


def add_units(draw: Draw) -> None:
    """Two roots of three levels, positions in every unit, a document or two a root."""
    for root in ROOTS:
        for suffix in SUFFIXES:
            code = root + suffix
            parent = code[:-1] if suffix else ""
            draw.add("units", code=code, name=f"Unit {code}", kind=KINDS[len(suffix)], parent=parent)
            for position in POSITIONS:
                draw.add("positions", unit=code, code=f"{root}-{position}", name=f"Position {position}")
        for number, precedence in (("1", ""), ("2", draw.one(["", "5"])), ("3", "9")):
            draw.add(
                "documents",
                number=f"{root}-D{number}",
                version="1",
                title=f"Document {root}{number}",
                unit=root,
                effective_from="2015-01-01",
                precedence=precedence,
            )
    if draw.chance(50):
        for day in draw.random.sample(draw.days, 2):
            draw.add("calendar", date=day, kind=draw.one(["workday", "weekend", "holiday"]), note="override")
    # Three weeks before: acts on baselines.
    if draw.chance(30):
        draw.add("calendar", date=draw.first - timedelta(days=14), kind="holiday")


def add_people(draw: Draw) -> None:
    """Five to twelve people; the first of each root serves the whole month."""
    for at in range(draw.between(5, 12)):
        root = "A" if at == 0 or (at > 1 and draw.chance(65)) else "B"
        kinds = ["full", "full", "joiner", "leaver", "mover", "mover", "gone", "future", "away", "rest"]
        kind = "full" if at < 2 else draw.one(kinds)
        add_person(draw, f"{root}P{at:02d}", root, kind)


def add_person(draw: Draw, staff_no: str, root: str, kind: str) -> None:
    """One person of a kind."""
    joined = draw.first - timedelta(days=draw.between(200, 900))
    left = None
    if kind == "joiner":
        joined = draw.one([draw.day(), draw.last, draw.first])
    elif kind == "leaver":
        left = draw.one([draw.day(), draw.first])
    elif kind == "gone":
        left = draw.first - timedelta(days=draw.between(1, 40))
    elif kind == "future":
        joined = draw.last + timedelta(days=draw.between(1, 10))
    unit = root + draw.one(SUFFIXES)
    position = draw.one([f"{root}-W", f"{root}-E", ""])
    draw.add(
        "staff",
        staff_no=staff_no,
        name=f"Person {staff_no}",
        unit=unit,
        position=position,
        role="staff",
        joined=joined,
        left=left,
        bonus_base=draw.one(["", "1000", "2000", "3333.33", "1500", "2750.5"]),
    )
    if kind == "mover":
        add_moves(draw, staff_no, root, unit, position or f"{root}-E", joined)
    if kind == "away":
        draw.add(
            "leaves",
            staff_no=staff_no,
            start=draw.first - timedelta(days=draw.between(0, 5)),
            end=draw.last + timedelta(days=draw.between(0, 5)),
            kind="maternity",
        )
    elif kind == "rest" or draw.chance(25):
        start = draw.day(before=3)
        draw.add(
            "leaves",
            staff_no=staff_no,
            start=start,
            end=start + timedelta(days=draw.between(0, 9)),
            kind="annual",
            reduces_target=draw.one(["", "yes", "no"]),
        )


def add_moves(draw: Draw, staff_no: str, root: str, unit: str, position: str, joined: object) -> None:
    """A move in the month to the person's unit, now and then with days in no unit between, or at the end."""
    moved = draw.first + timedelta(days=draw.between(3, 24))
    gap = draw.one([0, 0, 0, 3])
    before = root + draw.one(SUFFIXES)
    draw.add(
        "assignments",
        staff_no=staff_no,
        unit=before,
        position=draw.one([f"{root}-W", f"{root}-E"]),
        start=joined,
        end=moved - timedelta(days=1 + gap),
    )
    end = draw.last - timedelta(days=2) if draw.chance(10) else None
    draw.add("assignments", staff_no=staff_no, unit=unit, position=position, start=moved, end=end)
