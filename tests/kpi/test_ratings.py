"""Ratings: oneself first, then the manager; what is owed, what is refused, what a second look finds.

It is 15 May 2024: April's self-rating (3 May) is over, May's is open.  Attitude and teamwork of ``s-main``
are rated (15 each), the quota (70) is computed; April has 5 of 100 posts, which is below the threshold: 0.
"""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.exceptions import Conflict, NotAllowed, RuleViolation
from core.models import AuditEvent
from departments.models import Period, PeriodState, Staff
from kpi.models import Rating
from kpi.selectors.ratings import rating_sheet
from kpi.services.ratings import Given, rating_enter, rating_self, seen_digest
from tests.people import APRIL, MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

D = Decimal


def rows(staff: Staff, month: Any = APRIL) -> dict[str, tuple[Any, Any, str]]:
    return {
        row.item_code: (row.self_score, row.score, row.remark)
        for row in Rating.objects.filter(staff=staff, month=month.first)
    }


def acts(prefix: str = "rating") -> int:
    return AuditEvent.objects.filter(action__startswith=prefix).count()


def seen(staff: Staff, month: Any = APRIL) -> str:
    return seen_digest(Rating.objects.filter(staff=staff, month=month.first))


def lock(people: Any, month: Any = APRIL) -> None:
    Period.objects.filter(root=people.root, month=month.first).update(state=PeriodState.LOCKED)


@pytest.mark.clause("KQ-23")
def test_person_rates_themselves_first_and_it_is_not_counted(people: Any) -> None:
    client, staff = people.client("staff"), people.staff("staff")
    url = reverse("assessment:self", args=[MONTH])
    before = rating_sheet(staff, MONTH).score.score.total
    given = {"score_i-attitude": "95", "score_i-team": "88.5"}
    assert client.get(url).status_code == 200
    assert client.post(url, given).status_code == 302
    assert rows(staff, MONTH) == {
        "i-attitude": (D(95), None, ""),
        "i-team": (D("88.5"), None, ""),
    }
    assert rating_sheet(staff, MONTH).score.score.total == before is None
    assert acts() == 1
    assert client.post(url, given).status_code == 302
    assert acts() == 1


def test_self_rating_after_its_last_day_is_refused(people: Any) -> None:
    client, staff = people.client("peer"), people.staff("peer")
    answer = client.post(reverse("assessment:self", args=[APRIL]), {"score_i-attitude": "95"})
    assert answer.status_code == 422
    assert rows(staff) == {}
    assert acts() == 0


def test_self_rating_outside_the_scale_is_told_beside_the_field(people: Any) -> None:
    url = reverse("assessment:self", args=[MONTH])
    answer = people.client("staff").post(url, {"score_i-attitude": "101", "score_i-team": "80"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"score_i-attitude"}
    assert 'value="101"' in answer.content.decode()
    assert rows(people.staff("staff"), MONTH) == {}


def test_self_rating_stays_once_the_manager_has_rated(people: Any) -> None:
    staff = people.staff("staff")
    Rating.objects.create(
        month=MONTH.first, root=people.root, staff=staff, scheme_code="s-main", item_code="i-team", score=80
    )
    with refused(RuleViolation, "rated_already"):
        rating_self(actor=people.user("staff"), month=MONTH, scores={"i-team": D(100)})
    assert rows(staff, MONTH)["i-team"] == (None, D(80), "")


@pytest.mark.clause("KQ-23")
def test_leader_rates_with_a_remark_and_sees_the_total(people: Any) -> None:
    client, staff = people.client("leader"), people.staff("staff")
    url = reverse("assessment:rate", args=[APRIL, "p-staff"])
    page = client.get(url)
    # 0 + 15 × 0.80 + 15 × 0.90
    assert page.context["sheet"].score.score.total == D("25.50")
    given = {"seen": seen(staff), "score_i-attitude": "70", "score_i-team": "90"}

    preview = client.post(url, {**given, "preview": "1"})
    assert preview.status_code == 200
    assert preview.context["sheet"].score.score.total == D("24.00")
    assert rows(staff)["i-attitude"][1] == D(80)

    owed = client.post(url, given)
    assert owed.status_code == 422
    assert owed.context["form"].errors.keys() == {"remark_i-attitude"}
    assert rows(staff)["i-attitude"][1] == D(80)

    assert client.post(url, {**given, "remark_i-attitude": "迟到两次"}).status_code == 302
    assert rows(staff)["i-attitude"] == (D(90), D(70), "迟到两次")
    rating = Rating.objects.get(staff=staff, item_code="i-attitude")
    assert rating.rated_by == people.staff("leader")
    assert acts() == 1


def test_rating_below_the_threshold_owes_a_remark(people: Any) -> None:
    peer = people.staff("peer")
    with pytest.raises(RuleViolation) as caught:
        rating_enter(
            actor=people.user("leader"),
            staff=peer,
            month=APRIL,
            given={"i-team": Given(D("59.99"))},
            seen=seen(peer),
        )
    assert [one["field"] for one in caught.value.errors] == ["remark_i-team"]
    assert rows(peer) == {}
    changed = rating_enter(
        actor=people.user("leader"), staff=peer, month=APRIL, given={"i-team": Given(D(60))}, seen=seen(peer)
    )
    assert changed == 1


def test_same_rating_again_changes_and_audits_nothing(people: Any) -> None:
    client, staff = people.client("leader"), people.staff("staff")
    url = reverse("assessment:rate", args=[APRIL, "p-staff"])
    given = {"seen": seen(staff), "score_i-attitude": "95", "score_i-team": "90"}
    assert client.post(url, given).status_code == 302
    at = Rating.objects.get(staff=staff, item_code="i-attitude").rated_at
    # The same form once more: what it saw is old, what it says stands already.
    assert client.post(url, given).status_code == 302
    assert Rating.objects.get(staff=staff, item_code="i-attitude").rated_at == at
    assert acts() == 1


def test_rating_changed_meanwhile_is_a_conflict_and_keeps_what_was_typed(people: Any) -> None:
    staff = people.staff("staff")
    url = reverse("assessment:rate", args=[APRIL, "p-staff"])
    old = seen(staff)
    Rating.objects.filter(staff=staff, item_code="i-team").update(score=85)
    given = {"seen": old, "score_i-attitude": "99", "score_i-team": "90"}
    client = people.client("leader")
    answer = client.post(url, given)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert 'value="99"' in html
    assert "<b>85</b>" in html
    assert rows(staff)["i-attitude"][1] == D(80)
    assert acts() == 0
    # Having seen what stands, saving again is a decision.
    given["seen"] = answer.context["form"].now
    assert client.post(url, given).status_code == 302
    assert rows(staff)["i-attitude"][1] == D(99)


def test_manager_waits_for_the_self_rating_until_its_last_day(people: Any) -> None:
    staff = people.staff("staff")
    given = {"i-attitude": Given(D(90)), "i-team": Given(D(90))}
    with refused(RuleViolation, "self_rating_first"):
        rating_enter(
            actor=people.user("leader"), staff=staff, month=MONTH, given=given, seen=seen(staff, MONTH)
        )
    assert rows(staff, MONTH) == {}
    rating_self(actor=people.user("staff"), month=MONTH, scores={"i-attitude": D(80), "i-team": D(80)})
    rating_enter(actor=people.user("leader"), staff=staff, month=MONTH, given=given, seen=seen(staff, MONTH))
    assert rows(staff, MONTH)["i-team"] == (D(80), D(90), "")


def test_nobody_rates_themselves(people: Any) -> None:
    leader = people.staff("leader")
    url = reverse("assessment:rate", args=[APRIL, "p-leader"])
    assert people.client("leader").get(url).status_code == 404
    with refused(NotAllowed, "own_line"):
        rating_enter(
            actor=people.user("leader"), staff=leader, month=APRIL, given={"i-team": Given(D(99))}, seen=""
        )
    assert rows(leader) == {}


def test_nobody_rates_themselves_in_the_database(people: Any) -> None:
    row = Rating.objects.filter(staff=people.staff("staff")).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=row.pk).update(rated_by=people.staff("staff"))


@pytest.mark.parametrize("who", ["peer", "other-leader", "finance", "auditor", "outsider", "staff"])
def test_others_find_no_sheet(people: Any, who: str) -> None:
    before = rows(people.staff("staff"))
    url = reverse("assessment:rate", args=[APRIL, "p-staff"])
    client = people.client(who)
    assert client.get(url).status_code == 404
    assert client.post(url, {"score_i-team": "10", "remark_i-team": "x"}).status_code == 404
    assert rows(people.staff("staff")) == before


@pytest.mark.parametrize(
    ("who", "number"), [("leader", "p-below"), ("manager", "p-leader"), ("hr", "p-peer")]
)
def test_those_with_the_right_open_the_sheet(people: Any, who: str, number: str) -> None:
    assert people.client(who).get(reverse("assessment:rate", args=[APRIL, number])).status_code == 200


def test_locked_month_refuses(people: Any) -> None:
    staff = people.staff("staff")
    before = rows(staff)
    lock(people)
    with refused(Conflict, "month_locked"):
        rating_enter(
            actor=people.user("leader"),
            staff=staff,
            month=APRIL,
            given={"i-team": Given(D(95))},
            seen=seen(staff),
        )
    client = people.client("leader")
    url = reverse("assessment:rate", args=[APRIL, "p-staff"])
    answer = client.post(url, {"seen": seen(staff), "score_i-attitude": "95", "score_i-team": "95"})
    assert answer.status_code == 409
    assert rows(staff) == before
    assert acts() == 0
    assert client.get(url).status_code == 200


@pytest.mark.clause("KQ-23")
def test_list_shows_who_is_due_and_overdue(people: Any) -> None:
    client = people.client("leader")
    url = reverse("assessment:ratings")
    page = client.get(url)
    tasks = {row.record.staff_no: row.record for row in page.context["table"].rows}
    assert set(tasks) == {"p-staff", "p-peer", "p-leader", "p-below"}
    assert tasks["p-staff"].state == "rated"
    assert not tasks["p-staff"].late
    assert tasks["p-peer"].state == "draft"
    assert tasks["p-peer"].late
    assert (page.context["to_rate"], page.context["late"], page.context["done"]) == (2, 2, 1)
    shown = client.get(url, {"month": "2024-04", "show": "late"})
    assert [row.record.staff_no for row in shown.context["table"].rows] == ["p-below", "p-leader", "p-peer"]
    assert client.get(url, {"export": "xlsx"}).status_code == 200


def test_list_needs_as_many_queries_for_many_people(people: Any) -> None:
    def grow() -> None:
        first = people.staff("peer")
        Staff.objects.bulk_create(
            Staff(
                staff_no=f"g-{number}",
                name=f"新{number}",
                root=people.root,
                unit=first.unit,
                position=first.position,
                joined=first.joined,
            )
            for number in range(20)
        )

    assert_bounded(people.client("manager"), reverse("assessment:ratings"), grow)


def test_sheet_needs_a_bounded_number_of_queries(people: Any) -> None:
    def grow() -> None:
        for number in range(20):
            Rating.objects.create(
                month=APRIL.first,
                root=people.root,
                staff=people.staff("peer"),
                scheme_code=f"old-{number}",
                item_code="i",
                score=80,
            )

    assert_bounded(
        people.client("leader"), reverse("assessment:rate", args=[APRIL, "p-staff"]), grow, limit=25
    )
