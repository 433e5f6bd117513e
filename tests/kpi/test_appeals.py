"""Appeals: one line, within the window, decided by somebody else; only that line waits.

It is Wednesday, 15 May 2024.  April is published today; with five working days the window ends on 22 May.
``p-staff`` has 25.50 points in April, grade D, a bonus of 2000 × 0.50 = 1000.00.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from core.workdays import WorkCalendar
from incentives.selectors.held import held_amounts, held_references
from incentives.services.closing import month_approve, month_lock, month_publish, month_review
from incentives.sheet.selectors import sheet_content
from kpi.calculations.appeals import window_end
from kpi.models import Appeal, AppealState, LogEntry, PointKind, Rating
from kpi.selectors.appeals import appeal_lines, appeal_window
from kpi.services.appeals import appeal_decide, appeal_file
from kpi.services.points import point_approve, point_propose
from tests.people import APRIL, MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

D = Decimal
AFTER = datetime(2024, 5, 23, 2, 0, tzinfo=UTC)
LAST = datetime(2024, 5, 22, 15, 59, tzinfo=UTC)


@pytest.fixture
def published(people: Any) -> Iterator[Any]:
    month_review(actor=people.user("hr"), root=people.root, month=APRIL)
    month_publish(actor=people.user("hr"), root=people.root, month=APRIL)
    return people


def file(
    people: Any, who: str = "staff", kind: str = "item", line: str = "i-attitude", **given: Any
) -> Appeal:
    text = given.get("text", "四月我没有迟到")
    return appeal_file(actor=people.user(who), month=APRIL, kind=kind, reference=line, text=text)


def decide(
    people: Any, appeal: Appeal, who: str = "manager", uphold: bool = False, answer: str = "有记录"
) -> Appeal:
    return appeal_decide(actor=people.user(who), appeal_id=appeal.pk, uphold=uphold, answer=answer)


def acts() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="appeal.").order_by("pk")
    return list(rows.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("published_on", "days", "end"),
    [
        (date(2024, 5, 15), 5, date(2024, 5, 22)),
        (date(2024, 5, 17), 1, date(2024, 5, 20)),
        (date(2024, 5, 18), 0, date(2024, 5, 18)),
        # Labour Day 1 to 5 May; Sunday 28 April and Saturday 11 May are made up.
        (date(2024, 4, 26), 5, date(2024, 5, 7)),
        (date(2024, 5, 10), 1, date(2024, 5, 11)),
    ],
)
def test_window_counts_working_days(published_on: date, days: int, end: date) -> None:
    assert window_end(published_on, days, WorkCalendar()) == end


@pytest.mark.clause("KQ-24")
def test_person_sees_until_when_they_can_object_and_does(published: Any) -> None:
    people = published
    assert appeal_window(people.staff("staff"), APRIL).end == date(2024, 5, 22)
    client, url = people.client("staff"), reverse("assessment:appeal_new", args=[APRIL])
    page = client.get(url)
    assert {line.reference for _kind, lines in page.context["groups"] for line in lines} == {
        "i-quota",
        "i-attitude",
        "i-team",
        "bonus",
    }
    given = {"kind": "item", "line": "i-attitude"}
    assert client.get(url, given).status_code == 200
    assert client.post(url, {**given, "text": " "}).status_code == 422
    for _time in range(2):
        assert client.post(url, {**given, "text": "四月我没有迟到"}).status_code == 302
    appeal = Appeal.objects.get()
    assert (appeal.staff, appeal.state, appeal.holds) == (people.staff("staff"), AppealState.OPEN, ["bonus"])
    assert appeal.title == "态度 · 12.00 / 15.00"
    assert acts() == ["appeal.filed"]
    assert "2024" in client.get(reverse("assessment:appeals")).content.decode()


def test_second_appeal_against_a_line_is_refused(published: Any) -> None:
    file(published)
    with refused(Conflict, "appeal_known"):
        file(published, text="还有别的")
    assert acts() == ["appeal.filed"]


@pytest.mark.clause("KQ-24")
def test_after_the_window_the_result_counts_as_accepted(published: Any) -> None:
    people = published
    with time_machine.travel(LAST):
        file(people, line="i-team")
    with time_machine.travel(AFTER):
        with refused(RuleViolation, "window_over"):
            file(people)
        page = people.client("staff").get(reverse("assessment:appeal_new", args=[APRIL]))
        assert page.context["window"].is_over
        assert "5月22日" in page.content.decode()
    assert acts() == ["appeal.filed"]


def test_unpublished_month_has_no_window(people: Any) -> None:
    with refused(RuleViolation, "not_published"):
        file(people)
    page = people.client("staff").get(reverse("assessment:appeal_new", args=[APRIL]))
    assert page.context["window"].end is None
    assert not Appeal.objects.exists()


def test_only_lines_of_ones_own(published: Any) -> None:
    with refused(NotVisible, "line"):
        file(published, line="i-nothing")
    with refused(NotVisible, "line"):
        file(published, kind="nothing")
    with refused(NotVisible, "line"):
        file(published, "manager")
    url = reverse("assessment:appeal_new", args=[MONTH])
    assert published.client("staff").get(url, {"kind": "item", "line": "i-team"}).status_code == 404
    assert not Appeal.objects.exists()


def test_points_and_rejected_rows_can_be_disputed(published: Any) -> None:
    people = published
    staff = people.staff("staff")
    point = point_propose(
        actor=people.user("leader"),
        staff=staff,
        month=APRIL,
        kind=PointKind.DEDUCTION,
        points=D(2),
        reason="漏报",
        key=uuid4(),
    )
    point_approve(actor=people.user("manager"), point_id=point.pk)
    LogEntry.objects.filter(row_id="l-april").update(status="rejected")
    kinds = {kind.name: [line.reference for line in lines] for kind, lines in appeal_lines(staff, APRIL)}
    assert kinds["points"] == [point.code]
    assert len(kinds["log"]) == 1
    disputed = file(people, kind="points", line=point.code)
    for who in ("leader", "manager"):
        with pytest.raises(NotAllowed):
            decide(people, disputed, who)
    assert decide(people, disputed, "director").state == AppealState.DISMISSED


def test_who_made_the_entry_does_not_decide(published: Any) -> None:
    people = published
    Rating.objects.filter(staff=people.staff("staff"), item_code="i-attitude").update(
        rated_by=people.staff("leader")
    )
    appeal = file(people)
    with refused(NotAllowed, "own_entry"):
        decide(people, appeal, "leader")
    page = people.client("leader").get(reverse("assessment:appeal_answer", args=[appeal.pk]))
    assert not page.context["may_decide"]
    appeal.refresh_from_db()
    assert appeal.state == AppealState.OPEN
    assert acts() == ["appeal.filed"]


def test_nobody_decides_their_own(published: Any) -> None:
    people = published
    appeal = file(people)
    with refused(NotAllowed, "rating.enter"):
        decide(people, appeal, "staff")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            state="upheld", answer="x", decided_by=people.staff("staff"), decided_at=AFTER
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(state="upheld")


def test_decision_needs_an_answer_and_stands(published: Any) -> None:
    people = published
    appeal = file(people)
    url, client = reverse("assessment:appeal_answer", args=[appeal.pk]), people.client("manager")
    assert client.get(url).context["may_decide"]
    assert client.post(url, {"verdict": "uphold", "answer": ""}).status_code == 422
    for _time in range(2):
        assert client.post(url, {"verdict": "uphold", "answer": "组长改评分"}).status_code == 302
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == (AppealState.UPHELD, "组长改评分")
    assert appeal.decided_by == people.staff("manager")
    with refused(Conflict, "appeal_decided"):
        decide(people, appeal, "hr")
    assert acts() == ["appeal.filed", "appeal.decided"]
    assert "组长改评分" in people.client("staff").get(url).content.decode()


def test_only_the_disputed_payout_waits_until_the_decision(published: Any) -> None:
    people = published
    root, staff = people.root, people.staff("staff")
    assert held_amounts(root.pk, APRIL) == {}
    appeal = file(people)
    assert held_references(root.pk, APRIL) == {staff.pk: frozenset({"bonus"})}
    assert held_amounts(root.pk, APRIL) == {staff.pk: D("1000.00")}
    # The month goes on: approved and locked while the line waits.
    month_approve(actor=people.user("director"), root=root, month=APRIL, reason="agreed")
    month_lock(actor=people.user("finance"), root=root, month=APRIL, reason="结账")
    assert held_amounts(root.pk, APRIL) == {staff.pk: D("1000.00")}
    decide(people, appeal)
    assert held_amounts(root.pk, APRIL) == {}


def test_sheet_says_what_waited_at_the_lock_and_keeps_saying_it(published: Any) -> None:
    people = published
    appeal = file(people)
    month_approve(actor=people.user("director"), root=people.root, month=APRIL, reason="agreed")
    month_lock(actor=people.user("finance"), root=people.root, month=APRIL, reason="结账")

    def notes() -> list[str]:
        content = sheet_content(people.root, APRIL)
        return [line.note for unit in content.departments for line in unit.bonus_lines if line.note]

    before = notes()
    assert any("暂缓发放1000.00" in note for note in before)
    with time_machine.travel(LAST):
        file(people, line="i-team")
        decide(people, appeal)
    assert notes() == before


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("staff", 200),
        ("leader", 200),
        ("manager", 200),
        ("peer", 404),
        ("other-leader", 404),
        ("outsider", 404),
    ],
)
def test_who_sees_an_appeal(published: Any, who: str, status: int) -> None:
    appeal = file(published)
    url = reverse("assessment:appeal_answer", args=[appeal.pk])
    assert published.client(who).get(url).status_code == status


def test_lists_are_bounded(published: Any) -> None:
    people = published
    file(people)

    def grow() -> None:
        for number in range(20):
            Appeal.objects.create(
                root=people.root,
                month=APRIL.first,
                staff=people.staff("peer"),
                kind="item",
                reference=f"r{number}",
                title="t",
                text="x",
            )

    client, url = people.client("manager"), reverse("assessment:appeals")
    assert_bounded(client, url, grow)
    assert client.get(url, {"export": "xlsx"}).status_code == 200
    assert len(client.get(url, {"q": "p-staff"}).context["table"].rows) == 1
    assert_bounded(people.client("staff"), reverse("assessment:appeal_new", args=[APRIL]), grow_nothing, 25)


def grow_nothing() -> None:
    """The lines of one person do not grow with the people."""
