"""What a reminder says: names of those who have not logged, counts of what is due.

A group reads it: never an amount, a score or a rating, and no name beside one.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.months import Month
from departments.models import Period, ReminderChannel, ReminderTopic
from departments.models.periods import FROZEN
from departments.selectors import unit_tree
from incentives.models import Finding, FindingStatus
from kpi.models import LogEntry, LogStatus
from opscenter.data.selectors.completeness import MonthData, assessment_sources, daily_logs

NAMES_SHOWN = 30


@dataclass(frozen=True)
class Digest:
    """A message.  ``topics``: those that have something to say."""

    title: str
    body: str
    topics: tuple[str, ...]


def digest(channel: ReminderChannel, topics: list[str], day: date) -> Digest:
    """The message of a day about ``topics``; without text when there is nothing to say."""
    data = _data(channel, Month.of(day), [day])
    parts: dict[str, list[str]] = {}
    if ReminderTopic.NOT_LOGGED in topics:
        parts[ReminderTopic.NOT_LOGGED] = _not_logged(data)
    if ReminderTopic.DUE in topics:
        parts[ReminderTopic.DUE] = _due(channel, data, day)
    said = tuple(topic for topic, lines in parts.items() if lines)
    lines = [line for topic in said for line in parts[topic]]
    if lines and settings.SITE_URL:
        lines.append(f"{settings.SITE_URL}/")
    title = f"{settings.SITE_NAME} · {channel.unit.name} · {date_format(day, 'MONTH_DAY_FORMAT')}"
    return Digest(title, "\n".join(lines), said)


def _data(channel: ReminderChannel, month: Month, days: list[date]) -> MonthData:
    tree = unit_tree(month.last)
    unit = channel.unit
    return MonthData(unit.root_id or unit.pk, frozenset(tree.subtree(unit.pk)), tree, month, days)


def _not_logged(data: MonthData) -> list[str]:
    names = [gap.name for gap in daily_logs(data).gaps]
    if not names:
        return []
    shown = _(", ").join(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        shown = _("%(names)s and %(more)s more") % {"names": shown, "more": len(names) - NAMES_SHOWN}
    head = ngettext(
        "%(count)s person has not logged today:", "%(count)s people have not logged today:", len(names)
    ) % {"count": len(names)}
    return [f"{head} {shown}"]


def _due(channel: ReminderChannel, data: MonthData, day: date) -> list[str]:
    before = Month.of(day).plus(-1)
    counts = [
        (_("ratings of %(month)s to enter: %(count)s"), _ratings_due(channel, before)),
        (_("log rows to verify: %(count)s"), _to_verify(data, before)),
        (_("findings to confirm: %(count)s"), _to_confirm(channel)),
    ]
    return [text % {"month": before, "count": count} for text, count in counts if count]


def _ratings_due(channel: ReminderChannel, month: Month) -> int:
    data = _data(channel, month, [])
    if Period.objects.filter(root_id=data.root_id, month=month.first, state__in=FROZEN).exists():
        return 0
    ratings, _metrics = assessment_sources(data)
    return ratings.missing_total


def _to_verify(data: MonthData, before: Month) -> int:
    """Submitted rows of the running month and the one before, of people of the units."""
    return LogEntry.objects.filter(
        root_id=data.root_id,
        date__range=(before.first, data.month.last),
        status=LogStatus.SUBMITTED,
        staff__unit_id__in=data.units,
    ).count()


def _to_confirm(channel: ReminderChannel) -> int:
    """Proposed findings; they belong to the whole organisation, so only its own channel is told."""
    unit = channel.unit
    if unit.root_id != unit.pk:
        return 0
    return Finding.objects.filter(root_id=unit.pk, status=FindingStatus.PROPOSED).count()
