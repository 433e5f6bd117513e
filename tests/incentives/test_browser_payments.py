"""Payments in a real browser: locked month → batch → file for the bank → what became of it → receipt."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache

from core.months import Month
from incentives.models import Adjustment, PaymentBatch, PaymentLine
from incentives.services.ledger import balances
from tests.incentives import payday
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import PASSWORD, People, load_people

PAY = "/payments/months/2024-04/co/"
DESK, PHONE = (1440, 900), (390, 844)


@pytest.fixture
def people(transactional_db: None) -> People:
    """April is locked: ``staff`` 1,000.00, ``peer`` 200.50, the customer 1,000.00 less 40.00 of tax."""
    cache.clear()
    found = load_people()
    payday.payday(found)
    payday.layout(found)
    return found


@pytest.fixture
def visitor(browser: Any, live_server: Any, people: People) -> Iterator[Any]:
    def visit(who: str, path: str, size: tuple[int, int], scheme: str, locale: str) -> Visitor:
        width, height = size
        guest = Visitor(
            browser,
            live_server,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=locale,
            bypass_csp=True,
        )
        guest.open(f"/accounts/login/?next={path}")
        guest.page.fill("[name=login]", who)
        guest.page.fill("[name=password]", PASSWORD)
        guest.page.click("main button[type=submit]")
        guest.page.wait_for_url(guest.base + path)
        return guest

    return visit


def look(guest: Visitor) -> None:
    """The page as it stands is quiet, accessible, and no wider than the window."""
    guest.page.wait_for_load_state("networkidle")
    assert guest.page.evaluate(SIDEWAYS) == 0, guest.page.url
    assert findings(guest.page) == [], guest.page.url
    assert guest.complaints == [], guest.page.url


@pytest.mark.parametrize(
    ("size", "scheme", "locale"),
    [
        pytest.param(DESK, "light", "zh-CN", id="desk-light-zh"),
        pytest.param(PHONE, "dark", "zh-CN", id="phone-dark-zh"),
        pytest.param(PHONE, "light", "en-US", id="phone-light-en"),
        pytest.param(DESK, "dark", "en-US", id="desk-dark-en"),
    ],
)
def test_month_is_paid_from_the_lock_to_the_receipt(
    visitor: Any, people: People, tmp_path: Any, size: tuple[int, int], scheme: str, locale: str
) -> None:
    # --- finance makes the batch and takes the file for the bank
    finance = visitor("finance", PAY, size, scheme, locale)
    assert "2,160.50" in finance.page.inner_text("main")
    look(finance)
    finance.page.click("form.oc-pay-form button[type=submit]")
    finance.page.wait_for_url("**/payments/batches/*/")
    look(finance)
    with finance.page.expect_download() as download:
        finance.page.click("form[action^='/payments/files/'] button")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    rows = [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True)]
    paid = {str(row[1]): Decimal(str(row[3])) for row in rows}
    assert paid == {payday.STAFF_ACCOUNT: Decimal("1000.00"), payday.PEER_ACCOUNT: Decimal("200.50")}
    # What the file pays is what the ledger owes those two, to the 分.
    owed = balances(people.root)
    assert sum(paid.values()) == owed["payable", "p-staff"] + owed["payable", "p-peer"]

    # --- the director: one came back, the rest has arrived
    batch = PaymentBatch.objects.get()
    here = f"/payments/batches/{batch.pk}/"
    director = visitor("director", here, size, scheme, locale)
    look(director)
    back = director.page.locator("tr", has_text="p-peer")
    back.locator("summary").click()
    back.locator("input[name=reason]").fill("户名不符")
    look(director)
    back.locator("form[action$='/returned/'] button").click()
    director.page.wait_for_selector("#notices")
    director.page.locator("form.oc-pay-settle button").click()
    director.page.wait_for_function("!document.querySelector('form.oc-pay-settle')")
    look(director)
    states = dict(PaymentLine.objects.values_list("payee", "state"))
    assert states == {"p-staff": "paid", "p-peer": "returned", "customer:吴桂兰": "open"}

    # --- the payee confirms the receipt
    staff = visitor("staff", "/today/month/2024-04/", size, scheme, locale)
    look(staff)
    staff.page.click("form[action$='/received/'] button")
    staff.page.wait_for_selector("#notices")
    look(staff)
    assert staff.page.locator("form[action$='/received/']").count() == 0
    assert payday.line("p-staff").received_at is not None

    # --- what came back can be paid again, and nothing else
    finance.open(PAY)
    left = finance.page.locator(".oc-pay-table").first.inner_text()
    assert "200.50" in left
    assert "1,000.00" not in left
    look(finance)


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_accessible_and_fit(
    visitor: Any, people: People, width: int, height: int, scheme: str, locale: str
) -> None:
    batch = payday.batch(people)
    row = Adjustment.objects.get(staff=people.staff("peer"))
    waiting = Adjustment.objects.create(
        root=people.root, month=date(2024, 5, 1), about_month=date(2024, 4, 1), staff=people.staff("staff"),
        amount=Decimal("-12.50"), reason="四月多计了两天，按考勤更正", proposed_by=people.user("hr"),
    )  # fmt: skip
    assert Month.of(waiting.month) > Month.of(waiting.about_month)
    finance = visitor("finance", "/payments/", (width, height), scheme, locale)
    for path in (
        "/payments/",
        PAY,
        f"{PAY}?how=hand",
        f"{PAY}outsiders/",
        f"/payments/batches/{batch.pk}/",
        "/payments/accounts/",
        "/payments/accounts/paste/",
        f"/payments/accounts/{people.staff('staff').pk}/",
        "/payments/adjustments/",
        "/payments/adjustments/new/",
        f"/payments/adjustments/{row.pk}/",
        f"/payments/adjustments/{waiting.pk}/",
    ):
        finance.open(path)
        look(finance)
