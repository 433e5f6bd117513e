"""Writes of MEASURE: the results of a month."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db import models

from core.bulk import insert_rows
from core.money import smallest_units
from core.months import Month
from kpi.calculations.month import PersonResult
from kpi.models import Attainment, Score

BATCH = 5000
ATTAINMENT = (
    "root", "month", "staff", "rule", "applicable", "target", "credited", "raw", "rate", "steps",
)  # fmt: skip
SCORE = (
    "root", "month", "staff", "unit", "scheme", "items", "bonus_points", "deduction_points", "veto", "total",
    "grade", "coefficient", "proration", "bonus_base", "bonus", "status", "missing",
)  # fmt: skip


def clear_results(model: type[models.Model], root_id: int, month: Month) -> None:
    """Remove a month's result rows with one DELETE: Django's own would read them first, row by row."""
    rows = model._default_manager.filter(root_id=root_id, month=month.first)
    rows._raw_delete(rows.db)


def assessment_record(root_id: int, month: Month, people: Iterable[PersonResult]) -> Iterator[PersonResult]:
    """Write the results while they pass by, in batches, so that a large month needs little memory."""
    clear_results(Score, root_id, month)
    clear_results(Attainment, root_id, month)
    head = (root_id, month.first.isoformat())
    attainments: list[tuple[Any, ...]] = []
    scores: list[tuple[Any, ...]] = []
    for person in people:
        attainments += _attainments(head, person)
        if person.score is not None:
            scores.append(_score(head, person))
        if len(attainments) >= BATCH:
            insert_rows(Attainment, ATTAINMENT, attainments)
            attainments = []
        if len(scores) >= BATCH:
            insert_rows(Score, SCORE, scores)
            scores = []
        yield person
    insert_rows(Attainment, ATTAINMENT, attainments)
    insert_rows(Score, SCORE, scores)


def _attainments(head: tuple[int, str], person: PersonResult) -> list[tuple[Any, ...]]:
    return [
        (
            *head,
            person.person.key,
            found.rule.key,
            found.applicable,
            _stored(found.target, 4),
            _stored(found.credited, 4),
            _stored(found.raw, 4),
            _stored(found.rate, 4),
            _json(found.steps if found.applicable else {"reason": found.reason}),
        )
        for found in person.attainments
    ]


def _score(head: tuple[int, str], person: PersonResult) -> tuple[Any, ...]:
    given = person.score
    if given is None:
        raise ValueError("a person without a scheme has no score")
    found = given.score
    items: list[dict[str, Any]] = [
        {
            "code": item.code,
            "weight": str(item.weight),
            "rate": None if item.rate is None else str(item.rate),
            "score": None if item.score is None else str(item.score),
            "applicable": item.applicable,
            "missing": item.missing,
            "steps": item.steps,
        }
        for item in found.items
    ]
    return (
        *head,
        person.person.key,
        given.unit,
        given.scheme.key,
        _json(items),
        _stored(found.bonus_points, 2),
        _stored(found.deduction_points, 2),
        found.veto,
        _stored(found.total, 2),
        found.grade,
        _stored(found.coefficient, 2),
        _stored(found.proration, 4) or 0,
        _stored(given.bonus_base, 2),
        _stored(found.bonus, 2),
        found.status,
        _json(found.missing),
    )


def _stored(value: Decimal | None, places: int) -> int | None:
    """The integer that a column of so many decimals holds.  Raises ``ValueError`` for more decimals."""
    if value is None:
        return None
    units = smallest_units(value, places)
    if units is None:
        raise ValueError(f"{value} has more than {places} decimals")
    return units


# Made once: json.dumps makes an encoder for each call that is not the default.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
