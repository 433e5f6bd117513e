"""One person's month: every rule with its slots, the score item by item, the payouts explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.exceptions import NotVisible
from core.money import ZERO
from departments.models import Staff
from incentives.models import FindingRule, Payout
from kpi.models import Attainment, Rating, SchemeItem, Score, ScorePoint
from opscenter.dashboards import wording
from opscenter.dashboards.explain import RoleLine, role_line
from opscenter.dashboards.explain_people import (
    ItemLine,
    SubjectLine,
    bonus_formula,
    explain_item,
    explain_subjects,
    rule_words,
    target_formula,
    total_formula,
)
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.money import payees
from opscenter.dashboards.selectors.names import activity_names, lacking_names, platform_names, staff_names
from opscenter.dashboards.selectors.people import rate_tone


@dataclass(frozen=True)
class RuleLine:
    """A quota rule in a person's month, in words and slot by slot."""

    row: Attainment
    tone: str
    words: str
    target: str
    reason: str
    activities: list[str]
    platforms: list[str]
    subjects: list[SubjectLine]
    others: list[str]


@dataclass(frozen=True)
class PayoutLine:
    """A payout and, for a part of a pool, the role's line it comes from."""

    row: Payout
    role: RoleLine | None
    days: int


@dataclass(frozen=True)
class PersonDetail:
    staff: Staff
    rules: list[RuleLine]
    score: Score | None
    items: list[ItemLine]
    points: list[ScorePoint]
    total: str
    bonus: str
    lacks: list[str]
    payouts: list[PayoutLine]
    shows_amounts: bool
    nominal: Decimal
    amount: Decimal


def visible_staff(scope: MonthScope, staff_no: str) -> Staff:
    """A person the reader may see.  Raises ``NotVisible``."""
    staff: Staff | None = (
        Staff.objects.visible_to(scope.user)
        .select_related("unit", "position")
        .filter(staff_no=staff_no, root=scope.root)
        .first()
    )
    if staff is None:
        raise NotVisible("person")
    return staff


def person_detail(scope: MonthScope, staff_no: str) -> PersonDetail:
    """A person's month.  Raises ``NotVisible`` for somebody unknown or out of reach."""
    staff = visible_staff(scope, staff_no)
    score = scope.of_people(Score.objects).filter(staff=staff).select_related("scheme").first()
    shows = scope.reads_amount_of(staff)
    payouts = list(payees(staff, scope))
    items = _items(scope, staff, score)
    names = lacking_names(score.missing) if score else {}
    return PersonDetail(
        staff=staff,
        rules=_rules(scope, staff),
        score=score,
        items=items,
        points=list(
            ScorePoint.objects.visible_to(scope.user)
            .filter(staff=staff, month=scope.month.first)
            .order_by("kind", "code")
        ),
        total=total_formula(score, items) if score else "",
        bonus=bonus_formula(score) if score and shows else "",
        lacks=wording.lacks(score.missing, names) if score else [],
        payouts=_payouts(payouts),
        shows_amounts=shows,
        nominal=sum((row.nominal for row in payouts), ZERO),
        amount=sum((row.amount for row in payouts), ZERO),
    )


def _rules(scope: MonthScope, staff: Staff) -> list[RuleLine]:
    return rule_lines(
        list(
            scope.of_people(Attainment.objects)
            .filter(staff=staff)
            .select_related("rule__document", "rule__unit")
            .order_by("rule__unit__code", "rule__pk")
        )
    )


def rule_lines(rows: Sequence[Attainment]) -> list[RuleLine]:
    """Attainment in words and slot by slot: three queries."""
    platforms = platform_names(code for row in rows for code in row.rule.platforms)
    activities = activity_names(code for row in rows for code in row.rule.activities)
    colleagues = staff_names(pair["partner"] for row in rows for pair in row.steps.get("pairs", ()))
    return [
        RuleLine(
            row=row,
            tone=rate_tone(row.rate),
            words=rule_words(row.rule),
            target=target_formula(row),
            reason=wording.named(wording.RULE_REASONS, row.steps.get("reason", "")),
            activities=[activities.get(code, code) for code in row.rule.activities],
            platforms=[platforms.get(code, code) for code in row.rule.platforms],
            subjects=explain_subjects(row, platforms, colleagues),
            others=[_place(code, platforms) for code in row.steps.get("others", ())],
        )
        for row in rows
    ]


def _place(code: str, platforms: dict[str, str]) -> str:
    platform, _slash, handle = code.partition("/")
    name = platforms.get(platform, platform)
    return f"{name}/{handle}" if handle else name


def _items(scope: MonthScope, staff: Staff, score: Score | None) -> list[ItemLine]:
    if score is None:
        return []
    items = {item.code: item for item in SchemeItem.objects.filter(scheme=score.scheme_id)}
    ratings = {
        row.item_code: row
        for row in Rating.objects.visible_to(scope.user).filter(
            staff=staff, month=scope.month.first, scheme_code=score.scheme.code
        )
    }
    return [
        explain_item(step, items.get(step["code"]), score.scheme, ratings.get(step["code"]))
        for step in score.items
    ]


def _payouts(rows: list[Payout]) -> list[PayoutLine]:
    pools = [row for row in rows if row.share is not None]
    schemes = {row.share.pool.scheme_id for row in pools if row.share}
    rules: dict[int, dict[str, FindingRule]] = {}
    for rule in FindingRule.objects.filter(scheme__in=schemes) if schemes else ():
        rules.setdefault(rule.scheme_id, {})[rule.code] = rule
    lines = []
    for row in rows:
        role: RoleLine | None = None
        days = 0
        if row.share is not None:
            steps: dict[str, Any] = row.share.steps
            pool = row.share.pool
            role = role_line(steps, row.share.role, rules.get(pool.scheme_id, {}), {}, pool.shortfall)
            days = sum(int(holder["days"]) for holder in steps["holders"])
        lines.append(PayoutLine(row, role, days))
    return lines
