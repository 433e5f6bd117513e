"""Points and vetoes: proposed by one, approved by another, refused or withdrawn with a reason."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent, StoredFile
from departments.models import Period, PeriodState
from incentives.services.roll_up import month_roll_up
from kpi.models import PointKind, PointState, Score, ScorePoint
from kpi.services.points import point_approve, point_propose, point_refuse
from tests.people import APRIL, MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

D = Decimal
KEY = UUID("12345678123456781234567812345678")


def propose(people: Any, who: str = "leader", about: str = "staff", **given: Any) -> ScorePoint:
    return point_propose(
        actor=people.user(who),
        staff=people.staff(about),
        **{
            "month": APRIL,
            "kind": PointKind.BONUS,
            "points": D("3.50"),
            "reason": "帮同事完成活动",
            "evidence": "群公告",
            "key": uuid4(),
            **given,
        },
    )


def acts() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="points.")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def lock(people: Any) -> None:
    Period.objects.filter(root=people.root, month=APRIL.first).update(state=PeriodState.LOCKED)


def bonus_points(people: Any) -> Any:
    month_roll_up(actor=None, root=people.root, month=APRIL)
    return Score.objects.get(staff=people.staff("staff"), month=APRIL.first).bonus_points


def test_points_count_once_another_person_approves(people: Any) -> None:
    point = propose(people)
    assert point.state == PointState.PROPOSED
    assert bonus_points(people) == 0
    point_approve(actor=people.user("manager"), point_id=point.pk)
    point.refresh_from_db()
    assert (point.state, point.approved_by) == (PointState.APPROVED, "manager")
    assert bonus_points(people) == D("3.50")
    assert acts() == ["points.proposed", "points.approved"]


def test_veto_takes_the_bonus_and_needs_two_people(people: Any) -> None:
    point = propose(people, kind=PointKind.VETO, points=D(9), reason="伪造截图", evidence="")
    assert point.points == 0
    with refused(NotAllowed, "points.approve"):
        point_approve(actor=people.user("leader"), point_id=point.pk)
    point_approve(actor=people.user("director"), point_id=point.pk, reason="核实过")
    month_roll_up(actor=None, root=people.root, month=APRIL)
    score = Score.objects.get(staff=people.staff("staff"), month=APRIL.first)
    assert (score.veto, score.coefficient, score.bonus) == (True, 0, 0)


def test_proposer_does_not_approve(people: Any) -> None:
    point = propose(people, "manager")
    with refused(NotAllowed, "same_person"):
        point_approve(actor=people.user("manager"), point_id=point.pk)
    # Whatever name they signed with in a workbook.
    ScorePoint.objects.filter(pk=point.pk).update(proposed_by="p-manager")
    with refused(NotAllowed, "same_person"):
        point_approve(actor=people.user("manager"), point_id=point.pk)
    point.refresh_from_db()
    assert point.approved_by == ""
    assert acts() == ["points.proposed"]


def test_nobody_decides_about_points_of_their_own(people: Any) -> None:
    with refused(NotAllowed, "own_line"):
        propose(people, "manager", "manager")
    point = propose(people, "director", "manager")
    with refused(NotAllowed, "own_line"):
        point_approve(actor=people.user("manager"), point_id=point.pk)
    with refused(NotAllowed, "own_line"):
        point_refuse(actor=people.user("manager"), point_id=point.pk, reason="不想")
    assert ScorePoint.objects.get().state == PointState.PROPOSED


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"reason": " "}, ["reason"]),
        ({"points": D(0)}, ["points"]),
        ({"evidence": ""}, ["evidence"]),
        ({"kind": PointKind.DEDUCTION, "evidence": "", "points": D(-1)}, ["points"]),
    ],
)
def test_what_is_missing_is_told_by_field(people: Any, given: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(RuleViolation) as caught:
        propose(people, **given)
    assert [one["field"] for one in caught.value.errors] == fields
    assert not ScorePoint.objects.exists()
    assert acts() == []


def test_second_approval_and_late_refusal_are_conflicts(people: Any) -> None:
    point = propose(people)
    point_approve(actor=people.user("manager"), point_id=point.pk)
    with refused(Conflict, "points_settled"):
        point_approve(actor=people.user("director"), point_id=point.pk)
    with refused(Conflict, "points_settled"):
        point_refuse(actor=people.user("director"), point_id=point.pk, reason="不")
    assert acts() == ["points.proposed", "points.approved"]


def test_refused_and_withdrawn_do_not_count(people: Any) -> None:
    refused_one, withdrawn = propose(people), propose(people)
    with refused(RuleViolation, "reason_needed"):
        point_refuse(actor=people.user("manager"), point_id=refused_one.pk, reason=" ")
    point_refuse(actor=people.user("manager"), point_id=refused_one.pk, reason="没有凭证")
    point_refuse(actor=people.user("leader"), point_id=withdrawn.pk, reason="写错了")
    refused_one.refresh_from_db()
    withdrawn.refresh_from_db()
    assert (refused_one.state, withdrawn.state) == (PointState.REFUSED, PointState.WITHDRAWN)
    assert bonus_points(people) == 0
    with refused(Conflict, "points_settled"):
        point_approve(actor=people.user("director"), point_id=refused_one.pk)


def test_locked_month_refuses(people: Any) -> None:
    point = propose(people)
    lock(people)
    with refused(Conflict, "month_locked"):
        point_approve(actor=people.user("manager"), point_id=point.pk)
    with refused(Conflict, "month_locked"):
        propose(people)
    assert ScorePoint.objects.get().state == PointState.PROPOSED
    page = people.client("manager").get(reverse("assessment:point_approve", args=[point.pk]))
    assert not page.context["page"].may_approve


def test_form_sent_twice_proposes_once(people: Any) -> None:
    client = people.client("leader")
    url = reverse("assessment:point_add")
    assert client.get(url, {"staff": "p-staff", "month": "2024-05"}).status_code == 200
    given = {
        "staff": people.staff("staff").pk,
        "month": "2024-05",
        "kind": "bonus",
        "points": "2",
        "reason": "原创被转载",
        "key": str(KEY),
    }
    for _time in range(2):
        evidence = SimpleUploadedFile("截图.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20)
        assert client.post(url, {**given, "file": evidence}).status_code == 302
    point = ScorePoint.objects.get()
    assert (point.month, point.points, point.proposed_by) == (MONTH.first, D(2), "leader")
    assert StoredFile.objects.filter(kind="points-evidence").count() == 1
    assert acts() == ["points.proposed"]
    key = point.evidence_file.key
    for who, status in (("manager", 200), ("staff", 200), ("peer", 404), ("outsider", 404)):
        assert people.client(who).get(reverse("file", args=[key])).status_code == status


def test_disguised_file_is_refused_and_the_text_kept(people: Any) -> None:
    given = {
        "staff": people.staff("staff").pk,
        "month": "2024-05",
        "kind": "bonus",
        "points": "2",
        "reason": "原创被转载",
        "key": str(KEY),
        "file": SimpleUploadedFile("截图.png", b"<script>alert(1)</script>"),
    }
    answer = people.client("leader").post(reverse("assessment:point_add"), given)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"file"}
    assert "原创被转载" in answer.content.decode()
    assert not ScorePoint.objects.exists()


def test_pages_by_role(people: Any) -> None:
    point = propose(people)
    url = reverse("assessment:point_approve", args=[point.pk])
    expected = {
        "staff": 200,
        "leader": 200,
        "manager": 200,
        "peer": 404,
        "other-leader": 404,
        "outsider": 404,
    }
    for who, status in expected.items():
        assert people.client(who).get(url).status_code == status, who
    assert people.client("staff").post(url, {"act": "approve"}).status_code == 403
    assert people.client("peer").post(url, {"act": "approve"}).status_code == 404
    with refused(NotVisible, "points"):
        point_approve(actor=people.user("outsider"), point_id=point.pk)
    assert people.client("peer").get(reverse("assessment:point_add")).status_code == 404
    assert people.client("manager").post(url, {"act": "refuse"}).status_code == 422
    assert people.client("manager").post(url, {"act": "approve"}).status_code == 302
    assert people.client("staff").get(reverse("assessment:points")).status_code == 200


def test_list_filters_by_state_and_is_bounded(people: Any) -> None:
    first = propose(people)
    point_approve(actor=people.user("manager"), point_id=propose(people, about="peer").pk)
    client, url = people.client("director"), reverse("assessment:points")
    for state, count in (("proposed", 1), ("approved", 1), ("refused", 0), ("withdrawn", 0), ("", 2)):
        assert len(client.get(url, {"state": state}).context["table"].rows) == count, state
    shown = client.get(url, {"q": "p-staff", "month": "2024-04-01"}).context["table"].rows
    assert [row.record for row in shown] == [first]
    assert client.get(url, {"export": "xlsx"}).status_code == 200
    assert_bounded(client, url, lambda: [propose(people) for _ in range(20)])
