"""The pages of a unit in a real browser: quiet, accessible, fitting, usable on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import NOW, PASSWORD, load_people

PHONE = {"viewport": {"width": 390, "height": 844}}
PAGES = (
    "/team/",
    "/team/?month=2024-04",
    "/team/missing/?days=1",
    "/team/missing/?days=10",
    "/team/ranking/?month=2024-04",
    "/team/totals/",
    "/team/totals/?month=2023-12",
)


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        load_people()

        def visit(who: str, path: str, **options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            guest.open(f"/accounts/login/?next={path}")
            guest.page.fill("[name=login]", who)
            guest.page.fill("[name=password]", PASSWORD)
            guest.page.click("main button[type=submit]")
            guest.page.wait_for_url(guest.base + path)
            return guest

        yield visit


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(
        "leader",
        PAGES[0],
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=locale,
    )
    for path in PAGES:
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visitor: Any, scheme: str) -> None:
    guest = visitor("leader", PAGES[0], color_scheme=scheme, bypass_csp=True, **PHONE)
    for path in PAGES:
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert findings(guest.page) == [], path


def test_a_leader_looks_at_a_cell_on_a_phone(visitor: Any) -> None:
    guest = visitor("leader", "/team/", **PHONE)
    cell = guest.page.locator("a[href*='staff=p-staff'][href*='rule=q-post']")
    box = cell.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    cell.click()
    guest.page.wait_for_url("**/logs/?*staff=p-staff&rule=q-post")
    assert guest.page.locator("tbody tr").count() == 2


def test_choosing_a_unit_and_a_month_needs_no_script(visitor: Any) -> None:
    guest = visitor("manager", "/team/", java_script_enabled=False)
    guest.page.select_option("[name=unit]", "co-a1")
    guest.page.select_option("[name=month]", "2024-04")
    guest.page.click(".oc-filter button")
    guest.page.wait_for_url("**/team/?unit=co-a1&month=2024-04**")
    assert guest.page.locator(".oc-team tbody tr").count() == 1
