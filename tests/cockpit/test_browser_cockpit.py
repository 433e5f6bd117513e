"""The cockpit in a real browser: from what is open to the locked month and its workbook, added up."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from core.models import User
from departments.models import Staff, Unit
from incentives.models import Payout, Settlement
from incentives.services import closing
from tests.opscenter.alpha import MONTH, compute, give_log_ins, load
from tests.opscenter.conftest import PASSWORD
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings

PAGE = "/incentives/2024-05/"
PAGES = (PAGE, f"{PAGE}dry-run/", f"{PAGE}sheet/", f"{PAGE}sheet/?part=1", f"{PAGE}changes/")


@pytest.fixture
def root(transactional_db: None) -> Unit:
    """Alpha with its month of May approved by its director, and a person of finance."""
    unit = load("alpha")
    compute(unit)
    today = timezone.localdate()
    Staff.objects.create(staff_no="al-9", name="甲九", root=unit, unit=unit, role="finance", joined=today)
    Staff.objects.create(staff_no="al-8", name="甲八", root=unit, unit=unit, role="hr", joined=today)
    give_log_ins()
    for act, who in (("review", "al-3"), ("publish", "al-8"), ("approve", "al-4")):
        service = getattr(closing, f"month_{act}")
        service(actor=User.objects.get(username=who), root=unit, month=MONTH, reason="无异议")
    return unit


@pytest.fixture
def visitor(browser: Any, live_server: Any, root: Unit) -> Iterator[Any]:
    def visit(who: str, **options: Any) -> Visitor:
        guest = Visitor(browser, live_server, **options)
        guest.open(f"/accounts/login/?next={PAGE}")
        guest.page.fill("[name=login]", who)
        guest.page.fill("[name=password]", PASSWORD)
        guest.page.click("main button[type=submit]")
        guest.page.wait_for_url(guest.base + PAGE)
        return guest

    return visit


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor("al-9", viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
    for path in PAGES:
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    guest = visitor("al-9", viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    for path in PAGES:
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert findings(guest.page) == [], path


def exact(value: object) -> Decimal:
    return Decimal(str(value or 0))


def sums(book: Any, name: str) -> tuple[Decimal, Decimal]:
    """(实发 of the lines added up, what the row 合计 says) on one sheet."""
    rows = [[cell.value for cell in row] for row in book[name].iter_rows()]
    heads = next(row for row in rows if row[0] == "序号")
    column = heads.index("实发金额")
    lines = [row for row in rows if isinstance(row[0], int) and isinstance(row[column], int | float)]
    total = next(row for row in rows if row[0] == "合计")
    until = rows.index(total)
    own = [row for row in lines if rows.index(row) < until]
    return sum((exact(row[column]) for row in own), Decimal(0)), exact(total[column])


def test_month_is_locked_downloaded_and_added_up(visitor: Any, root: Unit, tmp_path: Any) -> None:
    guest = visitor("al-9", viewport={"width": 1440, "height": 900}, locale="en-US")
    main = guest.page.locator("main")
    shown = Decimal(guest.page.locator(".oc-figure b").first.inner_text().replace(",", ""))
    guest.page.wait_for_selector("[data-chart][data-drawn]")

    main.locator("a.btn-primary:has-text('Lock')").click()
    guest.page.wait_for_selector("text=What will happen")
    guest.page.fill("[name=reason]", "month end")
    guest.page.click("main form >> button:has-text('Lock')")
    guest.page.wait_for_selector("#notices >> text=The month is locked.")
    assert Settlement.objects.get().period.state == "locked"

    guest.open(PAGE)
    with guest.page.expect_download() as download:
        main.locator("a:has-text('Excel')").click()
    file = tmp_path / "sheet.xlsx"
    download.value.save_as(file)

    book = openpyxl.load_workbook(file)
    departments = book.sheetnames[1 : book.sheetnames.index("外部稿酬")]
    found = {name: sums(book, name) for name in departments}
    assert all(lines == total for lines, total in found.values())
    whole = sum((total for _lines, total in found.values()), Decimal(0))
    # By hand: 1732.00 + 1199.93 + 48.57 + 36.23
    assert whole == sums(book, "汇总")[0] == sums(book, "汇总")[1] == shown == Decimal("3016.73")
    assert whole == sum(Payout.objects.values_list("amount", flat=True))
    for name in departments:
        guest.open(f"{PAGE}sheet/?part={book.sheetnames.index(name)}")
        assert f"{found[name][1]:,.2f}" in guest.page.inner_text(".oc-paper")
    assert guest.complaints == []


def test_overview_works_without_a_script(visitor: Any) -> None:
    guest = visitor("al-9", viewport={"width": 390, "height": 844}, locale="en-US", java_script_enabled=False)
    assert guest.page.locator("main a.btn-primary:has-text('Lock')").is_visible()
    guest.page.locator("main summary:has-text('As figures')").click()
    assert "142.27" in guest.page.inner_text("main .oc-ck-lines")
