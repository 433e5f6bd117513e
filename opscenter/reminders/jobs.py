"""The jobs of reminders: each day one for every active channel, sent once however many clocks tick.

A row of ``ReminderDelivery`` is claimed before the message goes out and marked after it; what failed is tried
again after 2, 4, 8 and 16 minutes.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from core import jobs
from core.job_context import JobContext
from core.schedule import Daily
from departments.models import DeliveryState, ReminderChannel, ReminderDelivery, ReminderTopic
from departments.selectors import work_calendar
from opscenter.dashboards.selectors.jobs import REMIND
from opscenter.reminders.digest import digest
from opscenter.reminders.services import deliver, room_at

MAX_TRIES = 5
#: a claim that was never marked (the process died) is open again after this
CLAIM = timedelta(minutes=10)


def _ask(day: date) -> tuple[dict[str, Any], str]:
    return {"day": day.isoformat()}, f"{REMIND}:{day}"


DAILY_REMINDERS = Daily(kind=REMIND, at=time.fromisoformat(settings.REMINDERS_AT), ask=_ask)


def remind(context: JobContext) -> dict[str, Any]:
    """Without ``channel``: ask for a job for each active channel; with it: send its digest of ``day``.

    A day that is over is left alone: late is worse than never.  On days off nobody is reminded.
    """
    day = date.fromisoformat(str(context.arguments["day"]))
    if day != timezone.localdate() or not work_calendar().is_workday(day):
        return {"skipped": True}
    number = context.arguments.get("channel")
    if number is None:
        channels = ReminderChannel.objects.filter(active=True).order_by("pk").values_list("pk", flat=True)
        return {"jobs": [_enqueue(channel, day, "", None).pk for channel in channels]}
    channel = ReminderChannel.objects.select_related("unit").filter(pk=number, active=True).first()
    return remind_channel(channel, day) if channel else {"skipped": True}


def _enqueue(channel: int, day: date, why: str, due_at: datetime | None) -> Any:
    return jobs.enqueue(
        REMIND,
        arguments={"channel": channel, "day": day.isoformat()},
        dedupe_key=f"{REMIND}:{channel}:{day}{why}",
        due_at=due_at,
        once=True,
    )


def remind_channel(channel: ReminderChannel, day: date) -> dict[str, Any]:
    """Send the day's digest of a channel, unless it was sent, is quiet or has no room; then later."""
    now = timezone.now()
    later = quiet_until(channel, now)
    if later is None and (room := room_at(channel, now)) > now:
        later = room
    if later is not None:
        _enqueue(channel.pk, day, f":{later:%H%M%S}", later)
        return {"later": later.isoformat()}
    claimed = _claim(channel, day)
    if not claimed:
        return {"nothing": True}
    with translation.override(settings.LANGUAGE_CODE):
        message = digest(channel, [row.topic for row in claimed], day)
        silent = [row for row in claimed if row.topic not in message.topics]
        speaking = [row for row in claimed if row.topic in message.topics]
        ReminderDelivery.objects.filter(pk__in=[row.pk for row in silent]).update(state=DeliveryState.NOTHING)
        if not speaking:
            return {"nothing": True}
        sent = deliver(channel, speaking, message.title, message.body)
    if sent.state == DeliveryState.FAILED and sent.attempts < MAX_TRIES:
        again = timezone.now() + timedelta(minutes=2**sent.attempts)
        _enqueue(channel.pk, day, f":try{sent.attempts + 1}", again)
    return {"state": sent.state, "topics": list(message.topics)}


@transaction.atomic
def _claim(channel: ReminderChannel, day: date) -> list[ReminderDelivery]:
    """The topics of the day that nobody has sent or is sending, marked as being sent by us."""
    ReminderChannel.objects.select_for_update().get(pk=channel.pk)
    now = timezone.now()
    known = {row.topic: row for row in ReminderDelivery.objects.filter(channel=channel, day=day)}
    claimed = []
    for topic in ReminderTopic.values:
        if topic not in channel.topics:
            continue
        row = known.get(topic) or ReminderDelivery(
            channel=channel, topic=topic, day=day, state=DeliveryState.FAILED
        )
        broken_off = row.state == DeliveryState.SENDING and row.claimed_at < now - CLAIM
        if (row.state == DeliveryState.FAILED or broken_off) and row.attempts < MAX_TRIES:
            row.state, row.attempts, row.claimed_at = DeliveryState.SENDING, row.attempts + 1, now
            row.save()
            claimed.append(row)
    return claimed


def quiet_until(channel: ReminderChannel, now: datetime) -> datetime | None:
    """The end of the quiet hours in which ``now`` lies; ``None`` outside of them."""
    local = timezone.localtime(now)
    start, end, clock = channel.quiet_from, channel.quiet_to, local.time()
    over_midnight = start > end
    quiet = (clock >= start or clock < end) if over_midnight else start <= clock < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and clock >= start else local.date()
    return timezone.make_aware(datetime.combine(day, end))
