"""Ratings, points, appeals and findings in a real browser: quiet, accessible, fitting, usable on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from incentives.models import Finding
from incentives.services.closing import month_publish, month_review
from kpi.models import Appeal, ScorePoint
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import APRIL, NOW, PASSWORD, load_people

PHONE = {"viewport": {"width": 390, "height": 844}}
PAGES = {
    "leader": (
        "/assessment/",
        "/assessment/rate/2024-04/p-staff/",
        "/assessment/points/",
        "/assessment/points/add/",
        "/findings/new/",
    ),
    "staff": (
        "/assessment/self/2024-05/",
        "/assessment/appeals/",
        "/assessment/appeals/2024-04/new/",
        "/findings/",
    ),
    "manager": ("/assessment/?show=late", "/findings/", "/findings/{finding}/"),
}


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        people = load_people()
        month_review(actor=people.user("hr"), root=people.root, month=APRIL)
        month_publish(actor=people.user("hr"), root=people.root, month=APRIL)

        def visit(who: str, path: str, **options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            guest.open(f"/accounts/login/?next={path}")
            guest.page.fill("[name=login]", who)
            guest.page.fill("[name=password]", PASSWORD)
            guest.page.click("main button[type=submit]")
            guest.page.wait_for_url(guest.base + path)
            return guest

        yield visit


def shown(path: str) -> str:
    return path.format(finding=Finding.objects.get(ident="fi-1").pk)


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    for who, paths in PAGES.items():
        guest = visitor(
            who,
            shown(paths[0]),
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=locale,
        )
        for path in paths:
            guest.open(shown(path))
            guest.page.wait_for_load_state("networkidle")
            assert guest.page.evaluate(SIDEWAYS) == 0, path
        assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visitor: Any, scheme: str) -> None:
    for who, paths in PAGES.items():
        guest = visitor(who, shown(paths[0]), color_scheme=scheme, bypass_csp=True, **PHONE)
        for path in paths:
            guest.open(shown(path))
            guest.page.wait_for_load_state("networkidle")
            assert findings(guest.page) == [], path


def test_appeal_is_made_and_answered_on_a_phone_without_scripts(visitor: Any) -> None:
    guest = visitor("staff", "/assessment/appeals/", java_script_enabled=False, **PHONE)
    guest.page.click("main a[href='/assessment/appeals/2024-04/new/']")
    guest.page.click("main a[href='?kind=item&line=i-attitude']")
    guest.page.fill("[name=text]", "四月我没有迟到")
    guest.page.click("main form button[type=submit]")
    appeal = Appeal.objects.get()
    manager = visitor("manager", f"/assessment/appeals/{appeal.pk}/", java_script_enabled=False, **PHONE)
    manager.page.fill("[name=answer]", "考勤有记录")
    manager.page.click("button[value=dismiss]")
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == ("dismissed", "考勤有记录")
    assert manager.page.locator("[name=answer]").count() == 0


def test_points_are_proposed_and_approved_by_another(visitor: Any) -> None:
    guest = visitor("leader", "/assessment/points/", **PHONE)
    guest.open("/assessment/points/add/?staff=p-staff&month=2024-05")
    guest.page.fill("[name=points]", "2")
    guest.page.fill("[name=reason]", "原创被转载")
    guest.page.click("main form button[type=submit]")
    # Bonus points owe evidence: told beside the field, the rest is kept.
    guest.page.locator(".oc-field:has([name=evidence]) .errorlist").wait_for()
    assert guest.page.input_value("[name=reason]") == "原创被转载"
    guest.page.fill("[name=evidence]", "链接")
    guest.page.click("main form button[type=submit]")
    point = ScorePoint.objects.get()
    manager = visitor("manager", f"/assessment/points/{point.pk}/", **PHONE)
    box = manager.page.locator("button[value=approve]").bounding_box()
    assert box["height"] >= 44
    manager.page.click("button[value=approve]")
    point.refresh_from_db()
    assert point.approved_by == "manager"
