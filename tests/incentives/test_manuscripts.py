"""Manuscripts of the staff: handed in, screened, voted on, published, and paid once by the roll-up."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from departments.models import Period, PeriodState
from finance.models import FundMonth
from incentives.models import Ballot, Manuscript, ManuscriptRule, RoleHolder, Submission, VoteChoice
from incentives.selectors.manuscript_board import manuscript_page, manuscripts_listed, waiting_for
from incentives.services.manuscripts import (
    Draft,
    manuscript_close_vote,
    manuscript_publish,
    manuscript_revise,
    manuscript_screen,
    manuscript_withdraw,
)
from incentives.services.roll_up import month_roll_up
from tests.incentives.manuscripts import TEXT, accepted, acts, handed_in, rules, vote, voting
from tests.people import MONTH
from tests.people.refusals import refused

D = Decimal
KEY = UUID("12345678123456781234567812345678")
TODAY = date(2024, 5, 15)
AGAINST = VoteChoice.AGAINST


@pytest.fixture(autouse=True)
def _rules(people: Any) -> None:
    rules(people)


def form(**given: Any) -> dict[str, Any]:
    return {"kind": "employee", "title": "夜班", "text": TEXT, "key": str(KEY), **given}


# --- handing in ------------------------------------------------------------------------------------------
@pytest.mark.clause("HT-23")
def test_manuscript_is_handed_in_once_with_its_length_and_its_file(people: Any) -> None:
    client = people.client("below")
    assert client.get(reverse("manuscripts:new")).status_code == 200
    sent = [
        client.post(reverse("manuscripts:new"), form(file=SimpleUploadedFile("图.pdf", b"%PDF-1.7 x")))
        for _twice in range(2)
    ]
    made = Manuscript.objects.get()
    assert [answer["Location"] for answer in sent] == [reverse("manuscripts:show", args=[made.pk])] * 2
    assert (made.status, made.characters, made.author, made.author_kind) == (
        "submitted",
        12,
        "员小三",
        "employee",
    )
    assert (made.staff, made.scheme_code, made.date) == (people.staff("below"), "ps-1", TODAY)
    assert made.month is None
    assert made.submission.attachment is not None
    assert acts() == ["manuscript.submitted"]


@pytest.mark.clause("HT-23")
@pytest.mark.parametrize(("text", "count"), [("短短的九个字不够吧", "9"), ("长" * 21, "21")])
def test_length_outside_the_range_is_refused_and_the_draft_is_kept(
    people: Any, text: str, count: str
) -> None:
    answer = people.client("below").post(reverse("manuscripts:new"), form(text=text))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert text in page
    assert count in str(answer.context["form"].errors["text"])
    assert (Manuscript.objects.count(), acts()) == (0, [])


def test_length_outside_a_range_that_only_hints_is_taken(people: Any) -> None:
    ManuscriptRule.objects.update(outside="warn")
    assert handed_in(people, text="短").characters == 1


def test_rule_of_a_later_day_does_not_hold_yet_and_the_latest_begun_does(people: Any) -> None:
    ManuscriptRule.objects.create(
        scheme_code="ps-1", root=people.root, valid_from=date(2024, 5, 15), author_kind="employee",
        min_characters=1, max_characters=5, outside="refuse", pass_rule="holders",
    )  # fmt: skip
    ManuscriptRule.objects.create(
        scheme_code="ps-1", root=people.root, valid_from=date(2024, 5, 16), author_kind="employee",
        min_characters=100, outside="refuse", pass_rule="holders",
    )  # fmt: skip
    assert handed_in(people, text="五个字以内").characters == 5
    with refused(RuleViolation, "manuscript_incomplete"):
        handed_in(people)


def test_nobody_on_the_staff_writes_as_a_customer(people: Any) -> None:
    with refused(RuleViolation, "manuscript_incomplete"):
        handed_in(people, kind="customer")
    assert not Manuscript.objects.exists()


def test_without_a_scheme_nothing_is_handed_in(people: Any) -> None:
    with refused(RuleViolation, "no_scheme"):
        handed_in(people, "outsider")
    page = people.client("outsider").get(reverse("manuscripts:new"))
    assert page.status_code == 200
    assert '<form method="post" enctype' not in page.content.decode()


# --- screening -------------------------------------------------------------------------------------------
@pytest.mark.clause("HT-24")
def test_employees_go_through_the_editor_and_others_through_the_contact(people: Any) -> None:
    made = handed_in(people)
    pharmacist = handed_in(people, kind="pharmacist")
    for who, mine in (("staff", made), ("peer", pharmacist)):
        rows = waiting_for(people.user(who), manuscripts_listed(people.user(who)))
        assert [row.pk for row in rows] == [mine.pk]
    for who, another in (("peer", made), ("staff", pharmacist), ("manager", made), ("other", made)):
        with refused(NotAllowed, "manuscript.screen"):
            manuscript_screen(actor=people.user(who), manuscript_id=another.pk, passes=True)
    for who in ("leader", "outsider", "other-leader"):
        with refused(NotVisible, "manuscript"):
            manuscript_screen(actor=people.user(who), manuscript_id=made.pk, passes=True)
    assert not Ballot.objects.exists()
    client = people.client("staff")
    assert client.post(reverse("manuscripts:screen", args=[made.pk]), {"act": "pass"}).status_code == 302
    made.submission.refresh_from_db()
    assert made.submission.step == "voting"
    assert made.submission.screened_by == people.user("staff")
    assert {one.staff.staff_no for one in Ballot.objects.all()} == {"p-staff", "p-other", "p-peer"}
    with refused(Conflict, "manuscript_moved_on"):
        manuscript_screen(actor=people.user("staff"), manuscript_id=made.pk, passes=True)
    assert Ballot.objects.count() == 3


@pytest.mark.clause("HT-24")
def test_editor_does_not_screen_and_does_not_vote_on_their_own(people: Any) -> None:
    made = handed_in(people, "staff")
    with refused(NotAllowed, "own_line"):
        manuscript_screen(actor=people.user("staff"), manuscript_id=made.pk, passes=True)
    # Nobody else holds the editor's role, so whoever answers for the scheme screens.
    assert made.pk in [
        row.pk for row in waiting_for(people.user("manager"), manuscripts_listed(people.user("manager")))
    ]
    manuscript_screen(actor=people.user("manager"), manuscript_id=made.pk, passes=True)
    assert {one.staff.staff_no for one in Ballot.objects.all()} == {"p-other", "p-peer"}
    with refused(NotAllowed, "own_line"):
        vote(people, made, "staff")
    with pytest.raises(IntegrityError, match="incentives_ballot_not_own"), transaction.atomic():
        Ballot.objects.create(manuscript=made, staff=people.staff("staff"), author=people.staff("staff"))
    with pytest.raises(IntegrityError, match="screened_by_another"), transaction.atomic():
        Submission.objects.filter(manuscript=made).update(screened_by=people.user("staff"))


def test_returned_manuscript_is_improved_by_its_author_and_screened_again(people: Any) -> None:
    made = handed_in(people)
    url = reverse("manuscripts:screen", args=[made.pk])
    assert people.client("staff").post(url, {"act": "return", "remark": " "}).status_code == 422
    assert acts() == ["manuscript.submitted"]
    assert people.client("staff").post(url, {"act": "return", "remark": "写具体些"}).status_code == 302
    page = people.client("below").get(reverse("manuscripts:edit", args=[made.pk]))
    assert "写具体些" in page.content.decode()
    assert people.client("staff").get(reverse("manuscripts:edit", args=[made.pk])).status_code == 404
    draft = Draft("夜班灯", "雨夜里，药店的灯一直亮着")
    with refused(NotVisible, "manuscript"):
        manuscript_revise(actor=people.user("staff"), manuscript_id=made.pk, draft=draft)
    manuscript_revise(actor=people.user("below"), manuscript_id=made.pk, draft=draft)
    with refused(Conflict, "manuscript_moved_on"):
        manuscript_revise(actor=people.user("below"), manuscript_id=made.pk, draft=draft)
    made.refresh_from_db()
    assert (made.title, made.characters, made.submission.step) == ("夜班灯", 12, "screening")
    manuscript_screen(actor=people.user("staff"), manuscript_id=made.pk, passes=True)


def test_without_voters_nothing_is_put_to_the_vote(people: Any) -> None:
    RoleHolder.objects.update(end=date(2024, 5, 14))
    made = handed_in(people)
    with refused(RuleViolation, "nobody_votes"):
        manuscript_screen(actor=people.user("manager"), manuscript_id=made.pk, passes=True)
    made.submission.refresh_from_db()
    assert made.submission.step == "screening"


# --- voting ----------------------------------------------------------------------------------------------
@pytest.mark.clause("HT-24")
def test_more_than_half_of_the_role_holders_accept(people: Any) -> None:
    made = voting(people)
    client = people.client("staff")
    url = reverse("manuscripts:vote", args=[made.pk])
    assert client.post(url, {"choice": "for", "remark": ""}).status_code == 302
    assert client.post(url, {"choice": "for", "remark": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.status, acts().count("manuscript.voted")) == ("submitted", 1)
    assert client.post(url, {"choice": "against", "remark": ""}).status_code == 409
    vote(people, made, "peer", AGAINST)
    made.refresh_from_db()
    assert made.status == "submitted"
    page = manuscript_page(people.user("staff"), made.pk)
    assert page.tally is not None
    assert (page.tally.votes_for, page.tally.against, page.tally.open, page.ballots) == (1, 1, 1, [])
    vote(people, made, "other", remark="好")
    made.refresh_from_db()
    assert made.status == "accepted"
    # Decided: those who decide see who voted how, the author the remarks without names.
    assert len(manuscript_page(people.user("staff"), made.pk).ballots) == 3
    own = manuscript_page(people.user("below"), made.pk)
    assert (own.ballots, own.remarks) == ([], ["好"])


@pytest.mark.clause("HT-24")
def test_it_is_refused_as_soon_as_half_cannot_be_reached(people: Any) -> None:
    made = voting(people)
    vote(people, made, "staff", AGAINST)
    vote(people, made, "peer", AGAINST)
    made.refresh_from_db()
    assert made.status == "refused"
    with refused(Conflict, "manuscript_moved_on"):
        vote(people, made, "other")
    assert Ballot.objects.get(staff=people.staff("other")).choice == ""


def test_only_those_with_a_ballot_vote(people: Any) -> None:
    made = voting(people)
    for who in ("manager", "director"):
        with refused(NotAllowed, "manuscript.vote"):
            vote(people, made, who)
    with refused(NotAllowed, "own_line"):
        vote(people, made, "below")
    with refused(NotVisible, "manuscript"):
        vote(people, made, "leader")
    assert set(Ballot.objects.values_list("choice", flat=True)) == {""}


def test_closing_counts_those_who_did_not_vote_as_not_for(people: Any) -> None:
    made = voting(people)
    with refused(RuleViolation, "no_votes"):
        manuscript_close_vote(actor=people.user("manager"), manuscript_id=made.pk)
    vote(people, made, "staff")
    for who in ("staff", "peer"):
        with refused(NotAllowed, "manuscript.accept"):
            manuscript_close_vote(actor=people.user(who), manuscript_id=made.pk)
    manuscript_close_vote(actor=people.user("manager"), manuscript_id=made.pk)
    made.refresh_from_db()
    assert made.status == "refused"


def test_closing_under_the_rule_of_votes_lets_the_votes_given_decide(people: Any) -> None:
    ManuscriptRule.objects.update(pass_rule="votes")
    made = voting(people)
    vote(people, made, "staff")
    made.refresh_from_db()
    assert made.status == "submitted"
    manuscript_close_vote(actor=people.user("manager"), manuscript_id=made.pk)
    made.refresh_from_db()
    assert made.status == "accepted"


def test_author_takes_it_back_before_the_decision_only(people: Any) -> None:
    made = voting(people)
    with refused(NotVisible, "manuscript"):
        manuscript_withdraw(actor=people.user("staff"), manuscript_id=made.pk)
    for _twice in range(2):
        manuscript_withdraw(actor=people.user("below"), manuscript_id=made.pk)
    made.refresh_from_db()
    assert (made.status, acts().count("manuscript.withdrawn")) == ("refused", 1)
    with refused(Conflict, "manuscript_moved_on"):
        vote(people, made, "staff")
    done = accepted(people)
    with refused(Conflict, "manuscript_moved_on"):
        manuscript_withdraw(actor=people.user("below"), manuscript_id=done.pk)


# --- publishing and the fee ------------------------------------------------------------------------------
@pytest.mark.clause("HT-05")
@pytest.mark.clause("HT-06")
def test_fee_is_booked_once_by_the_roll_up_of_the_month(people: Any) -> None:
    made = accepted(people)
    month_roll_up(actor=None, root=people.root, month=MONTH)
    fund = FundMonth.objects.get(month=MONTH.first, fund__kind="maintenance")
    assert [step["kind"] for step in fund.movements] == ["monthly_fund"]
    client = people.client("other")
    url, sent = (
        reverse("manuscripts:publish", args=[made.pk]),
        {"day": "2024-05-15", "address": "https://mp.example/1"},
    )
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 302
    assert client.post(url, {**sent, "day": "2024-05-14"}).status_code == 409
    made.refresh_from_db()
    assert (made.status, made.published, made.month) == ("published", TODAY, date(2024, 5, 1))
    assert acts().count("manuscript.published") == 1
    for _twice in range(2):
        month_roll_up(actor=None, root=people.root, month=MONTH)
    fund = FundMonth.objects.get(month=MONTH.first, fund__kind="maintenance")
    fees = [step for step in fund.movements if step["kind"] == "fee"]
    assert [(step["id"], step["amount"]) for step in fees] == [(made.ident, "100.00")]
    page = manuscript_page(people.user("below"), made.pk)
    assert (page.fee, [one.amount for one in page.booked]) == (D("100.00"), [D("100.00")])


def test_publishing_into_a_locked_month_is_refused(people: Any) -> None:
    made = accepted(people)
    Manuscript.objects.update(date=date(2024, 4, 1))
    Period.objects.filter(root=people.root, month=date(2024, 4, 1)).update(state=PeriodState.LOCKED)
    before = acts()
    with refused(Conflict, "month_locked"):
        manuscript_publish(actor=people.user("other"), manuscript_id=made.pk, day=date(2024, 4, 30))
    made.refresh_from_db()
    assert (made.status, made.published, acts()) == ("accepted", None, before)
    manuscript_publish(actor=people.user("other"), manuscript_id=made.pk, day=TODAY)


@pytest.mark.parametrize("day", [date(2024, 5, 14), date(2024, 5, 16)])
def test_day_before_it_was_handed_in_or_to_come_is_refused(people: Any, day: date) -> None:
    made = accepted(people)
    with refused(RuleViolation, "wrong_day"):
        manuscript_publish(actor=people.user("other"), manuscript_id=made.pk, day=day)
    made.refresh_from_db()
    assert made.status == "accepted"


def test_author_and_those_without_a_part_do_not_publish(people: Any) -> None:
    made = accepted(people)
    with refused(NotAllowed, "own_line"):
        manuscript_publish(actor=people.user("below"), manuscript_id=made.pk, day=TODAY)
    with refused(NotAllowed, "manuscript.publish"):
        manuscript_publish(actor=people.user("hr"), manuscript_id=made.pk, day=TODAY)
    waiting = voting(people)
    with refused(Conflict, "manuscript_moved_on"):
        manuscript_publish(actor=people.user("other"), manuscript_id=waiting.pk, day=TODAY)
    assert not Manuscript.objects.filter(status="published").exists()


def test_manuscript_of_a_workbook_goes_on_from_where_it_is(people: Any) -> None:
    row = {"root": people.root, "date": date(2024, 5, 2), "title": "来稿", "author_kind": "employee",
           "author": "员小三", "staff": people.staff("below"), "scheme_code": "ps-1"}  # fmt: skip
    submitted = Manuscript.objects.create(ident="w-1", **row)
    done = Manuscript.objects.create(ident="w-2", status="accepted", **row)
    manuscript_screen(actor=people.user("staff"), manuscript_id=submitted.pk, passes=True)
    vote(people, submitted, "staff")
    vote(people, submitted, "peer")
    submitted.refresh_from_db()
    assert submitted.status == "accepted"
    manuscript_publish(actor=people.user("staff"), manuscript_id=done.pk, day=date(2024, 5, 3))
    assert people.client("below").get(reverse("manuscripts:show", args=[done.pk])).status_code == 200
