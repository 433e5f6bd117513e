"""Signing in with passkeys, the pages of one's own account, and the search field, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from core.models import User
from tests.opscenter.conftest import PASSWORD
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings

PAGES = (
    "/accounts/security/",
    "/accounts/security/totp/activate/",
    "/accounts/security/recovery-codes/",
    "/accounts/security/webauthn/",
    "/accounts/security/webauthn/add/",
    "/accounts/sessions/",
    "/search/",
    "/search/?q=%E6%80%BB",
)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visitor(browser: Any, live_server: Any, person: User) -> Iterator[Any]:
    person.is_staff = True  # has a page in the navigation that the search can find
    person.save()

    def visit(**options: Any) -> Visitor:
        return Visitor(browser, live_server, **options)

    return visit


def give_device(page: Any, *, willing: bool = True) -> None:
    """A device with a fingerprint reader, or one on which nobody lays a finger."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {**DEVICE, "isUserVerified": willing}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def confirm(guest: Visitor) -> None:
    guest.page.fill("[name=password]", PASSWORD)
    guest.page.click("main form button[type=submit]")


def add_passkey(guest: Visitor) -> None:
    guest.open("/accounts/security/webauthn/add/")
    confirm(guest)
    guest.page.wait_for_selector("#mfa_webauthn_add")
    guest.page.click("#mfa_webauthn_add")
    guest.page.wait_for_url("**/recovery-codes/")


def test_passkey_is_added_and_signs_in_alone_or_as_the_second_step(visitor: Any, person: User) -> None:
    guest = visitor(viewport={"width": 390, "height": 844}, locale="zh-CN")
    give_device(guest.page)
    guest.log_in("/search/")
    add_passkey(guest)
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1

    guest.page.context.clear_cookies()
    guest.open("/accounts/login/?next=/search/")
    guest.page.click("#passkey_login")
    guest.page.wait_for_url(guest.base + "/search/")

    guest.page.context.clear_cookies()
    guest.open("/accounts/login/?next=/search/")
    guest.page.fill("[name=login]", "lin")
    guest.page.fill("[name=password]", PASSWORD)
    guest.page.click("main button[type=submit] >> nth=0")
    guest.page.wait_for_selector("#mfa_webauthn_authenticate")
    guest.page.click("#mfa_webauthn_authenticate")
    guest.page.wait_for_url(guest.base + "/search/")
    assert guest.complaints == []


def test_refused_passkey_is_said_in_words(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    give_device(guest.page)
    guest.open("/accounts/login/")
    assert not guest.page.locator("[data-passkey-failed]").is_visible()
    guest.page.click("#passkey_login")  # the device knows none
    guest.page.locator("[data-passkey-failed]").wait_for()
    assert guest.complaints == []


@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
    give_device(guest.page)
    guest.log_in("/search/")
    add_passkey(guest)
    for path in PAGES:
        guest.open(path)
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    guest.page.context.clear_cookies()
    guest.open("/accounts/login/")
    guest.page.fill("[name=login]", "lin")
    guest.page.fill("[name=password]", PASSWORD)
    guest.page.click("main button[type=submit] >> nth=0")
    guest.page.wait_for_selector("#mfa_webauthn_authenticate")
    assert guest.page.evaluate(SIDEWAYS) == 0
    assert guest.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    give_device(guest.page)
    guest.open("/accounts/login/")
    assert findings(guest.page) == []
    guest.log_in("/search/")
    guest.open("/accounts/security/totp/activate/")
    assert findings(guest.page) == []  # asks for the password
    confirm(guest)
    guest.page.wait_for_selector(".oc-qr")
    add_passkey_confirmed(guest)
    for path in PAGES:
        guest.open(path)
        assert findings(guest.page) == [], path


def add_passkey_confirmed(guest: Visitor) -> None:
    """Right after the password was asked for, it is not asked for again."""
    guest.open("/accounts/security/webauthn/add/")
    guest.page.click("#mfa_webauthn_add")
    guest.page.wait_for_url("**/recovery-codes/")


def test_search_opens_by_key_and_is_walked_by_arrows(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    guest.log_in("/search/")
    guest.page.keyboard.press("Control+k")
    assert guest.page.evaluate("document.activeElement.dataset.search") == ""
    guest.page.keyboard.type("管理")
    guest.page.wait_for_selector("#search-panel a")
    guest.page.keyboard.press("ArrowDown")
    assert guest.page.evaluate("document.activeElement.getAttribute('href')") == "/admin/"
    guest.page.keyboard.press("Escape")
    assert not guest.page.locator("#search-panel").is_visible()
    assert guest.page.evaluate("document.activeElement.dataset.search") == ""
    guest.page.keyboard.press("ArrowDown")
    guest.page.keyboard.press("Enter")
    guest.page.wait_for_url("**/admin/")
    assert guest.complaints == []
