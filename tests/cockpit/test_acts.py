"""The acts of closing on their pages: nobody is offered what an earlier step of theirs rules out."""

from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from campaigns.models import Campaign, CampaignChange
from core.models import AuditEvent, User
from departments.models import Grant, Period
from incentives.models import Settlement
from incentives.services import closing
from tests.people import APRIL

pytestmark = pytest.mark.django_db
MONTH_PAGE, COCKPIT = "/month/2024-04/?unit=co", "/incentives/2024-04/"
APPROVE = "/month/2024-04/acts/approve/"


def state(people: Any) -> str:
    return str(Period.objects.get(root=people.root, month=APRIL.first).state)


def take(people: Any, act: str, who: str) -> None:
    service = getattr(closing, f"month_{act}")
    service(actor=User.objects.get(username=who), root=people.root, month=APRIL, reason="无异议")


def post(people: Any, who: str, act: str, reason: str = "") -> Any:
    client = people.client(who)
    url = f"/month/2024-04/acts/{act}/"
    return client.post(url, {"unit": "co", "reason": reason}, headers={"accept-language": "en"})


def page(people: Any, who: str, url: str) -> str:
    answer = people.client(who).get(url, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_approval_asks_for_a_reason_while_people_may_object(people: Any) -> None:
    take(people, "review", "hr")
    take(people, "publish", "manager")
    # Published on Wednesday, 15 May 2024; five working days later it is Wednesday, 22 May.
    assert "Objections until 2024-05-22 (5 working days after publishing)" in page(
        people, "director", COCKPIT
    )
    assert "required" in page(people, "director", f"{APPROVE}?unit=co").partition('id="reason"')[2][:80]
    before = AuditEvent.objects.count()

    answer = post(people, "director", "approve")

    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert (state(people), AuditEvent.objects.count()) == ("published", before)

    assert post(people, "director", "approve", "everybody agreed").status_code == 302
    assert state(people) == "approved"
    row = AuditEvent.objects.get(action="month.approved")
    assert (row.reason, row.change["objections_until"]) == ("everybody agreed", "2024-05-22")


def test_doubled_approval_changes_nothing_the_second_time(people: Any) -> None:
    take(people, "review", "hr")
    take(people, "publish", "manager")
    assert post(people, "director", "approve", "agreed").status_code == 302
    assert post(people, "director", "approve", "agreed").status_code == 409
    assert AuditEvent.objects.filter(action="month.approved").count() == 1


def test_who_reviewed_is_not_offered_the_approval_and_is_refused_it(people: Any) -> None:
    Grant.objects.create(staff=people.staff("hr"), role="director", unit=people.root)
    take(people, "review", "hr")
    take(people, "publish", "manager")
    for url in (MONTH_PAGE, COCKPIT):
        assert f'href="{APPROVE}' in page(people, "director", url)
        assert f'href="{APPROVE}' not in page(people, "hr", url)

    assert post(people, "hr", "approve", "me too").status_code == 403
    assert (
        state(people),
        Settlement.objects.get(period__root=people.root, period__month=APRIL.first).approved_by,
    ) == (
        "published",
        None,
    )


def test_superuser_is_ruled_out_alike(people: Any) -> None:
    User.objects.create_superuser("root")
    people.users["root"] = User.objects.get(username="root")
    take(people, "review", "root")
    take(people, "publish", "root")
    assert f'href="{APPROVE}' not in page(people, "root", f"{COCKPIT}?unit=co")
    assert post(people, "root", "approve", "all mine").status_code == 403
    assert state(people) == "published"


@pytest.mark.clause("KQ-04")
def test_changed_comparison_stands_on_the_cockpit(people: Any) -> None:
    assert "Changes after approval" not in page(people, "finance", COCKPIT)
    campaign = Campaign.objects.create(
        code="c-1", name="春季会员周", month=APRIL.first, root=people.root, unit=people.root, type="weekend",
        scale="small", start=date(2024, 4, 6), end=date(2024, 4, 7), stores=["st-1"],
    )  # fmt: skip
    CampaignChange.objects.create(
        campaign=campaign,
        terms={"end": ["2024-04-06", "2024-04-07"]},
        reason="改为两天",
        proposed_by=people.user("other-leader"),
        key=uuid4(),
        decision="approved",
        decided_by=people.user("manager"),
        decided_at="2024-04-05T02:00:00Z",
        remark="",
    )
    shown = page(people, "finance", COCKPIT)
    assert "Changes after approval" in shown
    for words in ("春季会员周", "改为两天", "2024-04-06</del>", "2024-04-07</ins>"):
        assert words in shown
