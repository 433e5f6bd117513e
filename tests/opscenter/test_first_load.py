"""What a first visit costs over the line: the files as they are sent, compressed as they are stored."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

from tests.people import People

#: Bytes of a page with its styles and scripts, and where it draws charts.
FIRST_LOAD, WITH_CHARTS = 200_000, 500_000
ASSET = re.compile(r"""<(?:link|script)\b[^>]*?\b(?:href|src)="/static/([^"]+\.(?:css|js))\"""")
ECHARTS = re.compile(r'data-echarts="/static/([^"]+)"')
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?["'](\.[^"']+\.js)["']""")


def stored(name: str) -> int:
    """The bytes of a file as ``collectstatic`` stores it for browsers that take gzip."""
    found = finders.find(name)
    assert found, name
    return len(gzip.compress(Path(str(found)).read_bytes(), 9))


def first_load(client: Client, path: str) -> tuple[int, bool]:
    """Bytes of the page with its files, and whether it draws charts."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, path
    body = answer.content
    assert answer.headers.get("Content-Encoding") == "gzip", f"{path} is sent uncompressed"
    text = gzip.decompress(body).decode()
    charts = "data-chart=" in text
    names = set(ASSET.findall(text)) | (set(ECHARTS.findall(text)) if charts else set())
    assert names, path
    for name in sorted(names):
        source = Path(str(finders.find(name)))
        if source.suffix == ".js" and "vendor" not in name:
            folder = Path(name).parent
            names |= {str(folder / one[2:]) for one in IMPORTED.findall(source.read_text("utf-8"))}
    return len(body) + sum(stored(name) for name in names), charts


VISITS = (
    (None, "/accounts/login/"),
    ("staff", "/today/"),
    ("staff", "/today/month/"),
    ("leader", "/team/"),
    ("leader", "/verification/"),
    ("leader", "/team/totals/"),
    ("manager", "/month/2024-05/"),
    ("manager", "/campaigns/"),
    ("director", "/month/2024-05/?view=money"),
)


def test_first_visit_is_small(people: People) -> None:
    found = {}
    for who, path in VISITS:
        size, charts = found[path] = first_load(people.client(who) if who else Client(), path)
        assert size <= (WITH_CHARTS if charts else FIRST_LOAD), f"{path}: {size} bytes"
    # The control: a page with a chart is counted with the library that draws it.
    size, charts = found["/team/totals/"]
    assert charts
    assert size > stored("vendor/echarts/echarts.esm.min.js") > 0
