"""How fast pages answer: gunicorn, four signed-in people at once, each page against the least one there is.

The yardstick is the signed-in health page (session, person, one query).  Every round of a person asks for it
and for each of their pages, so that whatever slows the machine slows both.  Who has few pages goes on until
everybody has done their rounds: the load is the same from the first request to the last.
"""

import gzip
import http.client
import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.organisation import CAMPAIGN, COMPANY, MONTH
from benchmarks.report import Figure

ROOT = Path(__file__).resolve().parent.parent
HEALTH = "/healthz/session"
LIST, DASHBOARD = 6, 12
#: Bytes of a first visit, as sent over the line.
FIRST_LOAD, WITH_CHARTS = 200_000, 500_000
START_SECONDS = 60
ASSET = re.compile(r"""<(?:link|script)\b[^>]*?\b(?:href|src)="(/static/[^"]+\.(?:css|js))\"""")
ECHARTS = re.compile(r'data-echarts="(/static/[^"]+)"')


@dataclass(frozen=True)
class Measured:
    """A page, for whom it is, and how many times the yardstick it may take."""

    path: str
    who: str
    goal: int


#: a month that is settled: its payouts are to be paid
BEFORE = MONTH.plus(-1)

# The ranking and the acknowledgements work out everybody's month and rules before they show a page of it.
PAGES = (
    Measured("/today/", "staff", DASHBOARD),
    Measured("/today/month/", "staff", DASHBOARD),
    Measured("/logs/", "staff", LIST),
    Measured("/rules/mine/", "staff", DASHBOARD),
    Measured("/search/?q=1", "staff", LIST),
    Measured("/team/", "leader", DASHBOARD),
    Measured("/logs/", "leader", LIST),
    Measured("/verification/", "leader", LIST),
    Measured("/assessment/", "leader", LIST),
    Measured("/team/", "manager", DASHBOARD),
    Measured("/team/ranking/", "manager", DASHBOARD),
    Measured("/team/totals/", "manager", DASHBOARD),
    Measured(f"/month/{MONTH}/", "manager", DASHBOARD),
    Measured(f"/month/{MONTH}/?view=people", "manager", DASHBOARD),
    Measured("/verification/", "manager", LIST),
    Measured("/logs/", "manager", LIST),
    Measured("/assessment/", "manager", LIST),
    Measured("/assessment/points/", "manager", LIST),
    Measured("/assessment/appeals/", "manager", LIST),
    Measured("/findings/", "manager", LIST),
    Measured("/campaigns/", "manager", DASHBOARD),
    Measured("/campaigns/list/", "manager", LIST),
    Measured("/org/", "manager", DASHBOARD),
    Measured("/org/people/", "manager", LIST),
    Measured("/org/documents/", "manager", LIST),
    Measured("/rules/", "manager", LIST),
    Measured("/rules/acknowledgements/", "manager", DASHBOARD),
    Measured("/jobs/", "manager", LIST),
    Measured("/search/?q=1", "manager", LIST),
    Measured(f"/data/completeness/?month={MONTH}&unit={COMPANY}", "director", DASHBOARD),
    Measured(f"/month/{MONTH}/?view=money", "director", DASHBOARD),
    Measured(f"/incentives/{MONTH}/", "director", DASHBOARD),
    Measured(f"/campaigns/show/{CAMPAIGN}/", "director", DASHBOARD),
    Measured("/payments/", "director", LIST),
    Measured(f"/payments/months/{BEFORE}/{COMPANY}/", "director", DASHBOARD),
    Measured("/funds/", "director", LIST),
    Measured("/manuscripts/", "director", LIST),
)
WHO = tuple(dict.fromkeys(page.who for page in PAGES))


def measure_pages(name: str, bench: Any, people: int, months: int, rounds: int) -> list[Figure]:
    """p95 of every page against the health page's, and the bytes of a first visit."""
    bench.run("prepare", people, months)
    bench.run("roll_up")
    bench.run("settle_before")
    keys = bench.run("sign_in", *WHO)
    with tempfile.TemporaryDirectory(prefix="opscenter-static-") as static, _served(bench, static) as port:
        for who in WHO:
            _ask(port, HEALTH, keys[who])  # imports what the first request imports
            for page in _of(who):
                _ask(port, page.path, keys[who])
        with ThreadPoolExecutor(len(WHO)) as pool:
            todo = Counter(WHO)
            jobs = [pool.submit(_rounds, port, who, keys[who], rounds, todo) for who in WHO]
            times: dict[tuple[str, str], list[float]] = defaultdict(list)
            for job in jobs:
                for key, seconds in job.result():
                    times[key].append(seconds)
        first = [_first_load(port, page, keys[page.who]) for page in PAGES]
    health = p95([one for (path, _who), found in times.items() if path == HEALTH for one in found])
    figures = [
        Figure(
            name,
            f"page {page.path} for {page.who}: p95 ÷ signed-in health page",
            p95(times[page.path, page.who]) / health,
            page.goal,
            f"{1000 * p95(times[page.path, page.who]):.0f} ms ÷ {1000 * health:.0f} ms",
        )
        for page in PAGES
    ]
    return [*figures, *_bytes(name, first)]


def _of(who: str) -> list[Measured]:
    return [page for page in PAGES if page.who == who]


def p95(seconds: list[float]) -> float:
    """The time that 95 of 100 stay within: the smallest one that is not below them (nearest rank)."""
    return sorted(seconds)[math.ceil(len(seconds) * 0.95) - 1]


def _rounds(
    port: int, who: str, key: str, rounds: int, todo: Counter[str]
) -> Iterator[tuple[tuple[str, str], float]]:
    """At least so many rounds of a person; ``todo`` holds those who have not done theirs yet."""
    found = []
    done = 0
    try:
        while todo:
            for path in (HEALTH, *(page.path for page in _of(who))):
                began = time.perf_counter()
                _ask(port, path, key)
                found.append(((path, who), time.perf_counter() - began))
            done += 1
            if done == rounds:
                todo.pop(who)
    finally:
        todo.pop(who, None)  # nobody waits for somebody whose page failed
    return iter(found)


def _ask(port: int, path: str, key: str = "") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Cookie": f"sessionid={key}", "Accept-Encoding": "br, gzip", "Accept-Language": "zh-CN"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != http.client.OK:
        raise ValueError(f"{path}: status {answer.status} {answer.headers.get('Location', '')}")
    return body


def _first_load(port: int, page: Measured, key: str) -> tuple[int, bool]:
    """Bytes of the page with its styles and scripts, and whether it draws charts."""
    body = _ask(port, page.path, key)
    text = gzip.decompress(body).decode()  # sent compressed, and counted as sent
    charts = "data-chart=" in text
    assets = set(ASSET.findall(text)) | (set(ECHARTS.findall(text)) if charts else set())
    return len(body) + sum(len(_ask(port, asset)) for asset in assets), charts


def _bytes(name: str, first: list[tuple[int, bool]]) -> list[Figure]:
    figures = []
    for charts, goal, words in ((False, FIRST_LOAD, "without"), (True, WITH_CHARTS, "with")):
        sizes = [size for size, drawn in first if drawn is charts]
        if sizes:
            title = f"bytes of the largest first visit of a page {words} charts"
            figures.append(Figure(name, title, max(sizes), goal, "", " B"))
    return figures


@contextmanager
def _served(bench: Any, static: str) -> Iterator[int]:
    """gunicorn as in production, on a free port."""
    environment = {
        **bench.environment,
        "SECURE_SSL_REDIRECT": "false",
        "MFA_REQUIRED_ROLES": "",
        "STATIC_ROOT": static,
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "benchmarks.served:application",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    command += ["--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            _ask(port, "/healthz")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("gunicorn did not answer")


def main() -> int:
    """``python -m benchmarks.pages [people months rounds]``: the pages alone; else on SQLite."""
    from benchmarks import databases
    from benchmarks.__main__ import Bench

    people, months, rounds = map(int, sys.argv[1:4]) if len(sys.argv) > 1 else (1000, 10, 40)
    name = "PostgreSQL" if databases.has_postgres() else "SQLite"
    with databases.scratch(name) as url:
        figures = measure_pages(name, Bench(url), people, months, rounds)
    print("\n".join(figure.row() for figure in figures))
    print(json.dumps({"missed": sum(figure.missed for figure in figures)}), os.linesep)
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main())
