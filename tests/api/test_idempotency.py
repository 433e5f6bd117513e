"""A request with an Idempotency-Key is done once, however often it is sent."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core import audit, jobs, schedule
from core.exceptions import Conflict, RuleViolation
from core.idempotency import EXPIRE, KEPT, Sent, done_once
from core.models import AuditEvent, IdempotentRequest, Job, User
from core.models.jobs import JobState
from tests.api import Program
from tests.people import People

ACTED = audit.register_action("test.idempotent", "acted")
APRIL_OF_CO = {"month": "2024-04", "unit": "co"}


def acting(user: User) -> Any:
    def act() -> tuple[int, bytes]:
        event = audit.record(actor=user, action=ACTED)
        return 201, f"event {event.pk}".encode()

    return act


def sent(user: User, key: str = "k-1", body: str = "b", path: str = "/api/v1/x/") -> Sent:
    return Sent(user, key, "POST", path, body)


def acts() -> int:
    return AuditEvent.objects.filter(action=ACTED).count()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("program")


def test_repeat_gets_the_same_bytes_and_changes_nothing(user: User) -> None:
    first = done_once(sent(user), acting(user))
    second = done_once(sent(user), acting(user))

    assert first == (201, first[1], False)
    assert second == (201, first[1], True)
    assert acts() == 1


@pytest.mark.parametrize("other", [{"body": "c"}, {"path": "/api/v1/y/"}])
def test_known_key_with_another_request_is_refused(user: User, other: dict[str, str]) -> None:
    done_once(sent(user), acting(user))

    with pytest.raises(Conflict) as refused:
        done_once(sent(user, **other), acting(user))

    assert refused.value.code == "idempotency_key_reused"
    assert acts() == 1


def test_keys_of_other_people_are_others(user: User) -> None:
    done_once(sent(user), acting(user))
    done_once(sent(User.objects.create_user("other")), acting(user))

    assert acts() == 2


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "键", "a\n"])
def test_key_that_is_none_is_refused(user: User, key: str) -> None:
    with pytest.raises(RuleViolation):
        done_once(sent(user, key=key), acting(user))

    assert acts() == 0
    assert not IdempotentRequest.objects.exists()


def test_what_fails_leaves_no_trace_and_may_be_tried_again(user: User) -> None:
    def fails() -> tuple[int, bytes]:
        audit.record(actor=user, action=ACTED)
        raise RuleViolation("wrong")

    with pytest.raises(RuleViolation):
        done_once(sent(user), fails)
    assert acts() == 0
    assert not IdempotentRequest.objects.exists()

    assert done_once(sent(user), acting(user))[2] is False
    assert acts() == 1


def test_old_keys_are_forgotten_every_day(user: User) -> None:
    done_once(sent(user, key="old"), acting(user))
    done_once(sent(user, key="new"), acting(user))
    IdempotentRequest.objects.filter(key="old").update(at=timezone.now() - KEPT - timedelta(minutes=1))

    schedule.plan()
    jobs.run(Job.objects.get(kind=EXPIRE).pk)

    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["new"]
    assert Job.objects.get(kind=EXPIRE).state == JobState.DONE


def test_repeat_by_the_api_is_one_job_with_one_answer(people: People) -> None:
    program = Program(people, "finance")

    first = program.post("roll-ups/", APRIL_OF_CO, key="r-1")
    Job.objects.filter(kind="roll_up").update(state=JobState.DONE)
    second = program.post("roll-ups/", APRIL_OF_CO, key="r-1")
    other = program.post("roll-ups/", {**APRIL_OF_CO, "month": "2024-05"}, key="r-1")

    assert first.status_code == second.status_code == 202
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Job.objects.filter(kind="roll_up").count() == 1


# --- two at once -------------------------------------------------------------------------------------


def race(act: Any, users: int = 8) -> list[Any]:
    """What ``act`` gives to threads that begin together."""
    gate, found = threading.Barrier(users), []

    def run() -> None:
        try:
            gate.wait()
            found.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one() -> None:
    user = User.objects.create_user("program")

    found = race(lambda: done_once(sent(user), acting(user)))

    assert acts() == 1
    assert len({(status, body) for status, body, _repeated in found}) == 1
    assert sorted(repeated for _status, _body, repeated in found) == [False] + [True] * 7


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_would_be_many_if_the_key_were_only_looked_up() -> None:
    """The control: looking first and writing afterwards does the work more than once."""
    user = User.objects.create_user("program")
    looked = threading.Barrier(8)

    def look_then_act() -> None:
        with transaction.atomic():
            known = IdempotentRequest.objects.filter(user=user, key="k-1").exists()
            looked.wait()
            if not known:
                acting(user)()

    race(look_then_act)

    assert acts() > 1
