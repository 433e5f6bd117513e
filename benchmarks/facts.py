"""People and what they did in a month, written in bulk: 100 log rows a person, ratings, points, store-days.

The same number of people gives the same facts, on every database.
"""

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from benchmarks import organisation
from benchmarks.organisation import BLOGS, FORUMS, GROUPS, MONTH, QA, WEIBO
from campaigns.models import Store, StoreDay
from core.interchange.importer import import_sheets
from core.months import Month
from departments.models import Assignment, Leave, Staff, Unit
from incentives.models import AuthorKind, Manuscript, ManuscriptStatus
from kpi.calculations.links import link_key
from kpi.calculations.risk import Risk
from kpi.models import LogEntry, Platform, Rating, ScorePoint

ROWS_A_PERSON = 100
BATCH = 10_000
EMPTY = "\\N"

# activity, platforms, highest count of a row, whether the row names a colleague
CHANNELS: list[tuple[str, Sequence[str], int, bool]] = [
    ("bm-sign", ["bm-qq"], 9, False),
    ("bm-link", ["bm-qq"], 9, False),
    ("bm-send", ["bm-mail"], 3000, False),
    ("bm-post", ["bm-tieba"], 60, False),
    ("bm-post", FORUMS, 60, False),
    ("bm-post", FORUMS, 60, False),
    ("bm-answer", ["bm-zhidao"], 9, False),
    ("bm-ask", ["bm-zhidao"], 9, False),
    ("bm-answer", QA, 9, False),
    ("bm-original", BLOGS, 2, False),
    ("bm-original", BLOGS, 2, False),
    ("bm-exchange", BLOGS, 20, True),
    ("bm-comment", BLOGS, 30, False),
    ("bm-comment", BLOGS, 30, False),
    ("bm-update", ["bm-wiki"], 3, False),
    ("bm-item", WEIBO, 30, False),
    ("bm-repost", WEIBO, 4, False),
]

#: what is logged with a link
LINKED = {"bm-post", "bm-original"}


def seed(people: int, months: int = 1) -> None:
    """Fill an empty database with an organisation of so many people, and the logs of so many months."""
    with transaction.atomic():
        _import(organisation.rules())
        root = Unit.objects.get(code=organisation.COMPANY)
        staff = _staff(root, people)
        _import(organisation.holders([person.staff_no for person in staff]))
        _around_people(root, staff)
        _ratings(root, staff, months)
        _manuscripts(root, staff)
        _store_days(root)
        for back in range(months):
            bulk_write(LogEntry, log_rows(root.pk, staff, MONTH.plus(-back)))
        _corrections()


def _import(sheets: Iterable[Any]) -> None:
    report = import_sheets(sheets)
    if not report.accepted:
        raise ValueError([str(error) for error in report.errors[:5]])


def _staff(root: Unit, people: int) -> list[Staff]:
    """Every fiftieth joined in the middle of the month."""
    groups = dict(Unit.objects.filter(code__in=GROUPS).values_list("code", "pk"))
    return Staff.objects.bulk_create(
        [
            Staff(
                staff_no=f"bm-{number:05d}",
                name=f"员工{number}",
                root=root,
                unit_id=groups[GROUPS[number % len(GROUPS)]],
                joined=MONTH.first + dt.timedelta(days=14) if number % 50 == 1 else dt.date(2022, 3, 1),
                bonus_base=Decimal("2000.00"),
            )
            for number in range(people)
        ],
        batch_size=BATCH,
    )


def _around_people(root: Unit, staff: list[Staff]) -> None:
    """One in fifty was on leave, one in fifty moved; one in twenty has points."""
    Leave.objects.bulk_create(
        [
            Leave(staff=person, root=root, start=dt.date(2024, 5, 13), end=dt.date(2024, 5, 17), kind="事假")
            for person in staff[2::50]
        ]
    )
    moves = []
    for person, other in zip(staff[3::50], staff[4::50], strict=False):
        middle = dt.date(2024, 5, 16)
        before = {"start": person.joined, "end": middle - dt.timedelta(days=1), "unit_id": person.unit_id}
        for move in (before, {"start": middle, "end": None, "unit_id": other.unit_id}):
            moves.append(Assignment(staff=person, root=root, **move))
    Assignment.objects.bulk_create(moves)
    ScorePoint.objects.bulk_create(
        [
            ScorePoint(
                month=MONTH.first,
                root=root,
                staff=person,
                code="bm-point",
                kind="bonus" if number % 2 else "deduction",
                points=Decimal(number % 5 + 1),
                reason="基准",
            )
            for number, person in enumerate(staff[5::20])
        ]
    )


def _ratings(root: Unit, staff: list[Staff], months: int) -> None:
    """Of the measured month, and of the one before where it has logs: it is settled."""
    Rating.objects.bulk_create(
        [
            Rating(
                month=month.first,
                root=root,
                staff=person,
                scheme_code=organisation.SCHEME,
                item_code=organisation.RATED_ITEM,
                score=Decimal(60 + number % 41),
            )
            for month in (MONTH, MONTH.plus(-1))[:months]
            for number, person in enumerate(staff)
        ],
        batch_size=BATCH,
    )


def _manuscripts(root: Unit, staff: list[Staff]) -> None:
    """Every second person handed one in; none is published, so no fee is due."""
    states = (ManuscriptStatus.SUBMITTED, ManuscriptStatus.ACCEPTED, ManuscriptStatus.REFUSED)
    Manuscript.objects.bulk_create(
        [
            Manuscript(
                ident=f"bm-text-{number:05d}",
                date=MONTH.first + dt.timedelta(days=number % 20),
                root=root,
                title=f"稿件{number}",
                author_kind=AuthorKind.EMPLOYEE,
                author=person.name,
                staff=person,
                characters=800,
                status=states[number % len(states)],
                scheme_code=organisation.POOL,
            )
            for number, person in enumerate(staff[::2])
        ],
        batch_size=BATCH,
    )


def _store_days(root: Unit) -> None:
    last = organisation.CAMPAIGN_DAYS[-1]
    draw = random.Random(1)
    rows = [
        StoreDay(
            date=day,
            month=day.replace(day=1),
            root=root,
            store=store,
            visitors=draw.randint(80, 400),
            units=Decimal(draw.randint(100, 900)),
            revenue=Decimal(draw.randint(500_000, 2_000_000)) / 100,
            gross_profit=Decimal(draw.randint(100_000, 600_000)) / 100,
        )
        for store in Store.objects.order_by("code")
        for day in (last - dt.timedelta(days=back) for back in range(organisation.DAYS_OF_A_STORE))
    ]
    StoreDay.objects.bulk_create(rows, batch_size=BATCH)


def log_rows(root_id: int, staff: Sequence[Staff], month: Month = MONTH) -> Iterator[dict[str, Any]]:
    """A month's log: each person with two accounts, on all days; one row in a hundred is rejected."""
    platforms = dict(Platform.objects.values_list("code", "pk"))
    days = month.days()
    draw = random.Random(2)
    now = timezone.now().replace(tzinfo=None).isoformat(" ")
    for number, person in enumerate(staff):
        # The next person of the same group.
        partner = staff[(number + len(GROUPS)) % len(staff)].pk
        for row in range(ROWS_A_PERSON):
            activity, places, highest, with_partner = CHANNELS[row % len(CHANNELS)]
            turn = row // len(CHANNELS)
            row_id = f"bm-{month}-{person.pk}-{row}"
            url = f"https://bm.example/{row_id}" if activity in LINKED else ""
            yield {
                "row_id": row_id,
                "row_key": f"id:{row_id}",
                "date": days[(row * 11 + number) % len(days)].isoformat(),
                "month": month.first.isoformat(),
                "root_id": root_id,
                "staff_id": person.pk,
                "platform_id": platforms[places[(turn + row) % len(places)]],
                "activity": activity,
                "handle": f"user{number}-{turn % 2}",
                "count": draw.randint(1, highest),
                "url": url,
                "link_key": link_key(url),
                "partner_id": partner if with_partner and partner != person.pk else None,
                "status": "rejected" if row == 50 else "valid" if row % 3 else "submitted",
                "note": "",
                # They were looked at when they came in; every twentieth deserves a second look.
                "risk": int(Risk.LARGE_COUNT | Risk.LOOKED if row % 20 == 0 else Risk.LOOKED),
                "created_at": now,
            }


def _corrections() -> None:
    """One row in a hundred replaces another one of the same person."""
    table = connection.ops.quote_name(LogEntry._meta.db_table)
    with connection.cursor() as cursor:
        # Row 61 of a person replaces row 60, which was written just before it.
        cursor.execute(
            f"UPDATE {table} SET supersedes_id = id - 1 WHERE row_id LIKE %s AND row_id LIKE %s",  # noqa: S608
            ["bm-%", "%-61"],
        )


def bulk_write(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write many rows the fastest way the database has; a value is what the column holds."""
    iterator = iter(rows)
    first = next(iterator)
    columns = ", ".join(connection.ops.quote_name(name) for name in first)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        batch = [tuple(first.values())]
        for row in iterator:
            batch.append(tuple(row.values()))
            if len(batch) == BATCH:
                _write(cursor, table, columns, batch)
                batch = []
        _write(cursor, table, columns, batch)


def _write(cursor: Any, table: str, columns: str, batch: list[tuple[Any, ...]]) -> None:
    if not batch:
        return
    if connection.vendor == "postgresql":
        text = "\n".join("\t".join(EMPTY if value is None else str(value) for value in row) for row in batch)
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO(text))
    else:
        places = ", ".join(["%s"] * len(batch[0]))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", batch)  # noqa: S608
