"""Drawn requests of every role: no answer is a mistake of ours, every answer is as the description says."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
import time_machine
from django.db import models
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from campaigns.models import Campaign, StoreDay, Uplift
from core.models import User
from core.tokens import token_create
from departments.models import Grant, Period, Staff
from finance.models import FundEntry, FundMonth, Transfer
from incentives.models import Finding, Payout, Settlement
from kpi.models import LogEntry, Score
from opscenter.wsgi import application
from tests.people import NOW, ROLES, People, load_people

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: The ledgers and what decides about them: no request of the API writes these, but for locking a month.
LEDGERS: list[type[models.Model]] = [
    *(Transfer, FundEntry, FundMonth, Payout, Settlement, Finding, Score, Period),
    *(Campaign, Uplift, StoreDay, Staff, Grant, User),
]
#: Who may ask for a month to be computed, or lock one.
COMPUTE = ("manager", "director", "finance", "hr", "admin")


@pytest.fixture
def company(settings: Any, tmp_path: Any) -> Iterator[People]:
    settings.MEDIA_ROOT = tmp_path
    settings.API_RATE = "1000000/second"
    with time_machine.travel(NOW, tick=True):
        yield load_people()


def rows(models: Sequence[type[models.Model]]) -> dict[str, list[Any]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


def logged() -> dict[int, str]:
    """The rows of the log by key, each as one text: rows may be added, none may change."""
    return {row["id"]: repr(row) for row in LogEntry.objects.order_by("pk").values()}


def kept(company: People, role: str, examples: int) -> list[str]:
    """Ask as a role, and see to it that the ledgers stand; what was wrong with the answers."""
    before, log = rows(LEDGERS), logged()
    failures = asked(company, role, examples)
    after, now = rows(LEDGERS), logged()
    if role in COMPUTE:
        # Computing again and locking write results of the month; nothing that they rest on, and no money.
        for name in ("Payout", "Settlement", "Score", "Period", "Uplift", "FundMonth"):
            del before[name], after[name]
    assert after == before
    assert {pk: now.get(pk) for pk in log} == log
    mine = {company.staff(role).pk}
    added = LogEntry.objects.filter(pk__in=set(now) - set(log))
    if role in ("staff", "auditor", "finance"):
        assert set(added.values_list("staff_id", flat=True)) <= mine
    return failures


def asked(company: People, role: str, examples: int) -> list[str]:
    """Ask every operation as a role; what was wrong with the answers."""
    _token, secret = token_create(actor=company.user(role), name="x", days=1, form_key=uuid4())
    # Compressed answers would have to be unpacked before they can be compared with the description.
    headers = {
        "Authorization": f"Token {secret}",
        "Accept-Language": "en",
        "Accept-Encoding": "identity",
    }
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application, headers=headers)
    failures: list[str] = []
    known: dict[str, list[int]] = {}

    def check(case: Any) -> Any:
        try:
            return case.call_and_validate(headers=headers, checks=CHECKS)
        except Exception as failure:  # told together, at the end
            failures.append(f"{case.operation.label}: {failure}")

    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        if operation.method == "get" and "{" not in operation.path:
            answer = check(operation.Case())
            if answer is not None and answer.status_code == 200:
                known[operation.path] = [row["id"] for row in answer.json()["results"][:3]]
    for operation in operations:
        for pk in known.get(operation.path.partition("{id}")[0], ()) if operation.method == "get" else ():
            check(operation.Case(path_parameters={"id": pk}))

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            check(case)

        ask()
    return failures


@pytest.mark.parametrize("role", ROLES)
def test_answers_are_as_described_and_ledgers_stand(company: People, role: str) -> None:
    assert kept(company, role, 2) == []


@pytest.mark.full
@pytest.mark.parametrize("role", ROLES)
def test_answers_to_many_requests_are_as_described(company: People, role: str) -> None:
    assert kept(company, role, 200) == []
