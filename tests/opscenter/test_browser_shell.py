"""The shell in a real browser: nothing on the console, nothing forbidden, accessible, no sideways scroll."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.models import User
from tests.opscenter.conftest import PASSWORD

VIEWS = [
    pytest.param(width, height, scheme, locale, id=f"{width}-{scheme}-{locale}")
    for width, height in ((1440, 900), (390, 844))
    for scheme, locale in (("light", "zh-CN"), ("dark", "zh-CN"), ("light", "en-US"))
]
# Measures what sticks out of the window.
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"


class Visitor:
    """A page that remembers what its console said."""

    def __init__(self, browser: Any, server: Any, **options: Any) -> None:
        self.base = server.url
        self.complaints: list[str] = []
        self.page = browser.new_context(**options).new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def log_in(self, path: str = "/") -> None:
        self.open(f"/accounts/login/?next={path}")
        self.page.fill("[name=login]", "lin")
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(self.base + path)

    def wait_for_charts(self) -> None:
        # Not wait_for_function: the policy forbids its eval.
        self.page.locator("[data-chart][data-drawn]").nth(2).wait_for()


@pytest.fixture
def visitor(browser: Any, live_server: Any, person: User, shell: None) -> Iterator[Any]:
    def visit(**options: Any) -> Visitor:
        return Visitor(browser, live_server, **options)

    return visit


def findings(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in violations for node in one["nodes"]]


@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
    guest.open("/accounts/login/")
    assert guest.page.evaluate(SIDEWAYS) == 0
    guest.log_in("/parts/")
    guest.wait_for_charts()
    assert guest.page.evaluate(SIDEWAYS) == 0
    assert guest.page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    assert guest.page.evaluate("document.documentElement.lang") == ("en" if locale == "en-US" else "zh-hans")
    guest.page.click("summary.oc-user")
    assert guest.page.locator(".oc-menu[open] form button").is_visible()
    guest.page.keyboard.press("Escape")
    assert guest.page.locator(".oc-menu[open]").count() == 0
    guest.open("/accounts/password/change/")
    assert guest.page.evaluate(SIDEWAYS) == 0
    assert guest.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    # axe puts a script of its own into the page, which the policy rightly forbids.
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    guest.open("/accounts/login/")
    assert findings(guest.page) == []
    guest.page.fill("[name=login]", "lin")
    guest.page.fill("[name=password]", "wrong")
    guest.page.click("main button[type=submit]")
    guest.page.wait_for_selector(".oc-notice.error")
    assert findings(guest.page) == []
    guest.log_in("/parts/")
    guest.wait_for_charts()
    assert findings(guest.page) == []
    guest.page.click("summary.oc-user")
    assert findings(guest.page) == []
    for path in ("/", "/accounts/password/change/", "/accounts/logout/", "/refuse/rule/", "/nowhere/"):
        guest.open(path)
        assert findings(guest.page) == []


def test_theme_is_remembered_and_language_switches(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900}, color_scheme="light", locale="zh-CN")
    guest.log_in("/parts/")
    guest.wait_for_charts()
    guest.page.click("summary[aria-label=外观]")
    guest.page.click("[data-theme=dark]")
    assert guest.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    guest.page.reload()
    assert guest.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    guest.page.click("button[name=language][value=en]")
    guest.page.wait_for_selector("html[lang=en]")
    assert guest.page.url.endswith("/parts/")
    assert guest.complaints == []


def test_first_tab_stop_leads_to_the_content(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900})
    guest.log_in("/parts/")
    guest.page.keyboard.press("Tab")
    assert guest.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    guest.page.keyboard.press("Enter")
    assert guest.page.evaluate("document.activeElement.id") == "main"


def test_no_request_leaves_the_host(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900})
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(request.url))
    guest.log_in("/parts/")
    guest.wait_for_charts()
    assert [url for url in asked if not url.startswith(guest.base)] == []
    assert any(Path(url).name.startswith("echarts.esm") for url in asked)


def test_echarts_is_loaded_only_where_a_chart_is(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900})
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(request.url))
    guest.log_in("/accounts/password/change/")
    guest.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "echarts" in url] == []


def test_refused_htmx_request_shows_its_sentence_and_leaves_the_page(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    guest.log_in("/parts/")
    guest.page.click("#refused")
    guest.page.wait_for_selector("#notices >> text=期间已有他人修改")
    guest.page.click("#failing")
    guest.page.wait_for_selector("#notices >> text=服务器未能执行")
    assert guest.page.locator("#answer").inner_html() == ""


def test_htmx_request_after_sign_in_ran_out_opens_the_sign_in_page(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900})
    guest.log_in("/parts/")
    guest.page.context.clear_cookies()
    guest.page.click("#inside")
    guest.page.wait_for_url("**/accounts/login/?next=%2Fparts%2F")
