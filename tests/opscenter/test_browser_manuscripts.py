"""Manuscripts and funds in a real browser: by a guest's link to the fee in the ledger, quiet and fitting."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache

from core.sealing import unseal
from finance.models import Fund, FundRequest
from finance.services import Asked, fund_request
from incentives.models import Manuscript, SubmissionLink
from incentives.services.roll_up import month_roll_up
from tests.incentives import manuscripts
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import MONTH, NOW, PASSWORD, load_people

PHONE = {"viewport": {"width": 390, "height": 844}}
PLAIN = {**PHONE, "java_script_enabled": False}
PAGES = {
    "staff": ("/manuscripts/", "/manuscripts/new/", "/manuscripts/{voting}/", "/manuscripts/?waiting=me"),
    "manager": ("/manuscripts/links/", "/manuscripts/{guest}/"),
    "leader": ("/funds/", "/funds/requests/new/"),
    "director": ("/funds/", "/funds/{fund}/", "/funds/requests/{request}/"),
}
GUESTS = ("{link}", "/manuscripts/state/")


@pytest.fixture
def scene(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        people = load_people()
        manuscripts.rules(people)

        def visit(who: str, path: str, **options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            if who:
                guest.open(f"/accounts/login/?next={path}")
                guest.page.fill("[name=login]", who)
                guest.page.fill("[name=password]", PASSWORD)
                guest.page.click("main button[type=submit]")
                guest.page.wait_for_url(guest.base + path)
            else:
                guest.open(path)
            return guest

        yield people, visit


def filled(people: Any) -> dict[str, str]:
    """Something on every page; gives what the addresses need."""
    voting = manuscripts.voting(people)
    link = manuscripts.link(people)
    manuscripts.received(link)
    fund = Fund.objects.get(scheme_code="ps-1", kind="maintenance")
    asked = Asked(fund.pk, Decimal("380.00"), "图片素材")
    request = fund_request(actor=people.user("leader"), asked=asked, key=uuid4())
    guest = Manuscript.objects.get(submission__link=link)
    return {
        "voting": str(voting.pk),
        "guest": str(guest.pk),
        "fund": str(fund.pk),
        "request": str(request.pk),
        "link": f"/manuscripts/by-link/{unseal(link.sealed_token)}/",
    }


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(scene: Any, width: int, height: int, scheme: str, locale: str) -> None:
    people, visit = scene
    names = filled(people)
    view = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": locale}
    for who, paths in {**PAGES, "": GUESTS}.items():
        guest = visit(who, paths[0].format(**names), **view)
        for path in paths:
            guest.open(path.format(**names))
            guest.page.wait_for_load_state("networkidle")
            assert guest.page.evaluate(SIDEWAYS) == 0, path
        assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scene: Any, scheme: str) -> None:
    people, visit = scene
    names = filled(people)
    for who, paths in {**PAGES, "": GUESTS}.items():
        guest = visit(who, paths[0].format(**names), color_scheme=scheme, bypass_csp=True, **PHONE)
        for path in paths:
            guest.open(path.format(**names))
            guest.page.wait_for_load_state("networkidle")
            assert findings(guest.page) == [], path


@pytest.mark.clause("HT-24")
def test_manuscript_by_link_is_voted_on_published_and_paid_without_scripts(scene: Any) -> None:
    people, visit = scene
    manager = visit("manager", "/manuscripts/links/", **PLAIN)
    manager.page.fill("[name=name]", "微信群")
    manager.page.click("main form button.btn-primary")
    address = manager.page.input_value(".oc-ms-links input[readonly]")

    guest = visit("", address.removeprefix(manager.base), **PLAIN)
    guest.page.click("main button[type=submit]")
    # Something is missing: told beside the fields, what was typed stays.
    guest.page.check("[name=kind][value=customer]")
    guest.page.fill("[name=name]", "吴桂兰")
    guest.page.fill("[name=title]", "我家的小药箱")
    guest.page.fill("[name=text]", "跟着药师学看说明书")
    guest.page.click("main button[type=submit]")
    assert guest.page.input_value("[name=text]") == "跟着药师学看说明书"
    assert guest.page.locator(".errorlist").count() == 1
    box = guest.page.locator("label.oc-ms-kind").first.bounding_box()
    assert box["height"] >= 44
    guest.page.check("[name=consent]")
    guest.page.click("main button[type=submit]")
    reference = guest.page.locator(".oc-ms-receipt dd").first.inner_text()
    made = Manuscript.objects.get(submission__reference=reference)
    assert SubmissionLink.objects.get().submissions.count() == 1

    peer = visit("peer", f"/manuscripts/{made.pk}/", **PLAIN)
    peer.page.click("button[name=act][value=pass]")
    for who in ("staff", "other"):
        voter = visit(who, f"/manuscripts/{made.pk}/", **PLAIN)
        voter.page.click("button[name=choice][value=for]")
    made.refresh_from_db()
    assert made.status == "accepted"

    voter.page.fill("[name=day]", "2024-05-15")
    voter.page.fill("[name=address]", "https://mp.example/s/1")
    voter.page.click("form[action$='/publish/'] button")
    month_roll_up(actor=None, root=people.root, month=MONTH)

    fund = Fund.objects.get(scheme_code="ps-1", kind="maintenance")
    finance = visit("finance", f"/funds/{fund.pk}/", **PLAIN)
    line = finance.page.locator(f"tr:has-text('{made.ident}')")
    assert "200.00" in line.inner_text()
    line.locator("a").click()
    finance.page.locator("main .oc-list a", has_text="我家的小药箱").click()
    assert "¥200.00" in finance.page.locator(".oc-ms-fee").inner_text()

    guest.page.click("main form button[type=submit]")
    assert "mp.example" in guest.page.locator("main a.btn").get_attribute("href")


def test_request_is_made_and_booked_on_a_phone(scene: Any) -> None:
    _people, visit = scene
    leader = visit("leader", "/funds/requests/new/", **PHONE)
    leader.page.fill("[name=amount]", "2000.01")
    leader.page.fill("[name=purpose]", "线下海报打印")
    leader.page.click("main form button[type=submit]")
    leader.page.locator(".oc-fund-amount").wait_for()
    request = FundRequest.objects.get()
    director = visit("director", f"/funds/requests/{request.pk}/", **PHONE)
    director.page.click("form[action$='/approve/'] button")
    assert "2,000.00" in director.page.locator(".oc-notice.error").inner_text()
    FundRequest.objects.update(amount="380.00")
    director.open(f"/funds/requests/{request.pk}/")
    director.page.click("form[action$='/approve/'] button")
    director.page.locator("form[action$='/approve/']").wait_for(state="detached")
    request.refresh_from_db()
    assert request.state == "approved"
