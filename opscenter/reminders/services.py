"""Setting up channels of reminders, and trying one."""

import json
from datetime import time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.exceptions import NotVisible, RuleViolation
from core.messages import Address, SendFailed, message_send, parse_address
from core.models import User
from core.sealing import seal, unseal
from departments.models import DeliveryState, ReminderChannel, ReminderDelivery, Unit
from departments.permissions import require

ACT = "reminders.edit"
SAVED = audit.register_action("reminders.saved", gettext_lazy("reminder channel saved"))
DELETED = audit.register_action("reminders.deleted", gettext_lazy("reminder channel deleted"))
TESTED = audit.register_action("reminders.tested", gettext_lazy("test message sent"))

TOO_FAST = gettext_lazy("The channel takes %(limit)s messages a minute. Try again in a minute.")
SAME_NAME = gettext_lazy("The unit has a channel of this name already.")
ADDRESS_NEEDED = gettext_lazy("An address is needed here.")


def address_of(channel: ReminderChannel) -> Address:
    """Where its messages go.  Raises ``RuleViolation`` when the installation's key has changed."""
    return Address(**json.loads(unseal(channel.sealed)))


@transaction.atomic
def channel_save(
    *,
    actor: User,
    channel_id: int | None,
    unit: Unit,
    name: str,
    kind: str,
    address: str,
    sign: str,
    active: bool,
    topics: list[str],
    quiet_from: time,
    quiet_to: time,
    per_minute: int,
) -> ReminderChannel:
    """Make or change a channel; an empty ``address`` keeps the one it has, of the same kind.

    Raises ``RuleViolation`` for an address that is none, ``NotAllowed`` on a unit out of reach.
    """
    require(actor, ACT, unit.pk)
    channel = channel_locked(actor, channel_id) if channel_id else ReminderChannel(created_by=actor)
    if address:
        channel.sealed = seal(json.dumps(parse_address(kind, address, sign).as_dict()))
    elif not channel.pk or channel.kind != kind:
        raise RuleViolation(
            "no_address", ADDRESS_NEEDED, errors=[{"field": "address", "message": ADDRESS_NEEDED}]
        )
    channel.unit, channel.name, channel.kind = unit, name, kind
    channel.active, channel.topics = active, sorted(topics)
    channel.quiet_from, channel.quiet_to, channel.per_minute = quiet_from, quiet_to, per_minute
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        raise RuleViolation("same_name", SAME_NAME) from error
    audit.record(
        actor=actor,
        action=SAVED,
        target=channel,
        change={
            "unit": unit.code,
            "kind": kind,
            "active": active,
            "topics": channel.topics,
            "address_changed": bool(address),
        },
    )
    return channel


@transaction.atomic
def channel_delete(*, actor: User, channel_id: int) -> None:
    """Remove a channel with the record of its messages; asking twice is no error."""
    try:
        channel = channel_locked(actor, channel_id)
    except NotVisible:
        return
    audit.record(actor=actor, action=DELETED, target=channel, change={"unit": channel.unit.code})
    channel.delete()


def channel_locked(actor: User, channel_id: int) -> ReminderChannel:
    """The channel, locked; ``NotVisible`` for one out of reach, as for one that does not exist."""
    channel = (
        ReminderChannel.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(pk=channel_id)
        .first()
    )
    if channel is None or not ReminderChannel.objects.visible_to(actor).filter(pk=channel_id).exists():
        raise NotVisible("channel")
    require(actor, ACT, channel.unit_id)
    return channel


def channel_test(*, actor: User, channel_id: int) -> ReminderDelivery:
    """Send a test message now, also in quiet hours and when the channel is off.

    The delivery says what became of it.  Raises ``RuleViolation`` when the channel is asked too often.
    """
    with transaction.atomic():
        channel = channel_locked(actor, channel_id)
        now = timezone.now()
        if room_at(channel, now) > now:
            raise RuleViolation("too_fast", TOO_FAST, limit=channel.per_minute)
        delivery = ReminderDelivery.objects.create(
            channel=channel,
            topic=f"test {timezone.localtime(now):%H:%M:%S.%f}",
            day=timezone.localdate(now),
            state=DeliveryState.SENDING,
            attempts=1,
            claimed_at=now,
            sent_at=now,
        )
        audit.record(actor=actor, action=TESTED, target=channel)
    text = _("This is a test message. Reminders of %(unit)s will arrive here.") % {"unit": channel.unit.name}
    return deliver(channel, [delivery], "", text)


def room_at(channel: ReminderChannel, now: Any) -> Any:
    """The moment from which the channel takes another message: now, or a minute after the oldest of the
    last ones.
    """
    minute = timedelta(minutes=1)
    sent: list[Any] = list(
        ReminderDelivery.objects.filter(channel=channel, sent_at__gt=now - minute)
        .order_by("sent_at")
        .values_list("sent_at", flat=True)
        .distinct()
    )
    return now if len(sent) < channel.per_minute else sent[-channel.per_minute] + minute


def deliver(
    channel: ReminderChannel, claimed: list[ReminderDelivery], title: str, body: str
) -> ReminderDelivery:
    """Send one message for the claimed rows, outside of any transaction, and note what became of it."""
    state, error = DeliveryState.SENT, ""
    try:
        message_send(channel.kind, address_of(channel), title, body)
    except (SendFailed, RuleViolation) as problem:
        state, error = DeliveryState.FAILED, str(problem)[:300]
    for row in claimed:
        row.state, row.error, row.sent_at = state, error, timezone.now()
        row.save(update_fields=["state", "error", "sent_at"])
    return claimed[0]
