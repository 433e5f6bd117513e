"""Reminders: to which group or mailbox a unit's digest goes, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.messages import MessageKind
from departments.models.units import Unit
from departments.querysets import UnitOwnedQuerySet


class ReminderTopic(models.TextChoices):
    NOT_LOGGED = "not_logged", _("who has not logged")
    DUE = "due", _("what is due")


class ReminderChannel(models.Model):
    """A group robot or mailbox of a unit; nothing is sent while it is not active.

    ``sealed`` holds the address encrypted (see ``core.sealing``).  Between ``quiet_from`` and ``quiet_to``
    (over midnight too) nothing is sent; the same time twice means no quiet hours.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind)
    sealed = models.TextField(editable=False)
    active = models.BooleanField(_("active"), default=False)
    topics = models.JSONField(_("topics"), default=list, blank=True)
    quiet_from = models.TimeField(_("quiet from"))
    quiet_to = models.TimeField(_("quiet to"))
    per_minute = models.PositiveSmallIntegerField(_("messages a minute, at most"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder channel")
        verbose_name_plural = _("reminder channels")
        ordering = ["unit", "name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="departments_reminder_channel_name"),
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="departments_reminder_channel_rate"),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    NOTHING = "nothing", _("nothing to say")
    FAILED = "failed", _("failed")


class ReminderDelivery(models.Model):
    """What became of one topic on one day: at most one row, so that two clocks send once.

    ``topic`` is a ``ReminderTopic``, or ``test`` and a moment.
    """

    channel = models.ForeignKey(ReminderChannel, on_delete=models.CASCADE, related_name="deliveries")
    topic = models.CharField(_("topic"), max_length=40)
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    claimed_at = models.DateTimeField(editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders sent")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "topic", "day"], name="departments_reminder_delivery_once"
            )
        ]
        indexes = [models.Index(fields=["channel", "sent_at"], name="departments_reminder_sent")]

    def __str__(self) -> str:
        return f"{self.day} {self.topic} {self.state}"
