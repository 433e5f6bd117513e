"""How the people of a unit stand against their quotas in a month.  Rule: KQ-15, KQ-17.

As many people as one page shows are worked out from the log as it is now; for more of them the last
computation of the month serves to sort and to count, and only those on the page are worked out.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, Sum

from core.exceptions import NotVisible
from core.models import User
from core.money import fraction, round_rate
from core.months import Month
from core.workdays import WorkCalendar
from departments.models import Staff, Unit
from departments.permissions import reach_of
from departments.selectors import UnitTree, unit_tree, work_calendar
from kpi.calculations.month import assess
from kpi.calculations.rules import RuleVersion
from kpi.calculations.slots import MonthDays
from kpi.calculations.standing import (
    NOBODY,
    Cell,
    Shares,
    Standing,
    cell,
    places,
    shares_on,
    standing,
    worst,
)
from kpi.models import Attainment, QuotaRule
from kpi.selectors.facts import attainment_facts, rule_versions
from kpi.selectors.verification import UnitOption, as_tree, below

#: as many people are worked out at once
PAGE_SIZE = 25
#: a page of more people than that
PAGE_OF_MANY = 15
NAME, NUMBER, BEHIND = "name", "number", "behind"
Cells = dict[int, dict[str, Cell]]


@dataclass(frozen=True)
class TeamScope:
    """A unit with everything below it, as far as the person leads it, in a month.

    ``options``: the units to choose from; ``owing``: those of the chosen ones where a quota rule holds.
    """

    user: User
    options: list[UnitOption]
    unit: UnitOption
    root_id: int
    units: frozenset[int]
    month: Month
    today: date
    tree: UnitTree
    calendar: WorkCalendar

    @property
    def running(self) -> bool:
        return self.month == Month.of(self.today)

    @property
    def before(self) -> Month:
        return self.month.plus(-1)

    @property
    def after(self) -> Month | None:
        following = self.month.plus(1)
        return following if following.first <= self.today else None

    @property
    def last_day(self) -> date:
        """The last day of the month that has begun."""
        return min(self.month.last, self.today)

    @cached_property
    def month_days(self) -> MonthDays:
        return MonthDays.of(self.month, self.calendar)

    @cached_property
    def every_unit(self) -> frozenset[int]:
        """The units of the organisation."""
        return frozenset(unit for unit, root in self.tree.roots.items() if root == self.root_id)

    @property
    def whole(self) -> bool:
        """Whether the chosen units are those of the whole organisation."""
        return self.units >= self.every_unit

    @cached_property
    def rules(self) -> tuple[RuleVersion, ...]:
        """The quota rules of the organisation in the month: one query."""
        return rule_versions(self.every_unit, self.month)

    @cached_property
    def owing(self) -> frozenset[int]:
        ruled = {version.unit for version in self.rules}
        return frozenset(unit for unit in self.units if ruled.intersection(self.tree.path(unit)))


def team_scope(user: User, unit: str, month: Month, today: date) -> TeamScope:
    """What a leader looks at; ``unit`` "" is the first they lead, in their own organisation if they have one.

    Raises ``NotVisible`` for a unit they do not lead and for a month to come.
    """
    reach = reach_of(user)
    rows: Any = Unit.objects.without_tree_fields().visible_to(user)
    if not reach.everything:
        rows = rows.filter(pk__in=reach.units)
    own = Exists(Staff.objects.filter(pk=reach.staff_id or 0, root_id=OuterRef("root_id")))
    found = list(rows.values_list("pk", "code", "name", "parent_id", "root_id", own))
    roots = {row[0]: row[4] or row[0] for row in found}
    home = {row[0] for row in found if row[5]}
    options = as_tree(row[:4] for row in found)
    at_home = [one for one in options if one.pk in home] or options
    chosen = next((one for one in (options if unit else at_home) if not unit or one.code == unit), None)
    if chosen is None or month.first > today:
        raise NotVisible("team")
    return TeamScope(
        user=user,
        options=options,
        unit=chosen,
        root_id=roots[chosen.pk],
        units=below(options, chosen.code) or frozenset(),
        month=month,
        today=today,
        tree=unit_tree(month.last),
        calendar=work_calendar(),
    )


@dataclass(frozen=True)
class Member:
    """A person of the unit; ``unit`` is its name."""

    pk: int
    staff_no: str
    name: str
    unit: str


def team_people(scope: TeamScope, text: str = "") -> list[Member]:
    """Those employed on some day of the month in a unit with quota rules, by staff number: one query."""
    rows: Any = (
        Staff.objects.visible_to(scope.user)
        .filter(unit_id__in=scope.owing, joined__lte=scope.month.last)
        .filter(Q(left__isnull=True) | Q(left__gte=scope.month.first))
        .order_by("staff_no")
    )
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(staff_no__icontains=text))
    return [
        Member(pk, number, name, scope.tree.names[unit])
        for pk, number, name, unit in rows.values_list("pk", "staff_no", "name", "unit_id")
    ]


def live_cells(scope: TeamScope, people: Collection[int]) -> Cells:
    """The cells of some people from the log as it is now: seven queries."""
    if not people:
        return {}
    facts = attainment_facts(
        scope.root_id, scope.month, scope.tree, scope.calendar, people, rules=scope.rules
    )
    found: Cells = {}
    shares = Shares(scope.month_days, scope.last_day)
    for result in assess(facts):
        cells = found.setdefault(result.person.key, {})
        for one, service in zip(result.attainments, result.services, strict=True):
            if one.target is None or one.credited is None or one.rate is None:
                continue
            share = shares.of(one, service)
            cells[one.rule.code] = cell(one.rule.code, one.target, one.credited, one.rate, share)
    return found


def rule_shares(scope: TeamScope, day: date) -> dict[int, Fraction]:
    """The part of the month that had passed on ``day``, by rule."""
    return shares_on((version.rule for version in scope.rules), scope.month_days, day)


def stored_cells(people: Collection[int], month: Month, shares: Mapping[int, Fraction]) -> Cells:
    """The cells of some people as they were last computed: one query."""
    found: Cells = {}
    rows = Attainment.objects.filter(staff_id__in=people, month=month.first, applicable=True)
    for row in rows.select_related("rule").defer("steps").order_by("pk"):
        if row.target is None or row.credited is None or row.rate is None:
            continue
        share = shares.get(row.rule_id, Fraction(1))
        code = row.rule.code
        found.setdefault(row.staff_id, {})[code] = cell(code, row.target, row.credited, row.rate, share)
    return found


def stored_standings(scope: TeamScope, month: Month, shares: Mapping[int, Fraction]) -> dict[int, Standing]:
    """Everybody's standing as it was last computed, summed by the database: one query."""
    behind = Q(pk__isnull=True)
    for share in sorted(set(shares.values())):
        rules = [rule for rule, passed in shares.items() if passed == share]
        behind |= Q(rule_id__in=rules, rate__lt=min(round_rate(share), Decimal(1)))
    rows: Any = (
        Attainment.objects.visible_to(scope.user)
        .filter(root_id=scope.root_id, month=month.first, rate__isnull=False)
        .filter(staff__unit_id__in=scope.owing)
        .values_list("staff_id")
        .annotate(
            total=Sum("rate"),
            many=Count("pk"),
            reached=Count("pk", filter=Q(rate__gte=1)),
            behind=Count("pk", filter=behind),
        )
        .order_by()
    )
    return {staff: Standing(fraction(total), many, at, late) for staff, total, many, at, late in rows}


@dataclass(frozen=True)
class Standings:
    """Everybody's standing.  ``cells``: where everybody was worked out at once; ``as_of``: the day of the
    computation that serves instead; both empty when there is neither.
    """

    by_person: dict[int, Standing]
    cells: Cells | None = None
    as_of: date | None = None
    shares: Mapping[int, Fraction] | None = None

    @property
    def known(self) -> bool:
        return self.cells is not None or self.as_of is not None

    @property
    def behind(self) -> int:
        return sum(one.behind > 0 for one in self.by_person.values())

    @property
    def on_pace(self) -> int:
        return sum(not one.behind for one in self.by_person.values() if one.rules)


def team_standings(scope: TeamScope, people: Collection[Member], computed: date | None) -> Standings:
    """Live where everybody fits on a page, else as last computed (``computed``: on which day)."""
    live = scope.running or computed is None
    if live and len(people) <= PAGE_SIZE:
        return live_standings(scope, people)
    if computed is None:
        return Standings({})
    shares = rule_shares(scope, min(computed, scope.month.last) if scope.running else scope.month.last)
    return Standings(stored_standings(scope, scope.month, shares), None, computed, shares)


def live_standings(scope: TeamScope, people: Collection[Member]) -> Standings:
    """Everybody's standing from the log as it is now."""
    cells = live_cells(scope, [one.pk for one in people])
    return Standings({key: standing(row.values()) for key, row in cells.items()}, cells)


@dataclass(frozen=True)
class TeamLine:
    """A person of the page; ``cells``, with their rule's name, stand in the order of the board's rules."""

    person: Member
    cells: list[tuple[str, Cell | None]]
    standing: Standing

    @cached_property
    def worst(self) -> frozenset[str]:
        """The codes of the rules that need the person most."""
        return worst(row for _name, row in self.cells if row)

    @property
    def is_long(self) -> bool:
        """Whether showing the worst rules alone saves room: what opens the others takes the place of one."""
        return self.standing.rules > len(self.worst) + 1


@dataclass(frozen=True)
class TeamBoard:
    """``live``: the cells are worked out from the log as it is now."""

    people: int
    page: Page[Member]
    rules: list[tuple[str, str]]
    lines: list[TeamLine]
    standings: Standings
    live: bool


def team_board(
    scope: TeamScope, *, text: str, order: str, page: str, computed: date | None, whole: bool = False
) -> TeamBoard:
    """One page of people against the rules that hold for some of them.

    ``whole``: all pages, where the cells are stored; live ones are worked out for one page at a time.
    """
    everybody = team_people(scope)
    standings = team_standings(scope, everybody, computed)
    wanted = text.casefold()
    people = [one for one in everybody if wanted in one.name.casefold() or wanted in one.staff_no.casefold()]
    if order == BEHIND and standings.known:
        people.sort(key=lambda one: standings.by_person.get(one.pk, NOBODY).order)
    elif order == NAME:
        people.sort(key=lambda one: (one.name, one.staff_no))
    live = scope.running or computed is None
    size = PAGE_SIZE if len(people) <= PAGE_SIZE else min(PAGE_OF_MANY, PAGE_SIZE)
    if whole and not live:
        size = max(len(people), 1)
    shown = Paginator(people, size).get_page(page)
    keys = [one.pk for one in shown.object_list]
    cells = standings.cells
    if cells is None and live:
        cells = live_cells(scope, keys)
    elif cells is None:
        cells = stored_cells(keys, scope.month, standings.shares or {})
    rules = _rules(scope, {code for key in keys for code in cells.get(key, ())})
    return TeamBoard(
        people=len(everybody),
        page=shown,
        rules=rules,
        lines=[
            TeamLine(
                one,
                [(name, cells.get(one.pk, {}).get(code)) for code, name in rules],
                standing(cells.get(one.pk, {}).values()),
            )
            for one in shown.object_list
        ],
        standings=standings,
        live=live,
    )


def _rules(scope: TeamScope, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Code and name of the rules, in the order of the units and the table: one query."""
    rows = (
        QuotaRule.objects.filter(
            unit__root_id=scope.root_id, code__in=set(codes), valid_from__lte=scope.month.last
        )
        .order_by("unit__code", "pk")
        .values_list("code", "name")
    )
    return list(dict(rows).items())


@dataclass(frozen=True)
class RankLine:
    """``place``: equal means share one; ``before``: the mean of the month before, if it was computed."""

    place: int
    person: Member
    mean: Decimal
    reached: int
    rules: int
    before: Decimal | None


def team_ranking(
    scope: TeamScope, computed_on: Callable[[], date | None], text: str = ""
) -> tuple[list[RankLine], Standings]:
    """The people by their mean rate, best first; those without a rule are left out.

    ``computed_on``: the day of the month's last computation, asked only where it serves.  The places are
    those among everybody of the unit, also when ``text`` leaves only some of them.
    """
    everybody = {one.pk: one for one in team_people(scope)}
    few = len(everybody) <= PAGE_SIZE
    standings = (
        live_standings(scope, everybody.values())
        if scope.running and few
        else team_standings(scope, everybody.values(), computed_on())
    )
    last = stored_standings(scope, scope.before, {})
    wanted = text.casefold()
    lines = []
    for place, key in places({key: one for key, one in standings.by_person.items() if key in everybody}):
        person, own = everybody[key], standings.by_person[key]
        if wanted not in person.name.casefold() and wanted not in person.staff_no.casefold():
            continue
        before = last.get(key, NOBODY).mean
        lines.append(RankLine(place, person, own.mean or Decimal(0), own.reached, own.rules, before))
    return lines, standings
