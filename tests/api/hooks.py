"""Servers that are told: somebody else's server, an endpoint for it, an act that it is told of."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

from departments.models import WebhookEndpoint
from departments.webhooks import endpoint_create
from incentives.services import closing
from tests.people import APRIL, People


class Receiver(HTTPServer):
    """A server of somebody else that keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks?from=opscenter"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({**self.headers, "path": self.path}, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


def endpoint(people: People, url: str, events: tuple[str, ...] = ("month.locked",)) -> WebhookEndpoint:
    return endpoint_create(
        actor=people.user("finance"), root=people.root, url=url, events=events, form_key=uuid4()
    )[0]


def lock(people: People) -> None:
    closing.month_lock(
        actor=people.user("director"), root=people.root, month=APRIL, reason="all paid", force=True
    )
