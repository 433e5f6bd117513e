"""Races on PostgreSQL: nothing slips into a month that is being frozen, nothing is done twice.

Each claim has its control: the same race without the lock must leak, or the race proves nothing.
"""

import itertools
import random
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from core import audit, guards, jobs, schedule
from core.guards import postgresql
from core.job_context import JobContext
from core.models import AuditEvent, CalendarDay, Job
from core.models.jobs import JobState
from core.months import Month
from core.registry import job_kinds
from departments.models import Leave, Period, PeriodState, Staff, Unit
from kpi.models import Metric, MetricValue
from tests.reliability import harness
from tests.reliability import job_kinds as kinds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

WRITERS = 8
ROWS = 10


class Company:
    """A root unit with metrics to write values of and people to write leave of."""

    def __init__(self) -> None:
        self.root = Unit.objects.create(code="A", name="A", kind="company")
        Unit.objects.filter(pk=self.root.pk).update(root=self.root)
        self.metrics = Metric.objects.bulk_create(
            Metric(code=str(number), name="m") for number in range(WRITERS * ROWS)
        )
        self.people = Staff.objects.bulk_create(
            Staff(staff_no=str(number), name="n", root=self.root, unit=self.root, joined=date(2010, 1, 1))
            for number in range(ROWS)
        )

    def value(self, metric: Metric, month: date) -> MetricValue:
        return MetricValue(root=self.root, unit=self.root, metric=metric, month=month, value=Decimal(1))

    def facts(self, month: Month) -> tuple[int, int]:
        """The numbers of values and of leave days' rows that the month has."""
        leave = Leave.objects.filter(root=self.root, start__lte=month.last, end__gte=month.first)
        return MetricValue.objects.filter(root=self.root, month=month.first).count(), leave.count()


def orm_writer(company: Company, month: Month, number: int, row: int) -> None:
    company.value(company.metrics[number * ROWS + row], month.first).save()


def bulk_writer(company: Company, month: Month, number: int, row: int) -> None:
    MetricValue.objects.bulk_create([company.value(company.metrics[number * ROWS + row], month.first)])


def raw_writer(company: Company, month: Month, number: int, row: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kpi_metricvalue (metric_id, root_id, unit_id, month, value)"
            " VALUES (%s, %s, %s, %s, 10000)",
            [company.metrics[number * ROWS + row].pk, company.root.pk, company.root.pk, month.first],
        )


def moving_writer(company: Company, month: Month, number: int, row: int) -> None:
    """Moves a row of another month into this one."""
    value = company.value(company.metrics[number * ROWS + row], month.plus(600).first)
    value.save()
    MetricValue.objects.filter(pk=value.pk).update(month=month.first)


def span_writer(company: Company, month: Month, number: int, row: int) -> None:
    # A day of the writer's own: of one person only one leave begins on a day.
    day = month.first + timedelta(days=number)
    Leave.objects.create(staff=company.people[row], root=company.root, start=day, end=day)


def mixed_writer(company: Company, month: Month, number: int, row: int) -> None:
    """Both shapes in one transaction, in the order that locks taken one by one would deadlock in."""
    span_writer(company, month, number, row)
    orm_writer(company, month, number, row)


KINDS = [
    orm_writer,
    bulk_writer,
    raw_writer,
    moving_writer,
    span_writer,
    mixed_writer,
    orm_writer,
    raw_writer,
]


def by_service(company: Company, month: Month) -> tuple[int, int]:
    """As the service does: hold the root, read, freeze."""
    guards.hold_root(company.root.pk)
    facts = company.facts(month)
    Period.objects.filter(root=company.root, month=month.first).update(state=PeriodState.LOCKED)
    return facts


def by_update(company: Company, month: Month) -> tuple[int, int]:
    """By a bare UPDATE, and the reading after it."""
    Period.objects.filter(root=company.root, month=month.first).update(state=PeriodState.LOCKED)
    return company.facts(month)


def by_insert(company: Company, month: Month) -> tuple[int, int]:
    """A month that had no row at all until now."""
    Period.objects.create(root=company.root, month=month.first, state=PeriodState.LOCKED)
    return company.facts(month)


Freezer = Callable[[Company, Month], tuple[int, int]]


def race(
    company: Company, month: Month, freezer: Freezer, isolation: str = "READ COMMITTED"
) -> tuple[int, int]:
    """One round; (1 if facts changed after they were read, facts written before)."""
    if freezer is not by_insert:
        Period.objects.create(root=company.root, month=month.first)
    started = threading.Event()
    draw = random.Random(f"{month}")
    # A writer rests between transactions: shared locks without a gap would keep the freezer out to the end.
    rests = iter([draw.uniform(0, 0.03) for _ in range(WRITERS * ROWS)])

    def write(number: int) -> None:
        for row in range(ROWS):
            try:
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
                        cursor.execute("SELECT 1")
                    if isolation != "READ COMMITTED":
                        Period.objects.count()  # takes the snapshot
                    KINDS[number](company, month, number, row)
                    time.sleep(0.002)
            except IntegrityError as error:
                if not guards.is_month_locked(error):
                    raise
                return
            except Exception as error:
                if "serialize" not in str(error):
                    raise
            started.set()
            time.sleep(next(rests))

    def freeze() -> tuple[int, int]:
        started.wait(5)
        with transaction.atomic():
            return freezer(company, month)

    *writers, frozen = harness.together(*(lambda n=n: write(n) for n in range(WRITERS)), freeze)
    assert writers == [None] * WRITERS
    return int(company.facts(month) != frozen), sum(frozen)


def months() -> "itertools.count[Month]":
    return map(Month(2011, 1).plus, itertools.count())  # type: ignore[return-value]


@pytest.mark.parametrize("freezer", [by_service, by_update, by_insert])
def test_nothing_slips_into_a_month_that_is_being_frozen(freezer: Freezer) -> None:
    company = Company()
    rounds = [race(company, month, freezer) for month in itertools.islice(months(), 30)]
    assert sum(leaked for leaked, _ in rounds) == 0
    # The race was one: the freezer came while facts were being written.
    assert sum(0 < written < WRITERS * ROWS for _, written in rounds) > 15


def test_writer_with_an_old_snapshot_does_not_slip_in() -> None:
    company = Company()
    rounds = [race(company, month, by_service, "REPEATABLE READ") for month in itertools.islice(months(), 20)]
    assert sum(leaked for leaked, _ in rounds) == 0


def test_without_the_lock_rows_leak() -> None:
    """The control: the same guards, but looking without FOR SHARE."""
    company = Company()
    body = postgresql.check_function("departments_period", "departments_unit", share=False)
    with connection.cursor() as cursor:
        cursor.execute(postgresql.create_function("guard_check", body))
    try:
        rounds = [race(company, month, by_service) for month in itertools.islice(months(), 20)]
    finally:
        body = postgresql.check_function("departments_period", "departments_unit")
        with connection.cursor() as cursor:
            cursor.execute(postgresql.create_function("guard_check", body))
    assert sum(leaked for leaked, _ in rounds) > 0


# --- jobs --------------------------------------------------------------------------------------------


def queued(number: int) -> list[int]:
    """Jobs that nobody has started, as a lost queue leaves them."""
    return [
        Job.objects.create(
            kind="test.days", arguments={"number": 1 + index}, dedupe_key=str(index), message=kinds.ACTED
        ).pk
        for index in range(number)
    ]


def test_doubled_task_is_done_once() -> None:
    for _ in range(10):
        CalendarDay.objects.all().delete()
        (job_id,) = queued(1)
        assert sorted(harness.together(*[lambda: jobs.run(job_id)] * 6)) == [False] * 5 + [True]  # noqa: B023
        assert (Job.objects.get(pk=job_id).attempts, CalendarDay.objects.count()) == (1, 1)
        Job.objects.all().delete()


def test_two_sweeps_at_once_do_each_job_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setitem(job_kinds._items, "test.days", lambda context: done.append(context.job_id))
    wanted = queued(20)
    counts = harness.together(jobs.run_due, jobs.run_due, jobs.sweep)
    assert sorted(done) == wanted
    assert counts[0] + counts[1] <= 20
    assert set(Job.objects.values_list("state", "attempts")) == {(JobState.DONE, 1)}


def test_same_key_asked_for_at_once_is_one_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "wake", lambda job_id: None)
    for number in range(10):
        found = harness.together(*[lambda n=number: jobs.enqueue("test.days", dedupe_key=f"k{n}").pk] * 6)
        assert len(set(found)) == 1


def test_two_clocks_ask_for_one_nightly_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the first one's job has ended before the second one looks."""
    ran: list[int] = []
    monkeypatch.setitem(job_kinds._items, "roll_up", lambda context: ran.append(context.job_id))
    nightly = {"nightly_roll_up": schedule.dailies["nightly_roll_up"]}
    monkeypatch.setattr(schedule.dailies, "_items", nightly)
    now = timezone.now()
    for day in range(5):
        harness.together(*[lambda d=day: schedule.plan(now + timedelta(days=d))] * 4)
    assert len(ran) == len(set(ran)) == 5
    assert Job.objects.count() == 5


def test_progress_and_lease_are_kept_while_the_work_is_uncommitted(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.JOB_LEASE_SECONDS = 2
    seen: list[Any] = []

    def work(context: JobContext) -> None:
        with transaction.atomic():
            CalendarDay.objects.create(date="2018-11-01", kind="workday")
            context.progress(1, 2, "half")
            time.sleep(3.5)
            context.progress(2, 2)
            context.finish()

    def watch() -> None:
        time.sleep(2.8)
        row = Job.objects.get()
        seen.append((row.progress, row.total, row.message, CalendarDay.objects.count()))
        seen.append(jobs.run(row.pk))

    monkeypatch.setitem(job_kinds._items, "test.days", work)
    (job_id,) = queued(1)
    assert harness.together(lambda: jobs.run(job_id), watch) == [True, None]
    assert seen == [(1, 2, "half", 0), False]
    assert Job.objects.get().state == JobState.DONE


# --- the audit chain ---------------------------------------------------------------------------------


def test_chain_has_no_fork_under_many_writers() -> None:
    def write() -> None:
        for _ in range(60):
            audit.record(actor=None, action=kinds.ACTED)

    def chain() -> int:
        return sum(audit.chain() for _ in range(10))

    results = harness.together(*[write] * 6, *[chain] * 3)
    assert not [result for result in results if isinstance(result, Exception)]
    audit.chain()
    assert AuditEvent.objects.filter(hash__isnull=False).count() == 360
    assert audit.verify() == []
    connections.close_all()
