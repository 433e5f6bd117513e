"""Every static file that a template names exists: in production a missing one is an error on the page."""

import re
from collections.abc import Callable
from pathlib import Path

from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")


def missing_in(text: str, find: Callable[[str], object]) -> list[str]:
    return [name for name in NAMED.findall(text) if not find(name)]


def test_static_files_named_in_templates_exist() -> None:
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]

    missing = {
        path.relative_to(ROOT).as_posix(): names
        for path in templates
        if (names := missing_in(path.read_text(encoding="utf-8"), finders.find))
    }

    assert missing == {}


def test_missing_static_file_is_caught() -> None:
    text = """<link href="{% static 'css/there.css' %}"> <script src='{% static "js/gone.js" %}'></script>"""

    assert missing_in(text, {"css/there.css": "path"}.get) == ["js/gone.js"]
