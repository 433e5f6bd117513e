"""Drafts on locked months, by hand: who gains, who loses, the total; rights, jobs, and nothing written."""

import json
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core import jobs
from core.job_context import JobContext
from core.models import Job
from core.models.jobs import JobState
from core.months import Month
from departments.models import RuleDraft
from departments.models.drafts import DraftState
from incentives.models import Settlement
from opscenter.rules.kinds import KINDS
from opscenter.rules.services import draft_create
from opscenter.rules.sheets import rows_of
from opscenter.rules.versions import versions
from opscenter.whatif import replays
from tests.access.matrix import OF_SESSIONS, Watch, digest
from tests.people.pages import queries_of
from tests.whatif.pools import load_pools

pytestmark = pytest.mark.django_db
BOTH = "?on=2024-03&on=2024-04"


@pytest.fixture
def company(people: Any) -> Any:
    load_pools(people.root, lock=True)
    return people


def drafted(people: Any, kind: str, code: str, author: str = "director", **cells: str) -> RuleDraft:
    """A draft of a stored rule; ``part__row__column`` names a cell of a part."""
    rule = KINDS[kind]
    rows = rows_of([one for one in versions(rule, parts=True) if one.code == code][-1])
    rows[kind][0]["valid_from"] = "2024-06-01"
    for name, text in cells.items():
        if "__" in name:
            part, row, column = name.split("__")
            next(one for one in rows[part] if row in one.values())[column] = text
        else:
            rows[kind][0][name] = text
    return draft_create(actor=people.user(author), kind=rule, rows=rows)


def page_of(client: Client, draft: RuleDraft, query: str = BOTH, status: int = 200) -> str:
    answer = client.get(f"/what-if/drafts/{draft.pk}/{query}", headers={"accept-language": "en"})
    assert answer.status_code == status
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.clause("HT-08")
def test_shares_of_a_draft_on_two_locked_months(company: Any) -> None:
    draft = drafted(
        company, "pool_schemes", "ps-1", pool_roles__planner__share="0.40", pool_roles__editor__share="0.40"
    )
    found = replays.shown(
        company.user("director"),
        draft,
        replays.replayed(company.user("director"), draft, _months(draft)),
        "1",
    )
    # March: pool 200.00, 100.00 and 60.00 → 80.00 and 80.00;
    # April: pool 100.00, 50.00 and 30.00 → 40.00 and 40.00.
    assert [(row.paid.before, row.paid.after) for row in found.months] == [
        (Decimal("160.00"), Decimal("160.00")),
        (Decimal("80.00"), Decimal("80.00")),
    ]
    people = {row.code: (row.paid.before, row.paid.after) for row in found.page}
    assert people == {
        "p-other": (Decimal("150.00"), Decimal("120.00")),
        "p-staff": (Decimal("90.00"), Decimal("120.00")),
    }
    assert (found.up, found.down, found.paid.change) == (1, 1, Decimal("0.00"))
    page = page_of(company.client("director"), draft)
    assert "▼</span> -30.00" in page
    assert "▲</span> +30.00" in page


def _months(draft: RuleDraft) -> list[Month]:
    return [Month.of(one.period.month) for one in replays.locked_months(draft)]


def test_rate_of_a_draft_moves_the_total(company: Any) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    page = page_of(company.client("director"), draft)
    # 240.00 → 120.00 over both months
    assert "240.00 → 120.00" in page
    assert "▼</span> -120.00" in page
    assert "200.00 → 100.00" in page


def test_draft_that_changes_no_figure_moves_nothing(company: Any) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", name="新名字")
    assert "Nothing would have moved in these months." in page_of(company.client("director"), draft)


def last_year_draft(people: Any) -> RuleDraft:
    """Small campaigns of any other type are to be compared with the same dates of last year."""
    cells = {
        "unit": "co", "type": "other", "scale": "small", "valid_from": "2024-06-01",
        "method": "last_year_same_dates", "n": "3", "align": "date", "clause": "",
    }  # fmt: skip
    return RuleDraft.objects.create(
        kind="baseline_methods",
        code="co:other:small",
        name="基线",
        root=people.root,
        unit=people.root,
        valid_from="2024-06-01",
        author=people.user("director"),
        rows={"baseline_methods": [cells]},
    )


@pytest.mark.clause("HT-25")
def test_baseline_draft_leaves_campaigns_with_fixed_dates_alone(company: Any) -> None:
    draft = last_year_draft(company)
    # The campaigns fixed their own dates, which a later method does not touch.
    assert "Nothing would have moved" in page_of(company.client("director"), draft)


@pytest.mark.clause("HT-25")
def test_baseline_that_needs_days_the_inputs_lack_says_so(people: Any) -> None:
    load_pools(people.root, lock=True, baseline="")
    draft = last_year_draft(people)
    page = page_of(people.client("director"), draft)
    assert "has no figure under the draft: no figures of last year's dates" in page


def test_scheme_draft_moves_scores_and_bonus(company: Any) -> None:
    draft = drafted(
        company, "schemes", "s-main", scheme_items__任务量__weight="10.00",
        scheme_items__态度__weight="45.00", scheme_items__协作__weight="45.00",
    )  # fmt: skip
    # April, staff: 45 × 80 % + 45 × 90 % = 76.50, C: 2000 × 0.80 = 1600.00; before 25.50, D: 1000.00
    page = page_of(company.client("director"), draft, "?on=2024-04")
    for figure in ("25.50 → 76.50", "1,000.00 → 1,600.00", "▲</span> +600.00"):
        assert figure in page
    manager = page_of(company.client("manager"), draft, "?on=2024-04")
    assert "25.50 → 76.50" in manager
    assert "1,600.00" not in manager


def test_new_rated_item_says_that_nobody_rated_it(company: Any) -> None:
    draft = drafted(company, "schemes", "s-main", scheme_items__态度__code="i-new")
    assert "员小一 has no figure under the draft: the manager's rating of “i-new”" in page_of(
        company.client("director"), draft, "?on=2024-04"
    )


def test_finding_that_lacks_what_the_draft_asks_for_is_told(company: Any, monkeypatch: Any) -> None:
    def fails(*_arguments: Any) -> Any:
        raise ValueError("a finding lacks its percent")

    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    monkeypatch.setattr(replays, "replay", fails)
    assert "the draft cannot be replayed on it" in page_of(company.client("director"), draft)


# --- a request, a job ------------------------------------------------------------------------------------
def test_form_leads_to_the_months_chosen(company: Any) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    client = company.client("director")
    answer = client.post(f"/what-if/drafts/{draft.pk}/", {"on": ["2024-03", "2020-01"]})
    assert (answer.status_code, answer["Location"]) == (302, f"/what-if/drafts/{draft.pk}/?on=2024-03")
    assert client.post(f"/what-if/drafts/{draft.pk}/", {"on": "2020-01"}).status_code == 422


def test_replay_writes_nothing(company: Any) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    client = company.client("director")
    client.get("/what-if/")
    before = digest()
    page_of(client, draft)
    client.post(f"/what-if/drafts/{draft.pk}/", {"on": "2024-03"})
    assert digest() == before


def test_large_replay_is_a_job_whose_result_is_shown(
    company: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    monkeypatch.setattr(replays, "DIRECT_MONTHS", 1)
    client = company.client("director")
    assert "computed in the background" in page_of(client, draft)
    frozen = list(Settlement.objects.order_by("pk").values_list("digest", "inputs_digest"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/what-if/drafts/{draft.pk}/", {"on": ["2024-03", "2024-04"]})
    job = Job.objects.get(kind="rule_replay")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert (job.state, job.progress, job.total) == (JobState.DONE, 2, 2)
    assert json.loads(json.dumps(job.result))["people"] == [
        ["p-other", "150.00", "75.00", "0.00", "0.00"],
        ["p-staff", "90.00", "45.00", "0.00", "0.00"],
    ]
    assert list(Settlement.objects.order_by("pk").values_list("digest", "inputs_digest")) == frozen
    shown = " ".join(unescape(client.get(f"/what-if/replays/{job.pk}/").content.decode()).split())
    assert "240.00 → 120.00" in shown
    assert f"/what-if/replays/{job.pk}/" in client.get(f"/jobs/{job.pk}/").content.decode()
    for who in ("manager", "finance", "hr", "admin"):
        assert company.client(who).get(f"/what-if/replays/{job.pk}/").status_code == 404
    RuleDraft.objects.filter(pk=draft.pk).update(rows={**draft.rows, "x": []})
    again = client.get(f"/what-if/replays/{job.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "The draft was changed after this replay" in again


@pytest.mark.parametrize("at", [1, 2])
def test_replay_that_is_cancelled_leaves_nothing(
    company: Any, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    monkeypatch.setattr(replays, "DIRECT_MONTHS", 1)
    director = company.client("director")
    director.post(f"/what-if/drafts/{draft.pk}/", {"on": ["2024-03", "2024-04"]})
    job = Job.objects.get(kind="rule_replay")
    watch, tell = Watch(), JobContext.progress

    def cancelling(context: JobContext, done: int, total: int, message: str = "") -> None:
        if done == at:
            # By the button of the job's page, while a worker is at it.
            assert director.post(f"/jobs/{job.pk}/cancel/").status_code == 302
        tell(context, done, total, message)

    monkeypatch.setattr(JobContext, "progress", cancelling)
    with connection.execute_wrapper(watch):
        assert jobs.run(job.pk)

    # Nothing was written but the job itself, and who cancelled it.
    assert watch.tables - OF_SESSIONS == {"core_job", "core_auditevent"}
    job.refresh_from_db()
    assert (job.state, job.result, job.error) == (JobState.CANCELLED, {}, "")
    page = director.get(f"/jobs/{job.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "The job was cancelled; nothing was changed." in page
    assert f"/what-if/replays/{job.pk}/" not in page
    assert director.get(f"/what-if/replays/{job.pk}/")["Location"] == f"/jobs/{job.pk}/"
    # Nobody finishes it afterwards, and asked for again it is another job.
    assert not jobs.run(job.pk)
    director.post(f"/what-if/drafts/{draft.pk}/", {"on": ["2024-03", "2024-04"]})
    assert Job.objects.filter(kind="rule_replay").count() == 2


# --- rights ----------------------------------------------------------------------------------------------
def test_pools_are_replayed_only_by_those_who_read_money(company: Any) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    for who in ("manager", "hr", "finance", "auditor", "admin", "staff", "outsider"):
        page_of(company.client(who), draft, BOTH, 404)
    manager = company.client("manager").get(f"/rules/drafts/{draft.pk}/compare/").content.decode()
    director = company.client("director").get(f"/rules/drafts/{draft.pk}/compare/").content.decode()
    assert f"/what-if/drafts/{draft.pk}/" in director
    assert f"/what-if/drafts/{draft.pk}/" not in manager


def test_draft_of_month_settings_has_no_replay(company: Any) -> None:
    draft = RuleDraft.objects.create(
        kind="month_policies", code="co", name="月度", root=company.root, unit=company.root,
        valid_from="2024-06-01", author=company.user("director"), rows={"month_policies": [{}]},
    )  # fmt: skip
    page_of(company.client("director"), draft, BOTH, 404)


def test_without_locked_months_the_page_says_how_to_get_them(people: Any) -> None:
    draft = drafted(people, "schemes", "s-main", threshold="0.50")
    assert draft.state == DraftState.DRAFT
    assert "No month is locked yet" in page_of(people.client("manager"), draft, "")


def test_replay_stays_within_its_queries(company: Any) -> None:
    draft = drafted(company, "pool_schemes", "ps-1", rate="0.10")
    assert queries_of(company.client("director"), f"/what-if/drafts/{draft.pk}/{BOTH}") <= 25
