"""Webhooks and messages as their pages show them."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from core.exceptions import NotVisible
from core.models import User
from departments.models import Unit, WebhookDelivery, WebhookEndpoint, WebhookState
from departments.permissions import reach_of


def webhook_roots(user: User) -> "QuerySet[Unit]":
    """The organisations whose webhooks the person looks after."""
    reach = reach_of(user)
    rows: Any = Unit.objects.without_tree_fields().filter(parent__isnull=True).order_by("code")
    found: QuerySet[Unit] = rows if reach.everything else rows.filter(pk__in=reach.units_for("webhooks.edit"))
    return found


def webhooks(user: User) -> "QuerySet[WebhookEndpoint]":
    """With ``failed``, the number of messages that were given up."""
    rows: QuerySet[WebhookEndpoint] = (
        WebhookEndpoint.objects.visible_to(user)
        .select_related("root")
        .annotate(failed=Count("deliveries", filter=Q(deliveries__state=WebhookState.FAILED)))
        .order_by("root__code", "pk")
    )
    return rows


def webhook(user: User, pk: int) -> WebhookEndpoint:
    """One of them.  Raises ``NotVisible``."""
    found = webhooks(user).filter(pk=pk).first()
    if found is None:
        raise NotVisible("webhook")
    return found


def messages_sent(user: User) -> "QuerySet[WebhookDelivery]":
    rows: QuerySet[WebhookDelivery] = WebhookDelivery.objects.visible_to(user).select_related(
        "endpoint__root"
    )
    return rows
