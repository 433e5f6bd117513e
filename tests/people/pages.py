"""What every page test asks: the queries of a page, and what is on it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(client: Client, url: str) -> int:
    """How many queries a GET of ``url`` needs; it must answer 200."""
    client.get(url)  # what is cached in the process is warm
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(captured)


def assert_bounded(client: Client, url: str, grow: Callable[[], Any], limit: int = 15) -> None:
    """The page needs as many queries after ``grow`` has added rows as before, and at most ``limit``."""
    before = queries_of(client, url)
    grow()
    after = queries_of(client, url)
    assert before == after, f"{url}: {before} queries, with more rows {after}"
    assert after <= limit, f"{url}: {after} queries"
