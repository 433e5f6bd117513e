"""A month's scores under other quotas and scheme settings, person by person; nothing is stored.

The same calculation as the month's own (``assess``) on facts in which some numbers are replaced.
Rule: KQ-22, YJ-14, calculation.md §1 and §2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from incentives.calculations.what_if import Moved
from kpi.calculations.month import AssessmentFacts, PersonResult, SchemeVersion, assess
from kpi.calculations.rules import RuleVersion
from kpi.calculations.schemes import Band


@dataclass(frozen=True, slots=True)
class AssessmentChange:
    """Other numbers of a scheme's version; ``None`` leaves them.  ``weights``: item → points out of 100."""

    cap: Decimal | None = None
    threshold: Decimal | None = None
    bands: tuple[Band, ...] | None = None
    weights: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoreChanges:
    """What is tried: ``amounts`` by the key of a rule's version, ``schemes`` by that of a scheme's."""

    amounts: Mapping[int, Decimal] = field(default_factory=dict)
    schemes: Mapping[int, AssessmentChange] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A person's score before and after; ``missing``: why there is none after the changes."""

    staff_no: str
    unit: int
    total: Moved
    grade_before: str
    grade_after: str
    bonus: Moved
    missing: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return self.total.differs or self.bonus.differs or self.grade_before != self.grade_after


def changed(facts: AssessmentFacts, changes: ScoreChanges) -> AssessmentFacts:
    """The facts with the numbers replaced."""
    return replace(
        facts,
        rules=tuple(_rule(one, changes.amounts) for one in facts.rules),
        schemes=tuple(_scheme(one, changes.schemes.get(one.key)) for one in facts.schemes),
    )


def _rule(version: RuleVersion, amounts: Mapping[int, Decimal]) -> RuleVersion:
    amount = amounts.get(version.rule.key)
    return version if amount is None else replace(version, rule=replace(version.rule, amount=amount))


def _scheme(version: SchemeVersion, change: AssessmentChange | None) -> SchemeVersion:
    if change is None:
        return version
    scheme = version.scheme
    return replace(
        version,
        scheme=replace(
            scheme,
            cap=scheme.cap if change.cap is None else change.cap,
            threshold=scheme.threshold if change.threshold is None else change.threshold,
            bands=scheme.bands if change.bands is None else change.bands,
            items=tuple(
                replace(item, weight=change.weights.get(item.code, item.weight)) for item in scheme.items
            ),
        ),
    )


def score_trial(facts: AssessmentFacts, changes: ScoreChanges) -> tuple[ScoreLine, ...]:
    """Everybody's score as it is and as it would be."""
    return score_lines(assess(facts), assess(changed(facts, changes)))


def score_lines(before: Iterable[PersonResult], after: Iterable[PersonResult]) -> tuple[ScoreLine, ...]:
    """Two assessments of the same people, those with a score in either, by staff number."""
    old = {one.person.staff_no: one for one in before}
    new = {one.person.staff_no: one for one in after}
    lines = []
    for who in sorted({*old, *new}):
        was, now = old.get(who), new.get(who)
        left, right = (one.score.score if one and one.score else None for one in (was, now))
        person = now or was
        if person is None or (left is None and right is None):
            continue
        lines.append(
            ScoreLine(
                staff_no=who,
                unit=person.person.unit if person.unit is None else person.unit,
                total=Moved(left.total if left else None, right.total if right else None),
                grade_before=(left.grade or "") if left else "",
                grade_after=(right.grade or "") if right else "",
                bonus=Moved(left.bonus if left else None, right.bonus if right else None),
                missing=right.missing if right else (),
            )
        )
    return tuple(lines)
