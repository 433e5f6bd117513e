"""Templates, exports, the first data page, and the list of jobs."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from campaigns.models import Store, StoreDay
from core import audit, jobs
from core.backup import BACKED_UP
from core.interchange.importer import import_sheets
from core.models import AuditEvent, Job, StoredFile
from core.spreadsheets.reader import read_workbook
from tests.people import People
from tests.people.pages import assert_bounded

ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def store_day(people: People, day: str, **values: Any) -> StoreDay:
    store = Store.objects.get(code="st-1")
    fields = {"month": f"{day[:7]}-01", "root": people.root, "visitors": 9, "gross_profit": "10.5"}
    return StoreDay.objects.create(date=day, store=store, **{**fields, **values})


@pytest.mark.clause("YJ-32")
def test_blank_template_of_the_chosen_tables(people: People) -> None:
    answer = people.client("staff").get("/data/templates/?make=1&tables=logs&tables=store_days")
    book = load_workbook(BytesIO(answer.content))

    assert book.sheetnames == ["推广日志", "门店日报", "说明"]
    assert [cell.value for cell in book["推广日志"][1]][:3] == ["行号", "日期*", "工号*"]
    assert book["推广日志"].max_row == 1


@pytest.mark.parametrize("query", ["?make=1", "?make=1&tables=no_such"])
def test_a_template_of_nothing_is_refused(people: People, query: str) -> None:
    answer = people.client("staff").get(f"/data/templates/{query}")

    assert answer.status_code == 422
    assert "form-check-input" in answer.content.decode()


def export(people: People, who: str, **form: Any) -> Job:
    answer = people.client(who).post("/data/export/", form)
    assert answer.status_code == 302, answer.content.decode()
    jobs.run_due()
    return Job.objects.get(kind="table_export")


def test_an_export_holds_the_rows_of_the_chosen_month_and_can_be_imported(people: People) -> None:
    store_day(people, "2024-05-02")
    store_day(people, "2024-04-02")

    job = export(people, "manager", tables=["stores", "store_days"], month="2024-05")
    answer = people.client("manager").get(f"/files/{job.result['file']}/")
    book = load_workbook(BytesIO(answer.content))

    assert job.state == "done", job.error
    assert book["门店日报"].max_row == 2
    report = import_sheets(read_workbook(answer.content), dry_run=True)
    assert report.accepted
    assert report.counts["store_days"] == {"created": 0, "updated": 0, "unchanged": 1}


def test_an_export_holds_only_what_the_person_may_see(people: People) -> None:
    store_day(people, "2024-05-02")

    job = export(people, "leader", tables=["store_days", "logs", "staff"])
    stored = StoredFile.objects.get(key=job.result["file"])
    with stored.file.open("rb") as source:
        book = load_workbook(BytesIO(source.read()))

    assert book["门店日报"].max_row == 1  # the store is the other department's
    staff = [[cell.value for cell in row] for row in book["人员"].iter_rows()]
    assert {row[0] for row in staff[1:]} == {"p-staff", "p-peer", "p-leader", "p-below"}
    assert "绩效基数" not in staff[0]
    assert people.client("director").get(f"/files/{stored.key}/").status_code == 404


def test_staff_export_nothing(people: People) -> None:
    client = people.client("staff")

    assert client.get("/data/export/").status_code == 404
    assert client.post("/data/export/", {"tables": ["logs"]}).status_code == 404
    assert not Job.objects.filter(kind="table_export").exists()


def test_an_export_needs_tables_and_a_month_that_is_one(people: People) -> None:
    answer = people.client("manager").post("/data/export/", {"month": "May", "tables": []}, headers=ENGLISH)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose at least one table" in page
    assert "A month is needed here" in page


# --- the first page -------------------------------------------------------------------------------------


@pytest.mark.clause("KQ-32")
def test_the_last_backup_is_shown_to_the_administrator(people: People) -> None:
    admin = people.client("admin")
    assert "No backup is on record" in admin.get("/data/", headers=ENGLISH).content.decode()

    audit.record(actor=None, action=BACKED_UP, change={"rows": 4321, "files": 2})

    assert "4321 rows, 2 files" in admin.get("/data/", headers=ENGLISH).content.decode().replace(
        ",", "", 1
    ) or ("4,321 rows" in admin.get("/data/", headers=ENGLISH).content.decode())
    assert "backup" not in people.client("manager").get("/data/", headers=ENGLISH).content.decode().lower()


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("staff", {"/data/import/", "/data/templates/", "/jobs/"}),
        ("leader", {"/data/import/", "/data/templates/", "/jobs/", "/data/export/", "/data/completeness/"}),
        (
            "manager",
            {
                "/data/import/", "/data/templates/", "/jobs/", "/data/export/", "/data/completeness/",
                "/data/platform-export/", "/data/reminders/",
            },
        ),
    ],
)  # fmt: skip
def test_links_are_those_a_person_may_follow(people: People, who: str, shown: set[str]) -> None:
    client = people.client(who)
    page = client.get("/data/").content.decode()

    every = {
        "/data/import/", "/data/templates/", "/jobs/", "/data/export/", "/data/completeness/",
        "/data/platform-export/", "/data/reminders/",
    }  # fmt: skip
    assert {link for link in every if f'href="{link}"' in page} == shown
    assert {link for link in every if client.get(link).status_code == 200} == shown


def test_outsiders_of_no_organisation_see_no_data_pages(people: People) -> None:
    from django.test import Client

    from core.models import User

    client = Client()
    client.force_login(User.objects.create_user("nobody"))

    assert client.get("/data/").status_code == 404


# --- jobs -----------------------------------------------------------------------------------------------


def test_people_see_their_own_jobs_and_administrators_those_of_their_units(people: People) -> None:
    for who in ("manager", "leader", "outsider"):
        jobs.enqueue("import", arguments={"file": "x", "name": f"of-{who}"}, requested_by=people.user(who))

    def names(who: str) -> set[str]:
        page = people.client(who).get("/jobs/").content.decode()
        return {name for name in ("manager", "leader", "outsider") if f"of-{name}" in page}

    assert names("manager") == {"manager"}
    assert names("leader") == {"leader"}
    assert names("admin") == {"manager", "leader"}
    assert names("outsider") == {"outsider"}


def test_somebody_elses_job_is_neither_shown_nor_cancelled(people: People) -> None:
    job = jobs.enqueue("import", arguments={"file": "x"}, requested_by=people.user("manager"))
    client = people.client("leader")

    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert job.state == "queued"


def test_a_waiting_job_is_cancelled_once(people: People) -> None:
    job = jobs.enqueue("import", arguments={"file": "x"}, requested_by=people.user("manager"))
    client = people.client("manager")

    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 409
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert AuditEvent.objects.filter(action="job.cancel", target_id=str(job.pk)).count() == 1


def test_a_job_that_is_tried_again_says_why(people: People) -> None:
    job = jobs.enqueue("import", arguments={"file": "x"}, requested_by=people.user("manager"))
    Job.objects.filter(pk=job.pk).update(attempts=2, error="Something went wrong (OSError).")

    page = people.client("manager").get(f"/jobs/{job.pk}/", headers=ENGLISH).content.decode()

    assert "Attempt 2 of 5 broke off: Something went wrong (OSError)." in page


def test_the_list_of_jobs_needs_few_queries_and_is_exported(people: People) -> None:
    client = people.client("manager")
    manager = people.user("manager")
    jobs.enqueue("import", arguments={"file": "x", "name": "a"}, requested_by=manager)

    assert_bounded(
        client,
        "/jobs/",
        lambda: [jobs.enqueue("import", arguments={"file": "x"}, requested_by=manager) for _ in range(20)],
    )
    book = load_workbook(BytesIO(client.get("/jobs/?export=xlsx").content))
    assert book.active.max_row == 22
