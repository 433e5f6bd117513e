"""A person's day in a real browser: links are pasted, saved and shown; one tap logs; no script is needed."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from kpi.models import LogEntry
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import NOW, PASSWORD, load_people

PATHS = ("/today/", "/today/month/", "/logs/", "/logs/add/", "/logs/paste/", "/logs/copy/")
TEXT = "https://tieba.example.cn/p/901 3\nhttps://tieba.example.cn/p/2\nhttps://nowhere.example.org/1"


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    with time_machine.travel(NOW, tick=True):
        load_people()

        def visit(**options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            # The time of the cookies is that of the pages, so the browser's is it as well.
            if options.get("java_script_enabled", True):
                guest.page.clock.set_system_time(NOW)
            guest.open("/accounts/login/")
            guest.page.fill("[name=login]", "staff")
            guest.page.fill("[name=password]", PASSWORD)
            guest.page.click("main button[type=submit]")
            guest.page.wait_for_load_state("networkidle")
            return guest

        yield visit


def paste(guest: Visitor) -> None:
    guest.open("/logs/paste/")
    guest.page.fill("[name=text]", TEXT)
    guest.page.click("main form button[type=submit]")
    guest.page.wait_for_selector(".oc-paste")


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
    entry = LogEntry.objects.get(row_id="l-own").pk
    for path in (*PATHS, f"/logs/{entry}/", f"/logs/{entry}/correct/"):
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    paste(guest)
    assert guest.page.evaluate(SIDEWAYS) == 0
    assert guest.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    entry = LogEntry.objects.get(row_id="l-own").pk
    for path in (*PATHS, f"/logs/{entry}/", f"/logs/{entry}/correct/"):
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert findings(guest.page) == [], path
    paste(guest)
    assert findings(guest.page) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_pasted_links_are_saved_and_shown(visitor: Any, script: bool) -> None:
    guest = visitor(viewport={"width": 390, "height": 844}, locale="en-US", java_script_enabled=script)
    paste(guest)
    boxes = guest.page.locator(".oc-paste input[type=checkbox]")
    assert [boxes.nth(place).is_checked() for place in range(3)] == [True, False, False]
    assert "员小二 logged this link" in guest.page.inner_text("main")
    guest.page.click("text=Save the ticked rows")
    guest.page.wait_for_url("**/today/")
    assert "3 发帖" in guest.page.inner_text("main") or "3 post" in guest.page.inner_text("main")
    guest.page.click(".oc-quick li:has-text('某贴吧') button[value='5']")
    guest.page.wait_for_load_state("networkidle")
    assert sorted(LogEntry.objects.filter(date=NOW.date()).values_list("count", flat=True)) == [3, 5]
    assert guest.complaints == []


def test_controls_are_large_enough_for_a_thumb(visitor: Any) -> None:
    guest = visitor(viewport={"width": 390, "height": 844}, locale="en-US")
    for path in ("/today/", "/logs/add/"):
        guest.open(path)
        for button in guest.page.locator("main button:visible, main a.btn:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 43.5, (path, button.inner_text())


def test_steps_stand_beside_the_number(visitor: Any) -> None:
    guest = visitor(viewport={"width": 390, "height": 844}, locale="en-US")
    guest.open("/logs/add/")
    guest.page.click(".oc-stepper >> text=+5")
    guest.page.click(".oc-stepper >> text=−1")
    assert guest.page.input_value("[name=count]") == "5"
    assert guest.page.input_value("[name=date]") == "2024-05-15"
