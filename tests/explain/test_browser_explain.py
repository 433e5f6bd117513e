"""Explanations in a real browser: from a payout to a store-day row; quiet, accessible, fitting."""

from collections.abc import Iterator
from typing import Any

import pytest

from incentives.services.roll_up import month_roll_up
from tests.opscenter.alpha import MONTH, compute, give_log_ins, load
from tests.opscenter.conftest import PASSWORD
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings

BASE = "/explain/2024-05/"
WRITER = f"{BASE}people/al-2/pool/al-c1/writer/"
PAGES = {
    "al-2": (
        f"{BASE}people/al-2/",
        f"{WRITER}?open=all",
        f"{BASE}people/al-2/bonus/?open=all",
        f"{BASE}people/al-2/rules/al-post/",
    ),
    "al-4": (
        f"{BASE}campaigns/al-c1/?open=all",
        f"{BASE}verify/?unit=al-company",
        "/explain/compare/?unit=al-company",
    ),
}


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    root = load("alpha")
    month_roll_up(actor=None, root=root, month=MONTH.plus(-1))
    compute(root)
    give_log_ins()

    def visit(who: str, **options: Any) -> Visitor:
        guest = Visitor(browser, live_server, **options)
        guest.open("/accounts/login/")
        guest.page.fill("[name=login]", who)
        guest.page.fill("[name=password]", PASSWORD)
        guest.page.click("main button[type=submit]")
        guest.page.wait_for_url(lambda url: "/accounts/" not in url)
        return guest

    return visit


def test_from_a_payout_to_a_store_day_row_by_keyboard_alone(visitor: Any) -> None:
    guest = visitor("al-2", viewport={"width": 390, "height": 844}, locale="en-US")
    guest.open("/month/2024-05/people/al-2/")
    guest.page.locator("#payouts a[href$='/pool/al-c1/writer/']", has_text="why?").click()
    guest.page.wait_for_url(f"**{WRITER}")
    row = guest.page.locator(".oc-leaf", has_text="2024-05-18").first
    assert not row.is_visible()
    for label in (
        "After findings (C)", "before deductions (N)", "Pool of", "Uplift of", "(al-s1)", "2024-05-18",
    ):  # fmt: skip
        line = guest.page.locator("summary", has_text=label).first
        if line.evaluate("line => line.parentElement.open"):
            continue
        line.focus()
        guest.page.keyboard.press("Enter")
    row.wait_for(state="visible")
    assert "1,500.50" in row.inner_text()
    assert guest.page.evaluate(SIDEWAYS) == 0
    guest.page.click("text=Verify this figure")
    guest.page.wait_for_selector("text=Shown 10.48, computed again 10.48.")
    assert guest.complaints == []


def test_every_line_opens_at_once(visitor: Any) -> None:
    guest = visitor("al-2", viewport={"width": 1440, "height": 900}, locale="en-US")
    guest.open(WRITER)
    assert guest.page.locator(".oc-explained details:not([open])").count() > 0
    guest.page.click("text=Open all lines")
    assert guest.page.locator(".oc-explained details:not([open])").count() == 0
    assert guest.page.url.endswith(WRITER)


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_explanations_are_quiet_and_fit(
    visitor: Any, width: int, height: int, scheme: str, locale: str
) -> None:
    for who, paths in PAGES.items():
        guest = visitor(who, viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
        for path in paths:
            guest.open(path)
            guest.page.wait_for_load_state("networkidle")
            assert guest.page.evaluate(SIDEWAYS) == 0, path
        assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing_in_explanations(visitor: Any, width: int, height: int, scheme: str) -> None:
    for who, paths in PAGES.items():
        guest = visitor(
            who, viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
        )
        for path in paths:
            guest.open(path)
            guest.page.wait_for_load_state("networkidle")
            assert findings(guest.page) == [], path
