"""The organisation alpha in May 2024 and a way to look at a page as one of its people."""

from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.models import User
from departments.models import Unit
from tests.opscenter.alpha import compute, give_log_ins, load

ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """The limits of sign-in attempts are counted in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def root(db: None) -> Unit:
    found = load("alpha")
    compute(found)
    return found


@pytest.fixture
def users(root: Unit) -> dict[str, User]:
    return give_log_ins()


@pytest.fixture
def visit(users: dict[str, User], django_capture_on_commit_callbacks: Any) -> Any:
    """``visit("al-1", path)`` → (status, text of the page in English); ``post=True`` sends its button with
    ``fields``, does the jobs it asked for, and gives the page that it leads to.
    """

    def get(who: str, path: str, *, post: bool = False, **fields: str) -> tuple[int, str]:
        client = Client(headers=ENGLISH)
        client.force_login(users[who])
        if post:
            with django_capture_on_commit_callbacks(execute=True):
                answer: Any = client.post(path, fields)
            if answer.status_code == 302:
                answer = client.get(answer["Location"])
        else:
            answer = client.get(path)
        return answer.status_code, unescape(answer.content.decode())

    return get
