"""Reads of the page of reminders."""

from dataclasses import dataclass
from typing import Any

from core.exceptions import NotVisible
from core.models import User
from departments.models import ReminderChannel, ReminderDelivery, ReminderTopic, Unit
from departments.permissions import reach_of
from opscenter.reminders.services import ACT

LAST = 5


@dataclass(frozen=True)
class ChannelShown:
    """A channel with its last messages; ``topics`` in words."""

    channel: ReminderChannel
    topics: list[Any]
    last: list[ReminderDelivery]


def reminder_units(user: User) -> Any:
    """The units for which the person may set up reminders."""
    units = Unit.objects.without_tree_fields().visible_to(user).order_by("code")
    reach = reach_of(user)
    return units if reach.everything else units.filter(pk__in=reach.units_for(ACT))


def _channels(user: User) -> Any:
    rows = ReminderChannel.objects.visible_to(user).select_related("unit").order_by("unit__code", "name")
    reach = reach_of(user)
    return rows if reach.everything else rows.filter(unit_id__in=reach.units_for(ACT))


def channel_shown(user: User, pk: int) -> ReminderChannel:
    """A channel the person may change; else ``NotVisible``."""
    channel: ReminderChannel | None = _channels(user).filter(pk=pk).first()
    if channel is None:
        raise NotVisible("channel")
    return channel


def channels_shown(user: User) -> list[ChannelShown]:
    """All of them with their last messages: two queries."""
    channels = list(_channels(user))
    last: dict[int, list[ReminderDelivery]] = {channel.pk: [] for channel in channels}
    recent = ReminderDelivery.objects.filter(channel__in=channels).order_by("-pk")[: 20 * LAST]
    for row in recent:
        if len(last[row.channel_id]) < LAST:
            last[row.channel_id].append(row)
    names = dict(ReminderTopic.choices)
    return [
        ChannelShown(one, [names[topic] for topic in one.topics if topic in names], last[one.pk])
        for one in channels
    ]
