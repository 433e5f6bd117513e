"""Many bank accounts at once: every line checked, all kept or none, numbers sealed and never shown whole."""

from html import unescape
from typing import Any

import pytest

from core.models import AuditEvent
from core.sealing import unseal
from incentives.models import BankAccount
from tests.incentives.payday import PEER_ACCOUNT, STAFF_ACCOUNT
from tests.people.pages import queries_of

pytestmark = pytest.mark.django_db
PASTE = "/payments/accounts/paste/"
GOOD = f"工号\t账号\t户名\t开户行\np-staff\t{STAFF_ACCOUNT}\t员小一\t工行朝阳支行\n\np-peer,{PEER_ACCOUNT}\n"


def sent(people: Any, text: str, act: str = "check", who: str = "finance") -> Any:
    return people.client(who).post(PASTE, {"text": text, "act": act}, headers={"accept-language": "en"})


def test_lines_are_checked_first_and_kept_on_request(people: Any) -> None:
    shown = sent(people, GOOD)
    page = unescape(shown.content.decode())
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    assert "Keep 2 accounts" in page
    assert f"···· {STAFF_ACCOUNT[-4:]}" in page
    assert not BankAccount.objects.exists()

    assert sent(people, GOOD, "keep").headers["Location"] == "/payments/accounts/"
    kept = {one.staff.staff_no: one for one in BankAccount.objects.select_related("staff")}
    assert {who: unseal(one.sealed_number) for who, one in kept.items()} == {
        "p-staff": STAFF_ACCOUNT,
        "p-peer": PEER_ACCOUNT,
    }
    assert (kept["p-staff"].branch, kept["p-peer"].holder) == ("工行朝阳支行", people.staff("peer").name)
    assert STAFF_ACCOUNT not in str(AuditEvent.objects.values_list("change", flat=True))

    events = AuditEvent.objects.count()
    assert "as it is" in sent(people, GOOD).content.decode()
    assert sent(people, GOOD, "keep").status_code == 302
    assert AuditEvent.objects.count() == events


def test_every_wrong_line_is_told_and_nothing_is_kept(people: Any) -> None:
    text = "\n".join(
        (
            f"p-staff,{STAFF_ACCOUNT}",
            f"p-staff,{STAFF_ACCOUNT}",
            "nobody,6222020200112233445",
            "x-outsider,6222020200112233445",
            "p-peer,12",
            "p-below,6.22E+18",
            f"p-other,{PEER_ACCOUNT},别人",
            f"p-finance,{PEER_ACCOUNT}",
        )
    )
    for act in ("check", "keep"):
        answer = sent(people, text, act)
        page = unescape(answer.content.decode())
        assert answer.status_code == 422
        for words in (
            "stands in the list twice",
            "There is nobody with this staff number.",
            "8 to 32 digits",
            "The spreadsheet shortened the number",
            "in the person's own name",
            "Nobody changes their own bank account",
            "7 lines are wrong",
        ):
            assert words in page, words
        assert "Keep" not in page.partition("<main")[2]
        assert not BankAccount.objects.exists()


@pytest.mark.parametrize("text", ["", "\n \n", "a,1\n" * 1001])
def test_nothing_and_too_much_are_refused(people: Any, text: str) -> None:
    assert sent(people, text, "keep").status_code == 422
    assert not BankAccount.objects.exists()


@pytest.mark.parametrize("who", ["director", "hr", "auditor", "admin", "manager", "staff", "outsider"])
def test_others_find_no_page(people: Any, who: str) -> None:
    assert people.client(who).get(PASTE).status_code == 404
    assert sent(people, GOOD, "keep", who).status_code == 404
    assert not BankAccount.objects.exists()


def test_page_is_empty_when_it_is_opened(people: Any) -> None:
    sent(people, GOOD, "keep")
    assert STAFF_ACCOUNT not in people.client("finance").get(PASTE).content.decode()
    assert queries_of(people.client("finance"), PASTE) <= 15
