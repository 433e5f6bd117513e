"""Two people activate one draft at once: one version, one act.  The control shows that the lock does it."""

import threading
from typing import Any

import pytest
import time_machine
from django.db import connection, connections

from core.exceptions import DomainError
from core.models import AuditEvent
from departments.models import RuleDraft
from kpi.models import QuotaRule
from opscenter.rules import services
from opscenter.rules.sheets import digest_of
from tests.opscenter.test_rules_drafts import submitted, version_rows
from tests.people import NOW, load_people

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ACTIVATORS = ("director", "hr", "admin")


def race(draft: RuleDraft, users: list[Any]) -> list[str]:
    """Everybody activates the draft at the same moment; what each of them was told."""
    start = threading.Barrier(len(users))
    told: list[str] = []

    def activate(user: Any) -> None:
        try:
            start.wait(20)
            services.draft_activate(actor=user, pk=draft.pk, reason="同时", digest=digest_of(draft.rows))
            told.append("done")
        except DomainError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=activate, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def prepared() -> tuple[RuleDraft, list[Any]]:
    people = load_people()
    draft = submitted(people, "quota_rules", version_rows("quota_rules", "co-a:q-post", amount="150"))
    return draft, [people.user(name) for name in ACTIVATORS]


def test_two_activations_at_once_make_one_version() -> None:
    with time_machine.travel(NOW, tick=True):
        draft, users = prepared()
        assert race(draft, users) == ["done", "not_submitted", "not_submitted"]
    assert QuotaRule.objects.filter(code="q-post").count() == 2
    assert AuditEvent.objects.filter(action="rule.activated").count() == 1


def test_without_the_lock_a_draft_is_activated_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: everybody reads the draft before anybody writes."""
    read = threading.Barrier(len(ACTIVATORS))

    def unlocked(actor: Any, pk: int) -> RuleDraft:
        draft = RuleDraft.objects.select_related("unit").get(pk=pk)
        read.wait(20)
        return draft

    with time_machine.travel(NOW, tick=True):
        draft, users = prepared()
        monkeypatch.setattr(services, "_held", unlocked)
        # Nor does the check of the days help those who ask before the first one has written.
        monkeypatch.setattr(services, "_checked", lambda *arguments: None)
        assert race(draft, users) == ["done", "done", "done"]
    assert AuditEvent.objects.filter(action="rule.activated").count() > 1
    assert connection.vendor == "postgresql"
