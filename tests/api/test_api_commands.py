"""The acts that are also commands: compute, import, export, lock."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from core.models import AuditEvent, Job
from departments.models import Period, WebhookDelivery
from incentives.models import Settlement
from incentives.services import closing
from kpi.models import LogEntry
from tests.api import Program
from tests.people import APRIL, People

APRIL_OF_CO = {"month": "2024-04", "unit": "co"}


def test_month_is_computed_by_a_job(people: People, django_capture_on_commit_callbacks: Any) -> None:
    program = Program(people, "finance")
    before = Settlement.objects.get(period__root=people.root).revision

    with django_capture_on_commit_callbacks(execute=True):
        asked = program.post("roll-ups/", APRIL_OF_CO)
    job = program.get(f"jobs/{asked.json()['id']}/").json()

    assert asked.status_code == 202
    assert (asked.json()["kind"], asked.json()["name"], asked.json()["state"]) == (
        "roll_up",
        "2024-04",
        "queued",
    )
    assert job["state"] == "done"
    assert job["result"]["digest"] == Settlement.objects.get(period__root=people.root).digest
    assert Settlement.objects.get(period__root=people.root).revision >= before


@pytest.mark.parametrize("name", ["staff", "leader", "auditor"])
def test_who_may_not_compute_finds_nothing_to_ask(people: People, name: str) -> None:
    answer = Program(people, name).post("roll-ups/", APRIL_OF_CO)

    assert answer.status_code == 404
    assert not Job.objects.filter(kind="roll_up").exists()


def test_other_organisation_is_not_there(people: People) -> None:
    answer = Program(people, "outsider").post("roll-ups/", APRIL_OF_CO)

    assert (answer.status_code, answer.json()["code"]) == (404, "unit")
    assert not Job.objects.filter(kind="roll_up").exists()


def workbook(*rows: list[Any]) -> BytesIO:
    book = Workbook()
    sheet = book.active
    sheet.title = "logs"
    for row in (["row_id", "date", "staff_no", "platform", "activity", "count"], *rows):
        sheet.append(row)
    data = BytesIO()
    book.save(data)
    data.seek(0)
    data.name = "logs.xlsx"
    return data


def upload(program: Program, data: BytesIO, **headers: str) -> Any:
    data.seek(0)
    return program.client.post("/api/v1/imports/", {"file": data}, headers={**program.headers, **headers})


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_workbook_is_checked_then_accepted(people: People, django_capture_on_commit_callbacks: Any) -> None:
    program = Program(people, "manager")

    with django_capture_on_commit_callbacks(execute=True):
        check = upload(program, workbook(["w-1", "2024-05-14", "p-staff", "t-bar", "post", 2]))
    assert check.status_code == 202
    assert program.get(f"jobs/{check.json()['id']}/").json()["result"]["status"] == "checked"
    assert not LogEntry.objects.filter(row_id="w-1").exists()

    with django_capture_on_commit_callbacks(execute=True):
        accepted = program.post(f"imports/{check.json()['id']}/accept/")
        again = program.post(f"imports/{check.json()['id']}/accept/")
    assert accepted.json()["id"] == again.json()["id"]
    assert LogEntry.objects.get(row_id="w-1").count == 2


def test_errors_of_a_workbook_are_in_the_jobs_result(
    people: People, django_capture_on_commit_callbacks: Any
) -> None:
    program = Program(people, "manager")

    with django_capture_on_commit_callbacks(execute=True):
        check = upload(program, workbook(["w-1", "2024-05-14", "p-staff", "t-bar", "post", -2]))
    job = program.get(f"jobs/{check.json()['id']}/").json()

    assert [(error["row"], error["column"]) for error in job["result"]["errors"]] == [(2, "count")]
    assert program.post(f"imports/{check.json()['id']}/accept/").status_code == 409
    assert not LogEntry.objects.filter(row_id="w-1").exists()


def test_check_of_somebody_else_is_not_there(people: People, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        check = upload(
            Program(people, "manager"), workbook(["w-1", "2024-05-14", "p-staff", "t-bar", "post", 2])
        )

    assert Program(people, "hr").post(f"imports/{check.json()['id']}/accept/").status_code == 404
    assert not LogEntry.objects.filter(row_id="w-1").exists()


def test_same_upload_with_the_same_key_is_one_job(people: People) -> None:
    program, data = Program(people, "manager"), workbook(["w-1", "2024-05-14", "p-staff", "t-bar", "post", 2])

    first = upload(program, data, **{"Idempotency-Key": "u-1"})
    # The boundary of a form differs each time; what is sent does not.
    second = upload(program, data, **{"Idempotency-Key": "u-1"})

    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert Job.objects.filter(kind="import").count() == 1


def test_sheet_is_exported_for_those_who_may(people: People) -> None:
    answer = Program(people, "finance").post("exports/", APRIL_OF_CO)

    assert answer.status_code == 200
    assert load_workbook(BytesIO(answer.content)).sheetnames
    assert AuditEvent.objects.filter(action="month.export").count() == 1
    assert Program(people, "manager").post("exports/", APRIL_OF_CO).status_code == 404
    not_computed = Program(people, "finance").post("exports/", {"month": "2024-03", "unit": "co"})
    assert not_computed.status_code == 404
    assert AuditEvent.objects.filter(action="month.export").count() == 1


def approved(people: People) -> None:
    for act, name in (
        (closing.month_review, "hr"),
        (closing.month_publish, "manager"),
        (closing.month_approve, "director"),
    ):
        act(actor=people.user(name), root=people.root, month=APRIL, reason="nobody objects")


def test_month_is_locked_once_and_only_when_approved(people: People) -> None:
    program = Program(people, "finance")
    body = {**APRIL_OF_CO, "reason": "all paid"}

    early = program.post("locks/", body)
    assert (early.status_code, early.json()["code"]) == (409, "not_approved")
    assert Period.objects.get(root=people.root, month=APRIL.first).state == "computed"

    approved(people)
    answer = program.post("locks/", body, key="lock-1")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["month"]) == ("locked", "2024-04")
    assert program.post("locks/", body, key="lock-1").content == answer.content
    again = program.post("locks/", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_locked")
    assert AuditEvent.objects.filter(action="month.locked").count() == 1
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("name", ["staff", "manager", "hr", "auditor", "outsider"])
def test_who_may_not_lock_finds_nothing_to_ask(people: People, name: str) -> None:
    approved(people)

    assert Program(people, name).post("locks/", {**APRIL_OF_CO, "reason": "x"}).status_code == 404
    assert Period.objects.get(root=people.root, month=APRIL.first).state == "approved"


def test_locking_needs_a_reason(people: People) -> None:
    approved(people)

    answer = Program(people, "director").post("locks/", APRIL_OF_CO)

    assert answer.status_code == 400
    assert [line["field"] for line in answer.json()["errors"]] == ["reason"]


def test_what_a_replay_found_is_told_to_whoever_asked_alone(people: People) -> None:
    """Its people and amounts are no business of those who look after the system."""
    found = {"people": [["p-staff", "100.00", "120.00"]]}
    job = Job.objects.create(
        kind="rule_replay", requested_by=people.user("director"), state="done", result=found
    )

    assert Program(people, "director").get(f"jobs/{job.pk}/").json()["result"] == found
    assert Program(people, "admin").get(f"jobs/{job.pk}/").json()["state"] == "done"
    assert Program(people, "admin").get(f"jobs/{job.pk}/").json()["result"] == {}
