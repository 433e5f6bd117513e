"""A frozen month takes no fact, whichever way it comes; the guards survive migrations and are compared."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, OperationalError, connection, transaction

from core import guards
from core.exceptions import Conflict
from core.guards import triggers
from core.models import AuditEvent
from departments.models import Leave, Period, PeriodState, Staff, Unit
from kpi.models import Metric, MetricValue

pytestmark = pytest.mark.django_db

FROZEN, OPEN = date(2018, 11, 1), date(2018, 12, 1)


def make_root(code: str) -> Unit:
    root = Unit.objects.create(code=code, name=code, kind="company")
    Unit.objects.filter(pk=root.pk).update(root=root)
    root.refresh_from_db()
    return root


@pytest.fixture
def root(db: None) -> Unit:
    """A root unit whose November 2018 is open."""
    root = make_root("A")
    Period.objects.create(root=root, month=FROZEN)
    return root


@pytest.fixture
def metric(db: None) -> Metric:
    return Metric.objects.create(code="m", name="m")


@pytest.fixture
def person(root: Unit) -> Staff:
    return Staff.objects.create(staff_no="1", name="A", root=root, unit=root, joined=date(2018, 1, 1))


def freeze(root: Unit, state: str = PeriodState.LOCKED) -> None:
    Period.objects.filter(root=root, month=FROZEN).update(state=state)


def value(root: Unit, metric: Metric, month: date) -> MetricValue:
    return MetricValue(root=root, unit=root, metric=metric, month=month, value=Decimal(1))


def refused(act: object, *arguments: object, **values: object) -> bool:
    """Whether the database refuses; nothing may have changed then."""
    before = list(MetricValue.objects.order_by("pk").values()), list(Leave.objects.order_by("pk").values())
    try:
        with guards.translate(), transaction.atomic():
            act(*arguments, **values)  # type: ignore[operator]
    except Conflict:
        after = list(MetricValue.objects.order_by("pk").values()), list(Leave.objects.order_by("pk").values())
        assert before == after
        return True
    return False


@pytest.mark.parametrize("state", [PeriodState.LOCKED, PeriodState.PAID])
def test_insert_is_refused_when_frozen(root: Unit, metric: Metric, state: str) -> None:
    freeze(root, state)
    assert refused(value(root, metric, FROZEN).save)
    assert refused(MetricValue.objects.bulk_create, [value(root, metric, OPEN), value(root, metric, FROZEN)])
    assert not refused(value(root, metric, OPEN).save)


def test_insert_passes_in_every_other_state(root: Unit, metric: Metric) -> None:
    for state in set(PeriodState) - {PeriodState.LOCKED, PeriodState.PAID}:
        freeze(root, state)
        assert not refused(value(root, metric, FROZEN).save)
        MetricValue.objects.all().delete()


def test_other_root_is_free(root: Unit, metric: Metric) -> None:
    freeze(root)
    assert not refused(value(make_root("B"), metric, FROZEN).save)


def test_change_and_delete_are_refused_when_frozen(root: Unit, metric: Metric) -> None:
    row = value(root, metric, FROZEN)
    row.save()
    freeze(root)
    rows = MetricValue.objects.filter(pk=row.pk)
    assert refused(rows.update, value=Decimal(2))
    assert refused(rows.update, month=OPEN)
    assert refused(rows.update, root=make_root("B"))
    assert refused(rows.delete)
    with connection.cursor() as cursor:
        assert refused(cursor.execute, "DELETE FROM kpi_metricvalue")
    row.value = Decimal(3)
    assert refused(MetricValue.objects.bulk_update, [row], ["value"])


def test_row_cannot_move_into_a_frozen_month(root: Unit, metric: Metric) -> None:
    row = value(root, metric, OPEN)
    row.save()
    freeze(root)
    assert refused(MetricValue.objects.update, month=FROZEN)


def test_update_that_changes_nothing_passes(root: Unit, metric: Metric) -> None:
    row = value(root, metric, FROZEN)
    row.save()
    freeze(root)
    assert not refused(row.save)


def test_upsert_is_refused_when_frozen(root: Unit, metric: Metric) -> None:
    row = value(root, metric, FROZEN)
    row.save()
    freeze(root)
    again = value(root, metric, FROZEN)
    again.pk, again.value = row.pk, Decimal(9)
    assert refused(
        MetricValue.objects.bulk_create,
        [again],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["value"],
    )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            insert = (
                "INSERT OR {} INTO kpi_metricvalue (id, metric_id, root_id, unit_id, month, value) VALUES {}"
            )
            moved = (row.pk, metric.pk, root.pk, root.pk, "2018-12-01", 5)
            assert refused(cursor.execute, insert.format("REPLACE", moved))
            added = (row.pk + 1, metric.pk, root.pk, root.pk, "2018-11-01", 5)
            assert refused(cursor.execute, insert.format("IGNORE", added))


def days_of(first: date, last: date) -> set[date]:
    """The days a span has, by enumeration, as the rule says it."""
    return {date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)}


def test_span_shift_touches_the_difference_only(person: Staff, root: Unit) -> None:
    """Every pair of spans out of five days around November, against a plain enumeration of days."""
    days = [date(2018, 10, 15), date(2018, 10, 31), FROZEN, date(2018, 11, 30), OPEN]
    spans = list(itertools.combinations_with_replacement(days, 2))
    for old, new in itertools.product(spans, spans):
        with transaction.atomic():
            Leave.objects.create(staff=person, root=root, start=old[0], end=old[1])
            freeze(root)
            changed = days_of(*old) ^ days_of(*new)
            expected = any(day.month == 11 for day in changed)
            assert refused(Leave.objects.update, start=new[0], end=new[1]) is expected, (old, new)
            transaction.set_rollback(True)


def test_frozen_month_never_opens_again(root: Unit) -> None:
    freeze(root)

    for state in set(PeriodState) - {PeriodState.LOCKED, PeriodState.PAID}:
        with pytest.raises(IntegrityError, match="month_locked"), transaction.atomic():
            freeze(root, state)

    assert Period.objects.get().state == PeriodState.LOCKED


def test_span_change_of_something_else_touches_all_of_it(person: Staff, root: Unit) -> None:
    Leave.objects.create(staff=person, root=root, start=date(2018, 10, 1), end=date(2018, 12, 31))
    freeze(root)
    assert refused(Leave.objects.update, reduces_target=False)
    assert refused(Leave.objects.update, kind="x", end=date(2019, 1, 31))
    assert refused(Leave.objects.all().delete)
    assert not refused(Leave.objects.update, end=date(2019, 1, 31))


def test_span_insert_over_a_frozen_month_is_refused(person: Staff, root: Unit) -> None:
    freeze(root)

    def insert(start: date, end: date) -> None:
        Leave.objects.create(staff=person, root=root, start=start, end=end)

    assert refused(insert, date(2018, 10, 1), date(2018, 12, 31))
    assert refused(insert, date(2018, 11, 30), date(2018, 11, 30))
    assert not refused(insert, date(2018, 10, 1), date(2018, 10, 31))
    assert not refused(insert, date(2018, 12, 1), date(2018, 12, 31))


def test_open_span_meets_a_month_far_away(root: Unit, person: Staff) -> None:
    from departments.models import Assignment

    freeze(root)
    with pytest.raises(Conflict) as refusal, guards.translate(), transaction.atomic():
        Assignment.objects.create(staff=person, root=root, unit=root, start=date(2010, 1, 1), end=None)
    assert refusal.value.code == "month_locked"
    Assignment.objects.create(staff=person, root=root, unit=root, start=OPEN, end=None)


def test_frozen_period_is_neither_moved_nor_deleted(root: Unit) -> None:
    freeze(root)
    periods = Period.objects.filter(root=root)
    assert refused(periods.update, month=OPEN)
    assert refused(periods.delete)
    assert not refused(periods.update, state=PeriodState.PAID)


def test_translate_lets_other_errors_pass(root: Unit) -> None:
    with pytest.raises(IntegrityError), guards.translate(), transaction.atomic():
        Unit.objects.create(code="A", name="again", kind="company")


# --- append-only -------------------------------------------------------------------------------------


def test_append_only_table_takes_no_change(db: None) -> None:
    row = AuditEvent.objects.create(action="x")
    for statement in (
        "UPDATE core_auditevent SET action = 'y'",
        "UPDATE core_auditevent SET hash = 'h', previous_hash = 'p', action = 'y'",
        "UPDATE core_auditevent SET hash = 'h'",
        "DELETE FROM core_auditevent",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_auditevent SET hash = 'h', previous_hash = 'p'")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("UPDATE core_auditevent SET hash = 'i', previous_hash = 'q'")
    row.refresh_from_db()
    assert (row.action, row.hash) == ("x", "h")


@pytest.mark.postgres
def test_truncate_is_refused(root: Unit) -> None:
    freeze(root)
    for table in ("kpi_metricvalue", "core_auditevent"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")


# --- installing and comparing ------------------------------------------------------------------------


def drop_one() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER guard_update_kpi_metricvalue")
        else:
            cursor.execute("DROP TRIGGER guard_update ON kpi_metricvalue")


def test_guards_are_there_after_migrate() -> None:
    assert triggers.compare(connection) == []
    assert triggers.install(connection) is False


def test_missing_guard_is_told_and_installed() -> None:
    drop_one()
    assert len(triggers.compare(connection)) == 1
    with pytest.raises(SystemCheckError, match="kpi_metricvalue"):
        call_command("check", databases=["default"])
    assert triggers.install(connection) is True
    assert triggers.compare(connection) == []


@pytest.mark.postgres
def test_changed_and_disabled_guards_are_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kpi_metricvalue DISABLE TRIGGER guard_insert")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION guard_check(roots bigint[], firsts date[], lasts date[]) RETURNS void"
            " LANGUAGE plpgsql SET search_path = public, pg_temp AS 'BEGIN END'"
        )
    assert len(triggers.compare(connection)) == 2
    triggers.install(connection)
    assert triggers.compare(connection) == []


@pytest.mark.sqlite_only
@pytest.mark.django_db(transaction=True)
def test_rebuilt_tables_lose_their_guards_and_migrate_brings_them_back() -> None:
    with connection.schema_editor() as editor:
        editor._remake_table(MetricValue)
    assert [line for line in triggers.compare(connection) if "kpi_metricvalue" in line]
    # The table that the guards of all others look at cannot be rebuilt under them, so they go before.
    with pytest.raises(OperationalError, match="departments_period"), connection.schema_editor() as editor:
        editor._remake_table(Period)
    triggers.before_migrate(using="default", plan=[("a migration", False)])
    with connection.schema_editor() as editor:
        editor._remake_table(Period)
    call_command("migrate", verbosity=0)
    assert triggers.compare(connection) == []
