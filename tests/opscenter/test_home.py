"""The first page: where the work of each role begins."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("staff", "/today/"),
        ("leader", "/team/"),
        ("manager", "/team/"),
        ("director", "/month/"),
        ("finance", "/month/"),
        ("hr", "/month/"),
    ],
)
def test_work_begins_where_the_role_works(people: Any, who: str, where: str) -> None:
    assert people.client(who).get("/").headers["Location"] == where
