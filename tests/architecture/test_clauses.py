"""The clause ids in the markers are those of the specification."""

from pathlib import Path

import pytest

from tests.architecture import clauses

ROOT = Path(__file__).resolve().parents[2]


def test_clause_markers_name_clauses_of_the_specification() -> None:
    wanted = clauses.specified(ROOT)
    if not wanted:
        pytest.skip("needs spec/clauses.md, which is not beside this checkout")

    unknown = {clause: sorted(files) for clause, files in clauses.named(ROOT).items() if clause not in wanted}

    assert unknown == {}


def test_named_in_finds_each_id_of_a_marker() -> None:
    source = (
        '@pytest.mark.clause("ZZ-99", "ZZ-98")\ndef test_it(): ...\n\npytestmark = [mark.clause("ZZ-97")]\n'
    )

    assert sorted(clauses.named_in(source)) == ["ZZ-97", "ZZ-98", "ZZ-99"]


def test_specified_reads_the_first_column_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spec").mkdir()
    text = "| id | says |\n|---|---|\n| ZZ-01 | see ZZ-07 |\n| ZZ-02 | text |\n"
    (tmp_path / "spec" / "clauses.md").write_text(text, encoding="utf-8")
    monkeypatch.setenv("OPSCENTER_SHARED", str(tmp_path))

    assert clauses.specified(ROOT) == ["ZZ-01", "ZZ-02"]
