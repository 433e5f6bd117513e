"""The pages of webhooks: who keeps them, the secret shown once, the log of messages."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from core.models import AuditEvent
from core.sealing import unseal
from departments.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from departments.webhooks import announce
from tests.api.hooks import endpoint, lock
from tests.people import People
from tests.people.pages import assert_bounded


def form(people: People, **changes: Any) -> dict[str, Any]:
    return {
        "url": "https://hooks.example.com/x",
        "events": ["month.locked"],
        "root": people.root.pk,
        "form_key": str(uuid4()),
        **changes,
    }


def test_secret_is_shown_once_and_kept_encrypted(people: People) -> None:
    client = people.client("finance")

    answer = client.post(reverse("webhooks:index"), form(people))

    hook = WebhookEndpoint.objects.get()
    secret = unseal(hook.secret)
    assert secret.startswith("ocw_")
    assert secret in answer.content.decode()
    assert secret not in hook.secret
    assert secret not in client.get(reverse("webhooks:index")).content.decode()
    [event] = AuditEvent.objects.filter(action="webhook.created")
    assert event.target_text == "hooks.example.com"


def test_new_secret_replaces_the_old_one(people: People) -> None:
    hook = endpoint(people, "https://hooks.example.com/x")
    before = unseal(hook.secret)

    answer = people.client("admin").post(reverse("webhooks:renew", args=[hook.pk]))

    hook.refresh_from_db()
    assert unseal(hook.secret) != before
    assert unseal(hook.secret) in answer.content.decode()


def test_address_that_is_refused_is_told_beside_the_field(people: People) -> None:
    answer = people.client("finance").post(
        reverse("webhooks:index"), form(people, url="http://10.0.0.1/"), headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 422
    assert "must begin with https://" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_same_form_twice_makes_one(people: People) -> None:
    client, sent = people.client("finance"), form(people)

    client.post(reverse("webhooks:index"), sent)

    assert client.post(reverse("webhooks:index"), sent).status_code == 409
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize("name", ["staff", "leader", "manager", "director", "hr", "auditor", "outsider"])
def test_pages_are_not_there_for_others(people: People, name: str) -> None:
    hook = endpoint(people, "https://hooks.example.com/x")
    lock(people)
    delivery, client = WebhookDelivery.objects.get(), people.client(name)

    for address in (
        reverse("webhooks:index"),
        reverse("webhooks:edit", args=[hook.pk]),
        reverse("webhooks:messages"),
        reverse("webhooks:message", args=[delivery.pk]),
    ):
        assert client.get(address).status_code == 404
    assert client.post(reverse("webhooks:index"), form(people)).status_code == 404
    assert client.post(reverse("webhooks:renew", args=[hook.pk])).status_code == 404
    assert WebhookEndpoint.objects.get().secret == hook.secret


def test_webhook_is_changed_and_switched_off(people: People) -> None:
    hook = endpoint(people, "https://hooks.example.com/x")
    address = reverse("webhooks:edit", args=[hook.pk])
    sent = {"url": "https://other.example.com/", "events": ["payouts.paid", "month.locked"]}

    assert people.client("finance").get(address).status_code == 200
    for _ in range(2):
        assert people.client("finance").post(address, sent).status_code == 302

    hook.refresh_from_db()
    assert (hook.url, hook.events, hook.active) == (sent["url"], ["month.locked", "payouts.paid"], False)
    assert AuditEvent.objects.filter(action="webhook.changed").count() == 1


def test_log_of_messages_shows_each_with_its_answer(people: People) -> None:
    hook = endpoint(people, "https://hooks.example.com/x")
    lock(people)
    delivery, client = WebhookDelivery.objects.get(), people.client("finance")

    def grow() -> None:
        for number in range(18):
            announce(root=people.root, event=WebhookEvent.MONTH_LOCKED, key=str(number), content={})
        for _ in range(18):
            endpoint(people, "https://hooks.example.com/x")

    page = client.get(reverse("webhooks:message", args=[delivery.pk])).content.decode()
    assert "2024-04" in page
    assert hook.url in page
    assert_bounded(client, reverse("webhooks:messages"), grow)
    assert_bounded(client, reverse("webhooks:index"), grow)
