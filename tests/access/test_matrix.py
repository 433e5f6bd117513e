"""Every page of the site against what the specification says about it."""

from typing import Any

import pytest

from core import access
from opscenter.access_checks import own_pages
from tests.access.expectations import PAGES
from tests.access.matrix import MISSING, OTHER_METHODS, ask, digest, failures, undone
from tests.access.world import World

# The test database is made only for tests with this mark; the world itself is loaded once for the module.
pytestmark = pytest.mark.django_db


def test_every_page_has_an_expectation() -> None:
    assert {name for name, _view in own_pages()} == set(PAGES)


@pytest.mark.clause("KQ-33")
@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_opens_and_writes_as_specified(world: World, name: str) -> None:
    found = failures(PAGES[name], world)
    assert found == [], "\n".join(found)


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_has_no_other_method(world: World, name: str) -> None:
    found = failures(PAGES[name], world, ("HEAD", *OTHER_METHODS))
    assert found == [], "\n".join(found)


def test_page_that_is_open_to_all_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without its rule one page lets people through, and the matrix says so."""
    page = PAGES["month:latest"]
    assert failures(page, world) == []
    refusal = access._refusal

    def open_one(rule: Any, request: Any) -> Any:
        opened = request.resolver_match.view_name == page.name
        return None if opened else refusal(rule, request)

    monkeypatch.setattr(access, "_refusal", open_one)
    assert any("by stranger" in one for one in failures(page, world))


def test_write_that_is_done_is_found(world: World) -> None:
    """Another control: what the matrix calls a change is one, and it is undone afterwards."""
    page = PAGES["month:act"]
    answer = ask(
        world,
        "director",
        "POST",
        page.url(world, "approve"),
        page,
        "approve",
        page.sent(world, "approve", "director"),
    )
    assert answer.changed
    with undone():
        assert digest() == world.digest


def test_pages_of_one_object_are_asked_for_a_missing_one() -> None:
    """A month always is: one that nobody computed opens, and says so."""
    without = {name for name, page in PAGES.items() if len(page.objects) > 1 and MISSING not in page.objects}
    assert without == {"month:show", "month:roll_up"}
