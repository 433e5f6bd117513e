"""A system check: the style sheet and scripts that come in wheels are the published files, byte for byte."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Error, Tags, register

# sha256 of the files as their makers publish them: Tabler 1.4.0 and ECharts 6.1.0.
OFFICIAL_DIGESTS = {
    "vendor/tabler/css/tabler.min.css": "7ef750bd10546a695d0b12767ad8048bd8f3ec5de7daefb1067f9d0daa3d1c9a",
    "vendor/echarts/echarts.esm.min.js": "28515f26aa57f87eb1e4ed4eb446927eaf329b5f5e02b4bfd4b0264fea40d1da",
}


@register(Tags.staticfiles)
def official_assets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error per file that is missing (``E001``) or not the published one (``E002``)."""
    problems: list[CheckMessage] = []
    for name, digest in OFFICIAL_DIGESTS.items():
        path = finders.find(name)
        if path is None:
            problems.append(
                Error(
                    f"The static file {name} is missing.",
                    hint="pip install -r requirements.txt",
                    id="opscenter.E001",
                )
            )
        elif hashlib.sha256(Path(path).read_bytes()).hexdigest() != digest:
            problems.append(
                Error(
                    f"The static file {name} is not the published one.",
                    hint="Install the pinned versions: pip install -r requirements.txt",
                    id="opscenter.E002",
                )
            )
    return problems
