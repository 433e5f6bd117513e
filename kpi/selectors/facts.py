"""The facts of a month, set-based: one query for each kind of fact, whatever the number of people."""

import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from sys import intern
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from core import registry
from core.months import Month
from core.workdays import WorkCalendar
from departments.models import Position, Staff
from departments.selectors import Person, UnitTree, people_of
from kpi.calculations.month import AssessmentFacts, PersonFacts, PlacedAssignment, SchemeVersion
from kpi.calculations.rules import Platform as PlatformFacts
from kpi.calculations.rules import QuotaRule as QuotaRuleFacts
from kpi.calculations.rules import RuleVersion
from kpi.calculations.schemes import Scheme, SchemeItem, parse_bands, parse_item
from kpi.calculations.scores import MetricValue as MetricFacts
from kpi.calculations.scores import Point
from kpi.calculations.slots import window
from kpi.calculations.subjects import Output
from kpi.models import (
    LogEntry,
    LogStatus,
    MetricValue,
    MonthPolicy,
    Platform,
    QuotaRule,
    Rating,
    ScorePoint,
)
from kpi.models import SchemeItem as SchemeItemRow

CHUNK = 20_000
#: the ids of the people wanted: one, several, or everybody
Only = int | Collection[int] | None


def _ids(only: Only) -> Collection[int] | None:
    return [only] if isinstance(only, int) else only


def successors() -> QuerySet[LogEntry]:
    """The rows that replace the row of the query around them; a rejected one replaces nothing."""
    # Said twice, so that the database knows how few rows replace another one.
    found = LogEntry.objects.filter(supersedes=OuterRef("pk"), supersedes__isnull=False)
    return found.exclude(status=LogStatus.REJECTED)


def counted_logs(root_id: int, first: date, last: date) -> QuerySet[LogEntry]:
    """The rows that count: not rejected, and not superseded by a row that is not rejected."""
    return LogEntry.objects.filter(
        ~Exists(successors()), root_id=root_id, date__range=(first, last), count__gt=0
    ).exclude(status=LogStatus.REJECTED)


class _Days(dict[Any, date]):
    """A day as the database's driver gives it → one ``date`` object for all rows; SQLite gives text."""

    def __missing__(self, given: Any) -> date:
        day = given if isinstance(given, date) else date.fromisoformat(given)
        self[given] = day
        return day


class _Itself(dict[str, str]):
    """Staff number → itself."""

    def __missing__(self, given: str) -> str:
        return given


def outputs_of(
    root_id: int, month: Month, platforms: Mapping[int, str], only: Only = None
) -> tuple[dict[str, list[Output]], dict[str, list[Output]]]:
    """Counted output by person, and by the person it names as partner: summed by the database, in one query.

    ``platforms``: id → code; ``only``: of these people only.  A large month has a million sums, so
    they are read without the ORM's work on each row, and equal values are one object.
    """
    rows = counted_logs(root_id, *window(month))
    wanted = _ids(only)
    if wanted is None:
        numbers: Mapping[Any, str] = dict(Staff.objects.order_by().values_list("pk", "staff_no"))
        author_of, partner_of = "staff_id", "partner_id"
    else:
        # Of a few people the database names them itself.
        rows = rows.filter(Q(staff__in=wanted) | Q(partner__in=wanted))
        numbers, author_of, partner_of = _Itself(), "staff__staff_no", "partner__staff_no"
    sums = (
        rows.values_list(author_of, "date", "activity", "platform_id", "handle", partner_of)
        .annotate(total=Sum("count"))
        .order_by()
    )
    own: dict[str, list[Output]] = defaultdict(list)
    named: dict[str, list[Output]] = defaultdict(list)
    days = _Days()
    # A few people's sums fit in memory; a cursor kept on the server costs more than they do.
    opened = connection.chunked_cursor() if wanted is None else connection.cursor()
    with opened as cursor, _without_collection():
        cursor.execute(*sums.query.sql_with_params())
        while batch := cursor.fetchmany(CHUNK):
            for staff, given, activity, platform, handle, partner, total in batch:
                author, day, code, count = numbers[staff], days[given], platforms[platform], int(total)
                activity, handle = intern(activity), intern(handle)
                if partner is None:
                    own[author].append((day, activity, code, handle, "", count))
                else:
                    other = numbers[partner]
                    own[author].append((day, activity, code, handle, other, count))
                    named[other].append((day, activity, code, handle, author, count))
    # The database gives groups in any order, and the frozen inputs of a month are compared byte for byte.
    for outputs in (*own.values(), *named.values()):
        outputs.sort()
    return own, named


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for garbage cycles: among a million new rows there is none, and each search looks at all."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def rule_versions(units: Collection[int], month: Month) -> tuple[RuleVersion, ...]:
    """The quota rules of the units of which some day of validity lies in the month."""
    return versions_of(rule_rows(units, month))


def rule_rows(units: Collection[int], month: Month) -> QuerySet[QuotaRule]:
    """The rows behind ``rule_versions``, in its order, with unit and document."""
    return (
        QuotaRule.objects.filter(unit_id__in=units, valid_from__lte=month.last)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=month.first))
        .select_related("document", "unit")
        .order_by("pk")
    )


def versions_of(rows: Iterable[Any]) -> tuple[RuleVersion, ...]:
    """What attainment is computed from, of some ``QuotaRule`` rows."""
    return tuple(quota_version(row, row.pk) for row in rows)


def quota_version(row: Any, key: int) -> RuleVersion:
    """A quota rule, stored or drafted, as the calculation takes it."""
    return RuleVersion(
        rule=QuotaRuleFacts(
            key=key,
            code=row.code,
            activities=frozenset(row.activities),
            platforms=frozenset(row.platforms),
            basis=row.basis,
            period=row.period,
            amount=row.amount,
            accounts_required=row.accounts_required,
            platforms_required=row.platforms_required,
            day_basis=row.day_basis,
            surplus=row.surplus,
            weight=row.weight,
        ),
        unit=row.unit_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        precedence=row.document.precedence if row.document else 0,
    )


def scheme_versions(units: set[int], month: Month) -> tuple[SchemeVersion, ...]:
    """The assessment schemes of the units begun by the month's end, with their items: one query.

    A version without items assesses nobody and is left out.
    """
    schemes: dict[int, Any] = {}
    items: dict[int, list[SchemeItem]] = defaultdict(list)
    for item in (
        SchemeItemRow.objects.filter(scheme__unit_id__in=units, scheme__valid_from__lte=month.last)
        .select_related("scheme__position")
        .order_by("scheme_id", "code")
    ):
        schemes[item.scheme_id] = item.scheme
        items[item.scheme_id].append(
            parse_item(item.code, item.weight, item.source, item.method, item.params)
        )
    return tuple(scheme_version(row, items[row.pk], row.pk) for row in schemes.values())


def scheme_version(row: Any, items: Iterable[SchemeItem], key: int) -> SchemeVersion:
    """An assessment scheme, stored or drafted, as the calculation takes it."""
    return SchemeVersion(
        key=key,
        scheme=Scheme(
            code=row.code,
            items=tuple(items),
            cap=row.cap,
            threshold=row.threshold,
            total_cap=row.total_cap,
            bonus_max=row.bonus_max,
            deduct_max=row.deduct_max,
            pay_mode=row.pay_mode,
            bands=tuple(sorted(parse_bands(row.bands), key=lambda band: -band.bound)),
        ),
        unit=row.unit_id,
        valid_from=row.valid_from,
        position=row.position.code if row.position else "",
    )


def person_facts(
    root_id: int, month: Month, only: Only = None, *, positions: bool = True
) -> tuple[PersonFacts, ...]:
    """Everybody employed on some day of the month, with assignments and leave: four queries.

    ``only``: of these people only; ``positions``: with what schemes are chosen by, a query more.
    """
    codes = dict(Position.objects.values_list("pk", "code")) if positions else {}
    return tuple(
        facts_of(person, codes) for person in people_of(root_id, month.first, month.last, _ids(only))
    )


def facts_of(person: Person, positions: Mapping[int, str]) -> PersonFacts:
    """One person as the calculation takes them; ``positions``: id → code."""
    return PersonFacts(
        key=person.pk,
        staff_no=person.staff_no,
        unit=person.unit_id,
        position=positions.get(person.position_id or 0, ""),
        joined=person.joined,
        left=person.left,
        bonus_base=person.bonus_base,
        assignments=tuple(
            PlacedAssignment(start, end, unit, positions.get(position or 0, ""))
            for unit, position, start, end in person.assignments
        ),
        leaves=person.leaves,
    )


def _metrics(root_id: int, month: Month) -> dict[str | int, dict[str, MetricFacts]]:
    """By staff number, or by the id of the unit they are about: one query."""
    found: dict[str | int, dict[str, MetricFacts]] = defaultdict(dict)
    rows: Any = MetricValue.objects.filter(root_id=root_id, month=month.first).values_list(
        "staff__staff_no", "unit_id", "metric__code", "metric__direction", "value", "target"
    )
    for staff_no, unit, metric, direction, value, target in rows:
        found[staff_no or unit][metric] = MetricFacts(direction, value, target)
    return dict(found)


def _ratings(root_id: int, month: Month) -> dict[str, dict[tuple[str, str], Decimal]]:
    found: dict[str, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    rows: Any = Rating.objects.filter(root_id=root_id, month=month.first, score__isnull=False).values_list(
        "staff__staff_no", "scheme_code", "item_code", "score"
    )
    for staff_no, scheme, item, given in rows:
        found[staff_no][scheme, item] = given
    return dict(found)


def _points(root_id: int, month: Month) -> dict[str, tuple[Point, ...]]:
    """Approved points; a row that names nobody was recorded as settled by the system."""
    found: dict[str, list[Point]] = defaultdict(list)
    rows: Any = (
        ScorePoint.objects.filter(root_id=root_id, month=month.first)
        .filter(~Q(approved_by="") | Q(proposed_by=""))
        .order_by("staff_id", "code")
        .values_list("staff__staff_no", "kind", "points")
    )
    for staff_no, kind, points in rows:
        found[staff_no].append(Point(kind, points))
    return {staff_no: tuple(points) for staff_no, points in found.items()}


def assessment_facts(
    root_id: int, month: Month, tree: UnitTree, calendar: WorkCalendar, only: Only = None
) -> AssessmentFacts:
    """Everything the month's attainment and scores are computed from, in a fixed number of queries.

    ``only``: of these people only, for a page that works their month out at once.
    """
    units = {unit for unit, root in tree.roots.items() if root == root_id}
    platforms = list(Platform.objects.order_by("code").values_list("pk", "code", "opened", "closed"))
    codes = {pk: code for pk, code, _opened, _closed in platforms}
    outputs, named_by = outputs_of(root_id, month, codes, only)
    return AssessmentFacts(
        month=month,
        calendar=calendar,
        paths={unit: tree.path(unit) for unit in sorted(units)},
        people=person_facts(root_id, month, only),
        platforms={code: PlatformFacts(code, opened, closed) for _pk, code, opened, closed in platforms},
        rules=rule_versions(units, month),
        outputs=outputs,
        named_by=named_by,
        schemes=scheme_versions(units, month),
        metrics=_metrics(root_id, month),
        ratings=_ratings(root_id, month),
        points=_points(root_id, month),
    )


def attainment_facts(
    root_id: int,
    month: Month,
    tree: UnitTree,
    calendar: WorkCalendar,
    only: Only,
    *,
    rules: tuple[RuleVersion, ...] | None = None,
    known: Collection[Platform] | None = None,
) -> AssessmentFacts:
    """What the attainment of some people is computed from, without what only a score needs: seven queries.

    ``rules`` and ``known`` (every platform): what the caller has read already, each a query less.
    """
    units = {unit for unit, root in tree.roots.items() if root == root_id}
    platforms = sorted(Platform.objects.all() if known is None else known, key=lambda row: row.code)
    outputs, named_by = outputs_of(root_id, month, {row.pk: row.code for row in platforms}, only)
    return AssessmentFacts(
        month=month,
        calendar=calendar,
        paths={unit: tree.path(unit) for unit in sorted(units)},
        people=person_facts(root_id, month, only, positions=False),
        platforms={row.code: PlatformFacts(row.code, row.opened, row.closed) for row in platforms},
        rules=rule_versions(units, month) if rules is None else rules,
        outputs=outputs,
        named_by=named_by,
    )


def month_policies(tree: UnitTree, units: Iterable[int], day: date) -> dict[int, MonthPolicy]:
    """The month settings that hold for each unit on a day: one query.

    Where no unit upward has any, an unsaved one with the defaults of the table's declaration.
    """
    latest: dict[int, MonthPolicy] = {}
    for row in MonthPolicy.objects.filter(valid_from__lte=day).order_by("valid_from"):
        latest[row.unit_id] = row
    declared = {
        column.field_name: column.default
        for column in registry.tables["month_policies"].columns
        if column.default is not None
    }
    found = {}
    for unit in units:
        set_by = next((above for above in tree.path(unit) if above in latest), None)
        found[unit] = (
            MonthPolicy(unit_id=unit, valid_from=day, **declared) if set_by is None else latest[set_by]
        )
    return found
