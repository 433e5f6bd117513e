"""Superusers reach everything; what is their own others decide, and they may have no staff record."""

from typing import Any

import pytest

from core.models import User
from kpi.models import LogEntry, LogStatus

ACCEPT = {"verdict": "accepted", "reason": "", "seen": "0"}


@pytest.fixture
def boss(people: Any) -> Any:
    """The leader, who has rows of their own, as a superuser."""
    User.objects.filter(pk=people.user("leader").pk).update(is_superuser=True)
    return people.client("leader")


@pytest.mark.parametrize("row", ["l-leader"])
def test_superuser_does_not_decide_on_a_row_of_their_own(people: Any, boss: Any, row: str) -> None:
    entry = LogEntry.objects.get(row_id=row)
    assert entry.staff == people.staff("leader")
    before = (entry.status, entry.checks.count())
    for path, data in (
        (f"/verification/{entry.pk}/decide/", ACCEPT),
        ("/verification/decide/", {**ACCEPT, "row": [str(entry.pk)]}),
    ):
        boss.post(path, data)
        entry.refresh_from_db()
        assert (entry.status, entry.checks.count()) == before, path
    assert boss.get(f"/verification/{entry.pk}/").status_code == 404


def test_superuser_decides_on_the_row_of_somebody_else(people: Any, boss: Any) -> None:
    entry = LogEntry.objects.get(row_id="l-own")
    assert boss.post(f"/verification/{entry.pk}/decide/", ACCEPT).status_code == 302
    entry.refresh_from_db()
    assert entry.status == LogStatus.VALID


def test_pages_open_for_a_superuser_without_a_staff_record(people: Any) -> None:
    people.users["root"] = User.objects.create_superuser("root")
    client = people.client("root")
    for path in (
        "/",
        "/team/",
        "/logs/",
        "/verification/",
        "/assessment/",
        "/findings/",
        "/month/",
        "/campaigns/",
    ):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
    for path in ("/today/", "/today/month/", "/logs/add/", "/assessment/self/2024-05/"):
        assert client.get(path).status_code == 404, path
