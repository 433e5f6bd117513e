"""The pages of adjustments: who sees which, one explained to the 分, proposing and approving by two."""

from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.models import AuditEvent
from incentives.models import Adjustment
from incentives.services.adjustments import adjustment_approve, adjustment_propose
from incentives.services.closing import month_lock
from tests.incentives import payday
from tests.people import APRIL
from tests.people import MONTH as MAY
from tests.people.pages import assert_bounded

pytestmark = pytest.mark.django_db
LIST = "/payments/adjustments/"
NEW = "/payments/adjustments/new/"
ASKED = {
    "staff_no": "p-staff",
    "about": "2024-04",
    "month": "2024-05",
    "amount": "120.50",
    "reason": "漏记两天",
}


@pytest.fixture
def locked(people: Any) -> Any:
    """April is locked: ``staff`` got a bonus of 1,000.00."""
    payday.payday(people)
    return people


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == status, (url, answer.status_code)
    return " ".join(unescape(answer.content.decode()).split())


def proposed(people: Any, amount: str = "120.50", who: str = "finance") -> Adjustment:
    return adjustment_propose(
        actor=people.user(who), staff=people.staff("staff"), about=APRIL, month=MAY, amount=Decimal(amount),
        reason="漏记两天",
    )  # fmt: skip


def test_one_is_explained_from_the_locked_amount_to_the_right_one(locked: Any) -> None:
    first = proposed(locked)
    adjustment_approve(actor=locked.user("director"), adjustment_id=first.pk)
    second = proposed(locked, "-20.00", "hr")

    page = text_of(locked.client("finance"), f"{LIST}{second.pk}/")

    # locked 1,000.00, approved +120.50, this one −20.00: 1,100.50
    for words in (
        "¥1,000.00", "+120.50", "-20.00", "¥1,100.50", "漏记两天", "waits for approval", "taken back",
        "/explain/2024-04/people/p-staff/bonus/", "/month/2024-04/people/p-staff/",
        "/month/2024-05/people/p-staff/", f"{LIST}{first.pk}/", "adjustment proposed",
    ):  # fmt: skip
        assert words in page, words
    # Of the first one the second is left out: nobody approved it.
    assert "¥1,120.50" in text_of(locked.client("finance"), f"{LIST}{first.pk}/")


def test_every_link_of_the_page_opens(locked: Any) -> None:
    row = proposed(locked)
    for who in ("finance", "staff"):
        page = text_of(locked.client(who), f"{LIST}{row.pk}/").partition("<main")[2]
        links = {part.partition('"')[0] for part in page.split('href="')[1:]}
        for link in sorted(one for one in links if one.startswith("/")):
            assert locked.client(who).get(link).status_code in {200, 302}, (who, link)


def test_payment_is_shown_where_it_is_settled(locked: Any) -> None:
    made = payday.batch(locked)
    row = Adjustment.objects.get(staff=locked.staff("peer"))
    page = text_of(locked.client("peer"), f"{LIST}{row.pk}/")
    assert made.number in page
    assert "the month is locked: it is settled" in page


def test_people_see_their_own_and_those_whose_money_they_read(locked: Any) -> None:
    row = proposed(locked, who="hr")
    seen = {
        who: locked.client(who).get(f"{LIST}{row.pk}/").status_code == 200
        for who in ("staff", "peer", "leader", "manager", "hr", "finance", "director", "auditor", "outsider")
    }
    assert {who for who, opens in seen.items() if opens} == {"staff", "hr", "finance", "director", "auditor"}
    # Who proposed it reads its amount, not what the person was paid.
    assert "1,000.00" not in text_of(locked.client("hr"), f"{LIST}{row.pk}/")
    assert "漏记两天" not in text_of(locked.client("peer"), LIST)
    assert "漏记两天" in text_of(locked.client("staff"), LIST)


def test_proposed_by_one_and_approved_by_another(locked: Any) -> None:
    finance, director = locked.client("finance"), locked.client("director")
    made = finance.post(NEW, ASKED)
    row = Adjustment.objects.get(staff=locked.staff("staff"))
    assert made["Location"] == f"{LIST}{row.pk}/"
    assert (row.amount, row.about_month, row.month) == (Decimal("120.50"), APRIL.first, MAY.first)
    approve = f"{LIST}{row.pk}/approve/"
    assert approve not in finance.get(f"{LIST}{row.pk}/").content.decode()
    assert finance.post(approve).status_code == 403
    assert locked.client("auditor").post(approve).status_code == 404
    row.refresh_from_db()
    assert row.approved_by_id is None
    assert approve in director.get(f"{LIST}{row.pk}/").content.decode()

    assert director.post(approve).status_code == 302
    events = AuditEvent.objects.count()
    assert director.post(approve).status_code == 409

    row.refresh_from_db()
    assert row.approved_by == locked.user("director")
    assert AuditEvent.objects.count() == events


def test_same_form_sent_twice_is_one_proposal(locked: Any) -> None:
    client = locked.client("finance")
    first = client.post(NEW, ASKED)
    events = AuditEvent.objects.count()
    assert client.post(NEW, ASKED)["Location"] == first["Location"]
    assert Adjustment.objects.filter(staff=locked.staff("staff")).count() == 1
    assert AuditEvent.objects.count() == events
    # Another amount, and the same one once it is approved, are proposals of their own.
    client.post(NEW, {**ASKED, "amount": "1"})
    adjustment_approve(
        actor=locked.user("director"), adjustment_id=int(first["Location"].rstrip("/").rpartition("/")[2])
    )
    client.post(NEW, ASKED)
    assert Adjustment.objects.filter(staff=locked.staff("staff")).count() == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"about": "2024-05", "month": "2024-06"}, "is not locked; correct the fact itself"),
        ({"month": "2024-04"}, "a later month that is still open"),
        ({"amount": "0"}, "not 0"),
        ({"reason": " "}, "An adjustment needs a reason."),
        ({"staff_no": "nobody"}, "There is nobody with this number"),
        ({"staff_no": "x-outsider"}, "There is nobody with this number"),
        ({"about": "April"}, "A month is written as 2018-11."),
    ],
)
def test_what_makes_no_sense_is_told_beside_the_form(locked: Any, changed: Any, said: str) -> None:
    before = Adjustment.objects.count()
    answer = locked.client("finance").post(NEW, {**ASKED, **changed}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert "漏记两天" in answer.content.decode() or "reason" in changed
    assert Adjustment.objects.count() == before


def test_nobody_proposes_for_themselves(locked: Any) -> None:
    answer = locked.client("finance").post(NEW, {**ASKED, "staff_no": "p-finance"})
    assert answer.status_code == 403
    assert not Adjustment.objects.filter(staff=locked.staff("finance")).exists()


def test_month_that_is_locked_meanwhile_takes_no_approval(locked: Any) -> None:
    row = proposed(locked)
    month_lock(actor=None, root=locked.root, month=MAY, force=True, reason="year end")
    row.refresh_from_db()
    # What nobody approved moves on at the lock.
    assert row.month == MAY.plus(1).first
    assert "adjustment carried to a later month" in text_of(locked.client("finance"), f"{LIST}{row.pk}/")


def test_list_is_filtered_and_exported(locked: Any) -> None:
    row = proposed(locked)
    client = locked.client("finance")
    assert "漏记两天" in text_of(client, f"{LIST}?paid=2024-05&state=waiting")
    for query in ("paid=2024-04", "state=approved", "about=2024-03", "q=nobody", "paid=x"):
        assert "漏记两天" not in text_of(client, f"{LIST}?{query}"), query
    sheet = load_workbook(BytesIO(client.get(f"{LIST}?q=p-staff&export=xlsx").content)).active
    assert sheet is not None
    values = [cell.value for cell in sheet[2]]
    assert values[:2] == [row.staff.name, "p-staff"]
    assert Decimal(str(values[4])) == Decimal("120.50")


def test_cockpit_leads_to_what_waits(locked: Any) -> None:
    proposed(locked)
    page = locked.client("director").get("/incentives/2024-05/?unit=co").content.decode()
    assert f"{LIST}?paid=2024-05&amp;state=waiting" in page


def grow(people: Any) -> None:
    for number in range(20):
        proposed(people, f"{number + 1}.00")


def test_queries_do_not_grow(locked: Any) -> None:
    row = proposed(locked)
    assert_bounded(locked.client("finance"), LIST, lambda: grow(locked))
    assert_bounded(locked.client("finance"), f"{LIST}{row.pk}/", lambda: None, 15)
