"""The pages of manuscripts: who sees which, what the month counts, how many queries they need."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exceptions import NotVisible
from incentives.models import Manuscript
from incentives.selectors.manuscript_board import months_of_schemes
from incentives.services.manuscripts import Draft, manuscript_submit
from tests.incentives.manuscripts import TEXT, accepted, handed_in, published, rules, vote, voting
from tests.people import MONTH
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

KEY = UUID("12345678123456781234567812345678")
TODAY = date(2024, 5, 15)


@pytest.fixture(autouse=True)
def _rules(people: Any) -> None:
    rules(people)


def form(**given: Any) -> dict[str, Any]:
    return {"kind": "employee", "title": "夜班", "text": TEXT, "key": str(KEY), **given}


@pytest.mark.clause("HT-11")
def test_month_counts_what_was_put_to_the_vote(people: Any) -> None:
    voting(people)
    accepted(people)
    handed_in(people)
    (found,) = months_of_schemes(people.user("manager"), MONTH)
    assert (found.handed_in, found.passed_on, found.published) == (3, 2, 0)
    published(people, TODAY)
    (found,) = months_of_schemes(people.user("manager"), MONTH)
    assert (found.handed_in, found.passed_on, found.published) == (4, 3, 1)


def test_everybody_sees_their_own_and_those_who_decide_all(people: Any) -> None:
    made = handed_in(people)
    for who, seen in (
        ("below", 1),
        ("staff", 1),
        ("other", 1),
        ("manager", 1),
        ("leader", 0),
        ("outsider", 0),
    ):
        client = people.client(who)
        rows = client.get(reverse("manuscripts:list")).context["table"].rows
        assert len(rows) == seen, who
        status = client.get(reverse("manuscripts:show", args=[made.pk])).status_code
        assert status == (200 if seen else 404), who


def test_attachment_is_for_those_who_see_the_manuscript(people: Any) -> None:
    people.client("below").post(
        reverse("manuscripts:new"), form(file=SimpleUploadedFile("图.pdf", b"%PDF-1.7 x"))
    )
    attachment = Manuscript.objects.get().submission.attachment
    assert attachment is not None
    url = reverse("file", args=[attachment.key])
    assert [people.client(who).get(url).status_code for who in ("below", "staff", "leader")] == [
        200,
        200,
        404,
    ]


@pytest.mark.parametrize("who", ["staff", "manager", "below"])
def test_list_needs_as_many_queries_for_two_as_for_twenty(people: Any, who: str) -> None:
    voting(people)
    handed_in(people)

    def grow() -> None:
        for _more in range(9):
            voting(people)
            handed_in(people)

    assert_bounded(people.client(who), reverse("manuscripts:list"), grow)


def test_filter_of_what_waits_is_bounded(people: Any) -> None:
    handed_in(people)
    assert_bounded(
        people.client("staff"),
        reverse("manuscripts:list") + "?waiting=me",
        lambda: [voting(people) for _ in range(9)],
    )


def test_page_of_one_is_bounded(people: Any) -> None:
    made = voting(people)
    assert_bounded(
        people.client("staff"),
        reverse("manuscripts:show", args=[made.pk]),
        lambda: vote(people, made, "other"),
        25,
    )


def test_doubled_key_of_another_person_shows_nothing(people: Any) -> None:
    manuscript_submit(actor=people.user("below"), draft=Draft("夜班", TEXT), key=KEY)
    with refused(NotVisible, "manuscript"):
        manuscript_submit(actor=people.user("other"), draft=Draft("夜班", TEXT), key=KEY)
    assert Manuscript.objects.count() == 1
