"""Requests to spend: asked for by one, approved by another, booked once, never more than there is.

``ps-1`` gets 2,000 yuan a month; April is computed, so its maintenance fund holds 2,000, the others nothing.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from departments.models import Period, PeriodState
from finance.fund_board import available, fund_page
from finance.models import Fund, FundEntry, FundMonth, FundRequest
from finance.services import (
    Asked,
    fund_request,
    fund_request_approve,
    fund_request_refuse,
    fund_request_withdraw,
)
from incentives.services.roll_up import month_roll_up
from tests.people import MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

D = Decimal
KEY = "12345678-1234-5678-1234-567812345678"
TODAY = date(2024, 5, 15)


def fund(kind: str = "maintenance") -> Fund:
    return Fund.objects.get(scheme_code="ps-1", kind=kind)


def asked(people: Any, amount: str = "380.00", who: str = "leader", kind: str = "maintenance") -> FundRequest:
    wanted = Asked(fund(kind).pk, D(amount), "图片素材授权")
    return fund_request(actor=people.user(who), asked=wanted, key=uuid4())


def approve(people: Any, request: FundRequest, who: str = "director", day: date = TODAY) -> FundRequest:
    return fund_request_approve(actor=people.user(who), request_id=request.pk, day=day)


def put_in(people: Any, kind: str, amount: str) -> None:
    """An opening balance, and the months computed anew with it."""
    FundEntry.objects.create(
        ident=f"o-{kind}", fund=fund(kind), root=people.root, date=date(2024, 4, 1), month=date(2024, 4, 1),
        kind="opening", amount=D(amount),
    )  # fmt: skip
    for row in FundMonth.objects.filter(fund=fund(kind)):
        row.delete()


def acts() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="fund.").order_by("pk")
    return list(rows.values_list("action", flat=True))


@pytest.mark.clause("HT-22")
def test_request_is_made_once_approved_by_another_and_becomes_one_entry(people: Any) -> None:
    client, url = people.client("leader"), reverse("funds:new")
    given = {"fund": fund().pk, "amount": "380.00", "purpose": "图片素材授权", "key": KEY}
    assert client.get(url).status_code == 200
    sent = [
        client.post(url, {**given, "file": SimpleUploadedFile("报价.pdf", b"%PDF-1.7 x")})["Location"]
        for _twice in range(2)
    ]
    request = FundRequest.objects.get()
    assert sent == [reverse("funds:request", args=[request.pk])] * 2
    assert (request.state, request.amount, request.requested_by) == (
        "waiting",
        D("380.00"),
        people.user("leader"),
    )
    assert not FundEntry.objects.exists()

    director = people.client("director")
    page = director.get(sent[0])
    assert (page.context["page"].left, page.context["page"].rest) == (D("2000.00"), D("1620.00"))
    assert request.evidence_file is not None
    assert director.get(reverse("file", args=[request.evidence_file.key])).status_code == 200
    book = reverse("funds:approve", args=[request.pk])
    assert director.post(book, {"day": "2024-05-15"}).status_code == 302
    assert director.post(book, {"day": "2024-05-15"}).status_code == 409
    entry = FundEntry.objects.get()
    assert (entry.kind, entry.amount, entry.date, entry.month) == (
        "spend",
        D("380.00"),
        TODAY,
        date(2024, 5, 1),
    )
    request.refresh_from_db()
    assert (request.state, request.entry, request.decided_by) == ("approved", entry, people.user("director"))
    assert acts() == ["fund.requested", "fund.approved"]

    assert available(fund(), TODAY) == D("1620.00")
    for _twice in range(2):
        month_roll_up(actor=None, root=people.root, month=MONTH)
    row = FundMonth.objects.get(fund=fund(), month=MONTH.first)
    assert (row.opening, row.inflow, row.outflow, row.closing) == (D("2000"), D("2000"), D("380"), D("3620"))
    assert available(fund(), TODAY) == D("3620.00")
    assert available(fund(), date(2024, 4, 30)) == D("2000.00")  # what April had

    ledger = fund_page(people.user("finance"), fund().pk)
    assert [str(one.month) for one in ledger.months] == ["2024-05", "2024-04"]
    assert [(line.kind, line.balance) for line in ledger.months[0].lines] == [
        ("monthly_fund", D("4000.00")),
        ("spend", D("3620.00")),
    ]
    assert ledger.months[0].lines[1].request == request.pk


def test_what_is_missing_is_told_beside_its_field(people: Any) -> None:
    given = {"fund": fund().pk, "amount": "0", "purpose": " ", "key": KEY}
    answer = people.client("leader").post(reverse("funds:new"), given)
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["amount", "purpose"]
    assert not FundRequest.objects.exists()


def test_more_than_the_fund_has_is_refused_with_the_balance(people: Any) -> None:
    request = asked(people, "2000.01")
    answer = people.client("director").post(
        reverse("funds:approve", args=[request.pk]), {"day": "2024-05-15"}
    )
    assert answer.status_code == 422
    assert "2,000.00" in answer.content.decode()
    request.refresh_from_db()
    assert (request.state, FundEntry.objects.count(), acts()) == ("waiting", 0, ["fund.requested"])
    assert approve(people, asked(people, "2000.00")).state == "approved"


def test_two_requests_do_not_spend_the_same_money(people: Any) -> None:
    first, second = asked(people, "1500.00"), asked(people, "600.00")
    approve(people, first)
    with refused(RuleViolation, "overdraft"):
        approve(people, second)
    assert FundEntry.objects.count() == 1
    approve(people, asked(people, "500.00"))
    assert available(fund(), TODAY) == D("0.00")


def test_what_waits_for_money_is_not_there_to_spend(people: Any) -> None:
    """A spending of a workbook that was too large waits; it is paid first when money comes."""
    FundEntry.objects.create(
        ident="w-1", fund=fund(), root=people.root, date=date(2024, 5, 2), month=date(2024, 5, 1),
        kind="spend", amount=D("4500.00"),
    )  # fmt: skip
    month_roll_up(actor=None, root=people.root, month=MONTH)
    assert [step["id"] for step in FundMonth.objects.get(fund=fund(), month=MONTH.first).pending] == ["w-1"]
    assert available(fund(), TODAY) == D("-500.00")
    with refused(RuleViolation, "overdraft"):
        approve(people, asked(people, "0.01"))


@pytest.mark.clause("HT-22")
def test_withheld_money_is_released_the_same_way(people: Any) -> None:
    put_in(people, "withheld", "300.00")
    request = asked(people, "120.00", kind="withheld")
    approve(people, request)
    entry = FundEntry.objects.get(kind="release")
    assert (entry.fund, entry.amount) == (fund("withheld"), D("120.00"))
    with refused(RuleViolation, "overdraft"):
        approve(people, asked(people, "180.01", kind="withheld"))


def test_nobody_approves_or_refuses_their_own(people: Any) -> None:
    request = asked(people, who="finance")
    for act in (
        lambda: approve(people, request, "finance"),
        lambda: fund_request_refuse(actor=people.user("finance"), request_id=request.pk, reason="不"),
    ):
        with refused(NotAllowed, "own_line"):
            act()
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        FundRequest.objects.filter(pk=request.pk).update(decided_by=people.user("finance"))
    request.refresh_from_db()
    assert (request.state, FundEntry.objects.count()) == ("waiting", 0)


def test_only_those_with_the_right_decide_and_others_do_not_see_it(people: Any) -> None:
    request = asked(people)
    for who in ("staff", "peer", "manager", "hr", "other-leader", "outsider"):
        with refused(NotVisible, "request"):
            approve(people, request, who)
    for who in ("leader", "auditor"):
        with refused(NotAllowed, "fund.approve"):
            approve(people, request, who)
    with refused(NotAllowed, "fund.request"):
        asked(people, who="staff")
    with refused(NotVisible, "fund"):
        asked(people, who="outsider")
    request.refresh_from_db()
    assert (request.state, FundRequest.objects.count()) == ("waiting", 1)


def test_refusal_needs_a_reason_and_is_final(people: Any) -> None:
    request = asked(people)
    director, url = people.client("director"), reverse("funds:refuse", args=[request.pk])
    assert director.post(url, {"reason": " "}).status_code == 422
    request.refresh_from_db()
    assert request.state == "waiting"
    assert director.post(url, {"reason": "先用完上次的"}).status_code == 302
    with refused(Conflict, "request_settled"):
        approve(people, request, "finance")
    request.refresh_from_db()
    assert (request.state, request.reason, FundEntry.objects.count()) == ("refused", "先用完上次的", 0)
    assert (
        "先用完上次的"
        in people.client("leader").get(reverse("funds:request", args=[request.pk])).content.decode()
    )


def test_only_who_asked_takes_it_back(people: Any) -> None:
    request = asked(people)
    with refused(NotAllowed, "fund.withdraw"):
        fund_request_withdraw(actor=people.user("director"), request_id=request.pk)
    for _twice in range(2):
        fund_request_withdraw(actor=people.user("leader"), request_id=request.pk)
    with refused(Conflict, "request_settled"):
        approve(people, request)
    assert (acts().count("fund.withdrawn"), FundEntry.objects.count()) == (1, 0)


def test_locked_month_takes_no_entry(people: Any) -> None:
    request = asked(people)
    Period.objects.filter(root=people.root, month=date(2024, 4, 1)).update(state=PeriodState.LOCKED)
    with refused(Conflict, "month_locked"):
        approve(people, request, day=date(2024, 4, 30))
    with refused(RuleViolation, "wrong_day"):
        approve(people, request, day=date(2024, 5, 16))
    request.refresh_from_db()
    assert (request.state, FundEntry.objects.count(), acts()) == ("waiting", 0, ["fund.requested"])


def test_key_of_another_person_shows_nothing(people: Any) -> None:
    wanted = Asked(fund().pk, D("1.00"), "笔")
    fund_request(actor=people.user("leader"), asked=wanted, key=UUID(KEY))
    with refused(NotVisible, "request"):
        fund_request(actor=people.user("other-leader"), asked=wanted, key=UUID(KEY))
    assert FundRequest.objects.count() == 1


# --- pages -----------------------------------------------------------------------------------------------
def test_ledger_and_balances_are_for_those_who_read_money(people: Any) -> None:
    url = reverse("funds:show", args=[fund().pk])
    for who, status in {
        "finance": 200,
        "director": 200,
        "auditor": 200,
        "manager": 404,
        "leader": 404,
    }.items():
        client = people.client(who)
        assert client.get(url).status_code == status, who
        index = client.get(reverse("funds:index"))
        assert bool(index.context["cards"]) == (status == 200), who
    assert people.client("staff").get(reverse("funds:index")).status_code == 404
    sheet = people.client("finance").get(url, {"export": "xlsx"})
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")


def test_pages_are_bounded(people: Any) -> None:
    request = asked(people)

    def grow() -> None:
        for _more in range(18):
            approve(people, asked(people, "1.00"))

    assert_bounded(people.client("director"), reverse("funds:index"), grow)
    client = people.client("finance")
    assert_bounded(client, reverse("funds:show", args=[fund().pk]), grow)
    assert_bounded(client, reverse("funds:request", args=[request.pk]), grow)
