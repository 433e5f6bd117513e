"""Every guarded table refuses rows of a locked month by every path; the same rows pass in an open one."""
# ruff: noqa: S608 — every name in these statements comes from a model

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from core import guards
from core.guards import Point
from core.models import User
from core.months import Month
from departments.models import Period, PeriodState, Unit
from incentives.services.closing import month_lock
from tests.reliability import months
from tests.roll_up.deployments import load_test_preset

pytestmark = pytest.mark.django_db

GUARDED = [model for model in apps.get_models() if getattr(model, "guard", None)]
LOCKED, OPEN = months.MAY, Month(2024, 8)
# What a row needs beside its required columns.
EXTRA: dict[str, dict[str, Any]] = {
    "Payout": {"kind": "bonus"},
    "Campaign": {"status": "draft", "fixed_method": "", "fixed_align": ""},
    "Pool": {"paid": Decimal(1), "held": Decimal(0), "reserve": Decimal(0)},
    "Adjustment": {"about_month": date(2024, 4, 1)},
    "StoreDay": {"gross_profit": Decimal(1)},
    "LogSample": {"outcome": ""},
}


class Rows:
    """Builds rows of any model in a month; the rows they point at are saved, in an open month."""

    def __init__(self, root: Unit) -> None:
        self.root, self.number = root, 0

    def build(self, model: type[models.Model], month: Month) -> models.Model:
        guard = getattr(model, "guard", None)
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.primary_key or (field.null and field.name not in ("share", "score", "staff")):
                continue
            if field.is_relation:
                values[field.name] = self.related(field)
            elif not field.has_default() or isinstance(field, models.UUIDField):
                values[field.name] = self.value(field, month)
        values |= EXTRA.get(model.__name__, {})
        row = model(**values)
        days = [guard.month] if isinstance(guard, Point) else [guard.start, guard.end] if guard else []
        for name in days:
            setattr(row, name, month.first if name == "month" or name == days[0] else month.last)
        return row

    def related(self, field: Any) -> models.Model:
        if field.related_model is Unit:
            return self.root
        if field.related_model is Period:
            return Period.objects.get_or_create(root=self.root, month=OPEN.first)[0]
        row = self.build(field.related_model, OPEN)
        row.save()
        return row

    def value(self, field: Any, month: Month) -> Any:
        self.number += 1
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.DateTimeField):
            return datetime(2024, 8, 1, tzinfo=UTC)
        if isinstance(field, models.DateField):
            return month.first
        if isinstance(field, models.CharField | models.TextField):
            return f"v{self.number}"[: field.max_length]
        if isinstance(field, models.JSONField):
            return []
        if isinstance(field, models.BooleanField):
            return False
        if (
            isinstance(field, models.DecimalField)
            or "Money" in type(field).__name__
            or "Fixed" in type(field).__name__
        ):
            return Decimal(1)
        return 1


def columns_of(row: models.Model) -> tuple[list[str], list[Any]]:
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return (
        [str(field.column) for field in fields],
        [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields],
    )


def by_save(row: models.Model) -> None:
    row.save(force_insert=True)


def by_bulk(row: models.Model) -> None:
    models.QuerySet(type(row)).bulk_create([row])


def by_sql(row: models.Model) -> None:
    names, values = columns_of(row)
    quoted = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{row._meta.db_table}" ({quoted}) VALUES ({places})', values)


def by_copy(row: models.Model) -> None:
    """COPY takes what the INSERT of the same row would have written, read back from the database."""
    names, _values = columns_of(row)
    quoted = ", ".join(f'"{name}"' for name in names)
    table = row._meta.db_table
    moved = row.guard.month if isinstance(row.guard, Point) else row.guard.start  # type: ignore[attr-defined]
    wanted = getattr(row, moved)
    # Django itself translates no error of COPY.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        setattr(row, moved, wanted.replace(month=OPEN.number))
        if not isinstance(row.guard, Point):  # type: ignore[attr-defined]
            setattr(row, row.guard.end, OPEN.last)  # type: ignore[attr-defined]
        by_save(row)
        text = io.StringIO()
        cursor.copy_expert(f'COPY (SELECT {quoted} FROM "{table}" WHERE id = {row.pk}) TO STDOUT', text)
        if not getattr(row, "append_only", False):
            models.QuerySet(type(row)).filter(pk=row.pk)._raw_delete("default")
        line = text.getvalue().replace(OPEN.first.isoformat(), wanted.isoformat())
        if getattr(row, "append_only", False):
            line = line.replace(row.reference, f"{row.reference}x")  # type: ignore[attr-defined]
        cursor.copy_expert(f'COPY "{table}" ({quoted}) FROM STDIN', io.StringIO(line))


WRITERS = (by_save, by_bulk, by_sql, by_copy)


@pytest.fixture
def rows() -> Rows:
    load_test_preset("alpha")
    month_lock(actor=None, root=months.alpha(), month=LOCKED, force=True, reason="test")
    return Rows(months.alpha())


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_row_of_a_locked_month_is_refused_by_every_path(model: type[models.Model], rows: Rows) -> None:
    for write in WRITERS:
        if write is by_copy and connection.vendor != "postgresql":
            continue
        before = models.QuerySet(model).count()
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            write(rows.build(model, LOCKED))
        assert guards.is_month_locked(refusal.value), refusal.value
        assert models.QuerySet(model).count() == before

        with transaction.atomic():  # the control
            write(rows.build(model, OPEN))
            assert models.QuerySet(model).count() > before
            transaction.set_rollback(True)


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_row_is_neither_moved_into_a_locked_month_nor_changed_nor_removed(
    model: type[models.Model], rows: Rows
) -> None:
    guard: Any = model.guard  # type: ignore[attr-defined]
    table = model._meta.db_table
    day = guard.month if isinstance(guard, Point) else guard.start
    column = model._meta.get_field(day).column
    by_save(rows.build(model, OPEN))
    statements = [f'UPDATE "{table}" SET "{column}" = \'2024-05-31\' WHERE "{column}" >= \'2024-08-01\'']
    inside = f"\"{column}\" BETWEEN '2024-05-01' AND '2024-05-31'"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {inside}')
        if cursor.fetchone()[0]:
            statements += [
                f'UPDATE "{table}" SET "{column}" = \'2024-08-02\' WHERE {inside}',
                f'DELETE FROM "{table}"',
            ]
    before = list(models.QuerySet(model).order_by("pk").values())

    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert list(models.QuerySet(model).order_by("pk").values()) == before


def test_locked_month_is_neither_opened_nor_moved_nor_removed(rows: Rows) -> None:
    for statement in (
        "UPDATE departments_period SET state = 'open' WHERE state = 'locked'",
        "UPDATE departments_period SET month = '2024-04-01' WHERE state = 'locked'",
        "DELETE FROM departments_period WHERE state = 'locked'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Period.objects.get(month=LOCKED.first).state == PeriodState.LOCKED


def test_administration_writes_no_fact(rows: Rows, client: Any) -> None:
    client.force_login(User.objects.create_superuser("root"))
    shown = [model for model in GUARDED if model in admin.site._registry]
    assert len(shown) > 10
    for model in shown:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        before = list(models.QuerySet(model).order_by("pk").values())
        assert client.post(reverse(f"{name}_add"), {"x": "y"}).status_code == 403
        for row in models.QuerySet(model).order_by("pk")[:1]:
            for act in ("change", "delete"):
                answer = client.post(reverse(f"{name}_{act}", args=[row.pk]), {"post": "yes"})
                assert answer.status_code == 403
        assert list(models.QuerySet(model).order_by("pk").values()) == before
