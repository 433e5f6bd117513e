"""The commands ``roll_up`` and ``lock_month``: what they print, and what they say when they refuse."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.incentives.services.company import Company
from tests.roll_up.deployments import load_test_preset

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str) -> str:
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("month", ["2024-13", "2024-5", "May", "", "2024-05-01", "0000-01", "２０２４-05x"])
@pytest.mark.parametrize("command", ["roll_up", "lock_month"])
def test_bad_month_is_named(command: str, month: str) -> None:
    extra = ["--unit", "al-company"] if command == "lock_month" else []
    with pytest.raises(CommandError, match="2018-11"):
        run(command, month, *extra)


@pytest.mark.django_db
def test_unknown_unit_is_named() -> None:
    load_test_preset("alpha")
    for command in ("roll_up", "lock_month"):
        with pytest.raises(CommandError, match="nowhere"):
            run(command, "2024-05", "--unit", "nowhere")
    with pytest.raises(CommandError, match="al-team"):
        run("lock_month", "2024-05", "--unit", "al-team")


@pytest.mark.django_db
def test_text_is_a_table_of_the_same_figures() -> None:
    load_test_preset("alpha")

    text = run("roll_up", "2024-05")

    for figure in ("al-1", "1732.00", "86.60", "340.31", "85.08", "24.25"):
        assert figure in text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


@pytest.mark.django_db
def test_several_organisations_are_one_object_sorted_by_key() -> None:
    load_test_preset("alpha")
    load_test_preset("beta")

    def part(*unit: str) -> dict[str, list[object]]:
        found: dict[str, list[object]] = json.loads(run("roll_up", "2024-05", "--format", "json", *unit))
        return found

    whole, alpha, beta = part(), part("--unit", "al-company"), part("--unit", "be-company")
    assert {row["scheme"] for row in whole["funds"]} == {"al-pool", "be-pool"}
    for section in ("attainment", "scores", "campaigns", "pools", "funds"):
        assert whole[section] == alpha[section] + beta[section]


@pytest.mark.django_db
def test_month_without_any_organisation_is_an_empty_object() -> None:
    assert json.loads(run("roll_up", "2024-05", "--format", "json")) == {
        "month": "2024-05",
        "attainment": [],
        "scores": [],
        "campaigns": [],
        "pools": [],
        "funds": [],
    }


@pytest.mark.django_db
def test_lock_needs_approval_or_a_person_with_the_right_and_a_reason() -> None:
    company = Company()
    lock = ("lock_month", "2024-05", "--unit", "al-company")
    before = company.trace()

    for extra in (
        (),
        ("--reason", "year end"),
        ("--as", "finance"),
        ("--as", "finance", "--reason", " "),
        ("--as", "hr", "--reason", "year end"),
        ("--as", "nobody", "--reason", "year end"),
    ):
        with pytest.raises(CommandError) as refusal:
            run(*lock, *extra)
        assert str(refusal.value)
    assert company.trace() == before

    assert company.settlement if run(*lock, "--as", "finance", "--reason", "year end") else False
    assert (company.state(), company.settlement().locked_by.username) == ("locked", "finance")
    with pytest.raises(CommandError):
        run(*lock, "--as", "finance", "--reason", "year end")


@pytest.mark.django_db
def test_approved_month_is_locked_by_the_system() -> None:
    company = Company()
    company.bring_to("approved")

    line = run("lock_month", "2024-05", "--unit", "al-company")

    assert company.settlement().digest in line
    assert company.state() == "locked"
    assert json.loads(run("roll_up", "2024-05", "--format", "json")) == company.expected


def test_process_prints_one_line_of_json_and_its_errors_elsewhere(tmp_path: Path) -> None:
    """A real process on a database of its own: standard output, standard error and the exit status."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/one.sqlite3", "REDIS_URL": ""}

    def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert manage("migrate", "--verbosity", "0").returncode == 0
    good = manage("roll_up", "2024-05", "--format", "json")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.count("\n") == 1
    assert json.loads(good.stdout)["month"] == "2024-05"
    for bad in (
        ("roll_up", "x"),
        ("roll_up", "2024-05", "--unit", "x"),
        ("lock_month", "2024-05", "--unit", "x"),
    ):
        found = manage(*bad, "--format", "json") if bad[0] == "roll_up" else manage(*bad)
        assert (found.returncode, found.stdout) == (1, "")
        assert found.stderr.strip()
