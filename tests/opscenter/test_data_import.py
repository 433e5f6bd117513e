"""The import wizard: check, look, accept; the file back with red cells; who may, and how often."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from campaigns.models import StoreDay
from core.jobs import run_due
from core.models import AuditEvent, Job, StoredFile
from tests.people import People
from tests.people.pages import assert_bounded

ENGLISH = {"accept-language": "en"}
HEADINGS = ["date", "store", "visitors", "gross_profit"]
GOOD = [HEADINGS, ["2024-05-02", "st-1", 31, 120.5], ["2024-05-03", "st-1", 28, 99.9]]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def workbook(rows: list[list[Any]], sheet: str = "store_days") -> bytes:
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client: Any, data: bytes, name: str = "日报.xlsx") -> Job:
    """Upload and follow to the page of the check."""
    answer = client.post("/data/import/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    run_due()  # inside a test's transaction nothing is committed, so nothing wakes the job
    return Job.objects.get(pk=int(re.findall(r"\d+", answer["Location"])[0]))


def accept(client: Any, check: Job) -> Job:
    """Accept a checked file; the import that came of it."""
    answer = client.post(f"/data/import/{check.pk}/accept/")
    assert answer.status_code == 302
    run_due()
    return Job.objects.get(pk=int(re.findall(r"\d+", answer["Location"])[0]))


def page_of(client: Any, job: Job, query: str = "") -> str:
    answer = client.get(f"/data/import/{job.pk}/{query}", headers=ENGLISH)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_check_writes_nothing_and_acceptance_writes_everything(people: People) -> None:
    client = people.client("manager")

    check = upload(client, workbook(GOOD))
    page = page_of(client, check)

    assert check.state == "done"
    assert check.result["status"] == "checked"
    assert not StoreDay.objects.exists()
    assert "Accept and import" in page
    assert "2024-05-02 · st-1" in page

    job = accept(client, check)

    assert job.result["status"] == "accepted"
    assert list(StoreDay.objects.order_by("date").values_list("visitors", flat=True)) == [31, 28]
    assert "Imported" in page_of(client, job)


def test_accepting_twice_is_one_import(people: People) -> None:
    client = people.client("manager")
    check = upload(client, workbook(GOOD))

    assert accept(client, check).pk == accept(client, check).pk
    assert AuditEvent.objects.filter(action="import.accepted", actor=people.user("manager")).count() == 1
    assert AuditEvent.objects.filter(action="import.confirmed").count() == 1


def test_the_same_file_again_has_nothing_to_change(people: People) -> None:
    client = people.client("manager")
    data = workbook(GOOD)
    accept(client, upload(client, data))

    again = upload(client, data)
    page = page_of(client, again)

    assert "Nothing to change" in page
    assert "Accept and import" not in page


def test_a_change_shows_old_and_new(people: People) -> None:
    client = people.client("manager")
    accept(client, upload(client, workbook(GOOD)))

    check = upload(client, workbook([HEADINGS, ["2024-05-02", "st-1", 33, 120.5]]))
    row = check.result["examples"][0]["rows"][0]

    assert row["outcome"] == "updated"
    assert row["cells"] == [{"column": "visitors", "old": "31", "new": "33"}]
    assert "<del>31</del>" in page_of(client, check)


BAD = [
    ["日期", "门店", "进店客数", "毛利"],
    ["2024-05-02", "st-1", "很多", 120.5],
    ["2024-13-40", "no-such", 3, "=1+1"],
    ["2024-05-04", "st-1", 7, 80],
]


def test_everything_wrong_is_listed_with_its_place(people: People) -> None:
    client = people.client("manager")

    check = upload(client, workbook(BAD, "门店日报"))
    page = page_of(client, check)

    found = {(error["row"], error["column"], error["code"]) for error in check.result["errors"]}
    assert found == {
        (2, "visitors", "not_whole_number"),
        (3, "date", "not_date"),
        (3, "store", "unknown_code"),
        (3, "gross_profit", "formula"),
    }
    assert "4 things are wrong" in page
    assert "很多" in page
    assert not StoreDay.objects.exists()


def test_errors_come_in_pages(people: People) -> None:
    client = people.client("manager")
    rows = [HEADINGS, *(["2024-05-02", "st-1", f"x{number}", 1] for number in range(120))]

    check = upload(client, workbook(rows))

    assert check.result["error_count"] >= 120
    assert "x0<" in page_of(client, check)
    assert "x0<" not in page_of(client, check, "?page=2")


def test_the_file_comes_back_marked_and_otherwise_untouched(people: People) -> None:
    client = people.client("manager")
    check = upload(client, workbook(BAD, "门店日报"))

    answer = client.get(f"/data/import/{check.pk}/marked/")
    sheet = load_workbook(BytesIO(answer.content)).active

    assert sheet["C2"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["C2"].comment.text == check.result["errors"][0]["message"]
    assert sheet["D3"].value == "=1+1"
    assert sheet["D3"].data_type == "f"
    assert sheet["A2"].fill.fgColor.rgb == "00000000"
    assert sheet["E1"].value == "错误说明"
    assert sheet["E2"].value == f"进店客数: {sheet['C2'].comment.text}"
    assert "no-such" in sheet["E3"].value
    assert sheet["E4"].value is None
    assert [[cell.value for cell in row][:4] for row in sheet.iter_rows()] == BAD


def test_the_corrected_file_is_taken_with_its_column_of_reasons(people: People) -> None:
    client = people.client("manager")
    check = upload(client, workbook(BAD, "门店日报"))
    book = load_workbook(BytesIO(client.get(f"/data/import/{check.pk}/marked/").content))
    sheet = book.active
    sheet["C2"], sheet["A3"], sheet["B3"], sheet["D3"] = 5, "2024-05-03", "st-1", 2
    out = BytesIO()
    book.save(out)

    again = upload(client, out.getvalue())

    assert again.result["status"] == "checked"
    assert again.result["tables"][0]["created"] == 3


def test_a_file_that_changed_after_the_check_is_refused(people: People) -> None:
    client = people.client("manager")
    check = upload(client, workbook(GOOD))
    stored = StoredFile.objects.get(key=check.arguments["file"])
    with stored.file.storage.open(str(stored.file.name), "wb") as target:
        target.write(workbook([HEADINGS, ["2024-05-02", "st-1", 999, 1]]))

    job = accept(client, check)

    assert (job.state, job.result["code"]) == ("failed", "file_changed")
    assert not StoreDay.objects.exists()


@pytest.mark.parametrize("who", ["staff", "auditor"])
def test_rows_without_the_right_are_refused_and_show_nothing_that_stands(people: People, who: str) -> None:
    manager = people.client("manager")
    accept(manager, upload(manager, workbook(GOOD)))
    client = people.client(who)

    check = upload(client, workbook([HEADINGS, ["2024-05-02", "st-1", 1, 1]]))

    assert check.result["status"] == "rejected"
    assert {error["code"] for error in check.result["errors"]} == {"not_allowed"}
    assert check.result["examples"] == []
    assert client.post(f"/data/import/{check.pk}/accept/").status_code == 409
    assert StoreDay.objects.get(date="2024-05-02").visitors == 31


def test_what_is_private_stays_hidden_in_the_preview(people: People) -> None:
    client = people.client("hr")
    rows = [
        ["staff_no", "name", "unit", "joined", "bonus_base"],
        ["p-staff", "员小一", "co-a", "2023-01-01", 2500],
    ]

    check = upload(client, workbook(rows, "staff"))

    assert check.result["examples"][0]["rows"][0]["cells"] == [
        {"column": "bonus_base", "old": "•••", "new": "2500"}
    ]


def test_somebody_elses_import_is_no_page(people: People) -> None:
    check = upload(people.client("manager"), workbook(GOOD))

    for who in ("director", "outsider", "staff"):
        client = people.client(who)
        for path in ("", "marked/"):
            assert client.get(f"/data/import/{check.pk}/{path}").status_code == 404
        for path in ("accept/", "again/"):
            assert client.post(f"/data/import/{check.pk}/{path}").status_code == 404
        assert client.get(f"/files/{check.arguments['file']}/").status_code == 404
    assert not StoreDay.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty"), (b"%PDF-1.4", "not an Excel workbook"), (b"<html><table>", "web page")],
)
def test_what_is_no_workbook_says_so(people: People, data: bytes, words: str) -> None:
    client = people.client("manager")

    answer = client.post("/data/import/", {"file": SimpleUploadedFile("a.xlsx", data)}, headers=ENGLISH)
    run_due()
    if answer.status_code == 302:
        answer = client.get(answer["Location"], headers=ENGLISH)
    else:
        assert answer.status_code == 422

    assert words in answer.content.decode()


def test_nobody_signed_out_uploads(client: Any, people: People) -> None:
    answer = client.post("/data/import/", {"file": SimpleUploadedFile("a.xlsx", workbook(GOOD))})

    assert answer["Location"].startswith("/accounts/login/")
    assert not Job.objects.filter(kind="import").exists()


def test_a_locked_month_refuses(people: People) -> None:
    from departments.models import Period

    Period.objects.filter(root=people.root, month="2024-04-01").update(state="locked")
    client = people.client("manager")

    check = upload(client, workbook([HEADINGS, ["2024-04-02", "st-1", 1, 1]]))

    assert [error["code"] for error in check.result["errors"]] == ["month_locked"]


def test_pages_need_few_queries(people: People) -> None:
    client = people.client("manager")
    check = upload(client, workbook(GOOD))
    number = iter(range(2000))

    def grow() -> None:
        for _ in range(18):
            upload(client, workbook([HEADINGS, ["2024-05-02", "st-1", next(number), 1]]))

    assert_bounded(client, "/data/", grow)
    assert_bounded(client, f"/data/import/{check.pk}/", grow)
