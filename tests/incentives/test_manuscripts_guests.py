"""Manuscripts by link: without sign-in, with consent, asked for and taken back by number and code."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.exceptions import NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from core.sealing import seal, unseal
from incentives.forms.manuscripts import GuestForm
from incentives.models import Manuscript, Submission, SubmissionLink
from incentives.retention import FORGET_CONTACTS
from incentives.services.manuscripts import Draft, manuscript_publish, manuscript_screen
from incentives.services.submissions import (
    ANONYMOUS,
    contact_read,
    link_create,
    link_revoke,
    own_submission,
    own_submission_end,
    own_submission_revise,
)
from tests.incentives.manuscripts import acts, link, received, rules, vote
from tests.people.refusals import refused

PHONE = "13800005678"
TODAY = date(2024, 5, 15)


@pytest.fixture(autouse=True)
def _rules(people: Any) -> None:
    cache.clear()
    rules(people)


def address(found: SubmissionLink) -> str:
    return reverse("manuscripts:receive", args=[unseal(found.sealed_token)])


def sent(found: SubmissionLink, **given: Any) -> dict[str, Any]:
    form = {
        "kind": "customer",
        "name": "吴桂兰",
        "contact": PHONE,
        "title": "我家的小药箱",
        "text": "跟着药师学看说明书",
        "consent": "on",
        "website": "",
        "key": GuestForm(found.digest).new_key(),
        **given,
    }
    return {name: value for name, value in form.items() if value is not None}


def strict() -> Client:
    """A browser that is asked for the token against other sites wherever a page wants one."""
    return Client(enforce_csrf_checks=True)


def receipt_of(answer: Any) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(unseal(answer["Location"].rstrip("/").rpartition("/")[2]))
    return kept


# --- handing in ------------------------------------------------------------------------------------------
@pytest.mark.clause("HT-23")
def test_guest_hands_in_without_a_session_and_gets_a_number_and_a_code(people: Any) -> None:
    found, client = link(people), strict()
    page = client.get(address(found))
    assert page.status_code == 200
    assert "csrfmiddlewaretoken" not in page.content.decode()
    answer = client.post(address(found), sent(found))
    assert answer.status_code == 302
    made = Manuscript.objects.get()
    submission = made.submission
    assert (made.author, made.author_kind, made.characters, made.staff) == ("吴桂兰", "customer", 9, None)
    assert (submission.link, submission.consent, submission.step) == (found, "1/zh-hans", "screening")
    assert submission.consented_at is not None
    thanks = client.get(answer["Location"])
    kept = receipt_of(answer)
    assert kept["reference"] in thanks.content.decode()
    assert kept["code"] in thanks.content.decode()
    assert not Session.objects.exists()
    assert acts() == ["manuscript.link_made", "manuscript.received"]


def test_nothing_of_the_person_stands_in_plain_but_the_name(people: Any) -> None:
    found = link(people)
    strict().post(address(found), sent(found))
    row = Submission.objects.values().get()
    assert PHONE not in str(row)
    assert "127.0.0.1" not in str(row) + str(list(AuditEvent.objects.values()))
    assert PHONE not in str(list(AuditEvent.objects.values()))
    assert unseal(row["sealed_contact"]) == PHONE


def test_same_form_twice_is_one_manuscript_and_shows_the_code_once(people: Any) -> None:
    found, client = link(people), strict()
    form = sent(found)
    first, second = (receipt_of(client.post(address(found), form)) for _twice in range(2))
    assert (first["reference"], second["code"]) == (second["reference"], "")
    assert Manuscript.objects.count() == 1
    assert acts().count("manuscript.received") == 1


@pytest.mark.parametrize("missing", ["kind", "name", "title", "text", "consent"])
def test_what_is_missing_is_told_and_the_draft_is_kept(people: Any, missing: str) -> None:
    found = link(people)
    given = sent(found, **{missing: None}) if missing == "consent" else sent(found, **{missing: ""})
    answer = strict().post(address(found), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [missing]
    if missing != "text":
        assert "跟着药师学看说明书" in answer.content.decode()
    assert (Manuscript.objects.count(), acts()) == (0, ["manuscript.link_made"])


@pytest.mark.parametrize(
    "given", [{"website": "http://spam.example"}, {"kind": "employee"}, {"text": "长" * 20_001}]
)
def test_programs_other_kinds_and_books_are_refused(people: Any, given: dict[str, str]) -> None:
    found = link(people)
    assert strict().post(address(found), sent(found, **given)).status_code == 422
    assert not Manuscript.objects.exists()


def test_form_of_another_link_or_of_yesterday_is_refused_and_gets_a_fresh_key(people: Any) -> None:
    found, other = link(people), link(people)
    answer = strict().post(address(found), sent(found, key=GuestForm(other.digest).new_key()))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["key"]
    fresh = answer.context["form"]["key"].value()
    assert signing.loads(fresh, salt=found.digest)
    assert not Manuscript.objects.exists()
    assert strict().post(address(found), sent(found, key=fresh)).status_code == 302


@pytest.mark.parametrize("how", ["unknown", "revoked", "expired"])
def test_link_that_is_none_answers_like_a_missing_page(people: Any, how: str) -> None:
    found = link(people)
    url, form = address(found), sent(found)
    if how == "unknown":
        url = reverse("manuscripts:receive", args=["nothing"])
    elif how == "revoked":
        for _twice in range(2):
            link_revoke(actor=people.user("manager"), link_id=found.pk)
        assert acts().count("manuscript.link_revoked") == 1
    else:
        SubmissionLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client = strict()
    assert (client.get(url).status_code, client.post(url, form).status_code) == (404, 404)
    assert not Manuscript.objects.exists()


def test_too_many_from_one_address_wait_and_keep_what_they_typed(people: Any) -> None:
    found, client = link(people), strict()
    for _each in range(20):
        assert client.post(address(found), sent(found)).status_code == 302
    answer = client.post(address(found), sent(found))
    assert answer.status_code == 429
    assert "跟着药师学看说明书" in answer.content.decode()
    assert Manuscript.objects.count() == 20
    # Another address may still.
    elsewhere = strict().post(address(found), sent(found), REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 302


def test_language_is_asked_for_by_the_address(people: Any) -> None:
    found, client = link(people), strict()
    answer = client.get(address(found) + "?lang=en")
    assert (answer.status_code, answer["Location"]) == (302, address(found))
    assert 'lang="en"' in client.get(address(found)).content.decode()[:200]
    client.post(address(found), sent(found))
    assert Submission.objects.get().consent == "1/en"


# --- links -----------------------------------------------------------------------------------------------
def test_links_are_made_and_revoked_by_those_who_answer_for_the_scheme(people: Any) -> None:
    found = link(people)
    for who in ("staff", "leader", "finance", "hr"):
        with refused(NotAllowed, "manuscript.link"):
            link_create(actor=people.user(who), scheme_code="ps-1", name="群", days=7, key=uuid4())
        with refused(NotVisible, "link"):
            link_revoke(actor=people.user(who), link_id=found.pk)
    for who in ("outsider",):
        with refused(NotVisible, "scheme"):
            link_create(actor=people.user(who), scheme_code="ps-1", name="群", days=7, key=uuid4())
        with refused(NotVisible, "link"):
            link_revoke(actor=people.user(who), link_id=found.pk)
    found.refresh_from_db()
    assert (found.revoked_at, SubmissionLink.objects.count()) == (None, 1)
    row = SubmissionLink.objects.values().get()
    assert unseal(found.sealed_token) not in str(row)
    client = people.client("manager")
    assert address(found) in client.get(reverse("manuscripts:links")).content.decode()
    client.post(reverse("manuscripts:revoke", args=[found.pk]))
    assert address(found) not in client.get(reverse("manuscripts:links")).content.decode()


# --- the state and the consent ---------------------------------------------------------------------------
def test_state_is_told_for_the_number_and_the_code_only(people: Any) -> None:
    receipt = received(link(people))
    client, url = strict(), reverse("manuscripts:state")
    typed = {
        "reference": f" {receipt.reference.lower()} ",
        "code": f"{receipt.code[:4]}-{receipt.code[4:].lower()}",
    }
    assert client.get(url).status_code == 200
    assert "我家的小药箱" in client.post(url, typed).content.decode()
    for wrong in ({**typed, "code": "A" * 16}, {**typed, "reference": "AAAAAAAA"}):
        answer = client.post(url, wrong)
        assert answer.status_code == 422
        assert "我家的小药箱" not in answer.content.decode()
    with refused(NotVisible, "submission"):
        own_submission(reference=receipt.reference, code="")


def test_guessing_a_code_ends_after_ten_tries(people: Any) -> None:
    receipt = received(link(people))
    client, url = strict(), reverse("manuscripts:state")
    typed = {"reference": receipt.reference, "code": "A" * 16}
    assert [client.post(url, typed, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(11)] == [
        422
    ] * 10 + [429]
    right = {**typed, "code": receipt.code}
    assert client.post(reverse("manuscripts:state_end"), right).status_code == 429
    assert Submission.objects.get().consent_ended_at is None


def test_receipt_is_shown_for_half_an_hour_and_not_forged(people: Any) -> None:
    at = int(timezone.now().timestamp())
    old = seal(json.dumps({"reference": "A", "code": "B", "at": at - 1801}))
    for shown, status in (
        (old, 404),
        ("nothing", 404),
        (seal(json.dumps({"reference": "A", "code": "B", "at": at})), 200),
    ):
        assert strict().get(reverse("manuscripts:sent", args=[shown])).status_code == status


def test_returned_manuscript_is_improved_by_the_guest(people: Any) -> None:
    receipt = received(link(people))
    made = Manuscript.objects.get()
    form = {
        "reference": receipt.reference,
        "code": receipt.code,
        "title": "药箱整理记",
        "text": "先看日期，再看说明",
    }
    assert strict().post(reverse("manuscripts:state_revise"), form).status_code == 409
    manuscript_screen(actor=people.user("peer"), manuscript_id=made.pk, passes=False, remark="写写日期")
    shown = strict().post(reverse("manuscripts:state"), form).content.decode()
    assert "写写日期" in shown
    with refused(NotVisible, "submission"):
        own_submission_revise(reference=receipt.reference, code="A" * 16, draft=Draft("x", "y"))
    with refused(RuleViolation, "manuscript_incomplete"):
        own_submission_revise(reference=receipt.reference, code=receipt.code, draft=Draft("x", " "))
    assert strict().post(reverse("manuscripts:state_revise"), form).status_code == 200
    made.refresh_from_db()
    assert (made.title, made.characters, made.submission.step) == ("药箱整理记", 9, "screening")


def test_consent_taken_back_erases_everything_before_publication(people: Any) -> None:
    receipt = received(link(people))
    for _twice in range(2):
        answer = strict().post(
            reverse("manuscripts:state_end"), {"reference": receipt.reference, "code": receipt.code}
        )
        assert answer.status_code == 200
    made = Manuscript.objects.get()
    assert (made.author, made.title, made.status) == (ANONYMOUS, ANONYMOUS, "refused")
    assert (made.submission.text, made.submission.sealed_contact, made.submission.step) == (
        "",
        "",
        "withdrawn",
    )
    assert acts().count("manuscript.consent_ended") == 1
    assert "吴桂兰" not in str(list(AuditEvent.objects.values()))


def test_consent_taken_back_after_publication_keeps_who_is_paid(people: Any) -> None:
    receipt = received(link(people))
    made = Manuscript.objects.get()
    manuscript_screen(actor=people.user("peer"), manuscript_id=made.pk, passes=True)
    vote(people, made, "staff")
    vote(people, made, "peer")
    manuscript_publish(actor=people.user("staff"), manuscript_id=made.pk, day=TODAY)
    own_submission_end(reference=receipt.reference, code=receipt.code)
    made.refresh_from_db()
    assert (made.author, made.status, made.published) == ("吴桂兰", "published", TODAY)
    assert (made.submission.text, made.submission.sealed_contact) == ("", "")


def test_contact_is_forgotten_when_it_has_served(people: Any) -> None:
    found = link(people)
    for _each in range(3):
        received(found)
    refused_one, published_one, waiting = Manuscript.objects.order_by("pk")
    Manuscript.objects.filter(pk=refused_one.pk).update(status="refused")
    Manuscript.objects.filter(pk=published_one.pk).update(
        status="published", published=date(2024, 5, 14), month=date(2024, 5, 1)
    )
    Submission.objects.filter(manuscript=refused_one).update(decided_at=timezone.now())
    for days, left in ((89, 3), (90, 2), (91, 1)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert jobs.run(jobs.enqueue(FORGET_CONTACTS, arguments={}, dedupe_key=f"{days}").pk)
            assert Submission.objects.exclude(sealed_contact="").count() == left, days
    assert Submission.objects.get(manuscript=waiting).sealed_contact


# --- the contact -----------------------------------------------------------------------------------------
def test_contact_is_read_with_a_reason_and_leaves_a_trace(people: Any) -> None:
    received(link(people))
    made = Manuscript.objects.get()
    client, url = people.client("peer"), reverse("manuscripts:contact", args=[made.pk])
    assert PHONE not in client.get(reverse("manuscripts:show", args=[made.pk])).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert PHONE in client.post(url, {"reason": "核对笔名"}).content.decode()
    for who in ("hr", "auditor", "admin"):
        with refused(NotAllowed, "manuscript.contact"):
            contact_read(actor=people.user(who), manuscript_id=made.pk, reason="看看")
    with refused(NotVisible, "manuscript"):
        contact_read(actor=people.user("leader"), manuscript_id=made.pk, reason="看看")
    assert acts().count("manuscript.contact_read") == 1
    assert AuditEvent.objects.get(action="manuscript.contact_read").reason == "核对笔名"


def test_an_empty_manuscript_says_everything_that_is_missing_at_once(people: Any) -> None:
    found = link(people)
    empty = dict.fromkeys(("kind", "consent"), None) | dict.fromkeys(("name", "contact", "title", "text"), "")
    answer = strict().post(address(found), sent(found, **empty), headers={"accept-language": "en"})
    assert answer.status_code == 422
    page = answer.content.decode()
    for told in (
        "Say whether you write as a pharmacist or a customer.",
        "Write your name; the fee goes to it.",
        "Give the manuscript a title.",
        "Write or paste the text.",
        "Without your consent we may not keep your text.",
    ):
        assert told in page
    assert not Manuscript.objects.exists()
