"""Every error of the API has one shape, in the language that was asked for."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings

from core.api.throttling import PersonThrottle
from core.tokens import token_revoke
from tests.api import Program
from tests.people import People


def shape(answer: Any) -> set[str]:
    assert answer["Content-Type"] == "application/json", answer["Content-Type"]
    body = answer.json()
    assert all(set(line) == {"field", "message"} for line in body["errors"])
    return set(body)


WHOLE = {"code", "message", "errors"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("put", "logs/", 405, "method_not_allowed"),
        ("patch", "logs/1/", 405, "method_not_allowed"),
        ("delete", "settlements/1/", 405, "method_not_allowed"),
        ("options", "logs/", 405, "method_not_allowed"),
        ("get", "roll-ups/", 405, "method_not_allowed"),
        ("post", "scores/", 405, "method_not_allowed"),
        ("get", "nothing/", 404, "resource"),
        ("post", "nothing/", 404, "resource"),
        ("get", "logs/x/", 404, "resource"),
        ("get", "logs", 404, "resource"),
    ],
)
def test_refusals_have_one_shape(people: People, method: str, path: str, status: int, code: str) -> None:
    program = Program(people, "director")

    answer = getattr(program.client, method)(f"/api/v1/{path}", headers=program.headers)

    assert answer.status_code == status
    assert shape(answer) == WHOLE
    assert answer.json()["code"] == code


def test_body_that_cannot_be_read(people: People) -> None:
    program = Program(people, "finance")

    broken = program.client.post(
        "/api/v1/roll-ups/", b"{", content_type="application/json", headers=program.headers
    )
    strange = program.client.post("/api/v1/roll-ups/", b"x", content_type="text/csv", headers=program.headers)
    fancy = program.client.get("/api/v1/logs/", headers={**program.headers, "Accept": "text/html"})

    assert (broken.status_code, broken.json()["code"]) == (400, "parse_error")
    assert (strange.status_code, strange.json()["code"]) == (415, "unsupported_media_type")
    assert (fancy.status_code, fancy.json()["code"]) == (406, "not_acceptable")
    assert shape(broken) == shape(strange) == shape(fancy) == WHOLE


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_body_that_is_too_large(people: People) -> None:
    for key in (None, "k"):
        answer = Program(people, "finance").post("roll-ups/", {"month": "x" * 200}, key=key)

        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_what_is_wrong_is_told_by_field_in_the_language_asked_for(people: People) -> None:
    program = Program(people, "finance")

    english = program.post("roll-ups/", {"month": "May"}).json()
    chinese = program.post("roll-ups/", {"month": "May"}, **{"Accept-Language": "zh-CN"}).json()

    assert english["code"] == chinese["code"] == "invalid"
    assert {line["field"] for line in english["errors"]} == {"month", "unit"}
    assert {line["field"]: line["message"] for line in english["errors"]}["unit"] == "This field is required."
    assert {line["field"]: line["message"] for line in chinese["errors"]}["unit"] == "该字段是必填项。"


@pytest.mark.parametrize("header", ["Token", "Token wrong", "Token ocp_123", "token  "])
def test_key_that_opens_nothing(people: People, header: str) -> None:
    answer = Client().get("/api/v1/logs/", headers={"Authorization": header})

    assert answer.status_code == 401
    assert shape(answer) == WHOLE


def test_revoked_key_opens_nothing(people: People) -> None:
    program = Program(people, "staff")
    assert program.get("logs/").status_code == 200
    user = people.user("staff")

    token_revoke(actor=user, token_id=user.api_tokens.get().pk)

    assert program.get("logs/").status_code == 401


def test_inactive_person_is_nobody(people: People) -> None:
    program = Program(people, "staff")
    user = people.user("staff")
    user.is_active = False
    user.save()

    assert program.get("logs/").status_code == 401


def test_session_needs_the_csrf_token_to_write(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.user("finance"))
    body = {"month": "2024-04", "unit": "co"}

    answer = client.post("/api/v1/roll-ups/", json.dumps(body), content_type="application/json")

    assert answer.status_code == 403
    assert answer.json()["code"] == "permission_denied"
    assert client.get("/api/v1/logs/").status_code == 200


@override_settings(MFA_REQUIRED_ROLES=["finance"])
def test_key_of_somebody_who_owes_a_second_factor_opens_nothing(people: People) -> None:
    answer = Program(people, "finance").get("funds/")

    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")
    assert Program(people, "staff").get("logs/").status_code == 200


@override_settings(MFA_REQUIRED_ROLES=["finance"])
def test_session_of_somebody_who_owes_a_second_factor_is_told_in_json(people: People) -> None:
    client = people.client("finance")

    answers = [client.get(f"/api/v1/{path}") for path in ("funds/", "logs/", "settlements/1/")]
    written = client.post("/api/v1/roll-ups/", {"month": "2024-04", "unit": "co"}, "application/json")

    for answer in (*answers, written):
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")
        assert shape(answer) == WHOLE
    assert client.get("/api/schema/?format=json").status_code == 403
    page = client.get("/api/docs/")
    assert (page.status_code, page["Location"]) == (302, "/accounts/security/")
    assert people.client("staff").get("/api/v1/logs/").status_code == 200


def test_mistake_of_ours_has_the_shape_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("kpi.api.views.LogView.rows", broken)
    program = Program(people, "staff")
    program.client.raise_request_exception = False

    answer = program.get("logs/")

    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert shape(answer) == WHOLE
    assert "ZeroDivision" not in answer.content.decode()


def test_too_many_requests(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PersonThrottle, "get_rate", lambda self: "2/hour")
    monkeypatch.setattr(PersonThrottle, "scope", "test_too_many")
    program = Program(people, "staff")

    answers = [program.get("logs/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert shape(answers[2]) == WHOLE
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
