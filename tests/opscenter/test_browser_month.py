"""The pages of a month in a real browser: quiet, within their policy, accessible, fitting, usable."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.models import User
from incentives.models import Settlement
from tests.opscenter.alpha import PAGE, compute, give_log_ins, load
from tests.opscenter.conftest import PASSWORD
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings

PAGES = {
    "al-4": (
        PAGE,
        f"{PAGE}?view=people",
        f"{PAGE}?view=campaigns",
        f"{PAGE}?view=money",
        f"{PAGE}campaigns/al-c1/",
        f"{PAGE}campaigns/al-c2/",
        f"{PAGE}people/al-1/",
        "/month/2024-06/",
    ),
    "al-3": (PAGE, f"{PAGE}acts/review/?unit=al-company"),
    "al-1": (PAGE, f"{PAGE}people/al-1/"),
}


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    compute(load("alpha"))
    give_log_ins()

    def visit(who: str, **options: Any) -> Visitor:
        guest = Visitor(browser, live_server, **options)
        guest.open("/accounts/login/")
        guest.page.fill("[name=login]", who)
        guest.page.fill("[name=password]", PASSWORD)
        guest.page.click("main button[type=submit]")
        guest.page.wait_for_url(lambda url: "/accounts/" not in url)
        guest.open(PAGE)
        return guest

    return visit


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
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
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    for who, paths in PAGES.items():
        guest = visitor(
            who, viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
        )
        for path in paths:
            guest.open(path)
            guest.page.wait_for_load_state("networkidle")
            assert findings(guest.page) == [], path


def test_charts_are_drawn(visitor: Any) -> None:
    guest = visitor("al-4", viewport={"width": 1440, "height": 900})
    guest.open(f"{PAGE}campaigns/al-c1/")
    guest.page.locator("[data-chart][data-drawn]").nth(1).wait_for()
    assert guest.page.locator("[data-chart]").count() == 2


def test_month_is_computed_by_button_and_the_job_ends_on_its_page(visitor: Any) -> None:
    Settlement.objects.update(digest="")
    guest = visitor("al-3", viewport={"width": 1440, "height": 900}, locale="en-US")
    guest.page.click("text=Compute again")
    guest.page.wait_for_url("**/jobs/*/")
    guest.page.wait_for_selector("text=The month is computed")
    guest.page.click("text=To the month")
    guest.page.wait_for_url(f"**{PAGE}?unit=al-company")
    assert "version 2" in guest.page.inner_text("main")
    assert guest.complaints == []


def test_sheet_downloads(visitor: Any) -> None:
    guest = visitor("al-4", viewport={"width": 1440, "height": 900}, locale="en-US")
    with guest.page.expect_download() as download:
        guest.page.click("text=Incentive sheet")
    assert download.value.suggested_filename.startswith("202405_")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_month_is_reviewed_after_a_question(visitor: Any) -> None:
    guest = visitor("al-3", viewport={"width": 390, "height": 844}, locale="en-US")
    guest.page.click("main >> text=Review")
    guest.page.wait_for_selector("text=What will happen")
    guest.page.fill("[name=reason]", "compared with the documents")
    guest.page.click("main form >> button:has-text('Review')")
    guest.page.wait_for_selector("#notices >> text=The month is reviewed.")
    settlement = Settlement.objects.select_related("period").get()
    assert settlement.period.state == "reviewed"
    assert settlement.reviewed_by == User.objects.get(username="al-3")
