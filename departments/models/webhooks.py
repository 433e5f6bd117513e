"""Servers that an organisation wants to be told, and what they were told."""

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models.units import Unit
from departments.permissions import reach_of

if TYPE_CHECKING:
    from core.models import User


class WebhookEvent(models.TextChoices):
    MONTH_LOCKED = "month.locked", _("a month is locked")
    PAYOUTS_PAID = "payouts.paid", _("the payouts of a month are paid")


class WebhookState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("webhook", "waiting")
    DELIVERED = "delivered", pgettext_lazy("webhook", "delivered")
    FAILED = "failed", pgettext_lazy("webhook", "failed")


class WebhookQuerySet(models.QuerySet[Any]):
    """Rows of an organisation whose webhooks the person looks after."""

    root_path = "root_id"

    def visible_to(self, user: "User") -> Any:
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(**{f"{self.root_path}__in": reach.units_for("webhooks.edit")})


class DeliveryQuerySet(WebhookQuerySet):
    root_path = "endpoint__root_id"


class WebhookEndpoint(models.Model):
    """A server of somebody else.  ``secret`` is encrypted; ``form_key`` names the form that made it."""

    root = models.ForeignKey(
        Unit, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="webhooks"
    )
    form_key = models.UUIDField(unique=True, editable=False)
    url = models.CharField(_("address"), max_length=500)
    secret = models.TextField(editable=False)
    events = models.JSONField(_("told when"))
    active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["pk"]

    def __str__(self) -> str:
        # The rest of an address may be somebody's secret, and names stand in records and lists.
        return urlsplit(self.url).hostname or ""

    @property
    def event_labels(self) -> list[str]:
        return [str(event.label) for event in WebhookEvent if event.value in self.events]


class WebhookDelivery(models.Model):
    """One message to one server, written in the transaction of the act it tells about.

    ``event_key`` names the act: told twice, it is one message.  ``body`` is what is sent, byte for byte.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, verbose_name=_("webhook"), on_delete=models.PROTECT, related_name="deliveries"
    )
    event = models.CharField(_("event"), max_length=30, choices=WebhookEvent)
    event_key = models.CharField(max_length=120)
    body = models.TextField(_("message"))
    state = models.CharField(_("state"), max_length=10, choices=WebhookState, default=WebhookState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    next_at = models.DateTimeField(_("next attempt"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_key"], name="departments_webhook_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.endpoint}"
