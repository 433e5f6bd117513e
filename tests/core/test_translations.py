"""The Chinese catalogue is complete, compiled, and as the code has it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_text_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_compiled_catalogue_is_the_written_one(catalogue: polib.POFile) -> None:
    assert CATALOGUE.with_suffix(".mo").read_bytes() == catalogue.to_binary(), (
        "run: bash script/messages --compile"
    )


def test_translations_keep_the_placeholders(catalogue: polib.POFile) -> None:
    wrong = []
    for entry in catalogue:
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        wrong += [entry.msgid for text in texts if set(PLACEHOLDER.findall(text)) != wanted]
    assert wrong == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext to read the texts from the code")
def test_catalogue_holds_the_texts_of_the_code(catalogue: polib.POFile, tmp_path: Path) -> None:
    leave_out = shutil.ignore_patterns(
        ".*", "var", "tests", "benchmarks", "static", "docs", "node_modules", "__pycache__"
    )
    shutil.copytree(ROOT, tmp_path / "copy", ignore=leave_out)
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        "zh_Hans",
        "--extension",
        "html,txt,py",
    ]
    subprocess.run([*command, "--no-obsolete"], cwd=tmp_path / "copy", check=True, capture_output=True)
    extracted = polib.pofile(str(tmp_path / "copy" / CATALOGUE.relative_to(ROOT)))
    wanted = {entry.msgid for entry in extracted}
    written = {entry.msgid for entry in catalogue}
    assert sorted(wanted - written) == [], "not in the catalogue; run: bash script/messages"
    assert sorted(written - wanted) == [], "no longer in the code; run: bash script/messages"
