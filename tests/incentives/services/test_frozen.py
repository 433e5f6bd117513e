"""A locked month: the same bytes whatever changes, recomputed from its inputs alone, tampering found."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from campaigns.models import BaselineMethod, Store
from core import canonical
from core.exceptions import Conflict
from core.models import AuditEvent
from core.months import Month
from departments.models import Assignment, Period, Position, Staff, Unit, UnitPlacement
from incentives.calculations.frozen import MonthFacts, recompute
from incentives.models import FindingRule, PoolRole, PoolScheme, RoleHolder, Settlement
from incentives.services.closing import month_lock
from incentives.services.verification import settlement_problems
from kpi.models import AssessmentScheme, MetricValue, Platform, QuotaRule, SchemeItem
from tests.incentives.services.company import JUNE, MAY, Company
from tests.oracle.random_month import month_of, random_tables
from tests.roll_up.deployments import load, load_test_preset, sheets


def printed(*arguments: str) -> bytes:
    out = StringIO()
    call_command("roll_up", "2024-05", "--format", "json", *arguments, stdout=out)
    return out.getvalue().encode()


def lock_all(month: Month) -> None:
    for root in Unit.objects.filter(parent=None).order_by("code"):
        month_lock(actor=None, root=root, month=month, force=True, reason="test")


def change_everything(company: Company) -> None:
    """Whatever is not a fact of the month itself: names, rules backdated, places, people, later facts."""
    Staff.objects.update(name="renamed", bonus_base=Decimal(1), joined=date(2024, 5, 2), position=None)
    Staff.objects.filter(staff_no="al-1").update(unit=company.root, left=date(2024, 5, 10))
    Unit.objects.update(name="renamed")
    team = Unit.objects.get(code="al-team")
    Unit.objects.filter(code="al-retail").update(parent=team)
    for unit in Unit.objects.filter(parent__isnull=False):
        UnitPlacement.objects.create(unit=unit, name="moved", valid_from=date(2020, 6, 1), parent=team.parent)
    UnitPlacement.objects.filter(unit__code="al-retail").update(parent=team)
    Unit.objects.create(code="al-late", name="late", kind="group", parent=team, root=company.root)
    Position.objects.update(name="renamed")
    Platform.objects.update(closed=date(2024, 4, 1))
    Store.objects.update(closed=date(2024, 4, 1))
    QuotaRule.objects.update(amount=Decimal(1), valid_from=date(2019, 1, 1))
    AssessmentScheme.objects.update(cap=Decimal("1.00"), pay_mode="by_grade")
    SchemeItem.objects.update(weight=Decimal("20.00"))
    PoolScheme.objects.update(rate=Decimal("0.90"), monthly_fund=Decimal(9))
    PoolRole.objects.update(order=9)
    FindingRule.objects.update(value=Decimal("0.5"))
    BaselineMethod.objects.update(n=1)
    Assignment.objects.create(
        staff=Staff.objects.get(staff_no="al-2"), root=company.root, unit=company.root, start=date(2024, 6, 1)
    )
    RoleHolder.objects.filter(end__isnull=True).update(end=date(2024, 6, 30))
    MetricValue.objects.create(
        root=company.root,
        metric_id=MetricValue.objects.values_list("metric", flat=True)[0],
        unit=company.root,
        month=JUNE.first,
        value=Decimal(7),
        target=Decimal(1),
    )


@pytest.mark.django_db
def test_locked_month_prints_the_same_bytes_whatever_changes() -> None:
    company = Company()
    units = ("al-company", "al-team", "al-retail")
    whole = printed()
    parts = {unit: printed("--unit", unit) for unit in units}
    lock_all(MAY)

    change_everything(company)

    assert printed() == whole
    assert {unit: printed("--unit", unit) for unit in units} == parts
    assert json.loads(whole) == company.expected
    company.roll_up(JUNE)
    company.force_lock(JUNE)
    assert printed() == whole
    assert settlement_problems(company.settlement()) == []


@pytest.mark.django_db
def test_the_changes_would_have_changed_an_open_month() -> None:
    """The control."""
    company = Company()
    whole, part = printed(), printed("--unit", "al-team")

    change_everything(company)

    assert printed() != whole
    assert printed("--unit", "al-team") != part


@pytest.mark.django_db
def test_part_below_a_root_is_that_of_the_units_below_it() -> None:
    company = Company()
    expected = company.expected

    team, retail = json.loads(printed("--unit", "al-team")), json.loads(printed("--unit", "al-retail"))

    assert team["attainment"] == expected["attainment"]
    assert team["scores"] == expected["scores"]
    assert (team["campaigns"], team["pools"], team["funds"]) == ([], [], [])
    assert (retail["attainment"], retail["scores"], retail["funds"]) == ([], [], [])
    assert retail["campaigns"] == expected["campaigns"]
    assert retail["pools"] == expected["pools"]
    assert json.loads(printed("--unit", "al-company")) == expected


def recomputed_without_database(settlement: Settlement, django_db_blocker: object) -> str:
    inputs = bytes(settlement.inputs)
    with django_db_blocker.block():  # type: ignore[attr-defined]
        return recompute(canonical.load(inputs, MonthFacts))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_recomputation_from_the_inputs_gives_the_same_bytes(name: str, django_db_blocker: object) -> None:
    expected = load_test_preset(name)
    lock_all(MAY)
    settlement = Settlement.objects.get()

    text = recomputed_without_database(settlement, django_db_blocker)

    assert text == settlement.result
    assert json.loads(text) == expected
    assert settlement_problems(settlement) == []


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(20))
def test_recomputation_of_random_months_gives_the_same_bytes(seed: int, django_db_blocker: object) -> None:
    load(sheets(random_tables(seed)))
    month = Month.parse(month_of(seed))
    lock_all(month)

    for settlement in Settlement.objects.all():
        assert recomputed_without_database(settlement, django_db_blocker) == settlement.result
        inputs = bytes(settlement.inputs)
        assert canonical.dump(canonical.load(inputs, MonthFacts)) == inputs
        assert settlement_problems(settlement) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "problems"),
    [
        (
            {"result": "{}"},
            ["The result does not give its digest.", "A recomputation from the inputs does not give"],
        ),
        (
            {"digest": "0" * 64},
            ["The result does not give its digest.", "The digests are not those that were noted"],
        ),
        ({"inputs": b"x"}, ["The inputs do not give their digest.", "The inputs cannot be read."]),
        ({"inputs_digest": "0" * 64}, ["The inputs do not give their digest.", "The digests are not those"]),
    ],
)
def test_tampering_is_found(columns: dict[str, object], problems: list[str]) -> None:
    company = Company()
    company.force_lock()

    tamper(**columns)

    from django.utils import translation

    with translation.override("en"):
        found = settlement_problems(company.settlement())
    assert len(found) == len(problems)
    assert all(line.startswith(start) for line, start in zip(found, problems, strict=True))
    if {"result", "digest"} & columns.keys():
        with pytest.raises(Conflict):
            company.roll_up()


@pytest.mark.django_db
def test_result_changed_together_with_its_digest_is_found_by_the_audit_row() -> None:
    import hashlib

    company = Company()
    company.force_lock()
    false = company.settlement().result.replace("1732.00", "9732.00")

    tamper(result=false, digest=hashlib.sha256(false.encode()).hexdigest())

    assert len(settlement_problems(company.settlement())) == 2
    assert AuditEvent.objects.filter(action="month.locked").count() == 1


def tamper(**columns: object) -> None:
    """As somebody with the rights of the database's owner: the triggers are switched off for the moment."""
    from core.guards import triggers

    triggers.uninstall(connection)
    Settlement.objects.update(**columns)
    triggers.install(connection)


@pytest.mark.django_db
def test_frozen_month_stays_what_it_is() -> None:
    company = Company()
    company.force_lock()

    assert company.roll_up() == company.expected

    assert Period.objects.get().state == "locked"
    assert AuditEvent.objects.filter(action="month.rolled_up").count() == 0
