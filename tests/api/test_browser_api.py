"""The readable page of the API in a browser: drawn under the strict policy, and a request tried on it."""

from typing import Any

import pytest
from django.test import Client

from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(browser: Any, live_server: Any, people: People, name: str, **options: Any) -> Any:
    client = Client()
    client.force_login(people.user(name))
    context = browser.new_context(**options)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return context


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_page_is_drawn_without_breaking_the_policy_and_answers(
    people: People, live_server: Any, browser: Any, width: int, theme: str
) -> None:
    context = signed_in(
        browser, live_server, people, "staff", viewport={"width": width, "height": 900}, color_scheme=theme
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    page.goto(f"{live_server.url}/api/docs/")
    operation = page.locator("#operations-quotas-quotas_list")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table tbody .response-col_status")
    answer.wait_for()

    assert answer.inner_text().startswith("200")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert problems == []
