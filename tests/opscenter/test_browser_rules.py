"""Organisation and rules in a real browser: quiet, fitting, accessible; a draft from end to end."""

from collections.abc import Iterator
from typing import Any

import pytest

from departments.models import RuleAcknowledgement, RuleDraft
from kpi.models import QuotaRule
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import PASSWORD, load_people

PAGES = {
    "manager": (
        "/org/",
        "/org/?on=2020-01-01",
        "/org/units/co-a/",
        "/org/people/p-staff/",
        "/org/people/",
        "/org/documents/",
        "/org/documents/CO-01/",
        "/rules/",
        "/rules/quota_rules/co-a:q-post/",
        "/rules/schemes/s-main/",
        "/rules/pool_schemes/ps-1/",
        "/rules/acknowledgements/",
        "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post",
        "/rules/drafts/new/?kind=pool_schemes&code=ps-1",
    ),
    "staff": ("/org/", "/rules/mine/", "/rules/"),
}


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    load_people()

    def visit(who: str, **options: Any) -> Visitor:
        guest = Visitor(browser, live_server, **options)
        guest.open("/accounts/login/")
        guest.page.fill("[name=login]", who)
        guest.page.fill("[name=password]", PASSWORD)
        guest.page.click("main button[type=submit]")
        guest.page.wait_for_load_state("networkidle")
        return guest

    return visit


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    for who, paths in PAGES.items():
        guest = visitor(who, viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
        for path in paths:
            guest.open(path)
            guest.page.wait_for_load_state("networkidle")
            assert guest.page.evaluate(SIDEWAYS) == 0, path
        assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    for who, paths in PAGES.items():
        guest = visitor(
            who, viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
        )
        for path in paths:
            guest.open(path)
            guest.page.wait_for_load_state("networkidle")
            assert findings(guest.page) == [], path


def test_version_goes_from_draft_to_use_on_a_phone(visitor: Any) -> None:
    author = visitor("manager", viewport={"width": 390, "height": 844}, locale="en-US")
    author.open("/rules/quota_rules/co-a:q-post/")
    author.page.click("main >> text=New version")
    author.page.fill("[name=f-amount]", "120")
    author.page.click("text=Save and compare")
    author.page.wait_for_selector("ins:has-text('120')")
    author.page.click("main form >> text=Submit")
    author.page.wait_for_selector("text=nobody activates their own")
    draft = RuleDraft.objects.get()
    second = visitor("director", viewport={"width": 390, "height": 844}, locale="en-US")
    second.open(f"/rules/drafts/{draft.pk}/compare/")
    second.page.fill("[name=reason]", "more in summer")
    second.page.click("text=Activate the version")
    second.page.wait_for_selector("#notices >> text=The new version is activated.")
    assert QuotaRule.objects.filter(code="q-post").count() == 2
    assert author.complaints == []
    assert second.complaints == []


def test_rules_are_read_and_confirmed(visitor: Any) -> None:
    guest = visitor("peer", viewport={"width": 390, "height": 844}, locale="en-US")
    guest.open("/rules/mine/")
    guest.page.click("text=I have read these rules")
    guest.page.wait_for_selector("text=You read these rules on")
    assert RuleAcknowledgement.objects.get().staff.staff_no == "p-peer"
    assert guest.complaints == []
