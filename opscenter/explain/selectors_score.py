"""What a score is explained from: its items, the attainment behind them, ratings, points and the scheme."""

from dataclasses import dataclass

from core.exceptions import NotVisible
from departments.models import Staff
from kpi.calculations.schemes import parse_source
from kpi.models import Attainment, Rating, SchemeItem, Score, ScorePoint
from opscenter.dashboards.explain_people import ItemLine, SubjectLine, explain_item, explain_subjects
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import (
    activity_names,
    lacking_names,
    platform_names,
    staff_names,
)
from opscenter.explain.selectors import documents_of


@dataclass(frozen=True)
class RuleBasis:
    """A person's month under one quota rule, with names for its codes."""

    row: Attainment
    activities: list[str]
    platforms: list[str]
    subjects: list[SubjectLine]


@dataclass(frozen=True)
class ItemBasis:
    """An item of the score.  ``rules``: the attainment it is computed from, if it is a quota item."""

    line: ItemLine
    item: SchemeItem | None
    rating: Rating | None
    rules: list[RuleBasis]


@dataclass(frozen=True)
class ScoreBasis:
    """``shows_bonus``: whether the reader may know the amount."""

    staff: Staff
    score: Score
    items: list[ItemBasis]
    points: list[ScorePoint]
    lacking: dict[str, str]
    documents: tuple[str, ...]
    shows_bonus: bool


def score_basis(scope: MonthScope, staff: Staff) -> ScoreBasis | None:
    """The person's score of the month, or ``None``: at most eleven queries."""
    score = scope.of_people(Score.objects).filter(staff=staff).select_related("scheme__unit", "unit").first()
    if score is None:
        return None
    rows = list(SchemeItem.objects.filter(scheme=score.scheme_id))
    items = {item.code: item for item in rows}
    ratings = {
        row.item_code: row
        for row in Rating.objects.visible_to(scope.user)
        .filter(staff=staff, month=scope.month.first, scheme_code=score.scheme.code)
        .select_related("rated_by")
    }
    rules = rules_of(scope, staff)
    return ScoreBasis(
        staff=staff,
        score=score,
        items=[
            ItemBasis(
                explain_item(step, items.get(step["code"]), score.scheme, ratings.get(step["code"])),
                items.get(step["code"]),
                ratings.get(step["code"]),
                _behind(items.get(step["code"]), rules),
            )
            for step in score.items
        ],
        points=list(
            ScorePoint.objects.visible_to(scope.user)
            .filter(staff=staff, month=scope.month.first)
            .order_by("kind", "code")
        ),
        lacking=lacking_names(score.missing),
        documents=documents_of(scope, score.scheme.unit_id),
        shows_bonus=scope.reads_amount_of(staff),
    )


def rules_of(scope: MonthScope, staff: Staff, code: str = "") -> list[RuleBasis]:
    """The person's attainment, of all rules or of one: four queries."""
    rows = (
        scope.of_people(Attainment.objects)
        .filter(staff=staff)
        .select_related("rule__document", "rule__unit")
        .order_by("rule__unit__code", "rule__pk")
    )
    found = list(rows.filter(rule__code=code) if code else rows)
    platforms = platform_names(name for row in found for name in row.rule.platforms)
    activities = activity_names(name for row in found for name in row.rule.activities)
    colleagues = staff_names(pair["partner"] for row in found for pair in row.steps.get("pairs", ()))
    return [
        RuleBasis(
            row,
            [activities.get(name, name) for name in row.rule.activities],
            [platforms.get(name, name) for name in row.rule.platforms],
            explain_subjects(row, platforms, colleagues),
        )
        for row in found
    ]


def rule_basis(scope: MonthScope, staff: Staff, code: str) -> RuleBasis:
    """The person's month under one rule.  Raises ``NotVisible``."""
    found = rules_of(scope, staff, code)
    if not found:
        raise NotVisible("rule")
    return found[-1]


def _behind(item: SchemeItem | None, rules: list[RuleBasis]) -> list[RuleBasis]:
    """The attainment that a quota item is computed from; ``*`` is every rule that holds."""
    if item is None:
        return []
    source = parse_source(item.source)
    if source.kind != "quota":
        return []
    return [one for one in rules if "*" in source.codes or one.row.rule.code in source.codes]
