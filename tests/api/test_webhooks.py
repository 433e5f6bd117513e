"""Webhooks: written with the act, signed, sent after the commit, tried again, never into our own network."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import jobs, webhooks
from core.models import AuditEvent, Job
from core.sealing import unseal
from departments.models import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookState
from departments.webhooks import PAUSES, announce, delivery_resend, endpoint_change
from incentives.services import closing
from incentives.services.payments import payments_settle
from tests.api.hooks import Receiver, endpoint, lock
from tests.incentives import payday
from tests.people import APRIL, People


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def later(delivery: WebhookDelivery) -> None:
    """The next attempt is due."""
    Job.objects.filter(state="queued", arguments__delivery=delivery.pk).update(due_at=timezone.now())
    jobs.run_due()
    delivery.refresh_from_db()


def test_locking_tells_the_server_with_a_signature(
    people: People, receiver: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    hook = endpoint(people, receiver.url)

    with django_capture_on_commit_callbacks(execute=True):
        lock(people)

    [(headers, body)] = receiver.got
    content = json.loads(body)
    assert set(content) == {"event", "at", "unit", "month", "digest", "revision"}
    assert (content["event"], content["unit"], content["month"]) == ("month.locked", "co", "2024-04")
    assert headers["path"] == "/hooks?from=opscenter"
    moment, digest = (part.partition("=")[2] for part in headers["OpsCenter-Signature"].split(","))
    secret = unseal(hook.secret).encode()
    assert digest == hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    delivery = WebhookDelivery.objects.get()
    assert headers["OpsCenter-Delivery"] == str(delivery.key)
    assert (delivery.state, delivery.attempts, delivery.status) == (WebhookState.DELIVERED, 1, 200)


def test_paying_is_an_event_of_its_own(people: People, receiver: Receiver) -> None:
    endpoint(people, receiver.url, ("payouts.paid",))
    lock(people)
    assert not WebhookDelivery.objects.exists()

    closing.month_pay(actor=people.user("finance"), root=people.root, month=APRIL)

    assert WebhookDelivery.objects.get().event == WebhookEvent.PAYOUTS_PAID


def test_act_that_is_rolled_back_tells_nobody(people: People, receiver: Receiver) -> None:
    endpoint(people, receiver.url)

    def lock_and_fail() -> None:
        with transaction.atomic():
            lock(people)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        lock_and_fail()

    assert not WebhookDelivery.objects.exists()
    assert not Job.objects.filter(kind="webhook").exists()


def test_same_act_told_twice_is_one_message(people: People, receiver: Receiver) -> None:
    endpoint(people, receiver.url)

    for _ in range(2):
        announce(root=people.root, event=WebhookEvent.MONTH_LOCKED, key="2024-04", content={})

    assert WebhookDelivery.objects.count() == Job.objects.filter(kind="webhook").count() == 1


def test_other_organisation_and_switched_off_are_not_told(people: People, receiver: Receiver) -> None:
    hook = endpoint(people, receiver.url)
    endpoint_change(actor=people.user("finance"), pk=hook.pk, url=hook.url, events=hook.events, active=False)
    root = people.user("outsider").staff.root
    WebhookEndpoint.objects.create(
        root=root, form_key=uuid4(), url=receiver.url, secret="", events=["month.locked"]
    )

    lock(people)

    assert not WebhookDelivery.objects.exists()


def test_failed_message_is_tried_again_with_growing_pauses_then_given_up(
    people: People, receiver: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    endpoint(people, receiver.url)
    receiver.answers = [500] * 20
    with django_capture_on_commit_callbacks(execute=True):
        lock(people)
    delivery = WebhookDelivery.objects.get()

    for number, pause in enumerate(PAUSES, 1):
        assert (delivery.state, delivery.attempts, delivery.status) == (WebhookState.WAITING, number, 500)
        assert delivery.next_at is not None
        assert abs(delivery.next_at - timezone.now() - pause) < timedelta(seconds=30)
        later(delivery)

    assert (delivery.state, delivery.attempts) == (WebhookState.FAILED, len(PAUSES) + 1)
    assert delivery.next_at is None
    assert len(receiver.got) == len(PAUSES) + 1
    assert len({body for _headers, body in receiver.got}) == 1


def test_given_up_message_is_sent_again_when_asked(
    people: People, receiver: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    endpoint(people, receiver.url)
    lock(people)
    WebhookDelivery.objects.update(state=WebhookState.FAILED, attempts=7)
    Job.objects.all().delete()
    address = reverse("webhooks:resend", args=[WebhookDelivery.objects.get().pk])

    assert people.client("manager").post(address).status_code == 404
    assert receiver.got == []
    with django_capture_on_commit_callbacks(execute=True):
        assert people.client("admin").post(address).status_code == 302

    assert WebhookDelivery.objects.get().state == WebhookState.DELIVERED
    assert len(receiver.got) == 1
    assert AuditEvent.objects.filter(action="webhook.resent").count() == 1


def test_waiting_message_is_not_doubled_by_asking(people: People, receiver: Receiver) -> None:
    endpoint(people, receiver.url)
    lock(people)

    delivery_resend(actor=people.user("admin"), pk=WebhookDelivery.objects.get().pk)

    assert Job.objects.filter(kind="webhook").count() == 1


def test_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [302]

    outcome = webhooks.post(receiver.url, b"{}", {})

    assert (outcome.status, outcome.taken) == (302, False)
    assert len(receiver.got) == 1


def test_server_that_does_not_answer_costs_little(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(webhooks, "STEP_TIMEOUT", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = webhooks.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})

    assert outcome.status is None
    assert not outcome.taken


def test_server_that_drips_is_cut_off(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket
    import time

    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(webhooks, "WHOLE_TIMEOUT", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            link, _address = server.accept()
            with link:
                try:
                    for _ in range(100):
                        link.send(b"H")
                        time.sleep(0.1)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        outcome = webhooks.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        spent = time.monotonic() - began
        thread.join()

    assert not outcome.taken
    assert spent < 4


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "https://127.0.0.1/", "https://localhost/x", "https://10.0.0.8/"),
        *(
            "https://192.168.1.5:8443/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/",
        ),
        *("https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "https://[fd00::1]/", "https://224.0.0.1/"),
        *("ftp://example.com/", "https://", "https://user:pass@example.com/", "example.com", "https://[x/"),
        *(
            "https://example.com:99999/",
            "https://metadata.internal/",
            "https://0.0.0.0/",
            "https://100.64.0.1/",
        ),
    ],
)
def test_address_we_do_not_send_to_is_refused(url: str) -> None:
    assert webhooks.address_problem(url)
    assert not webhooks.post(url, b"{}", {}).taken


def test_public_address_is_fine() -> None:
    assert webhooks.address_problem("https://hooks.example.com:8443/a?b=c") == ""
    assert webhooks.address_problem("https://例子.cn/a") == ""
    assert webhooks.is_public("1.1.1.1")


def test_name_that_leads_into_a_private_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(*args: Any, **kwargs: Any) -> list[Any]:
        return [(0, 0, 0, "", ("1.1.1.1", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(webhooks.socket, "getaddrinfo", resolved)
    connected: list[Any] = []
    monkeypatch.setattr(webhooks.socket, "create_connection", lambda *a, **k: connected.append(a))

    assert not webhooks.post("https://rebind.example.com/", b"{}", {}).taken
    assert connected == []


def test_months_on_their_way_are_told_once_each_locked_and_paid(
    people: People, receiver: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    """From the lock, and from the payment that leaves nothing of the month to pay."""
    hook = endpoint(people, receiver.url, ("month.locked", "payouts.paid"))
    second = payday.second_finance(people)
    payday.owed(people)
    with django_capture_on_commit_callbacks(execute=True):
        payday.lock(people)
    payday.accounts(people)
    with django_capture_on_commit_callbacks(execute=True):
        made = payday.batch(people)
    assert [json.loads(body)["event"] for _headers, body in receiver.got] == ["month.locked"]
    lines = list(made.lines.values_list("pk", flat=True))
    day = timezone.localdate()

    for chosen in (lines[:1], lines, lines):
        with django_capture_on_commit_callbacks(execute=True):
            payments_settle(actor=second, batch_id=made.pk, day=day, lines=chosen)

    assert [json.loads(body)["event"] for _headers, body in receiver.got] == ["month.locked", "payouts.paid"]
    assert b"amount" not in receiver.got[1][1]
    for headers, body in receiver.got:
        moment, digest = (part.partition("=")[2] for part in headers["OpsCenter-Signature"].split(","))
        signed = hmac.new(unseal(hook.secret).encode(), f"{moment}.".encode() + body, hashlib.sha256)
        assert digest == signed.hexdigest()
    told = WebhookDelivery.objects.order_by("pk").values_list("event", "event_key", "state", "attempts")
    assert list(told) == [
        ("month.locked", "month.locked:2024-04", WebhookState.DELIVERED, 1),
        ("payouts.paid", "payouts.paid:2024-04", WebhookState.DELIVERED, 1),
    ]
