"""Work that goes from hand to hand, in a real browser: each person on a page of their own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from openpyxl import load_workbook

from kpi.models import Appeal, LogEntry, Rating, Score
from tests.opscenter.test_browser_shell import SIDEWAYS, Visitor, findings
from tests.people import NOW, PASSWORD, People, load_people

#: 2 May 2024, 10 o'clock in Shanghai: April is over, and people still rate themselves for it
AFTER_APRIL = datetime(2024, 5, 2, 2, 0, tzinfo=UTC)
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "color_scheme": "light"}
DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "color_scheme": "dark"}
MANNERS = [pytest.param(PHONE, id="phone-zh"), pytest.param(DESK, id="desk-en-dark")]
LINKS = "https://tieba.example.cn/p/901 3\nhttps://tieba.example.cn/p/902 4"


class Office:
    """The people at their devices."""

    def __init__(self, browser: Any, server: Any, moment: datetime) -> None:
        self.browser, self.server, self.moment = browser, server, moment
        self.guests: list[Visitor] = []

    def sign_in(self, who: str, path: str, **manner: Any) -> Any:
        """The page of a person who has just signed in and opened ``path``."""
        guest = Visitor(self.browser, self.server, **manner)
        self.guests.append(guest)
        if manner.get("java_script_enabled", True):
            guest.page.clock.set_system_time(self.moment)
        guest.open(f"/accounts/login/?next={path}")
        guest.page.fill("[name=login]", who)
        guest.page.fill("[name=password]", PASSWORD)
        guest.page.click("main button[type=submit]")
        guest.page.wait_for_url(guest.base + path)
        return guest.page

    def close(self) -> None:
        """Every page fits, no console said anything."""
        for guest in self.guests:
            assert guest.complaints == []
            assert guest.page.evaluate(SIDEWAYS) == 0, guest.page.url


@pytest.fixture
def office(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    cache.clear()
    travels: list[Any] = []

    def opened(moment: datetime) -> tuple[People, Office]:
        travel = time_machine.travel(moment, tick=True)
        travel.start()
        travels.append(travel)
        return load_people(), Office(browser, live_server, moment)

    yield opened
    for travel in travels:
        travel.stop()


def compute(page: Any) -> None:
    """Press the button of the month and wait until it is computed."""
    page.click("form[action*='/roll-up/'] button")
    page.wait_for_load_state("networkidle")


def credited(page: Any, rule: str) -> str:
    return str(page.inner_text(f"#rule-{rule} .oc-rate"))


@pytest.mark.clause("YJ-20")
@pytest.mark.parametrize("manner", MANNERS)
def test_pasted_links_are_verified_and_attainment_moves(office: Any, manner: dict[str, Any]) -> None:
    """May has 3 + 20 posts of 100: 23 %.  3 and 4 more are pasted, the 4 are rejected: 26 %."""
    _people, at = office(NOW)
    manager = at.sign_in("manager", "/month/2024-05/", **manner)
    compute(manager)
    staff = at.sign_in("staff", "/logs/paste/", **manner)
    staff.goto(f"{at.server.url}/month/2024-05/people/p-staff/")
    assert credited(staff, "q-post") == "23.00%"

    staff.goto(f"{at.server.url}/logs/paste/")
    staff.fill("[name=text]", LINKS)
    staff.click("main form button[type=submit]")
    staff.wait_for_selector(".oc-paste")
    staff.click("main form button[type=submit]")
    staff.wait_for_url("**/today/")

    leader = at.sign_in("leader", "/verification/", **manner)
    good, bad = (leader.locator(f"[data-row]:has-text('/p/{number}')") for number in (901, 902))
    good.locator("[data-accept] button").click()
    leader.locator(".decided").nth(0).wait_for()
    bad.locator("summary").click()
    bad.locator("[name=reason]").fill("链接打不开")
    bad.locator("details form button").click()
    leader.locator(".decided").nth(1).wait_for()
    states = dict(LogEntry.objects.filter(url__contains="/p/90").values_list("count", "status"))
    assert states == {3: "valid", 4: "rejected"}

    manager.goto(f"{at.server.url}/month/2024-05/")
    compute(manager)
    staff.goto(f"{at.server.url}/month/2024-05/people/p-staff/")
    assert credited(staff, "q-post") == "26.00%"
    rejected = LogEntry.objects.get(status="rejected")
    staff.goto(f"{at.server.url}/logs/{rejected.pk}/")
    assert "链接打不开" in staff.inner_text("main")
    assert staff.locator("main a[href='/assessment/appeals/2024-05/new/']").count() == 1
    at.close()


@pytest.mark.clause("KQ-24")
@pytest.mark.parametrize("manner", MANNERS)
def test_rating_is_appealed_held_and_changed(office: Any, manner: dict[str, Any]) -> None:
    """Rated 60 and 90 of 15 points each: 9 + 13.5.  The 60 becomes 80 after the appeal: 12 + 13.5."""
    _people, at = office(AFTER_APRIL)
    base = at.server.url
    peer = at.sign_in("peer", "/today/month/2024-04/", **manner)
    peer.click("main a[href='/assessment/self/2024-04/']")
    peer.fill("[name=score_i-attitude]", "95")
    peer.fill("[name=score_i-team]", "85")
    peer.click("main form button[type=submit]")
    peer.wait_for_load_state("networkidle")

    leader = at.sign_in("leader", "/assessment/", **manner)

    def rate(attitude: str, remark: str) -> None:
        leader.goto(f"{base}/assessment/rate/2024-04/p-peer/")
        leader.fill("[name=score_i-attitude]", attitude)
        leader.fill("[name=remark_i-attitude]", remark)
        leader.fill("[name=score_i-team]", "90")
        leader.click("main form button[type=submit]:not([name])")
        leader.wait_for_load_state("networkidle")

    rate("60", "两次迟到")
    rating = Rating.objects.get(staff__staff_no="p-peer", item_code="i-attitude")
    assert (rating.self_score, rating.score) == (Decimal(95), Decimal(60))

    manager = at.sign_in("manager", "/month/2024-04/", **manner)
    compute(manager)
    assert total() == Decimal("22.50")
    # Whoever computed a month is not the one who reviews it.
    hr = at.sign_in("hr", "/month/2024-04/", **manner)
    for act in ("review", "publish"):
        hr.goto(f"{base}/month/2024-04/acts/{act}/?unit=co")
        hr.click("main form button[type=submit]")
        hr.wait_for_load_state("networkidle")

    peer.goto(f"{base}/assessment/appeals/")
    peer.click("main a[href='/assessment/appeals/2024-04/new/']")
    peer.click("main a[href='?kind=item&line=i-attitude']")
    peer.fill("[name=text]", "四月我没有迟到")
    peer.click("main form button[type=submit]")
    appeal = Appeal.objects.get()
    peer.wait_for_url(f"**/assessment/appeals/{appeal.pk}/")
    assert (appeal.state, appeal.holds) == ("open", ["bonus"])
    manager.goto(f"{base}/assessment/appeals/{appeal.pk}/")
    manager.fill("[name=answer]", "考勤无迟到，改评 80")
    manager.click("button[value=uphold]")
    manager.wait_for_load_state("networkidle")

    rate("80", "考勤无迟到")
    manager.goto(f"{base}/month/2024-04/")
    compute(manager)
    assert total() == Decimal("25.50")
    peer.goto(f"{base}/month/2024-04/people/p-peer/")
    assert "25.50" in peer.inner_text(".oc-figures")
    at.close()


def total() -> Decimal | None:
    return Score.objects.get(staff__staff_no="p-peer", month="2024-04-01").total


def test_rating_and_downloading_need_no_scripts(office: Any) -> None:
    people, at = office(NOW)
    manner = {**PHONE, "java_script_enabled": False}
    leader = at.sign_in("leader", "/assessment/rate/2024-04/p-staff/", **manner)
    leader.fill("[name=score_i-attitude]", "70")
    leader.click("main form button[type=submit]:not([name])")
    # Below one's own rating a remark is owed: told beside the field, the rest is kept.
    leader.locator(".oc-field:has([name=remark_i-attitude]) .errorlist").wait_for()
    assert leader.input_value("[name=score_i-attitude]") == "70"
    leader.fill("[name=remark_i-attitude]", "迟到两次")
    leader.click("main form button[type=submit]:not([name])")
    rating = Rating.objects.get(staff=people.staff("staff"), item_code="i-attitude")
    assert (rating.score, rating.remark) == (Decimal(70), "迟到两次")

    leader.goto(f"{at.server.url}/logs/?status=valid")
    with leader.expect_download() as download:
        leader.click("main a[href*='export=xlsx']")
    sheet = load_workbook(BytesIO(download.value.path().read_bytes())).active
    shown = LogEntry.objects.visible_to(people.user("leader")).filter(status="valid").count()
    assert (sheet.max_row, shown) == (1 + shown, 2)


def test_locked_month_says_so_beside_the_form_and_on_its_page(office: Any) -> None:
    from departments.models import Period, PeriodState

    people, at = office(NOW)
    page = at.sign_in("leader", "/logs/add/?staff=p-staff", **PHONE)
    Period.objects.filter(root=people.root, month="2024-04-01").update(state=PeriodState.LOCKED)
    page.select_option("[name=activity]", "post")
    page.select_option("[name=platform]", "t-bar")
    page.fill("[name=date]", "2024-04-20")
    page.fill("[name=count]", "7")
    page.click("main form button[type=submit]")
    page.locator(".oc-field:has([name=date]) .errorlist").wait_for()
    assert page.input_value("[name=count]") == "7"
    page.goto(f"{at.server.url}/assessment/rate/2024-04/p-staff/")
    assert page.locator("main form button[type=submit]").count() == 0


@pytest.mark.parametrize("manner", MANNERS)
def test_axe_finds_nothing_on_what_is_new(office: Any, manner: dict[str, Any]) -> None:
    people, at = office(NOW)
    row = LogEntry.objects.get(row_id="l-own")
    LogEntry.objects.filter(pk=row.pk).update(status="rejected")
    page = at.sign_in("staff", "/today/month/", **manner, bypass_csp=True)
    for path in ("/today/month/", "/logs/", f"/logs/{row.pk}/", "/today/"):
        page.goto(at.server.url + path)
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], path
    assert people.root.code == "co"
