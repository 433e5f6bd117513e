"""The queue of those who verify in a real browser: by keyboard, by thumb, and without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from kpi.models import LogEntry, LogSample
from kpi.services.risks import risks_look
from kpi.services.samples import sample_draw
from tests.kpi.test_verification import more_rows, row
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import MONTH, NOW, PASSWORD, load_people

QUEUE = "/verification/"
PATHS = (QUEUE, "/verification/{row}/", "/verification/samples/?unit=co-a", "/verification/samples/{sample}/")


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        people = load_people()
        link = row("l-own").link_key
        more_rows(people, 1, "below", url="https://tieba.example.cn/p/1", link_key=link)
        more_rows(people, 1, "peer", url=f"https://blog.example.cn/{'x' * 200}", note="很长的说明" * 30)
        risks_look()
        sample_draw(actor=people.user("leader"), unit=people.staff("staff").unit, month=MONTH)

        def visit(path: str = QUEUE, **options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            guest.open(f"/accounts/login/?next={path}")
            guest.page.fill("[name=login]", "leader")
            guest.page.fill("[name=password]", PASSWORD)
            guest.page.click("main button[type=submit]")
            guest.page.wait_for_url(guest.base + path)
            return guest

        yield visit


def shown(path: str) -> str:
    return path.format(row=row("l-own").pk, sample=LogSample.objects.get().pk)


def states() -> dict[str, int]:
    values = list(LogEntry.objects.exclude(status="valid").values_list("status", flat=True))
    return {state: values.count(state) for state in ("submitted", "rejected")}


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
    for path in PATHS:
        guest.open(shown(path))
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    for path in PATHS:
        guest.open(shown(path))
        assert findings(guest.page) == [], path


def test_queue_is_worked_off_by_keyboard(visitor: Any) -> None:
    guest = visitor(viewport={"width": 1440, "height": 900})
    page = guest.page
    before = states()
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("a")
    page.locator(f"#{first}.decided").wait_for()
    page.locator("[data-row]:focus:not(.decided)").wait_for()
    second = page.evaluate("document.activeElement.id")
    page.keyboard.press("r")
    page.keyboard.type("不是本平台")
    page.keyboard.press("Enter")
    page.locator(f"#{second}.decided").wait_for()
    assert states() == {"submitted": before["submitted"] - 2, "rejected": before["rejected"] + 1}
    rejected = LogEntry.objects.get(pk=int(second.removeprefix("row-")))
    assert rejected.status == "rejected"
    assert rejected.checks.get().reason == "不是本平台"
    page.keyboard.press("?")
    assert page.locator("[data-keys]").is_visible()
    page.keyboard.press("Escape")
    # Typing in a field is typing.
    page.fill("[form=many][name=reason], #many [name=reason]", "a")
    assert states()["submitted"] == before["submitted"] - 2
    assert guest.complaints == []


def test_controls_are_large_enough_for_a_thumb(visitor: Any) -> None:
    guest = visitor(viewport={"width": 390, "height": 844}, has_touch=True)
    for control in guest.page.locator(
        ".oc-vf-acts .btn:visible, .oc-vf-many .btn:visible, .oc-vf-tick"
    ).all():
        assert control.bounding_box()["height"] >= 44


def test_queue_works_without_scripts(visitor: Any) -> None:
    guest = visitor(java_script_enabled=False)
    page, before = guest.page, states()["submitted"]
    page.locator("[data-row] [data-accept] button").first.click()
    assert states()["submitted"] == before - 1
    for box in page.locator("[name=row]").all()[:2]:
        box.check()
    page.click("#many button[value=rejected]")
    page.fill("#reason", "重复")
    page.click("main button[value=rejected]")
    assert states() == {"submitted": before - 3, "rejected": 2}
