"""Drawn requests of every role: no answer is a mistake of ours, every answer is as the description says."""

from collections.abc import Iterator
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

from core.models import User
from core.tokens import token_create
from departments.models import Period, Staff
from finance.models import Transfer
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
#: what a request by somebody who may write none of it leaves as it was
TABLES: list[type[models.Model]] = [
    *(LogEntry, Score, Finding, Payout, Settlement),
    *(Transfer, Period, Staff, User),
]
READERS = ("auditor", "outsider")


@pytest.fixture
def company(settings: Any, tmp_path: Any) -> Iterator[People]:
    settings.MEDIA_ROOT = tmp_path
    settings.API_RATE = "1000000/second"
    with time_machine.travel(NOW, tick=True):
        yield load_people()


def rows() -> dict[str, list[Any]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in TABLES}


def asked(company: People, role: str, examples: int) -> list[str]:
    """Ask every operation as a role; what was wrong with the answers."""
    _token, secret = token_create(actor=company.user(role), name="x", days=1, form_key=uuid4())
    headers = {"Authorization": f"Token {secret}", "Accept-Language": "en"}
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


@pytest.mark.parametrize("role", ["staff", "finance"])
def test_answers_are_as_described(company: People, role: str) -> None:
    assert asked(company, role, 4) == []


@pytest.mark.parametrize("role", READERS[:1])
def test_who_may_write_nothing_changes_nothing(company: People, role: str) -> None:
    before = rows()

    assert asked(company, role, 4) == []

    assert rows() == before


@pytest.mark.full
@pytest.mark.parametrize("role", ROLES)
def test_answers_to_many_requests_are_as_described(company: People, role: str) -> None:
    before = rows()

    assert asked(company, role, 200) == []

    if role in READERS:
        assert rows() == before
