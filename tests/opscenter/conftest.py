"""Fixtures of the shell: a person, and the site with pages that refuse, fail and draw."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from core.models import User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """The limits of sign-in attempts are counted in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("lin", password=PASSWORD, first_name="林晓雨")


@pytest.fixture
def shell(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.opscenter.shell_urls"
    engine = settings.TEMPLATES[0]
    folder = Path(__file__).parent / "templates"
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], folder]}]
