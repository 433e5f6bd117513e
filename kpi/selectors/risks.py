"""What is known around log rows: the same link or picture elsewhere, bursts, usual days.

One query for each kind of fact, whatever the number of rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Q, QuerySet, Sum

from departments.models import Period
from departments.models.periods import FROZEN
from kpi.calculations.links import host_of
from kpi.calculations.risk import Limits, Picture, RowFacts
from kpi.models import EvidenceImage, LogEntry, LogStatus, MonthPolicy
from kpi.selectors.facts import successors

#: how far back pictures that look alike are searched, and among how many at most
PICTURE_DAYS = 62
MOST_PICTURES = 5000
#: the days that make a usual one
USUAL_SPAN = timedelta(days=30)


def of_open_months(rows: "QuerySet[LogEntry]", roots: Collection[int] | None = None) -> "QuerySet[LogEntry]":
    """The rows whose month is not locked, of these organisations or of all: reads the locked months at once.

    As constants, not as a join: PostgreSQL takes the join for so selective that it chooses a plan that is a
    thousand times slower on a million rows.
    """
    frozen = Period.objects.filter(state__in=FROZEN)
    if roots is not None:
        frozen = frozen.filter(root_id__in=roots)
    months: dict[int, list[date]] = defaultdict(list)
    for root, month in frozen.values_list("root_id", "month"):
        months[root].append(month)
    for root, locked in sorted(months.items()):
        rows = rows.exclude(root_id=root, month__in=locked)
    return rows


def standing(rows: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
    """The rows that are not rejected and that no other such row replaces."""
    return rows.filter(~Exists(successors())).exclude(status=LogStatus.REJECTED)


def earlier_links(rows: Sequence[LogEntry]) -> dict[int, int]:
    """Row → the first standing row of the organisation that logged the same link before it: one query."""
    keys = {row.link_key for row in rows if row.link_key}
    if not keys:
        return {}
    first: dict[tuple[int, str], int] = {}
    # Organisation and order are made here: for either SQLite would read all rows rather than these links.
    known = standing(LogEntry.objects.filter(link_key__in=keys)).order_by()
    for pk, root, key in known.values_list("pk", "root_id", "link_key"):
        first[root, key] = min(pk, first.get((root, key), pk))
    found = {}
    for row in rows:
        before = first.get((row.root_id, row.link_key))
        if row.link_key and before is not None and before < row.pk:
            found[row.pk] = before
    return found


def pictures_of(rows: Sequence[LogEntry]) -> tuple[dict[int, Picture], dict[int, list[Picture]]]:
    """The picture of each row, and those of other rows of its organisation: two queries, none without any."""
    files = {row.evidence_id for row in rows if row.evidence_id}
    if not files:
        return {}, {}
    images = {image.file_id: image for image in EvidenceImage.objects.filter(file_id__in=files)}
    own = {
        row.pk: Picture(row.pk, images[row.evidence_id].sha256, images[row.evidence_id].dhash)
        for row in rows
        if row.evidence_id in images
    }
    since = min(row.date for row in rows) - timedelta(days=PICTURE_DAYS)
    wanted = Q(date__gte=since) | Q(evidence__image__sha256__in={one.sha256 for one in own.values()})
    known = (
        standing(LogEntry.objects.filter(wanted, root_id__in={row.root_id for row in rows}))
        .filter(evidence__image__isnull=False)
        .order_by("-pk")
        .values_list("pk", "root_id", "evidence_id", "evidence__image__sha256", "evidence__image__dhash")
    )
    by_root: dict[int, list[tuple[int, Picture]]] = defaultdict(list)
    for pk, root, file, sha256, dhash in known[:MOST_PICTURES]:
        by_root[root].append((file, Picture(pk, sha256, dhash)))
    others = {
        # One screenshot given to several rows at once is one piece of evidence, not a repetition.
        row.pk: [one for file, one in by_root[row.root_id] if one.entry < row.pk and file != row.evidence_id]
        for row in rows
        if row.pk in own
    }
    return own, others


def moments_made(rows: Sequence[LogEntry], reach: timedelta) -> dict[int, list[datetime]]:
    """When each person made rows by hand around these rows: one query.  Imported rows have no maker."""
    made = [row for row in rows if row.created_by_id]
    if not made:
        return {}
    found: dict[int, list[datetime]] = defaultdict(list)
    for staff, moment in LogEntry.objects.filter(
        staff_id__in={row.staff_id for row in made},
        created_by=F("staff__user"),
        created_at__range=(
            min(row.created_at for row in made) - reach,
            max(row.created_at for row in made) + reach,
        ),
    ).values_list("staff_id", "created_at"):
        found[staff].append(moment)
    return found


Channel = tuple[int, int, str]


def day_counts(rows: Sequence[LogEntry]) -> dict[Channel, dict[date, int]]:
    """What each person did a day on the platforms and in the activities of these rows: one query."""
    if not rows:
        return {}
    first, last = min(row.date for row in rows) - USUAL_SPAN, max(row.date for row in rows)
    found: dict[Channel, dict[date, int]] = defaultdict(dict)
    sums: Any = (
        standing(
            LogEntry.objects.filter(
                staff_id__in={row.staff_id for row in rows}, date__gte=first, date__lt=last, count__gt=0
            )
        )
        .order_by()
        .values_list("staff_id", "platform_id", "activity", "date")
        .annotate(total=Sum("count"))
    )
    for staff, platform, activity, day, total in sums:
        found[staff, platform, activity][day] = int(total)
    return found


def limits_of(policy: MonthPolicy) -> Limits:
    return Limits(policy.burst_rows, policy.burst_minutes, policy.usual_factor)


def facts_of(
    rows: Sequence[LogEntry], domains: Mapping[int, Sequence[str]], limits: Iterable[Limits]
) -> dict[int, RowFacts]:
    """Everything that the risks of these rows are found by; ``domains``: platform → its web domains."""
    links = earlier_links(rows)
    own, others = pictures_of(rows)
    widest = max((one.burst_minutes for one in limits), default=1)
    made = moments_made(rows, timedelta(minutes=widest))
    usual = day_counts(rows)
    return {
        row.pk: RowFacts(
            count=row.count,
            host=host_of(row.url) if row.url else "",
            domains=domains.get(row.platform_id, ()),
            earlier_link=links.get(row.pk),
            picture=own.get(row.pk),
            pictures=others.get(row.pk, ()),
            created=row.created_at if row.created_by_id and row.created_by_id == row.staff.user_id else None,
            made=made.get(row.staff_id, ()),
            day_counts=[
                total
                for day, total in usual.get((row.staff_id, row.platform_id, row.activity), {}).items()
                if row.date - USUAL_SPAN <= day < row.date
            ],
        )
        for row in rows
    }
