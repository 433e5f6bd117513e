"""Which rule a manuscript follows, and who may screen it, vote on it and publish it.  Rule: HT-23, HT-24."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from departments.models import Staff
from departments.permissions import reach_of
from departments.selectors import unit_tree
from incentives.calculations.manuscripts import PassRule, count_characters, fits
from incentives.models import AuthorKind, Manuscript, ManuscriptRule, OutsideLength, PoolScheme, RoleHolder

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True)
class Terms:
    """The rule of one kind of author.  Without a row: any length, no screening role, every role votes."""

    kind: str
    minimum: int | None = None
    maximum: int | None = None
    refuses: bool = False
    criteria: str = ""
    screening: str = ""
    voters: tuple[str, ...] = ()
    pass_rule: PassRule = "holders"  # noqa: S105 - a rule, no password

    @property
    def has_range(self) -> bool:
        return self.minimum is not None or self.maximum is not None

    @property
    def label(self) -> str:
        return str(AuthorKind(self.kind).label)

    def fits(self, text: str) -> bool:
        return fits(count_characters(text), self.minimum, self.maximum)


def terms_by_kind(scheme_code: str, day: date) -> dict[str, Terms]:
    """The rule of every kind of author that holds on the day: one query."""
    found = {str(kind): Terms(str(kind)) for kind in AuthorKind.values}
    rules = ManuscriptRule.objects.filter(scheme_code=scheme_code, valid_from__lte=day)
    for row in rules.order_by("valid_from"):
        pass_rule: Any = row.pass_rule
        found[row.author_kind] = Terms(
            row.author_kind,
            row.min_characters,
            row.max_characters,
            row.outside == OutsideLength.REFUSE,
            row.criteria,
            row.screening,
            tuple(row.voters),
            pass_rule,
        )
    return found


def terms_of(manuscript: Manuscript) -> Terms:
    """The rule that holds today; a manuscript is judged by the rule of the day on which it is looked at."""
    return terms_by_kind(manuscript.scheme_code, timezone.localdate())[manuscript.author_kind]


def scheme_names(codes: set[str]) -> dict[str, str]:
    """Scheme code → its name in the latest version: one query."""
    rows = PoolScheme.objects.filter(code__in=codes).order_by("valid_from")
    return dict(rows.values_list("code", "name"))


def latest_version(scheme_code: str, day: date) -> PoolScheme | None:
    """The version of a scheme that holds on the day, else its first one."""
    rows = PoolScheme.objects.filter(code=scheme_code).select_related("unit", "root").order_by("valid_from")
    return rows.filter(valid_from__lte=day).last() or rows.first()


def scheme_for(staff: Staff, day: date) -> PoolScheme | None:
    """The scheme whose funds pay what the person writes: the nearest one upward from the unit, else the only
    one of the organisation.
    """
    begun = PoolScheme.objects.filter(root_id=staff.root_id, valid_from__lte=day).select_related("root")
    versions = {one.code: one for one in begun.order_by("valid_from")}
    by_unit = {one.unit_id: one for one in versions.values()}
    tree = unit_tree(day)
    for unit in tree.path(staff.unit_id) if staff.unit_id in tree.roots else ():
        if unit in by_unit:
            return by_unit[unit]
    return next(iter(versions.values())) if len(versions) == 1 else None


def holders(scheme_code: str, roles: Iterable[str] | None, day: date) -> list[Staff]:
    """Who holds one of the roles (``None``: any role of the scheme) on the day, each once."""
    held = RoleHolder.objects.filter(
        Q(end__isnull=True) | Q(end__gte=day), scheme_code=scheme_code, start__lte=day
    )
    if roles is not None:
        held = held.filter(role__in=list(roles))
    return list(Staff.objects.filter(pk__in=held.values("staff_id")).order_by("staff_no"))


def is_own(user: "User", manuscript: Manuscript) -> bool:
    """Whether the person wrote or handed in the manuscript."""
    submission = getattr(manuscript, "submission", None)
    if submission is not None and submission.submitted_by_id == user.pk:
        return True
    return manuscript.staff is not None and manuscript.staff.user_id == user.pk


@dataclass(frozen=True)
class Route:
    """Who may do what with one manuscript.  ``stand_in``: whether nobody but the author holds the screening
    role, so that whoever answers for the scheme screens.
    """

    terms: Terms
    screeners: list[Staff] = field(default_factory=list)
    voters: list[Staff] = field(default_factory=list)
    unit_id: int | None = None

    @property
    def stand_in(self) -> bool:
        return not self.screeners

    def may_screen(self, user: "User") -> bool:
        if any(person.user_id == user.pk for person in self.screeners):
            return True
        return self.stand_in and self._may(user, "manuscript.screen")

    def may_publish(self, user: "User") -> bool:
        if any(person.user_id == user.pk for person in (*self.screeners, *self.voters)):
            return True
        return self._may(user, "manuscript.accept")

    def may_close(self, user: "User") -> bool:
        return self._may(user, "manuscript.accept")

    def _may(self, user: "User", act: str) -> bool:
        reach = reach_of(user)
        return reach.everything or (self.unit_id is not None and reach.allows(act, self.unit_id))


def route_of(manuscript: Manuscript, day: date) -> Route:
    """The route of a manuscript on a day: five queries.  The author is nobody's screener and no voter."""
    terms = terms_by_kind(manuscript.scheme_code, day)[manuscript.author_kind]
    version = latest_version(manuscript.scheme_code, day)
    roles = terms.voters or None
    return Route(
        terms,
        [
            person
            for person in (holders(manuscript.scheme_code, [terms.screening], day) if terms.screening else [])
            if person.pk != manuscript.staff_id
        ],
        [
            person
            for person in holders(manuscript.scheme_code, roles, day)
            if person.pk != manuscript.staff_id
        ],
        version.unit_id if version else None,
    )
