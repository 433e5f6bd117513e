"""Reads of ratings: who is to be rated by whom until when, and one person's sheet with a preview."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from core.exceptions import NotVisible
from core.months import Month
from departments.models import Period, PeriodState, Position, Staff, Unit
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from departments.selectors import UnitTree, people_of, unit_tree, work_calendar
from kpi.calculations.month import (
    PersonScore,
    SchemeBook,
    SchemeVersion,
    assess,
    place,
)
from kpi.calculations.ratings import DueDays, State, rating_state
from kpi.calculations.scores import ItemScore
from kpi.models import Rating, SchemeItem
from kpi.selectors.facts import assessment_facts, facts_of, month_policies, scheme_versions

if TYPE_CHECKING:
    from core.models import User

# The month's states from which on somebody has looked at every figure.
REVIEWED = frozenset(set(PeriodState) - {PeriodState.OPEN, PeriodState.COMPUTED})


@dataclass(frozen=True, slots=True)
class RatingTask:
    """One person to be rated in a month, and how far it is."""

    staff_id: int
    staff_no: str
    name: str
    unit_id: int
    unit: str
    month: Month
    version: SchemeVersion
    items: tuple[str, ...]
    self_rated: int
    rated: int
    due: DueDays
    state: State
    own: bool
    late: bool

    @property
    def open_items(self) -> int:
        return len(self.items) - self.rated


def rated_items(version: SchemeVersion) -> tuple[str, ...]:
    """The codes of the items that a manager rates."""
    return tuple(item.code for item in version.scheme.items if item.is_rated)


def own_root(user: "User") -> int:
    """The id of the organisation whose people one rates: the only one, one's own, else the first one.

    Raises ``NotVisible`` for those of no organisation.
    """
    reach = reach_of(user)
    if len(reach.roots) == 1:
        return next(iter(reach.roots))
    roots: Any = Unit.objects.without_tree_fields().visible_to(user).filter(pk=F("root"))
    own = roots.filter(pk__in=Staff.objects.filter(user=user).values("root_id"))
    found: int | None = (
        (own if reach.staff_id else roots).order_by("code").values_list("pk", flat=True).first()
    )
    if found is None:
        raise NotVisible("unit")
    return found


def rating_tasks(user: "User", root_id: int, month: Month) -> list[RatingTask]:
    """Everybody whom the person may rate in the month, and themselves, by unit and number.

    Bounded: seven queries, however many people.
    """
    reach = reach_of(user)
    tree = unit_tree(month.last)
    rates = reach.units_for("rating.enter")
    people = [
        person
        for person in people_of(root_id, month.first, month.last, leave=False)
        if reach.everything or person.unit_id in rates or person.pk == reach.staff_id
    ]
    if not people:
        return []
    versions = scheme_versions(_units(tree, root_id), month)
    schemes = SchemeBook(versions, month)
    by_position = any(version.position for version in versions)
    positions = dict(Position.objects.values_list("pk", "code")) if by_position else {}
    items: dict[int, tuple[str, ...]] = {}
    held, end = [], month.last
    for person in people:
        last = min(end, person.left) if person.left else end
        unit, position = _place(person, positions, last)
        version = schemes.of(tree.path(unit), position) if unit is not None else None
        if unit is None or version is None:
            continue
        if version.key not in items:
            items[version.key] = rated_items(version)
        if items[version.key]:
            held.append((person, unit, version))
    policies = month_policies(tree, {unit for _person, unit, _version in held}, month.last)
    sheets = _Sheets(
        month=month,
        items=items,
        due={unit: DueDays.of(month, one.self_due, one.manager_due) for unit, one in policies.items()},
        given=_given(root_id, month),
        reviewed=Period.objects.filter(root_id=root_id, month=month.first, state__in=REVIEWED).exists(),
        today=timezone.localdate(),
        names=tree.names,
        own_id=reach.staff_id,
    )
    return [sheets.task(person, unit, version) for person, unit, version in held]


def _units(tree: UnitTree, root_id: int) -> set[int]:
    return {unit for unit, root in tree.roots.items() if root == root_id}


def _place(person: Any, positions: Mapping[int, str], day: date) -> tuple[int | None, str]:
    """Where a person works on a day: the id of the unit and the code of the position."""
    if not person.assignments:
        return person.unit_id, positions.get(person.position_id or 0, "")
    return place(facts_of(person, positions), day)


def _given(root_id: int, month: Month) -> dict[int, dict[tuple[str, str], tuple[Any, Any]]]:
    """Person → (scheme, item) → own rating and rating: one query."""
    found: dict[int, dict[tuple[str, str], tuple[Any, Any]]] = defaultdict(dict)
    rows = Rating.objects.filter(root_id=root_id, month=month.first).values_list(
        "staff_id", "scheme_code", "item_code", "self_score", "score"
    )
    for staff, scheme, item, own, score in rows:
        found[staff][scheme, item] = own, score
    return found


@dataclass(frozen=True)
class _Sheets:
    """What the tasks of a month have in common, by version, unit and person."""

    month: Month
    items: Mapping[int, tuple[str, ...]]
    due: Mapping[int, DueDays]
    given: Mapping[int, Mapping[tuple[str, str], tuple[Any, Any]]]
    reviewed: bool
    today: date
    names: Mapping[int, str]
    own_id: int | None

    def task(self, person: Any, unit: int, version: SchemeVersion) -> RatingTask:
        items, due = self.items[version.key], self.due[unit]
        given, self_rated, rated = self.given.get(person.pk), 0, 0
        if given:
            for item in items:
                own, score = given.get((version.scheme.code, item), (None, None))
                self_rated += own is not None
                rated += score is not None
        return RatingTask(
            staff_id=person.pk,
            staff_no=person.staff_no,
            name=person.name,
            unit_id=unit,
            unit=self.names[unit],
            month=self.month,
            version=version,
            items=items,
            self_rated=self_rated,
            rated=rated,
            due=due,
            state=rating_state(len(items), self_rated, rated, reviewed=self.reviewed),
            own=person.pk == self.own_id,
            late=rated < len(items) and self.today > due.rating,
        )


# --- one person's sheet ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemLine:
    """An item of the scheme: rated ones with what was given, computed ones with their figure."""

    row: SchemeItem
    rated: bool
    rating: Rating | None
    found: ItemScore | None


@dataclass(frozen=True)
class RatingSheet:
    """A person's month under their scheme as it stands now, computed from the facts, not stored."""

    staff: Staff
    month: Month
    version: SchemeVersion
    lines: tuple[ItemLine, ...]
    due: DueDays
    state: State
    frozen: bool
    score: PersonScore
    facts: Any

    @property
    def rated_lines(self) -> list[ItemLine]:
        return [line for line in self.lines if line.rated]

    @property
    def computed_lines(self) -> list[ItemLine]:
        return [line for line in self.lines if not line.rated]

    @property
    def self_complete(self) -> bool:
        return all(line.rating and line.rating.self_score is not None for line in self.rated_lines)

    def with_ratings(self, scores: Mapping[str, Decimal]) -> "RatingSheet":
        """The sheet as it would be with these ratings; nothing is saved."""
        code = self.version.scheme.code
        given = {**self.facts.ratings.get(self.staff.staff_no, {})}
        given |= {(code, item): score for item, score in scores.items()}
        facts = replace(self.facts, ratings={**self.facts.ratings, self.staff.staff_no: given})
        score = _score(facts)
        found = {item.code: item for item in score.score.items}
        lines = tuple(replace(line, found=found.get(line.row.code)) for line in self.lines)
        return replace(self, score=score, lines=lines, facts=facts)


def _score(facts: Any) -> PersonScore:
    """The score of the one person of the facts.  Raises ``NotVisible`` when no scheme holds for them."""
    for result in assess(facts):
        if result.score is not None:
            return result.score
    raise NotVisible("scheme")


def rating_sheet(staff: Staff, month: Month) -> RatingSheet:
    """A person's sheet.  Raises ``NotVisible`` when nothing of the person is rated in the month."""
    tree = unit_tree(month.last)
    facts = assessment_facts(staff.root_id, month, tree, work_calendar(), only=staff.pk)
    score = _score(facts)
    version = score.scheme
    codes = rated_items(version)
    if not codes:
        raise NotVisible("nothing_rated")
    ratings = {
        row.item_code: row
        for row in Rating.objects.filter(
            staff=staff, month=month.first, scheme_code=version.scheme.code
        ).select_related("rated_by")
    }
    found = {item.code: item for item in score.score.items}
    lines = tuple(
        ItemLine(row, row.code in codes, ratings.get(row.code), found.get(row.code))
        for row in SchemeItem.objects.filter(scheme=version.key)
    )
    state = Period.objects.filter(root=staff.root_id, month=month.first).values_list("state", flat=True)
    now = state.first() or PeriodState.OPEN
    policy = month_policies(tree, [score.unit], month.last)[score.unit]
    given = [rating for code, rating in ratings.items() if code in codes]
    return RatingSheet(
        staff=staff,
        month=month,
        version=version,
        lines=lines,
        due=DueDays.of(month, policy.self_due, policy.manager_due),
        state=rating_state(
            len(codes),
            sum(row.self_score is not None for row in given),
            sum(row.score is not None for row in given),
            reviewed=now in REVIEWED,
        ),
        frozen=now in FROZEN,
        score=score,
        facts=facts,
    )


def person_to_rate(user: "User", staff_no: str) -> Staff:
    """Somebody the person may rate.  Raises ``NotVisible`` for everybody else, themselves included."""
    staff: Staff | None = (
        Staff.objects.visible_to(user)
        .select_related("unit", "position", "user")
        .filter(staff_no=staff_no)
        .first()
    )
    reach = reach_of(user)
    if staff is None or staff.pk == reach.staff_id or not reach.allows("rating.enter", staff.unit_id):
        raise NotVisible("person")
    return staff


def own_staff(user: "User") -> Staff:
    """The person behind a log-in.  Raises ``NotVisible`` for log-ins of nobody."""
    staff = Staff.objects.select_related("unit", "position").filter(user=user).first()
    if staff is None:
        raise NotVisible("nobody")
    return staff


def people_to_propose(user: "User") -> Any:
    """Those for whom the person may propose points: who they rate, never themselves."""
    reach = reach_of(user)
    rows = (
        Staff.objects.visible_to(user).filter(left__isnull=True).select_related("unit").order_by("staff_no")
    )
    if reach.everything:
        return rows
    return rows.filter(unit_id__in=reach.units_for("rating.enter")).exclude(pk=reach.staff_id)
