"""Writes of MEASURE: the results of a month."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models

from core.months import Month
from kpi.calculations.month import PersonResult
from kpi.models import Attainment, Score

BATCH = 5000


def clear_results(model: type[models.Model], root_id: int, month: Month) -> None:
    """Remove a month's result rows with one DELETE: Django's own would read them first, row by row."""
    rows = model._default_manager.filter(root_id=root_id, month=month.first)
    rows._raw_delete(rows.db)


def assessment_record(root_id: int, month: Month, people: Iterable[PersonResult]) -> Iterator[PersonResult]:
    """Write the results while they pass by, in batches, so that a large month needs little memory."""
    clear_results(Score, root_id, month)
    clear_results(Attainment, root_id, month)
    attainments: list[Attainment] = []
    scores: list[Score] = []
    for person in people:
        attainments += _attainments(root_id, month, person)
        if person.score is not None:
            scores.append(_score(root_id, month, person))
        if len(attainments) >= BATCH:
            Attainment.objects.bulk_create(attainments, batch_size=BATCH)
            attainments = []
        yield person
    Attainment.objects.bulk_create(attainments, batch_size=BATCH)
    Score.objects.bulk_create(scores, batch_size=BATCH)


def _attainments(root_id: int, month: Month, person: PersonResult) -> list[Attainment]:
    return [
        Attainment(
            root_id=root_id,
            month=month.first,
            staff_id=person.person.key,
            rule_id=found.rule.key,
            applicable=found.applicable,
            target=found.target,
            credited=found.credited,
            raw=found.raw,
            rate=found.rate,
            steps=found.steps if found.applicable else {"reason": found.reason},
        )
        for found in person.attainments
    ]


def _score(root_id: int, month: Month, person: PersonResult) -> Score:
    given = person.score
    assert given is not None
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
    return Score(
        root_id=root_id,
        month=month.first,
        staff_id=person.person.key,
        unit_id=given.unit,
        scheme_id=given.scheme.key,
        items=items,
        bonus_points=found.bonus_points,
        deduction_points=found.deduction_points,
        veto=found.veto,
        total=found.total,
        grade=found.grade,
        coefficient=found.coefficient,
        proration=found.proration or 0,
        bonus_base=given.bonus_base,
        bonus=found.bonus,
        status=found.status,
        missing=list(found.missing),
    )
