"""The record of acts: masked, chained without forks, and every tampering named."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from core import audit
from core.guards import triggers
from core.models import AuditEvent, CalendarDay, User
from core.models.calendar import DayKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def action() -> Iterator[None]:
    audit.register_action("test.act", "acted")
    yield
    audit.actions._items.pop("test.act")


def record(**values: Any) -> AuditEvent:
    return audit.record(actor=None, action="test.act", **values)


def test_record_tells_who_did_what_to_which_row() -> None:
    user = User.objects.create_user("boss")
    day = CalendarDay.objects.create(date="2018-11-01", kind=DayKind.HOLIDAY)
    change = {
        "kind": [DayKind.WORKDAY, DayKind.HOLIDAY],
        "amount": Decimal("1.20"),
        "on": date(2018, 11, 1),
        "by": user,
    }
    row = audit.record(
        actor=user, action="test.act", target=day, change=change, reason="why", request_id="r1"
    )
    row.refresh_from_db()
    assert (row.actor_id, row.actor_name, row.action) == (user.pk, "boss", "test.act")
    assert (row.target_type, row.target_id) == ("core.calendarday", str(day.pk))
    assert row.change == {"kind": ["workday", "holiday"], "amount": "1.20", "on": "2018-11-01", "by": "boss"}
    assert (row.reason, row.request_id) == ("why", "r1")
    assert audit.action_label("test.act") == "acted"
    assert audit.action_label("gone.act") == "gone.act"


def test_system_acts_without_an_actor() -> None:
    row = record()
    assert (row.actor_id, row.actor_name) == (None, "")


def test_secrets_and_phone_numbers_are_masked() -> None:
    row = record(
        change={
            "password": "x",
            "bank_account": "6222",
            "nested": [{"API_key": "y", "token": ""}],
            "note": "打 13812345678",
        },
        reason="call +86 138-1234-5678 or 13912345678, order 4413812345678901",
    )
    assert row.change == {
        "password": "***",
        "bank_account": "***",
        "nested": [{"API_key": "***", "token": ""}],
        "note": "打 138****5678",
    }
    assert row.reason == "call +86 138****5678 or 139****5678, order 4413812345678901"


def test_unknown_action_and_binary_fraction_are_errors() -> None:
    with pytest.raises(KeyError, match=r"other\.act"):
        audit.record(actor=None, action="other.act")
    with pytest.raises(TypeError):
        record(change={"rate": 0.1})
    assert not AuditEvent.objects.exists()


def test_row_falls_with_its_act() -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_chain_is_whole_and_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    assert (audit.chain(), audit.head()) == (0, "0" * 64)
    for number in range(5):
        record(change={"number": number})
    assert audit.chain() == 5
    assert audit.chain() == 0
    rows = list(AuditEvent.objects.order_by("pk"))
    assert rows[0].previous_hash == "0" * 64
    assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert audit.head() == rows[-1].hash
    record()
    assert audit.chain() == 1
    assert audit.verify(anchors=[rows[-1].hash, rows[0].hash]) == []


def test_hash_covers_every_column_and_the_key(settings: Any) -> None:
    at = datetime(2018, 11, 1, 2, 3, 4, 5, tzinfo=UTC)
    row: dict[str, Any] = dict.fromkeys(audit._CONTENT, "") | {"id": 1, "at": at, "change": {"a": 1}}
    base = audit._digest("0" * 64, row)
    others = {audit._digest("0" * 64, row | {name: "x"}) for name in audit._CONTENT if name != "at"}
    others |= {audit._digest("1" * 64, row), audit._digest("0" * 64, row | {"at": at.replace(microsecond=6)})}
    settings.AUDIT_CHAIN_KEY = "key"
    others.add(audit._digest("0" * 64, row))
    assert len(others | {base}) == len(audit._CONTENT) + 3


def tamper(statement: str, row: AuditEvent, *parameters: str) -> None:
    """What somebody with all rights on the database can do: drop the guards first."""
    triggers.uninstall(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, row.pk])
    triggers.install(connection)


def chained(number: int) -> list[AuditEvent]:
    rows = [record(reason=str(index)) for index in range(number)]
    audit.chain()
    return rows


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET reason = 'x' WHERE id = %s",
        "UPDATE core_auditevent SET actor_name = 'x' WHERE id = %s",
        "UPDATE core_auditevent SET at = '2018-11-01 00:00:00+00:00' WHERE id = %s",
        "UPDATE core_auditevent SET change = '{\"a\": 1}' WHERE id = %s",
    ],
)
def test_changed_row_is_named(statement: str) -> None:
    rows = chained(5)
    tamper(statement, rows[2])
    assert [finding.row for finding in audit.verify()] == [rows[2].pk]


def test_missing_row_is_named_by_the_one_after_it() -> None:
    rows = chained(5)
    tamper("DELETE FROM core_auditevent WHERE id = %s", rows[2])
    assert [finding.row for finding in audit.verify()] == [rows[3].pk]


def test_missing_first_row_is_found() -> None:
    rows = chained(3)
    tamper("DELETE FROM core_auditevent WHERE id = %s", rows[0])
    assert {finding.row for finding in audit.verify()} == {0, rows[1].pk}


def test_cut_tail_is_found_through_the_anchor() -> None:
    rows = chained(5)
    anchor = audit.head()
    tamper("DELETE FROM core_auditevent WHERE id >= %s", rows[3])
    assert audit.verify() == []
    (finding,) = audit.verify(anchors=[anchor])
    assert anchor in str(finding)


def test_unhashed_row_in_the_middle_is_found() -> None:
    rows = chained(5)
    tamper("UPDATE core_auditevent SET hash = NULL WHERE id = %s", rows[2])
    assert {finding.row for finding in audit.verify()} == {rows[2].pk, rows[3].pk}


def test_changed_row_with_a_new_hash_breaks_the_link() -> None:
    rows = chained(5)
    content = AuditEvent.objects.filter(pk=rows[2].pk).values(*audit._CONTENT, "previous_hash").get()
    forged = audit._digest(content["previous_hash"], content | {"reason": "x"})
    tamper("UPDATE core_auditevent SET reason = 'x', hash = %s WHERE id = %s", rows[2], forged)
    assert [finding.row for finding in audit.verify()] == [rows[3].pk]


def test_digest_is_never_taken_for_a_phone_number() -> None:
    digest = "a13800138000" + "b" * 52

    record(change={"digest": digest, "note": "a13800138000"})

    assert AuditEvent.objects.get().change == {"digest": digest, "note": "a138****8000"}
