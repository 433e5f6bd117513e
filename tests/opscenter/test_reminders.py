"""Reminders: set up by those who may, sent once, quiet at night, tried again, said to a local receiver."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core import jobs
from core.exceptions import NotAllowed, NotVisible, RuleViolation
from core.messages import Address
from core.models import AuditEvent, Job
from core.schedule import plan
from departments.models import ReminderChannel, ReminderDelivery
from kpi.models import LogEntry
from opscenter.reminders.jobs import quiet_until
from opscenter.reminders.services import address_of, channel_delete, channel_save, channel_test
from tests.opscenter.receivers import SIGN, TOKEN, Group, group_chat
from tests.people import People
from tests.people.pages import assert_bounded

ENGLISH = {"accept-language": "en"}
#: Wednesday, 15 May 2024, 18:00 in Shanghai; reminders are due at 17:30
EVENING = datetime(2024, 5, 15, 10, 0, tzinfo=UTC)
KINDS = ("wecom", "dingtalk", "feishu")


@pytest.fixture
def group(settings: Any) -> Iterator[Group]:
    with group_chat() as chat:
        settings.MESSAGE_ENDPOINTS = dict.fromkeys(KINDS, chat.url)
        settings.SITE_URL = "https://ops.example.com"
        yield chat


def save(people: People, who: str = "manager", unit: str = "staff", **values: Any) -> ReminderChannel:
    fields: dict[str, Any] = {
        "channel_id": None, "unit": people.staff(unit).unit, "name": "推广群", "kind": "wecom",
        "address": TOKEN, "sign": "", "active": True, "topics": ["not_logged", "due"],
        "quiet_from": time(20), "quiet_to": time(8), "per_minute": 5,
    }  # fmt: skip
    return channel_save(actor=people.user(who), **{**fields, **values})


def tick() -> None:
    """What the clock does every minute."""
    plan()
    jobs.run_due()


# --- setting up -------------------------------------------------------------------------------------------


def test_the_address_is_kept_sealed_and_not_in_the_record(people: People) -> None:
    channel = save(people, address=TOKEN, sign=SIGN, kind="dingtalk")

    assert TOKEN not in channel.sealed
    assert address_of(channel) == Address(token=TOKEN, sign=SIGN)
    event = AuditEvent.objects.get(action="reminders.saved")
    assert TOKEN not in str(event.change)
    assert SIGN not in str(event.change)


def test_an_empty_address_keeps_the_one_it_has(people: People) -> None:
    channel = save(people)

    changed = save(people, channel_id=channel.pk, address="", name="另一个群")

    assert changed.name == "另一个群"
    assert address_of(changed).token == TOKEN
    with pytest.raises(RuleViolation):
        save(people, channel_id=channel.pk, address="", kind="feishu")


@pytest.mark.parametrize("who", ["staff", "leader", "director", "finance", "hr", "auditor", "outsider"])
def test_only_manager_and_administrator_set_up_reminders(people: People, who: str) -> None:
    channel = save(people)

    with pytest.raises(NotAllowed):
        save(people, who, name="neu")
    with pytest.raises((NotAllowed, NotVisible)):
        channel_test(actor=people.user(who), channel_id=channel.pk)
    if who != "outsider":
        assert people.client(who).get("/data/reminders/").status_code == 404
    assert people.client(who).get(f"/data/reminders/{channel.pk}/").status_code == 404
    assert people.client(who).post(f"/data/reminders/{channel.pk}/test/").status_code in (403, 404)
    assert ReminderChannel.objects.count() == 1
    assert not ReminderDelivery.objects.exists()


def test_removing_twice_is_no_error(people: People) -> None:
    channel = save(people)

    for _ in range(2):
        channel_delete(actor=people.user("manager"), channel_id=channel.pk)

    assert not ReminderChannel.objects.exists()
    assert AuditEvent.objects.filter(action="reminders.deleted").count() == 1


def test_pages_set_up_try_and_remove(people: People, group: Group) -> None:
    client = people.client("admin")
    form = {
        "unit": people.staff("staff").unit_id, "name": "群", "kind": "feishu", "address": TOKEN,
        "topics": ["due"],
        "quiet_from": "20:00", "quiet_to": "08:00", "per_minute": "3",
    }  # fmt: skip

    wrong = client.post("/data/reminders/new/", {**form, "address": "??"}, headers=ENGLISH)
    assert wrong.status_code == 422
    assert "Paste the web hook" in wrong.content.decode()
    assert client.post("/data/reminders/new/", form).status_code == 302
    channel = ReminderChannel.objects.get()
    assert not channel.active

    page = client.get(f"/data/reminders/{channel.pk}/").content.decode()
    assert TOKEN not in page

    client.post(f"/data/reminders/{channel.pk}/test/")
    assert len(group.sent) == 1
    assert "推广部" in group.texts[0]
    shown = client.get("/data/reminders/", headers=ENGLISH).content.decode()
    assert "test message" in shown

    client.post(f"/data/reminders/{channel.pk}/delete/")
    assert not ReminderChannel.objects.exists()


def test_who_has_one_unit_only_finds_it_chosen(people: People, group: Group) -> None:
    own = people.staff("other-leader").unit
    people.staff("other-leader").grants.create(role="admin", unit=own)
    chosen = f'<option value="{own.pk}" selected>'
    assert chosen in people.client("other-leader").get("/data/reminders/new/").content.decode()
    page = people.client("admin").get("/data/reminders/new/").content.decode()
    units = page.partition('name="unit"')[2].partition("</select>")[0]
    assert f'<option value="{own.pk}">' in units
    assert '<option value="" selected>' in units


def test_a_failed_test_says_why(people: People, group: Group) -> None:
    group.refusal = 93000
    channel = save(people)

    delivery = channel_test(actor=people.user("manager"), channel_id=channel.pk)

    assert (delivery.state, delivery.error) == ("failed", "93000: refused")


def test_only_so_many_messages_a_minute(people: People, group: Group) -> None:
    channel = save(people, per_minute=2)
    for _ in range(2):
        channel_test(actor=people.user("manager"), channel_id=channel.pk)

    with pytest.raises(RuleViolation) as refused:
        channel_test(actor=people.user("manager"), channel_id=channel.pk)

    assert refused.value.code == "too_fast"
    assert len(group.sent) == 2


def test_the_page_needs_few_queries(people: People) -> None:
    save(people)

    assert_bounded(
        people.client("manager"),
        "/data/reminders/",
        lambda: [save(people, name=f"群{number}") for number in range(18)],
    )


# --- the daily reminder -----------------------------------------------------------------------------------


@pytest.fixture
def evening(people: People) -> Iterator[Any]:
    with time_machine.travel(EVENING, tick=False) as clock:
        yield clock


def test_nothing_is_sent_while_no_channel_is_on(people: People, group: Group, evening: Any) -> None:
    save(people, active=False)

    tick()

    assert group.sent == []
    assert not ReminderDelivery.objects.exists()


def test_one_digest_names_who_has_not_logged_and_counts_what_is_due(
    people: People, group: Group, evening: Any
) -> None:
    save(people)
    LogEntry.objects.filter(row_id="l-own").update(date="2024-05-15")

    tick()

    assert len(group.sent) == 1
    text = group.texts[0]
    assert "推广部" in text.splitlines()[0]
    assert [name for name in ("员小一", "员小二", "组长甲", "员小三", "员小四") if name in text] == [
        "员小二", "组长甲", "员小三",
    ]  # fmt: skip
    assert "https://ops.example.com/" in text
    # Of April six ratings are missing; of the rows of April and May four wait for somebody.
    assert re.search(r"2024-04\D*6", text)
    assert re.search(r"\D4$", text.splitlines()[-2])


def test_a_group_never_reads_scores_or_amounts(people: People, group: Group, evening: Any) -> None:
    save(people, unit="manager")

    tick()

    text = group.texts[0]
    for figure in ("80", "90", "2000", "3000", "0.10", "%", "¥", "元"):
        assert figure not in text.replace("https://ops.example.com/", "").replace("2024-04", "")


def test_findings_are_counted_for_the_whole_organisation_only(
    people: People, group: Group, evening: Any
) -> None:
    save(people, topics=["due"], name="a")
    save(people, topics=["due"], name="b", unit="manager")

    tick()

    by_unit = {text.splitlines()[0]: text for text in group.texts}
    lines = [text.count("\n") for _name, text in sorted(by_unit.items(), key=lambda pair: "海风" in pair[0])]
    assert lines[1] == lines[0] + 1


def test_two_clocks_send_once(people: People, group: Group, evening: Any) -> None:
    channel = save(people)

    for _ in range(3):
        tick()
    from opscenter.reminders.jobs import remind_channel

    assert remind_channel(channel, date(2024, 5, 15)) == {"nothing": True}
    assert len(group.sent) == 1
    assert ReminderDelivery.objects.filter(state="sent").count() == 2


def test_quiet_hours_wait_until_they_end(people: People, group: Group, evening: Any) -> None:
    save(people, quiet_from=time(17, 0), quiet_to=time(18, 30))

    tick()
    assert group.sent == []
    evening.move_to(datetime(2024, 5, 15, 10, 29, tzinfo=UTC))
    tick()
    assert group.sent == []
    evening.move_to(datetime(2024, 5, 15, 10, 31, tzinfo=UTC))
    tick()
    assert len(group.sent) == 1


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        (time(19, 59), None),
        (time(20, 0), datetime(2024, 5, 16, 8, 0)),  # noqa: DTZ001 — local time of the table
        (time(23, 59), datetime(2024, 5, 16, 8, 0)),  # noqa: DTZ001
        (time(3, 0), datetime(2024, 5, 15, 8, 0)),  # noqa: DTZ001
        (time(8, 0), None),
    ],
)
def test_quiet_hours_over_midnight(clock: time, until: datetime | None) -> None:
    channel = ReminderChannel(quiet_from=time(20), quiet_to=time(8))
    now = timezone.make_aware(datetime.combine(date(2024, 5, 15), clock))

    found = quiet_until(channel, now)

    assert (None if found is None else timezone.make_naive(found)) == until


def test_the_same_time_twice_means_no_quiet_hours() -> None:
    channel = ReminderChannel(quiet_from=time(8), quiet_to=time(8))

    assert quiet_until(channel, EVENING) is None


def test_a_failure_is_kept_and_tried_again_later(people: People, group: Group, evening: Any) -> None:
    group.status = 503
    save(people)

    tick()
    first = ReminderDelivery.objects.filter(state="failed").first()
    assert first is not None
    assert (first.attempts, first.error) == (1, "HTTP 503")
    evening.move_to(datetime(2024, 5, 15, 10, 1, tzinfo=UTC))
    tick()
    assert ReminderDelivery.objects.filter(attempts=2).count() == 0

    group.status = 200
    evening.move_to(datetime(2024, 5, 15, 10, 3, tzinfo=UTC))
    tick()
    assert len(group.sent) == 1
    assert set(ReminderDelivery.objects.values_list("state", "attempts", "error")) == {("sent", 2, "")}


def test_after_five_tries_it_stays_failed(people: People, group: Group, evening: Any) -> None:
    group.refusal = 1
    save(people)

    for minute in range(0, 60, 5):
        evening.move_to(datetime(2024, 5, 15, 10, minute, tzinfo=UTC))
        tick()

    assert set(ReminderDelivery.objects.values_list("state", "attempts")) == {("failed", 5)}


@pytest.mark.parametrize(
    "moment", [datetime(2024, 5, 18, 10, 0, tzinfo=UTC), datetime(2024, 5, 16, 1, 0, tzinfo=UTC)]
)
def test_nobody_is_reminded_on_days_off_or_of_yesterday(
    people: People, group: Group, evening: Any, moment: datetime
) -> None:
    save(people)
    evening.move_to(moment)

    tick()

    assert group.sent == []
    assert Job.objects.filter(kind="remind", state="done").count() == 1


def test_nothing_to_say_is_not_said(people: People, group: Group, evening: Any) -> None:
    save(people, topics=["not_logged"], unit="other")

    tick()

    assert group.sent == []
    assert ReminderDelivery.objects.get().state == "nothing"
