"""A trial in a real browser: type a number, see the lines move, reset; quiet, and no wider than the phone."""

from typing import Any

import pytest

from tests.opscenter.conftest import PASSWORD
from tests.opscenter.test_browser_shell import SIDEWAYS, Visitor, findings
from tests.people import load_people
from tests.whatif.pools import load_pools

PAGE = "/what-if/?month=2024-04&unit=co&view=pools"


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_rate_is_typed_and_lines_move(
    browser: Any, live_server: Any, transactional_db: None, width: int, height: int, scheme: str
) -> None:
    people = load_people()
    load_pools(people.root)
    director = people.user("director")
    director.set_password(PASSWORD)
    director.save()
    guest = Visitor(
        browser,
        live_server,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale="en-US",
        bypass_csp=True,
    )
    guest.open("/accounts/login/?next=/what-if/")
    guest.page.fill("[name=login]", "director")
    guest.page.fill("[name=password]", PASSWORD)
    guest.page.click("main button[type=submit]")
    guest.page.wait_for_url(guest.base + "/what-if/")
    guest.open(PAGE)
    assert guest.page.evaluate(SIDEWAYS) == 0

    guest.page.locator("summary:has-text('公众号激励')").click()
    guest.page.fill("[name='rate:ps-1']", "10")
    guest.page.click("button:has-text('Compute')")
    guest.page.wait_for_url("**rate%3Aps-1=10")
    # 500 × 20 % = 100.00 → 50.00: 50.00 → 25.00, 30.00 → 15.00
    shown = guest.page.inner_text("main")
    assert "-25.00" in shown
    assert "-15.00" in shown
    assert guest.page.evaluate(SIDEWAYS) == 0
    assert findings(guest.page) == []

    guest.page.locator("main a:has-text('Reset')").first.click()
    guest.page.wait_for_url("**view=pools")
    assert "These are the figures as they are" in guest.page.inner_text("main")
    assert guest.complaints == []
