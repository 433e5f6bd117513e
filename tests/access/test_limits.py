"""No page needs more queries than its kind may: lists 15, pages 25."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.expectations import PAGES
from tests.access.limits import KINDS
from tests.access.matrix import MISSING, Page, undone
from tests.access.world import World

pytestmark = pytest.mark.django_db

READ = sorted(name for name, page in PAGES.items() if page.read is not None)
#: Somebody who sees their own lines and those of a unit, and somebody who sees the whole.
OWN = ("leader", "staff", "outsider")
WHOLE = ("director", "manager", "finance", "hr", "auditor", "admin")
#: 405: an address that takes posts only.
OPENS = frozenset({200, 302, 405})


def askers(page: Page) -> list[tuple[str, str]]:
    """(relation, who): the people of both kinds who read the page, each where they first may."""
    found = []
    for group in (OWN, WHOLE):
        first = next(
            (
                (relation, who)
                for relation in page.objects
                if relation != MISSING
                for who in group
                if who in (page.read or {}).get(relation, frozenset())
            ),
            None,
        )
        found += [first] if first else []
    return found


def test_every_page_has_a_kind() -> None:
    assert set(READ) - set(KINDS) == set(), "tests/access/limits.py says what kind a page is"


@pytest.mark.parametrize("name", READ)
def test_page_needs_no_more_queries_than_its_kind_may(world: World, name: str) -> None:
    page, limit = PAGES[name], KINDS[name].limit
    for relation, who in askers(page):
        client, url = world.client(who), page.url(world, relation)
        with undone():
            if page.prepare is not None:
                page.prepare(world, relation)
            client.get(url)  # what is cached in the process is warm
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(url)
        assert answer.status_code in OPENS, (url, who, answer.status_code)
        assert len(asked) <= limit, f"{name} for {who}: {len(asked)} queries, {KINDS[name].name} {limit}"
