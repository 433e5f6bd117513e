"""Programs that ask as one of the people: their token, what they get."""

from typing import Any
from uuid import uuid4

from django.test import Client

from core.tokens import token_create
from tests.people import People


class Program:
    """Asks the API with the token of a person, in English."""

    def __init__(self, people: People, name: str) -> None:
        _token, self.secret = token_create(actor=people.user(name), name=name, days=1, form_key=uuid4())
        self.client = Client()
        self.headers = {"Authorization": f"Token {self.secret}", "Accept-Language": "en"}

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", params, headers=self.headers)

    def post(self, path: str, body: Any = None, key: str | None = None, **headers: str) -> Any:
        sent = {**self.headers, **headers}
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.client.post(
            f"/api/v1/{path}", body if body is not None else {}, content_type="application/json", headers=sent
        )

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.content
        return list(answer.json()["results"])
