"""The people that page tests stand on are what their module says."""

from typing import Any

from departments.permissions import reach_of
from tests.people import ROLES


def test_each_role_has_a_person(people: Any) -> None:
    assert set(ROLES) <= set(people.users)
    assert reach_of(people.user("staff")).roots == {people.root.pk}
    assert people.root.pk not in reach_of(people.user("outsider")).roots
    assert people.root.pk in reach_of(people.user("finance")).units_for("month.pay")
    assert people.client("staff").get("/month/2024-04/").status_code == 200
    assert people.client("outsider").get("/month/2024-04/?unit=co").status_code == 404
