"""The queue and its decisions: who sees which rows, what a decision writes, what is refused."""

from typing import Any

import pytest

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from kpi.calculations.risk import Risk
from kpi.models import LogCheck, LogEntry, Verdict
from kpi.selectors.verification import rows_waiting
from kpi.services.risks import risks_look
from kpi.services.verification import log_decide, logs_decide
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

QUEUE = "/verification/"


def row(name: str) -> LogEntry:
    return LogEntry.objects.get(row_id=name)


def decide(people: Any, who: str, name: str, verdict: Verdict = Verdict.ACCEPTED, **given: Any) -> LogCheck:
    given = {"reason": "", "seen": 0, **given}
    return log_decide(actor=people.user(who), entry_id=row(name).pk, verdict=verdict, **given)


def waiting(people: Any, who: str) -> set[str]:
    return set(rows_waiting(people.user(who)).values_list("row_id", flat=True))


def more_rows(people: Any, count: int, who: str = "staff", **given: Any) -> list[LogEntry]:
    like = row("l-own")
    start = LogEntry.objects.count()
    rows = [
        LogEntry(
            **{
                "row_id": f"m-{start + at}",
                "row_key": f"id:m-{start + at}",
                "date": like.date,
                "month": like.month,
                "root_id": like.root_id,
                "staff": people.staff(who),
                "platform_id": like.platform_id,
                "activity": "post",
                "count": 1,
                **given,
            }
        )
        for at in range(count)
    ]
    return LogEntry.objects.bulk_create(rows)


# --- who sees what ---------------------------------------------------------------------------------------
def test_queue_has_the_submitted_rows_of_ones_units_but_never_ones_own(people: Any) -> None:
    assert waiting(people, "leader") == {"l-own", "l-peer", "l-below"}
    assert waiting(people, "other-leader") == {"l-other"}
    assert waiting(people, "manager") == {"l-own", "l-peer", "l-below", "l-leader", "l-other"}
    assert waiting(people, "hr") == set()
    assert waiting(people, "outsider") == set()


@pytest.mark.parametrize("who", ["staff", "hr", "finance", "auditor", "admin"])
def test_queue_is_no_page_for_those_who_do_not_verify(people: Any, who: str) -> None:
    client = people.client(who)
    pk = row("l-peer").pk
    for path in (QUEUE, f"{QUEUE}{pk}/", f"{QUEUE}samples/"):
        assert client.get(path).status_code == 404
    assert client.post(f"{QUEUE}{pk}/decide/", {"verdict": "accepted"}).status_code == 404
    assert row("l-peer").status == "submitted"


def test_own_and_foreign_rows_are_refused_and_nothing_changes(people: Any) -> None:
    with refused(NotAllowed, "own_line"):
        decide(people, "leader", "l-leader")
    with refused(NotVisible, "log"):
        decide(people, "leader", "l-other")
    with refused(NotAllowed, "log.verify"):
        decide(people, "hr", "l-own")
    with refused(NotVisible, "log"):
        logs_decide(
            actor=people.user("leader"),
            entry_ids=[row("l-own").pk, row("l-other").pk],
            verdict=Verdict.ACCEPTED,
        )
    assert not LogCheck.objects.exists()
    assert {row(name).status for name in ("l-own", "l-leader", "l-other")} == {"submitted"}
    client = people.client("leader")
    assert client.get(f"{QUEUE}{row('l-leader').pk}/").status_code == 404
    assert client.get(f"{QUEUE}{row('l-other').pk}/").status_code == 404


# --- decisions ------------------------------------------------------------------------------------------
def test_decision_is_a_row_of_the_record_and_the_state(people: Any) -> None:
    check = decide(people, "leader", "l-own")
    assert (check.number, check.verdict, check.by, check.staff) == (
        1,
        "accepted",
        people.user("leader"),
        people.staff("staff"),
    )
    assert row("l-own").status == "valid"
    assert AuditEvent.objects.filter(action="log.accepted").count() == 1


def test_rejection_needs_a_reason_which_the_person_reads(people: Any) -> None:
    with refused(RuleViolation, "no_reason"):
        decide(people, "leader", "l-own", Verdict.REJECTED, reason="  ")
    assert row("l-own").status == "submitted"
    decide(people, "leader", "l-own", Verdict.REJECTED, reason="链接打不开")
    assert row("l-own").status == "rejected"
    page = people.client("staff").get(f"/logs/{row('l-own').pk}/").content.decode()
    assert "链接打不开" in page


def test_same_decision_sent_twice_is_one(people: Any) -> None:
    first = decide(people, "leader", "l-own")
    again = decide(people, "leader", "l-own")
    assert first == again
    assert LogCheck.objects.count() == 1
    assert AuditEvent.objects.filter(action="log.accepted").count() == 1


def test_somebody_else_decides_again_knowing_the_first_decision(people: Any) -> None:
    decide(people, "leader", "l-own")
    with refused(Conflict, "decided_before"):
        decide(people, "manager", "l-own", Verdict.REJECTED, reason="重复")
    with refused(Conflict, "decided_before"):
        decide(people, "manager", "l-own", seen=1)
    decide(people, "manager", "l-own", Verdict.REJECTED, reason="重复", seen=1)
    assert [check.verdict for check in row("l-own").checks.all()] == ["accepted", "rejected"]
    assert row("l-own").status == "rejected"


def test_many_rows_are_decided_in_one_act_and_earlier_decisions_stay(people: Any) -> None:
    decide(people, "manager", "l-peer", Verdict.REJECTED, reason="重复")
    keys = [row(name).pk for name in ("l-own", "l-peer", "l-below")]
    came = logs_decide(actor=people.user("leader"), entry_ids=keys, verdict=Verdict.ACCEPTED)
    assert set(came.done) == {row("l-own").pk, row("l-below").pk}
    assert came.before == (row("l-peer").pk,)
    assert row("l-peer").status == "rejected"
    assert AuditEvent.objects.filter(action="log.accepted").count() == 1


def test_replaced_row_waits_no_more(people: Any) -> None:
    more_rows(people, 1, supersedes=row("l-own"))
    assert "l-own" not in waiting(people, "leader")
    with refused(Conflict, "replaced_before"):
        decide(people, "leader", "l-own")


def test_locked_month_refuses(people: Any) -> None:
    from departments.models import Period

    Period.objects.create(root=people.root, month=row("l-own").month, state="locked")
    assert waiting(people, "leader") == set()
    with refused(Conflict, "month_locked"):
        decide(people, "leader", "l-own")
    assert not LogCheck.objects.exists()


# --- risks ----------------------------------------------------------------------------------------------
def test_rows_are_marked_and_sorted_by_what_looks_wrong(people: Any) -> None:
    same = more_rows(people, 1, "below", url="https://tieba.example.cn/p/1", link_key=row("l-own").link_key)[
        0
    ]
    foreign = more_rows(people, 1, "peer", url="https://blog.example.cn/x")[0]
    assert risks_look() == 7
    assert risks_look() == 0
    same.refresh_from_db()
    foreign.refresh_from_db()
    assert same.risk == Risk.LOOKED | Risk.SAME_LINK
    assert foreign.risk == Risk.LOOKED | Risk.FOREIGN_DOMAIN
    assert row("l-own").risk == Risk.LOOKED
    order = rows_waiting(people.user("leader")).order_by("-risk", "date", "pk")
    assert list(order[:2]) == [same, foreign]
    page = people.client("leader").get(QUEUE).content.decode()
    assert f"/logs/{row('l-own').pk}/" in page
    only = people.client("leader").get(f"{QUEUE}?risk=foreign_domain").context["lines"]
    assert [line["entry"] for line in only] == [foreign]


def test_correction_of_a_row_is_no_duplicate_of_it(people: Any) -> None:
    own = row("l-own")
    new = more_rows(people, 1, url=own.url, link_key=own.link_key, supersedes=own)[0]
    risks_look()
    new.refresh_from_db()
    assert new.risk == Risk.LOOKED


def test_rows_are_looked_at_in_batches_and_every_one_once(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpi.services.risks.BATCH", 2)
    monkeypatch.setattr("kpi.services.risks.ROUND", 3)
    waiting = LogEntry.objects.filter(status="submitted", risk=0).order_by("pk")
    count = waiting.count()
    assert count > 3
    assert risks_look(most=1) == 1
    assert risks_look() == count - 1
    assert not waiting.exists()


# --- pages ----------------------------------------------------------------------------------------------
def test_queue_needs_as_many_queries_for_many_rows(people: Any) -> None:
    def grow() -> None:
        more_rows(people, 20, url="https://tieba.example.cn/p/1", link_key=row("l-own").link_key)
        risks_look()

    more_rows(people, 1, url="https://tieba.example.cn/p/1", link_key=row("l-own").link_key)
    risks_look()
    assert_bounded(people.client("leader"), QUEUE, grow)


def test_queue_filters_and_exports_what_it_shows(people: Any) -> None:
    client = people.client("manager")
    shown = client.get(f"{QUEUE}?unit=co-a1").context["lines"]
    assert [line["entry"].row_id for line in shown] == ["l-below"]
    shown = client.get(f"{QUEUE}?unit=co-a&q=小二").context["lines"]
    assert [line["entry"].row_id for line in shown] == ["l-peer"]
    answer = client.get(f"{QUEUE}?unit=co-a1&export=xlsx")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


def test_form_decides_and_leads_on_to_the_next_row(people: Any) -> None:
    client, pk = people.client("leader"), row("l-own").pk
    page = client.get(f"{QUEUE}{pk}/")
    follows = page.context["page"].follows
    answer = client.post(
        f"{QUEUE}{pk}/decide/", {"verdict": "rejected", "reason": "", "seen": "0", "follows": follows}
    )
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    answer = client.post(
        f"{QUEUE}{pk}/decide/", {"verdict": "accepted", "seen": "0", "follows": str(follows)}
    )
    assert answer.headers["Location"] == f"{QUEUE}{follows}/"
    assert row("l-own").status == "valid"
    again = client.post(f"{QUEUE}{pk}/decide/", {"verdict": "rejected", "reason": "x", "seen": "0"})
    assert again.status_code == 409


def test_ticked_rows_without_a_reason_come_back_with_what_was_ticked(people: Any) -> None:
    client, keys = people.client("leader"), [row("l-own").pk, row("l-peer").pk]
    answer = client.post(f"{QUEUE}decide/", {"row": keys, "verdict": "rejected", "reason": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert all(f'value="{key}"' in page for key in keys)
    answer = client.post(f"{QUEUE}decide/", {"row": keys, "verdict": "rejected", "reason": "重复"})
    assert answer.status_code == 302
    assert row("l-own").status == row("l-peer").status == "rejected"
    assert client.post(f"{QUEUE}decide/", {"verdict": "accepted"}).status_code == 422
    assert client.post(f"{QUEUE}decide/", {"row": "x", "verdict": "accepted"}).status_code == 404


def test_redirect_stays_on_the_queue(people: Any) -> None:
    client, pk = people.client("leader"), row("l-own").pk
    given = {"verdict": "accepted", "seen": "0", "back": "https://evil.example/"}
    assert client.post(f"{QUEUE}{pk}/decide/", given).headers["Location"] == QUEUE


def test_rows_that_were_logged_are_looked_at_by_a_job(people: Any) -> None:
    from core import jobs
    from core.models import Job
    from kpi.jobs import LOOK_AT_RISKS

    job = Job.objects.get(kind=LOOK_AT_RISKS)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"rows": 5})
    assert not LogEntry.objects.filter(status="submitted", risk=0).exists()
