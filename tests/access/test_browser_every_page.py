"""Every page in a real browser: quiet console, policy kept, accessible, nothing sticks out sideways.

The pages are those that the matrix reads, with its objects; a page that nobody listed there fails elsewhere.
The application answers the browser in this process, so what it shows is undone with the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from tests.access.expectations import PAGES
from tests.access.matrix import Page, undone
from tests.access.test_limits import READ, askers
from tests.access.world import World
from tests.opscenter.test_browser_shell import SIDEWAYS, findings

pytestmark = pytest.mark.django_db

ORIGIN = "https://opscenter.test"
#: Answers that are no pages: files, and JSON for programs.
NO_PAGES = {
    "cockpit:sheet", "data:fill", "data:marked", "data:template", "favicon", "file", "healthz",
    "healthz_session", "logs:image", "month:result", "month:sheet", "payments:file",
}  # fmt: skip
#: Drawn by Swagger UI, whose markup is not ours: quiet and fitting, without the look for accessibility.
VENDORS = {"api:docs"}
SHOWN = sorted(name for name in READ if name not in NO_PAGES and not PAGES[name].api)
DESK = (1440, 900), "zh-CN"
PHONE = (390, 844), "en-US"
OTHERS = ((1440, 900), "en-US"), ((390, 844), "zh-CN")
#: Every visit looks at both, as somebody who switches while the page is open.
SCHEMES = "light", "dark"
View = tuple[tuple[int, int], str]


@dataclass
class Answering:
    """Answers a browser's requests as the application answers one person.  ``said``: what it complains of."""

    client: Client
    locale: str
    said: list[str] = field(default_factory=list)
    #: The test's own: the connection to the database belongs to it.
    context: Context = field(default_factory=copy_context)

    def __call__(self, route: Any) -> None:
        parts = urlsplit(route.request.url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            self.said.append(f"asks another host: {route.request.url}")
            route.abort()
        elif parts.path.startswith(settings.STATIC_URL):
            path = finders.find(unquote(parts.path.removeprefix(settings.STATIC_URL)))
            if path:
                route.fulfill(path=path)
            else:
                route.fulfill(status=404)
        else:
            url = parts.path + (f"?{parts.query}" if parts.query else "")
            asked = route.request.headers
            headers = {"accept-language": self.locale}
            headers |= {name: value for name, value in asked.items() if name.startswith("hx-")}
            answer: Any = self.context.run(self.client.get, url, headers=headers, follow=True)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            route.fulfill(status=answer.status_code, headers=dict(answer.items()), body=body)

    def listen(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(message.text)


@contextmanager
def window(browser: Any, client: Client, view: View) -> Iterator[tuple[Any, Answering]]:
    """A browser window of one person, closed afterwards."""
    (width, height), locale = view
    # Without motion: halfway from one scheme to the other every contrast is wrong.
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=locale, reduced_motion="reduce"
    )
    answering = Answering(client, locale)
    page = context.new_page()
    page.route("**/*", answering)
    page.on("console", answering.listen)
    page.on("pageerror", lambda error: answering.said.append(str(error)))
    yield page, answering
    context.close()


def readers(page: Page) -> list[tuple[str, str]]:
    """(relation, who): somebody of a unit and somebody of the whole, or whoever else reads it."""
    assert page.read
    anybody = [(relation, sorted(who)[0]) for relation, who in page.read.items() if who]
    return askers(page) or anybody[:1]


def problems(browser: Any, world: World, name: str, relation: str, who: str, view: View) -> list[str]:
    """What is wrong with a page as one person sees it."""
    shown = PAGES[name]
    with undone():
        if shown.prepare is not None:
            shown.prepare(world, relation)
        with window(browser, world.client(who), view) as (page, answering):
            answer = page.goto(ORIGIN + shown.url(world, relation))
            kind = answer.headers.get("content-type", "")
            if answer.status != 200 or not kind.startswith("text/html"):
                return [f"status {answer.status}, {kind}"]
            page.locator("[data-chart]:not([data-drawn])").first.wait_for(state="detached")
            looks = [] if name in VENDORS else [one for scheme in SCHEMES for one in seen_in(page, scheme)]
            sideways = page.evaluate(SIDEWAYS)
            return [
                *answering.said,
                *looks,
                *([f"sticks out by {sideways} px"] if sideways > 0 else []),
            ]


def seen_in(page: Any, scheme: str) -> list[str]:
    """What axe finds in a colour scheme."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.locator(f"html[data-bs-theme={scheme}]").wait_for(state="attached")
    return [f"{scheme}: {one}" for one in findings(page)]


@pytest.mark.parametrize("name", SHOWN)
def test_page_is_quiet_accessible_and_fits(browser: Any, world: World, name: str) -> None:
    """On the phone of somebody of a unit, at the desk of somebody who sees the whole."""
    asking = readers(PAGES[name])
    for (relation, who), view in ((asking[0], PHONE), (asking[-1], DESK)):
        assert problems(browser, world, name, relation, who, view) == [], (name, relation, who, view)


@pytest.mark.full
@pytest.mark.parametrize("view", OTHERS, ids=lambda view: f"{view[0][0]}-{view[1]}")
@pytest.mark.parametrize("name", SHOWN)
def test_page_is_quiet_accessible_and_fits_in_every_look(
    browser: Any, world: World, name: str, view: View
) -> None:
    for relation, who in readers(PAGES[name]):
        assert problems(browser, world, name, relation, who, view) == [], (name, relation, who, view)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>1</script>", "Content Security Policy"),
        ("<img src='/static/opscenter/none.png' alt='x'>", "404"),
        ("<img src='https://example.com/x.png' alt='x'>", "img-src"),
        ("<input>", "label"),
        ("<p style='width: 900px'>x</p>", "Content Security Policy"),
        ("<p class='text-dark'>hard to read by night</p>", "dark: color-contrast"),
        ("<p class='text-light'>hard to read by day</p>", "light: color-contrast"),
    ],
)
def test_what_is_wrong_is_noticed(
    browser: Any, world: World, monkeypatch: pytest.MonkeyPatch, body: str, complaint: str
) -> None:
    """The control: the same look at a page with a mistake complains."""
    plain = Client.get

    def spoilt(self: Client, *args: Any, **kwargs: Any) -> Any:
        answer = plain(self, *args, **kwargs)
        answer.content = answer.content.replace(b"</main>", body.encode() + b"</main>")
        return answer

    monkeypatch.setattr(Client, "get", spoilt)
    found = problems(browser, world, "org:chart", *askers(PAGES["org:chart"])[0], PHONE)
    assert any(complaint in one for one in found), found
