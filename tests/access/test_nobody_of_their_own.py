"""Nobody approves, rates or pays a line of their own: every act by which a person decides about a line.

``leader`` is a superuser here, so every right is there, and the line is theirs.  Each way to the act — the
service, the page, the API where it has one, a workbook — is refused and changes no row of any table.  An act
of ``departments.permissions.ACTS`` that is neither walked nor known to decide about no line fails.

Rule: KQ-03, KQ-04, KQ-23, YJ-23, HT-17, HT-24, HT-30.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import resolve

from core.exceptions import NotAllowed
from core.interchange.importer import import_sheets
from core.models import User
from core.spreadsheets.reader import sheet_of_rows
from departments.permissions import ACTS
from tests.access.matrix import digest
from tests.access.own import BOSS, OF_NO_LINE, WALKS
from tests.api import Program
from tests.people import People


def test_every_act_is_walked_or_decides_about_no_line() -> None:
    walked = {act for acts, _make in WALKS.values() for act in acts}
    assert walked.isdisjoint(OF_NO_LINE)
    assert walked | set(OF_NO_LINE) == set(ACTS)


@pytest.fixture
def boss(people: People) -> Iterator[User]:
    """The leader with every right there is; still somebody on the staff, with lines of their own."""
    User.objects.filter(pk=people.user(BOSS).pk).update(is_superuser=True, is_staff=True)
    people.user(BOSS).refresh_from_db()
    return people.user(BOSS)


def _sent_as(user: User, table: str, cells: dict[str, Any]) -> Any:
    lines = enumerate([tuple(cells), tuple(cells.values())], 1)
    return import_sheets([sheet_of_rows(table, iter(list(lines)))], user=user)


@pytest.mark.clause("KQ-03")
@pytest.mark.parametrize("name", WALKS)
def test_nobody_decides_about_a_line_of_their_own(people: People, boss: User, name: str) -> None:
    _acts, make = WALKS[name]
    line = make(people)
    program, client = Program(people, BOSS), people.client(BOSS)
    program.get("jobs/")  # notes that the key was used
    before = digest()
    for act in line.acts:
        with pytest.raises(NotAllowed) as refusal, transaction.atomic():
            act()
        assert refusal.value.code == line.code
        assert digest() == before
    for address, sent in line.posts:
        resolve(address.partition("?")[0])
        answer = client.post(address, sent)
        # 422: a form that does not offer oneself.
        assert answer.status_code in (403, 404, 422), (address, answer.status_code)
        assert digest() == before, address
    for address, sent in line.api or ():
        answer = program.post(address, sent)
        assert answer.status_code in (400, 403, 404), (address, answer.status_code)
        assert digest() == before, address
    for table, cells in line.sheets or ():
        report = _sent_as(boss, table, cells)
        assert {error.code for error in report.errors} & OWN, [one.as_dict() for one in report.errors]
        assert digest() == before, table


#: what a workbook is told for a line of the importer's own
OWN = {"own_line", "own_approval", "own_rights", "same_person"}
