"""A score and its bonus as a tree: total ← items ← attainment ← targets and subjects; ratings, points, grade.

Pure: every figure is a stored one.  Rule: calculation.md §1 and §2 (KQ-22 … KQ-25).
"""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.money import fraction, round_rate
from core.months import Month
from core.templatetags.ui import money, number, percent, rate
from kpi.calculations.schemes import parse_bands
from kpi.models import PointState, QuotaRule, Score, ScorePoint
from opscenter.dashboards import wording
from opscenter.dashboards.explain_people import (
    SubjectLine,
    bonus_formula,
    rule_words,
    target_formula,
    total_formula,
)
from opscenter.explain.selectors_score import ItemBasis, RuleBasis, ScoreBasis
from opscenter.explain.tree import Clause, Node

DOT = " · "


def score_node(basis: ScoreBasis, month: Month) -> Node:
    """The total of the month: what its items and points add up to."""
    score = basis.score
    lacks = wording.lacks(score.missing, basis.lacking)
    return Node(
        name="score",
        label=_("Score of the month"),
        figure=money(score.total),
        formula=total_formula(score, [one.line for one in basis.items]),
        note=_("not settled: %(lacks)s") % {"lacks": "; ".join(lacks)} if lacks else "",
        tone="warn" if lacks else "",
        clause=_scheme_clause(basis),
        children=(
            *(_item_node(one, basis, month) for one in basis.items),
            _points_node(basis),
            _grade_node(score),
        ),
    )


def bonus_node(basis: ScoreBasis, month: Month) -> Node:
    """base × coefficient × proration, with the score at its foot."""
    score = basis.score
    return Node(
        name="bonus",
        label=_("Bonus of the month"),
        figure=money(score.bonus),
        formula=bonus_formula(score),
        clause=_scheme_clause(basis),
        children=(
            Node(label=_("Bonus base"), figure=money(score.bonus_base), note=_("from the staff record")),
            _proration_node(score),
            score_node(basis, month),
        ),
    )


def _scheme_clause(basis: ScoreBasis) -> Clause:
    scheme = basis.score.scheme
    return Clause(
        title=pgettext("between titles", " · ").join((scheme.name, *basis.documents)),
        text=_("version of %(day)s") % {"day": scheme.valid_from.isoformat()},
        url=reverse("rules:show", args=["schemes", scheme.code]),
    )


def _proration_node(score: Score) -> Node:
    return Node(
        label=_("Working days in service"),
        figure=rate(score.proration),
        note=_("in service on all working days of the month")
        if score.proration == 1
        else _("share of the month's working days between joining and leaving, without leave that reduces"),
    )


def _item_node(one: ItemBasis, basis: ScoreBasis, month: Month) -> Node:
    line, item = one.line, one.item
    notes = [line.source, line.remark]
    if one.rating is not None and one.rating.rated_by is not None:
        notes.append(_("rated by %(name)s") % {"name": one.rating.rated_by.name})
    children = [rule_node(rule, basis.staff.staff_no, month, rows=True) for rule in one.rules]
    return Node(
        label=line.name,
        figure=money(line.score),
        formula=f"{line.method}{DOT}{line.formula}" if line.method else line.formula,
        note=DOT.join(text for text in notes if text),
        tone="" if line.applicable and line.score is not None else "warn",
        clause=Clause(
            line.clause,
            basis.score.scheme.name,
            _("weight %(weight)s") % {"weight": number(item.weight, 2)},
            reverse("rules:show", args=["schemes", basis.score.scheme.code]),
        )
        if item
        else None,
        children=(*_group_node(one), *children),
    )


def _group_node(one: ItemBasis) -> list[Node]:
    """How the rates of several rules become the one of the item: Σ weight × min(rate, cap) ÷ Σ weight."""
    rows = [rule.row for rule in one.rules if rule.row.rate is not None]
    if len(rows) < 2 or one.line.rate is None:
        return []
    terms = " + ".join(f"{number(row.rule.weight)} × {percent(row.rate)}" for row in rows)
    weights = sum((row.rule.weight for row in rows), Decimal(0))
    return [
        Node(
            label=_("Rate of all rules together"),
            figure=percent(one.line.rate),
            formula=f"({terms}) ÷ {number(weights)} = {percent(one.line.rate)}",
            note=_("each rate counts up to the cap of the scheme"),
        )
    ]


def rule_node(basis: RuleBasis, staff_no: str, month: Month, *, rows: bool) -> Node:
    """The attainment of one rule.  ``rows``: with a link to its log rows."""
    row, rule = basis.row, basis.row.rule
    words = rule_words(rule)
    where = reverse("explain:rule", args=[month, staff_no, rule.code]) if rows else ""
    clause = rule_clause(rule, words)
    if not row.applicable:
        reason = wording.named(wording.RULE_REASONS, row.steps.get("reason", ""))
        return Node(
            label=rule.name, figure=_("not applicable"), note=reason, clause=clause, url=where, tone="warn"
        )
    return Node(
        name=f"rule-{rule.code}",
        label=rule.name,
        figure=percent(row.rate),
        formula=_rate_formula(basis),
        note=f"{pgettext('between names', ', ').join(basis.activities)}{DOT}"
        f"{pgettext('between names', ', ').join(basis.platforms)}",
        clause=clause,
        url=where,
        children=(
            Node(label=_("Target"), figure=number(row.target), formula=target_formula(row), note=words),
            Node(
                label=_("Credited"),
                figure=number(row.credited),
                note=_("of each slot at most the amount counts")
                if rule.surplus == "none"
                else _("what is over in one slot counts in another of the month"),
                children=tuple(_subject_node(one) for one in basis.subjects),
            ),
        ),
    )


def rule_clause(rule: QuotaRule, words: str) -> Clause:
    """The rule's own clause and the document it is in."""
    title = str(rule.document) if rule.document else rule.unit.name
    return Clause(
        rule.clause,
        title,
        words,
        reverse("rules:show", args=["quota_rules", f"{rule.unit.code}:{rule.code}"]),
    )


def _rate_formula(basis: RuleBasis) -> str:
    """credited ÷ target; once the target is reached, what was logged ÷ target."""
    row = basis.row
    if row.credited is not None and row.target is not None and row.credited >= row.target:
        return _("target reached: logged %(raw)s ÷ %(target)s = %(rate)s") % {
            "raw": number(row.raw),
            "target": number(row.target),
            "rate": rate(row.rate),
        }
    return _("credited %(credited)s ÷ %(target)s = %(rate)s") % {
        "credited": number(row.credited),
        "target": number(row.target),
        "rate": rate(row.rate),
    }


def _subject_node(line: SubjectLine) -> Node:
    return Node(
        label=line.name,
        figure=number(line.credited),
        note=line.note or _("logged %(raw)s") % {"raw": number(line.raw)},
    )


# --- points and grade ----------------------------------------------------------------------------------
def _points_node(basis: ScoreBasis) -> Node:
    score = basis.score
    counted = score.bonus_points - score.deduction_points
    formula = f"+ {money(score.bonus_points)} − {money(score.deduction_points)}"
    caps = _("bonus points at most %(bonus)s, points off at most %(off)s") % {
        "bonus": number(score.scheme.bonus_max, 2),
        "off": number(score.scheme.deduct_max, 2),
    }
    return Node(
        label=_("Points"),
        figure=money(counted),
        formula=formula if basis.points else "",
        note=caps if basis.points else pgettext("points", "none"),
        children=tuple(_point_node(point) for point in basis.points),
    )


def _point_node(point: ScorePoint) -> Node:
    approved = point.state == PointState.APPROVED
    notes = [point.evidence]
    if point.approved_by:
        notes.append(_("approved by %(name)s") % {"name": point.approved_by})
    if not approved:
        notes.append(_("%(state)s, does not count") % {"state": point.get_state_display()})
    sign = "+" if point.kind == "bonus" else "−"
    return Node(
        label=point.reason,
        figure=f"{sign}{number(point.points, 2)}" if point.kind != "veto" else str(point.get_kind_display()),
        note=DOT.join(text for text in notes if text),
        tone="" if approved and point.kind == "bonus" else "bad" if approved else "warn",
    )


def _grade_node(score: Score) -> Node:
    """The band that the total falls into, among all bands of the scheme."""
    bands = sorted(parse_bands(score.scheme.bands), key=lambda band: -band.bound)
    total = score.total
    return Node(
        label=_("Grade"),
        figure=score.grade or "—",
        formula=_("%(total)s → %(grade)s, coefficient %(factor)s")
        % {"total": money(total), "grade": score.grade or "—", "factor": number(score.coefficient, 2)}
        if total is not None
        else "",
        note=_("a veto takes the whole bonus") if score.veto else "",
        tone="bad" if score.veto else "",
        children=tuple(
            Node(
                label=f"{band.grade} ≥ {number(band.bound)}",
                figure=number(round_rate(fraction(band.coefficient)), 2),
                note=_("this one") if band.grade == score.grade else "",
                tone="good" if band.grade == score.grade else "",
            )
            for band in bands
        ),
    )
