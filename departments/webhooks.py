"""Webhooks: who is told of what, and the telling itself.

A message is a row written with the act; a job sends it after the commit and tries again for about a day.
At least once: a receiver knows a repeat by ``OpsCenter-Delivery``.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, jobs, webhooks
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.job_context import JobContext
from core.models import User
from core.sealing import seal, unseal
from departments.models import Unit, WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookState
from departments.permissions import require

SEND = "webhook"
#: how long after each failed attempt the next one follows; after the last there is none
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 960))
SECRET_PREFIX = "ocw_"  # noqa: S105 — what a secret begins with

CREATED = audit.register_action("webhook.created", gettext_lazy("webhook made"))
CHANGED = audit.register_action("webhook.changed", gettext_lazy("webhook changed"))
RENEWED = audit.register_action("webhook.renewed", gettext_lazy("secret of a webhook renewed"))
RESENT = audit.register_action("webhook.resent", gettext_lazy("webhook message sent again"))


# --- who is told -------------------------------------------------------------------------------------


def _checked(url: str, events: Sequence[str]) -> list[str]:
    errors = []
    if problem := webhooks.address_problem(url):
        errors.append({"field": "url", "message": problem})
    if not events or set(events) - set(WebhookEvent.values):
        errors.append({"field": "events", "message": gettext_lazy("Choose at least one event.")})
    if errors:
        raise RuleViolation("webhook_incomplete", gettext_lazy("Something is not right; see below."), errors)
    return sorted(set(events))


def endpoint_create(
    *, actor: User, root: Unit, url: str, events: Sequence[str], form_key: UUID
) -> tuple[WebhookEndpoint, str]:
    """A new server and the secret that signs its messages, which is told this once.

    Raises ``NotAllowed``; ``RuleViolation`` for an address we do not send to; ``Conflict`` for a form that
    was sent before.
    """
    require(actor, "webhooks.edit", root.pk)
    if root.root_id != root.pk:
        raise RuleViolation("not_a_root", gettext_lazy("A webhook is of a whole organisation."))
    chosen, secret = _checked(url, events), SECRET_PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.create(
                root=root, url=url, events=chosen, secret=seal(secret), form_key=form_key
            )
            audit.record(actor=actor, action=CREATED, target=endpoint, change={"events": chosen})
    except IntegrityError as error:
        raise Conflict(
            "webhook_made", gettext_lazy("This webhook was made already; its secret is shown once only.")
        ) from error
    return endpoint, secret


def _locked(actor: User, pk: int) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.visible_to(actor).select_for_update(of=("self",))
    endpoint: WebhookEndpoint | None = rows.filter(pk=pk).first()
    if endpoint is None:
        raise NotVisible("webhook")
    require(actor, "webhooks.edit", endpoint.root_id)
    return endpoint


@transaction.atomic
def endpoint_change(
    *, actor: User, pk: int, url: str, events: Sequence[str], active: bool
) -> WebhookEndpoint:
    """Another address, other events, in use or not; what stands already changes nothing."""
    endpoint = _locked(actor, pk)
    chosen = _checked(url, events)
    wanted = {"url": url, "events": chosen, "active": active}
    before = {name: getattr(endpoint, name) for name in wanted}
    if wanted != before:
        for name, value in wanted.items():
            setattr(endpoint, name, value)
        endpoint.save(update_fields=list(wanted))
        # The address itself may be somebody's secret; its host stands in the record's text.
        change = {"moved": url != before["url"], "events": chosen, "active": active}
        audit.record(actor=actor, action=CHANGED, target=endpoint, change=change)
    return endpoint


@transaction.atomic
def endpoint_renew(*, actor: User, pk: int) -> tuple[WebhookEndpoint, str]:
    """A new secret; the old one signs nothing from now on."""
    endpoint = _locked(actor, pk)
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    endpoint.secret = seal(secret)
    endpoint.save(update_fields=["secret"])
    audit.record(actor=actor, action=RENEWED, target=endpoint)
    return endpoint, secret


# --- telling -----------------------------------------------------------------------------------------


def announce(*, root: Unit, event: WebhookEvent, key: str, content: Mapping[str, Any]) -> None:
    """Write the messages about an act in its transaction; they are sent after the commit.

    ``key`` names the act within the organisation.  Amounts do not belong into ``content``.
    """
    endpoints = [
        endpoint
        for endpoint in WebhookEndpoint.objects.filter(root=root, active=True)
        if event.value in endpoint.events
    ]
    for endpoint in endpoints:
        message = {
            "event": event.value,
            "at": timezone.now().isoformat(timespec="seconds"),
            "unit": root.code,
            **content,
        }
        delivery, created = WebhookDelivery.objects.get_or_create(
            endpoint=endpoint,
            event_key=f"{event.value}:{key}",
            defaults={
                "event": event,
                "body": json.dumps(message, ensure_ascii=False, separators=(",", ":")),
            },
        )
        if created:
            _ask(delivery)


def _ask(delivery: WebhookDelivery, after: timedelta | None = None) -> None:
    due_at = timezone.now() + after if after else None
    jobs.enqueue(
        SEND,
        arguments={"delivery": delivery.pk, "name": str(delivery.endpoint)},
        # Each attempt is a job of its own: the running one still holds its key.
        dedupe_key=f"{SEND}:{delivery.pk}:{delivery.attempts}",
        due_at=due_at,
    )


def send(context: JobContext) -> None:
    """One attempt at a message; a failed one asks for the next."""
    pk = context.arguments["delivery"]
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=pk)
    if delivery.state != WebhookState.WAITING:
        with transaction.atomic():
            context.finish({"state": delivery.state})
        return
    outcome = _post(delivery)
    with transaction.atomic():
        row = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=pk)
        row.attempts += 1
        row.status, row.error, row.next_at = outcome.status, outcome.error[:300], None
        if outcome.taken:
            row.state, row.delivered_at = WebhookState.DELIVERED, timezone.now()
        elif row.attempts > len(PAUSES) or not row.endpoint.active:
            row.state = WebhookState.FAILED
        else:
            pause = PAUSES[row.attempts - 1]
            row.next_at = timezone.now() + pause
            _ask(row, pause)
        row.save(update_fields=["attempts", "status", "error", "next_at", "state", "delivered_at"])
        context.finish({"state": row.state, "status": outcome.status, "error": outcome.error})


def _post(delivery: WebhookDelivery) -> webhooks.Outcome:
    if not delivery.endpoint.active:
        return webhooks.Outcome(None, _("The webhook is switched off."))
    try:
        secret = unseal(delivery.endpoint.secret)
    except RuleViolation as error:
        return webhooks.Outcome(None, str(error))
    body = delivery.body.encode()
    headers = {
        webhooks.SIGNATURE: webhooks.sign(secret, int(timezone.now().timestamp()), body),
        "OpsCenter-Event": delivery.event,
        "OpsCenter-Delivery": str(delivery.key),
        "User-Agent": "OpsCenter",
    }
    return webhooks.post(delivery.endpoint.url, body, headers)


@transaction.atomic
def delivery_resend(*, actor: User, pk: int) -> WebhookDelivery:
    """Send a message again that was given up, or was delivered; one that waits stays as it is."""
    rows = WebhookDelivery.objects.visible_to(actor).select_for_update(of=("self",))
    delivery: WebhookDelivery | None = rows.select_related("endpoint").filter(pk=pk).first()
    if delivery is None:
        raise NotVisible("webhook_message")
    require(actor, "webhooks.edit", delivery.endpoint.root_id)
    if delivery.state != WebhookState.WAITING:
        delivery.state, delivery.attempts, delivery.next_at = WebhookState.WAITING, 0, None
        delivery.save(update_fields=["state", "attempts", "next_at"])
        audit.record(actor=actor, action=RESENT, target=delivery)
        _ask(delivery)
    return delivery
