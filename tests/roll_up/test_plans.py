"""The order in which the database gives rows, which is the planner's affair, is nowhere in a month."""

import pytest
from django.db import connection

from core import canonical
from core.months import Month
from departments.models import Unit
from departments.selectors import unit_tree
from incentives.services.roll_up import month_facts
from tests.roll_up.deployments import load_test_preset

MAY = Month(2024, 5)
WAYS = ("enable_hashagg", "enable_sort", "enable_seqscan", "enable_indexscan")


@pytest.mark.postgres
@pytest.mark.parametrize("preset", ["alpha", "beta"])
def test_frozen_inputs_are_the_same_bytes_under_every_plan(db: None, preset: str) -> None:
    load_test_preset(preset)
    root = Unit.objects.get(code={"alpha": "al-company", "beta": "be-company"}[preset])
    tree = unit_tree(MAY.last)
    found = {canonical.dump(month_facts(root, MAY, tree))}
    for way in WAYS:
        with connection.cursor() as cursor:
            cursor.execute(f"SET {way} = off")
            found.add(canonical.dump(month_facts(root, MAY, tree)))
            cursor.execute(f"SET {way} = on")
    assert len(found) == 1
