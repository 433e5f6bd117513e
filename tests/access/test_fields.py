"""No field is written beyond what a page takes from a role: forms, requests of the API, what is sent besides.

Rule: KQ-33; architecture.md §3.
"""

from typing import Any

import pytest

from core.access import account
from core.models import User
from opscenter.tokens import views
from tests.access.expectations import PAGES
from tests.access.fields import (
    everything,
    form_fields,
    posted_names,
    request_fields,
    smuggled,
    system_fields,
    who_tries,
)
from tests.access.matrix import Page
from tests.access.taken import CHOSEN, FORMS, POSTED, REQUESTS, TAKES
from tests.access.world import World

pytestmark = pytest.mark.django_db

WRITES = sorted(name for name, page in PAGES.items() if page.write)


def taken(name: str) -> set[str]:
    named = {**FORMS, **POSTED}
    return {field for one in TAKES.get(name, ()) for field in named[one].split()}


def found(world: World, name: str, page: Page, tries: int) -> list[str]:
    return [
        f"{name} [{relation}] by {who}: {problem}"
        for relation in page.write or ()
        for who in who_tries(page, relation)[:tries]
        for problem in smuggled(world, page, relation, who, taken(name))
    ]


def test_every_field_that_is_taken_is_declared() -> None:
    assert form_fields() == FORMS
    assert request_fields() == REQUESTS
    assert posted_names() == POSTED


def test_no_form_takes_what_nobody_types() -> None:
    names = {
        field for fields in (FORMS, REQUESTS, POSTED) for one in fields.values() for field in one.split()
    }
    assert names & system_fields() == set(CHOSEN)


def test_what_is_sent_besides_names_who_and_how_much(world: World) -> None:
    """The control of what is sent: it has what would hurt most."""
    assert {
        *("status", "state", "approved_by", "approved_by_id", "confirmed_by", "staff", "staff_id", "root_id"),
        *("id", "pk", "amount", "supersedes", "is_superuser", "role", "month", "author", "closed_by_id"),
    } <= set(everything(world))


@pytest.mark.parametrize("name", WRITES)
def test_what_a_page_does_not_take_changes_nothing(world: World, name: str) -> None:
    problems = found(world, name, PAGES[name], 1)
    assert problems == [], "\n".join(problems)


@pytest.mark.full
@pytest.mark.parametrize("name", WRITES)
def test_what_a_page_does_not_take_changes_nothing_for_any_role(world: World, name: str) -> None:
    problems = found(world, name, PAGES[name], 99)
    assert problems == [], "\n".join(problems)


def test_field_that_is_taken_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a page that takes one field more is found."""
    page = PAGES["tokens:list"]
    assert found(world, page.name, page, 1) == []

    def careless(request: Any) -> Any:
        if "is_superuser" in request.POST:
            User.objects.filter(pk=request.user.pk).update(is_superuser=True)
        return account(request)

    monkeypatch.setattr(views, "account", careless)
    assert any("core_user.is_superuser" in one for one in found(world, page.name, page, 1))
