"""An import runs with the importer's rights: units, tables and states that a page would refuse are errors."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from core import registry
from core.models import AuditEvent
from departments.models import Role, Staff, Unit
from departments.permissions import ACTS
from tests.core.interchange.database import digest
from tests.core.interchange.test_every_table import TABLES
from tests.core.interchange.test_locked_months import ANOTHER
from tests.core.interchange.workbook import codes, complete, load, one, problems, totals

pytestmark = pytest.mark.django_db

#: a new row of each table, without a state that needs a right of its own
NEW: dict[str, dict[str, Any]] = {
    **ANOTHER,
    "units": {"code": "n", "parent": "t-co", "head": None},
    "positions": {"code": "n"},
    "duties": {"number": 9},
    "activities": {"code": "n"},
    "documents": {"version": "B"},
    "staff": {"staff_no": "n", "role": "staff", "username": None},
    "grants": {"staff_no": "t-2", "role": "auditor"},
    "platforms": {"code": "n"},
    "accounts": {"handle": "n"},
    "quota_rules": {"code": "n"},
    "month_policies": {"valid_from": "2018-11-02"},
    "logs": {"row_id": "n", "status": "submitted", "supersedes": None},
    "metrics": {"code": "n"},
    "schemes": {"code": "n"},
    "scheme_items": {"name": "n"},
    "score_points": {"code": "n", "proposed_by": None, "approved_by": None},
    "stores": {"code": "n"},
    "baseline_methods": {"scale": "large"},
    "campaigns": {"code": "n", "status": "submitted"},
    "pool_schemes": {"name": "n"},
    "pool_roles": {"name": "n"},
    "role_holders": {"staff_no": "t-2"},
    "finding_rules": {"name": "n"},
    "findings": {"id": "n", "status": "proposed"},
    "manuscript_rules": {"author_kind": "customer"},
    "manuscripts": {"id": "n", "status": "submitted"},
    "bank_profiles": {"code": "n"},
    "bank_columns": {"order": 9},
    "channels": {"code": "n"},
    "calendar": {"date": "2018-11-13"},
}


def person(role: str, unit: str = "t-co", name: str = "importer") -> Any:
    """A log-in of somebody with a role on a unit."""
    user = get_user_model().objects.create_user(username=name)
    where = Unit.objects.get(code=unit)
    Staff.objects.create(
        staff_no=name, name=name, unit=where, root_id=where.root_id, role=role, joined="2018-01-01", user=user
    )
    return user


@pytest.mark.parametrize("name", TABLES)
def test_table_is_for_those_who_carry_its_act(name: str) -> None:
    assert load(complete()).accepted
    row = one(name, **NEW[name])
    carriers = ACTS[registry.tables[name].act]
    for role in Role.values:
        report = load({name: [row]}, user=person(role, name=f"importer-{role}"), dry_run=role in carriers)
        assert codes(report) == (set() if role in carriers else {"not_allowed"}), role
    before = digest()
    user = person(sorted(carriers)[0], name="importer")
    assert digest() != before
    assert totals(load({name: [row]}, user=user))["unchanged"] == 0
    assert AuditEvent.objects.latest("pk").actor == user


@pytest.mark.parametrize("name", TABLES)
def test_what_does_not_change_needs_no_right(name: str) -> None:
    assert load(complete()).accepted
    user = person("staff")
    assert problems(load({name: complete()[name]}, user=user)) == []


@pytest.mark.parametrize(
    "name", sorted(set(TABLES) - {"activities", "calendar", "platforms", "metrics", "channels"})
)
def test_unit_of_another_organisation_is_refused(name: str) -> None:
    """Catalogues belong to the deployment; everything else to somebody."""
    tables = complete()
    tables["units"].append(one("units", code="q", reports_to=None, head=None))
    assert load(tables).accepted
    roles = ACTS[registry.tables[name].act]
    user = person(sorted(roles)[0], "q")
    before = digest()
    assert codes(load({name: [one(name, **NEW[name])]}, user=user)) == {"not_allowed"}
    assert digest() == before


def test_right_on_a_unit_does_not_reach_its_sister_or_what_is_above() -> None:
    tables = complete()
    tables["units"].append(one("units", code="t-it", parent="t-co", head=None))
    tables["staff"].append(one("staff", staff_no="t-9", unit="t-it", position=None, username=None))
    assert load(tables).accepted
    user = person("manager", "t-it")
    assert problems(load({"leaves": [one("leaves", staff_no="t-9")]}, user=user)) == []
    assert codes(load({"leaves": [one("leaves", staff_no="t-1", kind="x")]}, user=user)) == {"not_allowed"}
    # To fetch somebody from another unit needs the right there as well.
    taken = one("staff", unit="t-it", position=None)
    assert codes(load({"staff": [taken]}, user=user)) == {"not_allowed"}


def test_new_organisation_is_for_those_who_reach_everything() -> None:
    assert load(complete()).accepted
    rows = [
        one("units", code="q", head=None, reports_to=None),
        one("units", code="q2", parent="q", head=None),
    ]
    admin = person("admin")
    assert problems(load({"units": rows}, user=admin)) == [
        ("units", 2, "code", "not_allowed"),
        ("units", 3, "code", "not_allowed"),
    ]
    chief = get_user_model().objects.create_superuser(username="chief")
    assert problems(load({"units": rows}, user=chief)) == []


def test_unit_and_its_people_may_come_in_one_file() -> None:
    assert load(complete()).accepted
    user = person("hr", "t-ops")
    report = load(
        {
            "units": [
                one("units", code="n2", parent="n1", head=None, reports_to=None),
                one("units", code="n1", parent="t-ops", head=None, reports_to=None),
            ],
            "staff": [one("staff", staff_no="n", unit="n2", role="staff", username=None)],
        },
        user=user,
    )
    assert problems(report) == []


HEADS, OFFICE, PERSONNEL = {"manager", "director"}, {"hr", "finance", "admin"}, {"hr", "admin"}
VERIFIERS = HEADS | {"leader"}
STATES = [
    ("logs", {"row_id": "n", "status": "valid", "supersedes": None}, "status", set(), VERIFIERS),
    ("logs", {"row_id": "n", "status": "rejected", "supersedes": None}, "status", set(),
     VERIFIERS),
    ("campaigns", {"code": "n", "status": "approved"}, "status", OFFICE, HEADS),
    ("campaigns", {"code": "n", "status": None}, "status", OFFICE, HEADS),
    ("findings", {"id": "n", "status": "confirmed"}, "status", OFFICE, HEADS),
    ("findings", {"id": "n", "status": "withdrawn"}, "status", OFFICE, HEADS),
    ("manuscripts", {"id": "n", "status": "accepted"}, "status", OFFICE, HEADS),
    ("manuscripts", {"id": "n", "status": "published"}, "status", OFFICE,
     HEADS),
    ("staff", {"staff_no": "n", "role": "director", "username": None}, "role", HEADS,
     PERSONNEL),
    ("staff", {"staff_no": "n", "role": "staff", "username": "new"}, "username", HEADS,
     PERSONNEL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "column", "refused", "allowed"), STATES)
def test_state_that_a_page_would_refuse_is_an_error_of_its_row(
    name: str, cells: dict[str, Any], column: str, refused: set[str], allowed: set[str]
) -> None:
    assert load(complete()).accepted
    row = one(name, **cells)
    before = digest()
    for role in sorted(refused):
        user = person(role, name=f"importer-{role}")
        report = load({name: [row]}, user=user)
        assert problems(report) == [(name, 2, column, "state_not_allowed")], role
    for role in sorted(allowed):
        user = person(role, name=f"importer-{role}")
        assert problems(load({name: [row]}, user=user, dry_run=True)) == [], role
    assert load({name: [row]}).accepted, "the system may"
    assert digest() != before


def test_state_that_stands_may_be_repeated() -> None:
    """Somebody without the right may change other cells of a row that others have approved."""
    assert load(complete()).accepted
    user = person("hr")
    assert problems(load({"campaigns": [one("campaigns", name="别的")]}, user=user)) == []


def test_log_in_of_somebody_is_not_given_to_another_by_those_who_may_not() -> None:
    assert load(complete()).accepted
    user = person("manager")
    row = {**complete()["staff"][1], "username": "importer2"}
    assert problems(load({"staff": [row]}, user=user)) == [("staff", 2, "username", "state_not_allowed")]


def test_nobody_verifies_or_rates_a_line_of_their_own() -> None:
    assert load(complete()).accepted
    user = person("manager")
    own = one("logs", row_id="n", staff_no="importer", status="valid", supersedes=None, duty=None)
    assert problems(load({"logs": [own]}, user=user)) == [("logs", 2, "status", "own_line")]
    assert problems(load({"logs": [{**own, "status": "submitted"}]}, user=user)) == []
    rating = one("ratings", staff_no="importer")
    assert problems(load({"ratings": [rating]}, user=user)) == [("ratings", 2, "score", "own_line")]


def test_nobody_signs_for_another_or_approves_what_they_proposed() -> None:
    assert load(complete()).accepted
    boss, other = person("manager", name="boss"), person("director", name="other")
    row = one("score_points", code="n", proposed_by=None, approved_by=None)
    forged = load({"score_points": [{**row, "proposed_by": "t-2", "approved_by": "boss"}]}, user=boss)
    assert problems(forged) == [("score_points", 2, "proposed_by", "state_not_allowed")]
    alone = load({"score_points": [{**row, "approved_by": "boss"}]}, user=boss)
    assert problems(alone) == [("score_points", 2, "approved_by", "same_person")]
    assert load({"score_points": [row]}, user=boss).accepted
    standing = {**row, "proposed_by": "boss"}
    named = load({"score_points": [{**standing, "approved_by": "t-3"}]}, user=other)
    assert problems(named) == [("score_points", 2, "approved_by", "state_not_allowed")]
    assert problems(load({"score_points": [{**standing, "approved_by": "other"}]}, user=other)) == []


def test_command_line_acts_as_the_system_and_is_audited() -> None:
    assert load(complete(), digest="ab" * 32).accepted
    event = AuditEvent.objects.get()
    assert (event.actor, event.actor_name, event.change["file"]) == (None, "", "ab" * 32)
