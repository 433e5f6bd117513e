"""A list needs as many queries for two hundred rows as for two, and 15 at most."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.expectations import PAGES
from tests.access.growth import GROWN
from tests.access.limits import KINDS, LIST
from tests.access.matrix import MISSING, undone
from tests.access.world import World

pytestmark = pytest.mark.django_db

#: Lists whose length is given: the tables there are, the units, the funds of a scheme, the months; and what
#: answers a post only.
GIVEN = {
    "api:funds-list",
    "api:settlements-list",
    "campaigns:tasks",
    "cockpit:movers",
    "data:index",
    "data:marked",
    "funds:index",
    "org:chart",
    "payments:outsiders",
}
WHO = ("director", "finance", "manager", "hr", "admin")
#: Those whose people fit on one page are ranked from the log as it is now; the others as computed in April.
QUERIES = {"team:ranking": "?month=2024-04"}


def queries(world: World, who: str, url: str) -> tuple[int, int]:
    """How many queries the page needs, and how long it is."""
    client = world.client(who)
    client.get(url)  # what is cached in the process is warm
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    assert answer.status_code == 200, (url, who, answer.status_code)
    return len(asked), len(answer.content)


def test_every_list_grows_or_has_a_given_length() -> None:
    lists = {name for name, kind in KINDS.items() if kind is LIST}
    assert lists == set(GROWN) | GIVEN
    assert not set(GROWN) & GIVEN


@pytest.mark.parametrize("name", sorted(GROWN))
def test_list_needs_as_many_queries_for_two_hundred_rows_as_for_two(world: World, name: str) -> None:
    page = PAGES[name]
    relation = next(one for one in page.objects if one != MISSING)
    who = next(one for one in WHO if one in (page.read or {})[relation])
    with undone():
        if page.prepare is not None:
            page.prepare(world, relation)
        url = page.url(world, relation) + QUERIES.get(name, "")
        GROWN[name].make(2)
        few, short = queries(world, who, url)
        GROWN[name].make(198)
        many, long = queries(world, who, url)
    assert long > short, f"{name}: the rows do not show"
    assert many == few, f"{name}: {few} queries, with 198 rows more {many}"
    assert many <= LIST.limit, f"{name}: {many} queries"
