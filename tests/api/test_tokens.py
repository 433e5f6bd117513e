"""Access keys: made and revoked by their owner on a page, the secret shown once."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import ApiToken, AuditEvent
from core.tokens import token_create, token_user
from tests.people import People
from tests.people.pages import assert_bounded

PAGE = "tokens:list"
SECRET = re.compile(r"ocp_[\w-]{43}")


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "payroll", "days": "90", "form_key": str(uuid4()), **changes}


def test_secret_is_shown_once_and_only_its_digest_is_kept(people: People) -> None:
    client = people.client("staff")

    answer = client.post(reverse(PAGE), form())
    [secret] = SECRET.findall(answer.content.decode())

    token = ApiToken.objects.get()
    assert token.user == people.user("staff")
    assert secret not in str(vars(token))
    assert token.hint == secret[-4:]
    assert token_user(secret) == people.user("staff")
    assert "no-store" in answer["Cache-Control"]
    assert not SECRET.search(client.get(reverse(PAGE)).content.decode())
    [event] = AuditEvent.objects.filter(action="api_key.created")
    assert secret not in str(vars(event))


def test_same_form_twice_makes_one_key(people: People) -> None:
    client, sent = people.client("staff"), form()

    client.post(reverse(PAGE), sent)
    again = client.post(reverse(PAGE), sent)

    assert again.status_code == 409
    assert ApiToken.objects.count() == 1
    assert AuditEvent.objects.filter(action="api_key.created").count() == 1


@pytest.mark.parametrize("change", [{"name": ""}, {"days": "100000"}, {"form_key": "x"}])
def test_form_that_is_not_right_makes_no_key(people: People, change: dict[str, str]) -> None:
    answer = people.client("staff").post(reverse(PAGE), form(**change))

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_only_the_owner_revokes(people: People) -> None:
    token, secret = token_create(actor=people.user("staff"), name="x", days=1, form_key=uuid4())
    address = reverse("tokens:revoke", args=[token.pk])

    assert people.client("director").post(address).status_code == 404
    assert token_user(secret) == people.user("staff")

    for _ in range(2):
        assert people.client("staff").post(address).status_code == 302
    assert token_user(secret) is None
    assert AuditEvent.objects.filter(action="api_key.revoked").count() == 1
    assert people.client("director").get(reverse(PAGE)).status_code == 200


def test_key_ends_with_its_term(people: People) -> None:
    token, secret = token_create(actor=people.user("staff"), name="x", days=1, form_key=uuid4())
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert token_user(secret) is None


def test_last_use_is_noted_now_and_then(people: People) -> None:
    token, secret = token_create(actor=people.user("staff"), name="x", days=1, form_key=uuid4())

    token_user(secret)
    token.refresh_from_db()
    first = token.last_used_at
    token_user(secret)
    token.refresh_from_db()

    assert first is not None
    assert token.last_used_at == first


def test_page_needs_a_sign_in_and_few_queries(people: People, client: Any) -> None:
    assert client.get(reverse(PAGE)).status_code == 302
    token_create(actor=people.user("staff"), name="x", days=1, form_key=uuid4())

    def grow() -> None:
        for _ in range(18):
            token_create(actor=people.user("staff"), name="x", days=1, form_key=uuid4())

    assert_bounded(people.client("staff"), reverse(PAGE), grow)
