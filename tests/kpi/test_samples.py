"""Samples: what is drawn, who may, what a checked one allows, and what it leaves alone."""

from typing import Any

import pytest

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from departments.models import Unit
from kpi.calculations.risk import Risk
from kpi.calculations.sampling import drawn
from kpi.models import LogCheck, LogEntry, LogSample, Verdict
from kpi.selectors.samples import sample_page, sampled
from kpi.services.risks import risks_look
from kpi.services.samples import sample_conclude, sample_draw, sample_enlarge
from kpi.services.verification import logs_decide
from tests.kpi.test_verification import more_rows, row
from tests.people import MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

SAMPLES = "/verification/samples/"


def draw(people: Any, who: str = "leader", unit: str = "co-a") -> LogSample:
    return sample_draw(actor=people.user(who), unit=Unit.objects.get(code=unit), month=MONTH)


def check(people: Any, sample: LogSample, rejected: int = 0, who: str = "leader") -> None:
    """Decide on every drawn row; the first ``rejected`` are bad."""
    keys = list(sampled(sample).order_by("place").values_list("entry_id", flat=True))
    actor = people.user(who)
    if rejected:
        logs_decide(actor=actor, entry_ids=keys[:rejected], verdict=Verdict.REJECTED, reason="假")
    if keys[rejected:]:
        logs_decide(actor=actor, entry_ids=keys[rejected:], verdict=Verdict.ACCEPTED)


def states() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("status", flat=True))


def test_sample_is_drawn_from_the_rows_without_a_risk(people: Any) -> None:
    more_rows(people, 60, "peer")
    bad = more_rows(people, 1, "peer", url="https://blog.example.cn/x")[0]
    sample = draw(people)
    # 60 + l-own, l-peer, l-below; the leader's own row is not among them.
    assert (sample.population, sample.size) == (63, 7)
    rows = {one.entry.row_key: one for one in sample.rows.select_related("entry")}
    assert bad.row_key not in rows
    assert row("l-leader").row_key not in rows
    bad.refresh_from_db()
    assert bad.risk & Risk.FOREIGN_DOMAIN
    again = drawn(rows, sample.seed, sample.size)
    assert {rows[key].place for key in again} == set(range(1, 8))


def test_drawing_twice_gives_the_same_sample(people: Any) -> None:
    assert draw(people) == draw(people, "manager")
    assert LogSample.objects.count() == 1
    assert AuditEvent.objects.filter(action="sample.drawn").count() == 1


def test_only_those_who_verify_the_unit_draw(people: Any) -> None:
    with refused(NotAllowed, "log.verify"):
        draw(people, "other-leader")
    with refused(NotAllowed, "log.verify"):
        draw(people, "hr")
    assert not LogSample.objects.exists()
    sample = draw(people)
    client = people.client("other-leader")
    assert client.get(f"{SAMPLES}{sample.pk}/").status_code == 404
    assert client.post(f"{SAMPLES}{sample.pk}/act/", {"act": "conclude"}).status_code == 404
    assert client.post(SAMPLES, {"unit": "co-a", "month": "2024-05"}).status_code == 404
    with refused(NotAllowed, "log.verify"):
        sample_conclude(actor=people.user("other-leader"), sample_id=sample.pk)
    with refused(NotVisible, "sample"):
        sample_conclude(actor=people.user("leader"), sample_id=0)
    assert not LogSample.objects.exclude(outcome="").exists()


def test_nothing_to_draw_is_said(people: Any) -> None:
    with refused(RuleViolation, "nothing_to_draw"):
        sample_draw(actor=people.user("manager"), unit=Unit.objects.get(code="co"), month=MONTH.plus(1))
    answer = people.client("manager").post(SAMPLES, {"unit": "co", "month": "2024-01"})
    assert answer.status_code == 422


def test_good_sample_lets_the_rest_pass_in_one_act(people: Any) -> None:
    more_rows(people, 300, "peer")
    own, risky = row("l-leader"), more_rows(people, 1, "peer", url="https://blog.example.cn/x")[0]
    sample = draw(people)
    assert sample.size == 31
    with refused(Conflict, "sample_open"):
        sample_conclude(actor=people.user("leader"), sample_id=sample.pk)
    late = more_rows(people, 1, "peer")[0]
    check(people, sample)
    page = sample_page(people.user("leader"), sample)
    assert page.conclusion is not None
    assert page.conclusion.enough
    assert page.rest == 303 - 31
    done = sample_conclude(actor=people.user("leader"), sample_id=sample.pk)
    assert done.outcome == "rest_accepted"
    assert LogCheck.objects.filter(sample=sample, verdict="accepted").count() == 303
    # Its own row, the doubtful one and what came after the drawing wait on.
    for entry in (own, risky, late):
        entry.refresh_from_db()
        assert entry.status == "submitted"
    with refused(Conflict, "sample_concluded"):
        sample_conclude(actor=people.user("leader"), sample_id=sample.pk)


def test_rejected_row_asks_for_a_full_check(people: Any) -> None:
    more_rows(people, 300, "peer")
    sample = draw(people)
    check(people, sample, rejected=1)
    done = sample_conclude(actor=people.user("leader"), sample_id=sample.pk)
    assert done.outcome == "full_check"
    # l-leader and l-other, and the 272 that were not drawn, wait on.
    assert states().count("submitted") == 272 + 2
    with refused(RuleViolation, "full_check"):
        draw(people)


def test_small_sample_says_nothing_until_it_is_enlarged(people: Any) -> None:
    more_rows(people, 17, "peer")
    sample = draw(people)
    assert (sample.population, sample.size) == (20, 3)
    check(people, sample)
    with refused(Conflict, "sample_too_small"):
        sample_conclude(actor=people.user("leader"), sample_id=sample.pk)
    before = set(sampled(sample).values_list("entry_id", flat=True))
    larger = sample_enlarge(actor=people.user("leader"), sample_id=sample.pk)
    assert larger.size == 12
    assert before < set(sampled(larger).values_list("entry_id", flat=True))
    sample_enlarge(actor=people.user("leader"), sample_id=sample.pk)
    assert AuditEvent.objects.filter(action="sample.enlarged").count() == 1
    left = sampled(larger).exclude(entry_id__in=before).values_list("entry_id", flat=True)
    logs_decide(actor=people.user("leader"), entry_ids=list(left), verdict=Verdict.ACCEPTED)
    assert sample_conclude(actor=people.user("leader"), sample_id=sample.pk).outcome == "rest_accepted"


def test_pages_say_what_the_sample_means(people: Any) -> None:
    from django.test import Client

    more_rows(people, 300, "peer")
    client = Client(headers={"accept-language": "en"})
    client.force_login(people.user("leader"))
    answer = client.post(SAMPLES, {"unit": "co-a", "month": "2024-05"})
    sample = LogSample.objects.get()
    assert answer.headers["Location"] == f"{SAMPLES}{sample.pk}/"
    assert "Decide on 31 more rows" in client.get(f"{SAMPLES}{sample.pk}/").content.decode()
    check(people, sample)
    page = client.get(f"{SAMPLES}{sample.pk}/").content.decode()
    # 303 rows, 31 drawn: the largest M with P(0) ≥ 1/20 is 26, 26 ÷ 303 = 8.6 %.
    assert (
        "0 of 31 drawn rows were rejected. With 95 % confidence at most 8.6% of the 303 rows are bad." in page
    )
    assert "Accept the other 272 rows" in page
    client.post(f"{SAMPLES}{sample.pk}/act/", {"act": "conclude"})
    assert states().count("valid") == 303 + 2
    assert client.get(SAMPLES).status_code == 200
    assert client.post(f"{SAMPLES}{sample.pk}/act/", {"act": "x"}).status_code == 404


@pytest.mark.parametrize("path", [SAMPLES, f"{SAMPLES}?unit=co-a1&month=2024-04"])
def test_sample_page_needs_as_many_queries_for_many_rows(people: Any, path: str) -> None:
    risks_look()
    assert_bounded(people.client("leader"), path, lambda: (more_rows(people, 20, "peer"), risks_look()))
