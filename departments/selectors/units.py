"""One unit and one person, with everything that belongs to their pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.exceptions import NotVisible
from core.models import User
from departments.models import Assignment, Duty, Grant, Position, Staff, Unit, UnitPlacement
from departments.permissions import reach_of
from departments.selectors.facts import UnitTree, unit_tree

#: how many people of a unit its page names; the list of people has them all
MOST_NAMED = 100


def employed(people: "QuerySet[Staff]", day: date) -> "QuerySet[Staff]":
    return people.filter(joined__lte=day).filter(Q(left__isnull=True) | Q(left__gte=day))


def _in_unit(unit_ids: Any, day: date) -> Q:
    """Those who work in one of the units on a day: by their assignment, else by their own unit."""
    placed = Assignment.objects.filter(start__lte=day).filter(Q(end__isnull=True) | Q(end__gte=day))
    here = placed.filter(unit_id__in=unit_ids).values("staff_id")
    return Q(pk__in=here) | Q(unit_id__in=unit_ids, assignments__isnull=True)


@dataclass(frozen=True)
class UnitPage:
    """``reports_to`` is set where the unit reports elsewhere than to its parent; ``seen``: the ids of those
    whose page shows more than name, unit and position."""

    unit: Unit
    path: list[tuple[str, str]]
    reports_to: Unit | None
    history: list[UnitPlacement]
    positions: list[Position]
    duties: list[Duty]
    people: list[Staff]
    people_count: int
    total: int
    seen: frozenset[int]
    below: list[Unit]


def unit_page(user: User, code: str, today: date) -> UnitPage:
    """A unit's page: a fixed number of queries.  Raises ``NotVisible``.  Rule: YJ-03 … YJ-06."""
    unit: Any = (
        Unit.objects.without_tree_fields()
        .visible_to(user)
        .select_related("parent", "reports_to", "head", "root")
        .filter(code=code)
        .first()
    )
    if unit is None:
        raise NotVisible("unit")
    tree = unit_tree(today)
    known: Any = Staff.objects.known_to(user)
    here: Any = employed(known.filter(_in_unit([unit.pk], today)), today)
    people = list(here.select_related("position").order_by("staff_no").distinct()[: MOST_NAMED + 1])
    count = len(people) if len(people) <= MOST_NAMED else here.distinct().count()
    ids = [person.pk for person in people]
    return UnitPage(
        unit=unit,
        path=[(tree.codes[pk], tree.names[pk]) for pk in reversed(tree.path(unit.pk)[1:])],
        reports_to=unit.reports_to if unit.reports_to_id not in (None, unit.parent_id) else None,
        history=list(
            UnitPlacement.objects.filter(unit=unit)
            .select_related("parent", "reports_to")
            .order_by("valid_from")
        ),
        positions=list(
            Position.objects.filter(unit=unit)
            .annotate(
                held=Count("holders", filter=Q(holders__left__isnull=True) | Q(holders__left__gte=today))
            )
            .order_by("code")
        ),
        duties=list(Duty.objects.filter(unit=unit).select_related("position").order_by("number")),
        people=people[:MOST_NAMED],
        people_count=count,
        total=employed(known.filter(_in_unit(tree.subtree(unit.pk), today)), today).distinct().count(),
        seen=frozenset(Staff.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)),
        below=list(
            Unit.objects.without_tree_fields().filter(parent=unit).select_related("head").order_by("code")
        ),
    )


@dataclass(frozen=True)
class PersonPage:
    """``full``: whether the reader sees more than name, unit and position.  Nothing here is about money."""

    staff: Staff
    full: bool
    phone: str
    path: list[tuple[str, str]]
    duties: list[Duty]
    assignments: list[Assignment]
    grants: list[Grant]


def person_page(user: User, staff_no: str, today: date) -> PersonPage:
    """A person's page.  Raises ``NotVisible`` for somebody outside the reader's organisations.

    The phone number is whole for the person and for personnel, masked for those responsible.  Rule: YJ-06.
    """
    staff: Any = (
        Staff.objects.known_to(user)
        .select_related("unit", "position__unit", "user", "root")
        .filter(staff_no=staff_no)
        .first()
    )
    if staff is None:
        raise NotVisible("person")
    reach = reach_of(user)
    full = reach.everything or staff.pk == reach.staff_id or staff.unit_id in reach.units
    tree: UnitTree = unit_tree(today)
    whole = staff.pk == reach.staff_id or reach.allows("roles.grant", staff.unit_id)
    return PersonPage(
        staff=staff,
        full=full,
        phone="" if not full else staff.phone if whole else masked(staff.phone),
        path=[(tree.codes[pk], tree.names[pk]) for pk in reversed(tree.path(staff.unit_id))],
        duties=list(
            Duty.objects.filter(unit_id=staff.unit_id)
            .filter(Q(position__isnull=True) | Q(position_id=staff.position_id))
            .order_by("number")
        ),
        assignments=list(
            Assignment.objects.filter(staff=staff).select_related("unit", "position").order_by("-start")
        )
        if full
        else [],
        grants=list(Grant.objects.filter(staff=staff).select_related("unit").order_by("role", "unit__code"))
        if full
        else [],
    )


def masked(phone: str) -> str:
    """A number that its owner recognises: 138****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


def people_list(user: User, today: date) -> "QuerySet[Any]":
    """Everybody of the reader's organisations who is employed today, for name, unit and position."""
    rows: QuerySet[Any] = employed(Staff.objects.known_to(user), today)
    return rows.select_related("unit", "position")
