"""Receivers on 127.0.0.1 that speak as the robots of group chats do, and a mail server that keeps mail."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "tokentokentoken123"
SIGN = "SECsignsignsign"


@dataclass
class Group:
    """A robot's group: what it was sent, and how it answers (``status``, ``refusal``)."""

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    refusal: int = 0

    @property
    def texts(self) -> list[str]:
        return [str(one["text"]) for one in self.sent]


def _understood(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The message as the robot of this address reads it; ``None`` for a request it does not understand."""
    parts = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/cgi-bin/webhook/send" and body.get("msgtype") == "text":
        return {"kind": "wecom", "token": query.get("key"), "text": body["text"]["content"], "query": query}
    if parts.path == "/robot/send" and body.get("msgtype") == "text":
        return {
            "kind": "dingtalk",
            "token": query.get("access_token"),
            "text": body["text"]["content"],
            "query": query,
        }
    if parts.path.startswith("/open-apis/bot/v2/hook/") and body.get("msg_type") == "text":
        token = parts.path.rpartition("/")[2]
        return {"kind": "feishu", "token": token, "text": body["content"]["text"], "query": body}
    return None


@contextmanager
def group_chat() -> Iterator[Group]:
    """A server of all three robots: WeCom and DingTalk answer with ``errcode``, Feishu with ``code``."""
    group = Group()

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message = _understood(self.path, body)
            code = group.refusal
            if message is None or message["token"] != TOKEN:
                code = 93000
            elif not code and group.status == 200:
                group.sent.append(message)
            if message and message["kind"] == "feishu":
                answer: dict[str, Any] = {"code": code, "msg": "refused" if code else "success", "data": {}}
            else:
                answer = {"errcode": code, "errmsg": "refused" if code else "ok"}
            data = json.dumps(answer).encode()
            self.send_response(group.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Robot) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        group.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield group
        server.shutdown()
        thread.join()


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """A mail server that takes everything: its port and the mails."""
    mails: list[str] = []

    class Server(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            def say(text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

            say("220 sink")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(maxsplit=1)[0].upper()
                if verb == "DATA":
                    say("354 go on")
                    lines = []
                    while (row := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(row.decode())
                    mails.append("".join(lines))
                    say("250 taken")
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], mails
        server.shutdown()
        thread.join()
