"""The search: what each person finds, and only that."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.models import User
from departments.models import Staff
from tests.people.pages import assert_bounded

JOINED = date(2024, 1, 1)


def found(client: Client, text: str) -> list[str]:
    """The addresses that a search gives, in the order shown."""
    page = client.get("/search/", {"q": text}, headers={"hx-request": "true"})
    assert page.status_code == 200
    return re.findall(r'href="([^"]+)"', page.content.decode())


def test_people_are_found_by_name_and_number(people: Any) -> None:
    client = people.client("leader")
    assert found(client, "员小一") == ["/org/people/p-staff/"]
    assert found(client, "p-peer") == ["/org/people/p-peer/"]


def test_other_organisations_are_not_found(people: Any) -> None:
    for text in ("外人", "远山", "xx", "x-outsider"):
        assert found(people.client("director"), text) == [], text
    outsider = people.client("outsider")
    for text in ("员小一", "海风", "发帖", "推广考核", "公众号激励", "运营手册"):
        assert found(outsider, text) == [], text


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("论坛组", "/org/units/co-a1/"),
        ("运营手册", "/org/documents/CO-01/"),
        ("发帖", "/rules/quota_rules/co-a:q-post/"),
        ("推广考核", "/rules/schemes/s-main/"),
        ("公众号激励", "/rules/pool_schemes/ps-1/"),
    ],
)
def test_units_documents_and_rules_are_found(people: Any, text: str, url: str) -> None:
    assert url in found(people.client("manager"), text)


def test_every_result_opens(people: Any) -> None:
    for who in ("staff", "leader", "manager", "finance", "outsider"):
        client = people.client(who)
        for text in ("员", "a", "o", "发", "p-", "co", "月"):
            for url in found(client, text):
                assert client.get(url, follow=True).status_code == 200, (who, text, url)


def test_pages_are_those_of_the_navigation(people: Any) -> None:
    assert "/month/" in found(people.client("staff"), "月度")
    assert found(people.client("staff"), "系统管理") == []


def test_somebody_without_a_staff_record_finds_nothing(people: Any) -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody"))
    for text in ("员", "a", "co", "发帖", "运营手册", "月度"):
        assert found(client, text) == [], text


def test_nothing_found_is_said_and_what_was_typed_stays_text(people: Any) -> None:
    page = people.client("staff").get("/search/", {"q": "<script>x</script>\x00"}).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page
    assert "oc-found-none" in page


def test_long_group_is_cut_and_says_so(people: Any) -> None:
    staff = people.staff("staff")
    Staff.objects.bulk_create(
        [
            Staff(
                staff_no=f"n-{number}", name=f"同名 {number}", unit=staff.unit, root=staff.root, joined=JOINED
            )
            for number in range(12)
        ]
    )
    page = people.client("leader").get("/search/", {"q": "同名"}).content.decode()
    assert page.count('href="/org/people/n-') == 8
    assert "<p>还有更多" in page or "<p>There is more" in page


def test_search_needs_equally_many_queries_however_much_there_is(people: Any) -> None:
    staff = people.staff("staff")

    def grow() -> None:
        Staff.objects.bulk_create(
            [
                Staff(
                    staff_no=f"n-{number}",
                    name=f"员 {number}",
                    unit=staff.unit,
                    root=staff.root,
                    joined=JOINED,
                )
                for number in range(20)
            ]
        )

    assert_bounded(people.client("manager"), "/search/?q=员", grow)


def test_signed_out_is_led_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/search/?q=a")["Location"].startswith("/accounts/login/")
