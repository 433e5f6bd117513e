"""A whole month is checked, or set beside its facts now, by a job: who sees it, what is kept, cancelling."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core import jobs
from core.job_context import JobContext
from core.models import Job, StoredFile, User
from core.models.jobs import JobState
from departments.models import Unit
from incentives.services.closing import month_lock
from incentives.services.roll_up import month_roll_up
from kpi.models import Rating
from opscenter.explain import jobs as explain_jobs
from tests.access.matrix import digest
from tests.opscenter.alpha import MONTH

VERIFY = "/explain/2024-05/verify/?unit=al-company"
COMPARE = "/explain/compare/"
NOW = "/explain/compare/?unit=al-company&before=2024-05&after=now"
ASKED = {"unit": "al-company", "before": "2024-05", "after": "now"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def client_of(users: dict[str, User]) -> Any:
    def client(who: str) -> Client:
        found = Client(headers={"accept-language": "en"})
        found.force_login(users[who])
        return found

    return client


def asked() -> Any:
    return Job.objects.filter(kind__startswith="month_").order_by("pk")


def raise_rating() -> None:
    # 15 × 100/100 = 15.00 instead of 9.00: 59.33, and 3000 × 0.5933 × 0.75 = 1334.925: 135.00 more
    Rating.objects.filter(staff__staff_no="al-2").update(score=100)


def test_check_says_as_of_when_and_for_whom(users: dict[str, User], visit: Any) -> None:
    page = visit("al-4", VERIFY, post=True)[1]
    assert "Equal: everything that was checked holds." in page
    assert "As of" in page
    assert f"asked for by {users['al-4'].get_full_name() or 'al-4'}" in page
    assert "computed or locked since" not in page


def test_month_that_changed_since_is_told(root: Unit, visit: Any) -> None:
    visit("al-4", VERIFY, post=True)
    visit("al-4", COMPARE, post=True, **ASKED)
    raise_rating()
    month_roll_up(actor=None, root=root, month=MONTH)
    assert "The month was computed or locked since" in visit("al-4", VERIFY)[1]
    assert "The month was computed again since" in visit("al-4", NOW)[1]
    assert "since; verify it again" not in visit("al-4", VERIFY, post=True)[1]
    month_lock(actor=None, root=root, month=MONTH, force=True, reason="year end")
    assert "The month was computed or locked since" in visit("al-4", VERIFY)[1]


def test_reading_computes_nothing(client_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: Any) -> Any:
        raise AssertionError("a month is computed in a request")

    monkeypatch.setitem(explain_jobs.KINDS, "month_verify", (object, fails))
    monkeypatch.setitem(explain_jobs.KINDS, "month_compare", (object, fails))
    client = client_of("al-4")
    client.get(VERIFY)
    before = digest()
    assert client.get(VERIFY).status_code == client.get(NOW).status_code == 200
    assert digest() == before
    # The commit of the test's transaction never comes, so that the job waits: asking computes nothing either.
    assert client.post(VERIFY).status_code == 302
    assert asked().get().state == JobState.QUEUED


def test_same_request_while_one_waits_is_the_same_job(client_of: Any, users: dict[str, User]) -> None:
    for _each in range(2):
        assert client_of("al-4").post(VERIFY)["Location"] == VERIFY
    users["al-1"].is_superuser = True
    users["al-1"].save()
    client_of("al-1").post(VERIFY)
    client_of("al-4").post(COMPARE, ASKED)
    client_of("al-4").post(COMPARE, ASKED)
    assert sorted(asked().values_list("kind", flat=True)) == ["month_compare", "month_verify"]
    assert "Waiting for a worker" in client_of("al-4").get(VERIFY).content.decode()
    assert 'hx-trigger="every 1s"' in client_of("al-4").get(NOW).content.decode()


def test_months_facts_now_are_set_beside_what_is_stored(visit: Any) -> None:
    page = visit("al-4", NOW)[1]
    assert "Compute now" in page
    assert "Payouts before" not in page
    page = visit("al-4", COMPARE, post=True, **ASKED)[1]
    assert "Nobody's money differs" in page
    raise_rating()

    page = visit("al-4", COMPARE, post=True, **ASKED)[1]

    # al-2: bonus 1199.93 → 1334.93
    assert "+135.00" in page
    assert "score 53.33 → 59.33" in page
    assert "1 person moved" in page


def test_reasons_are_told_in_the_language_of_the_reader(visit: Any, users: dict[str, User]) -> None:
    raise_rating()
    visit("al-4", COMPARE, post=True, **ASKED)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(users["al-4"])
    assert "score 53.33" not in client.get(NOW).content.decode()
    assert "53.33 → 59.33" in client.get(NOW).content.decode()


def test_two_months_need_no_job(root: Unit, client_of: Any) -> None:
    answer = client_of("al-4").post(COMPARE, {"unit": "al-company", "before": "2024-05", "after": "2024-05"})
    assert answer["Location"] == "/explain/compare/?unit=al-company&before=2024-05&after=2024-05"
    assert not asked().exists()


def test_what_was_found_is_not_in_the_job_nor_a_file_to_download(visit: Any, client_of: Any) -> None:
    raise_rating()
    visit("al-4", COMPARE, post=True, **ASKED)
    visit("al-4", VERIFY, post=True)
    for job in asked():
        assert set(job.result) == {"file"}
        assert "1334" not in json.dumps([job.result, job.arguments, job.message])
        for who in ("al-1", "al-4"):
            assert client_of(who).get(f"/files/{job.result['file']}/").status_code == 404
    for who in ("al-1", "al-2", "al-3"):
        assert client_of(who).get(VERIFY).status_code == 404
        assert client_of(who).post(VERIFY).status_code == 404
        assert client_of(who).get(NOW).status_code == 404
        assert client_of(who).post(COMPARE, ASKED).status_code == 404
    assert asked().count() == 2


def test_right_that_was_lost_meanwhile_ends_the_job(users: dict[str, User], client_of: Any) -> None:
    client_of("al-4").post(VERIFY)
    users["al-4"].staff.grants.all().delete()
    users["al-4"].staff.role = "staff"
    users["al-4"].staff.save()
    job = asked().get()
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result.get("file")) == (JobState.FAILED, None)
    assert not StoredFile.objects.filter(kind=explain_jobs.FOUND).exists()


@pytest.mark.parametrize("at", [0, 1, 2])
def test_cancelled_while_it_runs_leaves_nothing(
    users: dict[str, User], client_of: Any, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    client_of("al-4").post(COMPARE, ASKED)
    job = asked().get()
    tell = JobContext.progress

    def cancelling(context: JobContext, done: int, total: int, message: str = "") -> None:
        if done == at:
            jobs.cancel(Job.objects.get(pk=context.job_id), users["al-4"])
        tell(context, done, total, message)

    monkeypatch.setattr(JobContext, "progress", cancelling)
    assert jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.CANCELLED, {})
    assert not StoredFile.objects.filter(kind=explain_jobs.FOUND).exists()
    page = client_of("al-4").get(NOW).content.decode()
    assert "The last job was cancelled; nothing was changed." in page
    assert "Compute now" in page


def test_older_finding_stands_while_a_newer_job_runs(visit: Any, client_of: Any) -> None:
    visit("al-4", VERIFY, post=True)
    client_of("al-4").post(VERIFY)
    page = client_of("al-4").get(VERIFY).content.decode()
    assert "Equal: everything that was checked holds." in page
    assert "Waiting for a worker" in page


def test_file_that_is_gone_or_of_another_version_is_asked_for_again(visit: Any, client_of: Any) -> None:
    visit("al-4", VERIFY, post=True)
    stored = StoredFile.objects.get(kind=explain_jobs.FOUND)
    stored.file.delete(save=False)
    StoredFile.objects.filter(pk=stored.pk).update(file="gone")
    page = client_of("al-4").get(VERIFY).content.decode()
    assert "What will be checked" in page


def test_page_of_the_job_leads_back(visit: Any, client_of: Any) -> None:
    visit("al-4", VERIFY, post=True)
    visit("al-4", COMPARE, post=True, **ASKED)
    for job, back in zip(asked(), (VERIFY, NOW), strict=True):
        assert back.replace("&", "&amp;") in client_of("al-4").get(f"/jobs/{job.pk}/").content.decode()


def test_sums_of_both_sides_are_kept_exactly(root: Unit) -> None:
    from opscenter.explain.verification import now_compared

    found = now_compared(root, MONTH)
    # 1732.00 + 25.89 + 5.51 + 17.40 + 4.94 and 1199.93 + 10.48 + 9.39, and the leader's bonus and parts
    assert found.before == found.after
    assert found.before >= Decimal("1785.74") + Decimal("1219.80")
