"""Which days and sources of a month are missing.  Rule: KQ-14.

A source says for each day what was to come and what of it has not.  Only days that are over are asked for,
and only what the reader may see.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import COUNTED_STATES, Article, ArticleReading, Campaign, ProductDay, Store, StoreDay
from core.money import ratio, round_rate
from core.months import Month, days
from core.workdays import WorkCalendar
from departments.models import Position
from departments.selectors import Person, UnitTree, people_of, work_calendar
from incentives.models import PoolScheme
from kpi.calculations.month import SchemeBook, SchemeVersion
from kpi.models import LogEntry, MetricValue, QuotaRule, Rating
from kpi.selectors import month_policies, scheme_versions
from opscenter.dashboards.scope import MonthScope

EVERY_STORE = "*"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: in words, and as the cells of the table that would hold it."""

    day: date
    name: str
    row: dict[str, Any]


@dataclass
class Source:
    """One kind of data of a month.  ``expected``: how many were to come, by day; a source of the month as a
    whole has one day, on which it is due.
    """

    code: str
    title: str | Promise
    what: str | Promise
    expected: Counter[date] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    due: date | None = None

    @cached_property
    def missing(self) -> Counter[date]:
        return Counter(gap.day for gap in self.gaps)

    @property
    def total(self) -> int:
        return sum(self.expected.values())

    @property
    def missing_total(self) -> int:
        return len(self.gaps)

    @property
    def share(self) -> Any:
        """The share that has come; ``None`` where nothing was to come."""
        exact = ratio(self.total - self.missing_total, self.total)
        return None if exact is None else round_rate(exact)

    def gaps_of(self, day: date | None) -> list[Gap]:
        return [gap for gap in self.gaps if day is None or gap.day == day]


TITLES: dict[str, tuple[str | Promise, str | Promise]] = {
    "store_days": (_("Store days"), _("each store, each day it is open")),
    "product_days": (_("Product days"), _("each single product of a campaign, in its stores")),
    "article_readings": (_("Readers of articles"), _("on the day on which they count")),
    "logs": (_("Daily logs"), _("each person with a quota, each working day")),
    "ratings": (_("Ratings"), _("each item that a manager rates")),
    "metric_values": (_("Metric values"), _("each metric that a scheme asks for")),
}
BY_DAY = ("store_days", "product_days", "article_readings", "logs")


def source(code: str) -> Source:
    title, what = TITLES[code]
    return Source(code, title, what)


@dataclass
class MonthData:
    """What several sources need, read once.  ``units``: those that are asked about; ``over``: the days."""

    root_id: int
    units: frozenset[int]
    tree: UnitTree
    month: Month
    over: list[date]

    @classmethod
    def of_scope(cls, scope: MonthScope, today: date) -> "MonthData":
        """The chosen units as far as the reader is responsible for them, and the days that are over."""
        units = scope.units if scope.reach.everything else scope.units & scope.reach.units
        last = min(scope.month.last, today - ONE_DAY)
        return cls(scope.root.pk, units, scope.tree, scope.month, list(days(scope.month.first, last)))

    @cached_property
    def calendar(self) -> WorkCalendar:
        return work_calendar()

    @cached_property
    def stores(self) -> list[Any]:
        """The stores of the whole organisation; campaigns may reach over units."""
        return list(Store.objects.filter(root_id=self.root_id).order_by("code"))

    @cached_property
    def people(self) -> list[Person]:
        return people_of(self.root_id, self.month.first, self.month.last)


def is_open(store: Any, day: date) -> bool:
    return (store.opened is None or store.opened <= day) and (store.closed is None or day <= store.closed)


def completeness(scope: MonthScope, only: str = "") -> list[Source]:
    """The sources of the month, or only one.  A bounded number of queries, whatever the number of rows."""
    data = MonthData.of_scope(scope, timezone.localdate())
    readers = {
        "store_days": _store_days,
        "product_days": _product_days,
        "article_readings": _article_readings,
        "logs": daily_logs,
    }
    found = [read(data) for code, read in readers.items() if only in ("", code)]
    if only in ("", "ratings", "metric_values"):
        found += [one for one in assessment_sources(data) if only in ("", one.code)]
    return found


def _store_days(data: MonthData) -> Source:
    found = source("store_days")
    stores = [store for store in data.stores if store.unit_id in data.units]
    if not stores or not data.over:
        return found
    there = set(
        StoreDay.objects.filter(root_id=data.root_id, date__range=(data.over[0], data.over[-1])).values_list(
            "store_id", "date"
        )
    )
    for day in data.over:
        for store in stores:
            if is_open(store, day):
                found.expected[day] += 1
                if (store.pk, day) not in there:
                    found.gaps.append(Gap(day, store.name, {"date": day, "store": store.code}))
    return found


def _product_days(data: MonthData) -> Source:
    found = source("product_days")
    if not data.over:
        return found
    campaigns = [
        one
        for one in Campaign.objects.filter(
            root_id=data.root_id,
            status__in=COUNTED_STATES,
            start__lte=data.over[-1],
            end__gte=data.over[0],
        ).order_by("code")
        if one.products and one.unit_id in data.units
    ]
    wanted = sorted({key for one in campaigns for key in _products_of(data, one)})
    if not wanted:
        return found
    there = set(
        ProductDay.objects.filter(
            root_id=data.root_id,
            date__range=(data.over[0], data.over[-1]),
            product__in={product for _day, _store, product in wanted},
        ).values_list("date", "store__code", "product")
    )
    names = {store.code: store.name for store in data.stores}
    for day, store, product in wanted:
        found.expected[day] += 1
        if (day, store, product) not in there:
            row = {"date": day, "store": store, "product": product}
            found.gaps.append(Gap(day, f"{names[store]} · {product}", row))
    return found


def _products_of(data: MonthData, campaign: Any) -> Iterator[tuple[date, str, str]]:
    below = data.tree.subtree(campaign.unit_id)
    stores = [
        store
        for store in data.stores
        if store.code in campaign.stores or (EVERY_STORE in campaign.stores and store.unit_id in below)
    ]
    for day in data.over:
        if campaign.start <= day <= campaign.end:
            for store in stores:
                if is_open(store, day):
                    for product in campaign.products:
                        yield day, store.code, product


def _article_readings(data: MonthData) -> Source:
    """Articles whose reading day lies in the month; a typed number of readers is as good."""
    found = source("article_readings")
    if not data.over:
        return found
    tree = data.tree
    windows: dict[int, int] = {}
    rows = PoolScheme.objects.filter(root_id=data.root_id, valid_from__lte=data.month.last)
    for unit, window in rows.order_by("valid_from").values_list("unit_id", "reach_days"):
        windows[unit] = window
    if not windows:
        return found
    longest = timedelta(days=max(windows.values()))
    wanted = []
    for article in Article.objects.filter(
        Q(unit_id__in=data.units) | Q(unit__isnull=True, campaign__unit_id__in=data.units),
        published__range=(data.over[0] - longest, data.over[-1]),
    ).select_related("campaign"):
        owner: int | None = article.unit_id or (article.campaign.unit_id if article.campaign else None)
        after = next((windows[one] for one in tree.path(owner) if one in windows), None)
        if after is None:
            continue
        day = article.published + timedelta(days=after)
        if data.over[0] <= day <= data.over[-1]:
            wanted.append((day, article))
    there = set(
        ArticleReading.objects.filter(article__in=[article for _day, article in wanted]).values_list(
            "article_id", "date"
        )
    )
    for day, article in sorted(wanted, key=lambda pair: (pair[0], pair[1].code)):
        found.expected[day] += 1
        if article.readers is None and (article.pk, day) not in there:
            found.gaps.append(Gap(day, article.title, {"article": article.code, "date": day}))
    return found


def daily_logs(data: MonthData) -> Source:
    """People for whose unit, or one above, a quota rule holds; not those on leave."""
    found = source("logs")
    if not data.over:
        return found
    ruled: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for unit, start, end in QuotaRule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=data.over[0]), valid_from__lte=data.over[-1]
    ).values_list("unit_id", "valid_from", "valid_to"):
        ruled[unit].append((start, end))
    owing = {day: _owing_units(data, day, ruled) for day in data.over if data.calendar.is_workday(day)}
    owed: dict[date, list[Person]] = {day: [] for day in owing}
    for person in data.people:
        for day in _owed_days(person, owing):
            owed[day].append(person)
    if not any(owed.values()):
        return found
    there = set(
        LogEntry.objects.filter(root_id=data.root_id, date__range=(data.over[0], data.over[-1]))
        .order_by()
        .values_list("staff_id", "date")
        .distinct()
    )
    for day, people in owed.items():
        found.expected[day] += len(people)
        found.gaps += [
            Gap(day, person.name, {"date": day, "staff_no": person.staff_no})
            for person in people
            if (person.pk, day) not in there
        ]
    return found


def _owing_units(
    data: MonthData, day: date, ruled: dict[int, list[tuple[date, date | None]]]
) -> frozenset[int]:
    """The units for which, or for one above, a quota rule holds on the day."""
    holding = {
        unit
        for unit, spans in ruled.items()
        if any(start <= day and (end is None or day <= end) for start, end in spans)
    }
    return frozenset(unit for unit in data.units if not holding.isdisjoint(data.tree.path(unit)))


def _owed_days(person: Person, owing: Mapping[date, frozenset[int]]) -> list[date]:
    """The days on which the person is there and works in a unit that a rule holds for."""
    days = [day for day in owing if person.employed(day, day)]
    if person.leaves:
        days = [day for day in days if not any(start <= day <= end for start, end in person.leaves)]
    if not person.assignments:
        return [day for day in days if person.unit_id in owing[day]]
    return [day for day in days if person.placement(day)[0] in owing[day]]


def assessment_sources(data: MonthData) -> tuple[Source, Source]:
    """Ratings and metric values: due in the next month, on the day that the month settings say."""
    ratings, metrics = source("ratings"), source("metric_values")
    tree, month = data.tree, data.month
    root_units = {unit for unit, root in tree.roots.items() if root == data.root_id}
    book = SchemeBook(scheme_versions(root_units, month), month)
    policy = month_policies(tree, [data.root_id], month.last)[data.root_id]
    due = month.plus(1).first.replace(day=policy.manager_due)
    ratings.due = metrics.due = due
    positions = dict(Position.objects.values_list("pk", "code"))
    assessed = [
        (person, unit, version)
        for person in data.people
        if (placed := _assessed(data, person, book, positions)) is not None
        for unit, version in [placed]
    ]
    if not assessed:
        return ratings, metrics
    rated = set(
        Rating.objects.filter(root_id=data.root_id, month=month.first, score__isnull=False).values_list(
            "staff_id", "scheme_code", "item_code"
        )
    )
    values: dict[str, set[tuple[str, int | None]]] = defaultdict(set)
    for metric, staff, unit_id in MetricValue.objects.filter(
        root_id=data.root_id, month=month.first
    ).values_list("metric__code", "staff_id", "unit_id"):
        values[metric].add(("staff", staff) if staff else ("unit", unit_id))
    for person, unit, version in assessed:
        for item in version.scheme.items:
            if item.is_rated:
                ratings.expected[due] += 1
                if (person.pk, version.scheme.code, item.code) not in rated:
                    cells = {
                        "month": month.first,
                        "staff_no": person.staff_no,
                        "scheme": version.scheme.code,
                        "item": item.code,
                    }
                    ratings.gaps.append(Gap(due, f"{person.name} · {item.code}", cells))
            elif item.source.kind == "metric":
                code = item.source.codes[0]
                metrics.expected[due] += 1
                subjects = {("staff", person.pk), *(("unit", one) for one in tree.path(unit))}
                if not subjects & values[code]:
                    cells = {"metric": code, "subject": person.staff_no, "month": month.first}
                    metrics.gaps.append(Gap(due, f"{person.name} · {code}", cells))
    return ratings, metrics


def _assessed(
    data: MonthData, person: Person, book: SchemeBook, positions: dict[int, str]
) -> tuple[int, SchemeVersion] | None:
    """The unit and the scheme of a person on their last day in the month."""
    last = min(data.month.last, person.left) if person.left else data.month.last
    unit, position = person.placement(last)
    if unit is None or unit not in data.units:
        return None
    version = book.of(data.tree.path(unit), positions.get(position or 0, ""))
    return (unit, version) if version else None
