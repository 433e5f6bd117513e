"""Two organisations that differ in every rule, and the months worked out for them by hand."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.roll_up.deployments import load_test_preset, roll_up_all


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["alpha", "beta"])
@pytest.mark.clause("YJ-20", "KQ-22", "KQ-23", "KQ-24", "HT-05", "HT-06", "HT-08", "HT-22", "HT-28")
def test_month_is_what_was_worked_out_by_hand(name):
    expected = load_test_preset(name)

    assert roll_up_all("2024-05") == expected


@pytest.mark.django_db
def test_roll_up_twice_prints_the_same_bytes():
    load_test_preset("alpha")

    first, second = StringIO(), StringIO()
    call_command("roll_up", "2024-05", "--format", "json", stdout=first)
    call_command("roll_up", "2024-05", "--format", "json", stdout=second)

    assert first.getvalue() == second.getvalue()
    assert json.loads(first.getvalue())["month"] == "2024-05"
    assert first.getvalue().count("\n") == 1
