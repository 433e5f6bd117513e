"""Every list of the API needs as many queries for two rows as for twenty, and few."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Article, Campaign, Store, StoreDay, StoreUplift, Uplift
from core import jobs
from departments.models import Period, Staff
from finance.models import Fund, FundMonth
from incentives.models import Finding, Payout, PayoutKind, Settlement
from kpi.models import Attainment, LogEntry, QuotaRule, Score
from tests.api import Program
from tests.people import People

FIRST = date(2020, 1, 1)


def month(number: int) -> date:
    return date(2020 + number // 12, number % 12 + 1, 1)


def log(people: People, number: int) -> None:
    staff = list(Staff.objects.filter(root=people.root))
    row = LogEntry.objects.get(row_id="l-own")
    row.pk, row.row_id, row.row_key = None, f"n-{number}", f"id:n-{number}"
    row.staff, row.partner = staff[number % len(staff)], staff[(number + 1) % len(staff)]
    row.supersedes = LogEntry.objects.get(row_id="l-peer")
    row.save(force_insert=True)


def quota(people: People, number: int) -> None:
    row = QuotaRule.objects.get(code="q-post")
    row.pk, row.code = None, f"q-{number}"
    row.save(force_insert=True)


def attainment(people: People, number: int) -> None:
    row = Attainment.objects.select_related("staff").first()
    assert row is not None
    row.pk, row.month = None, month(number)
    row.save(force_insert=True)


def score(people: People, number: int) -> None:
    row = Score.objects.get(staff__staff_no="p-peer", month=date(2024, 4, 1))
    row.pk, row.month = None, month(number)
    row.save(force_insert=True)


def campaign(people: People, number: int) -> Campaign:
    return Campaign.objects.create(
        code=f"c-{number}",
        name="c",
        month=FIRST,
        root=people.root,
        unit=people.root,
        type="weekend",
        scale="small",
        start=FIRST,
        end=FIRST,
        stores=["*"],
    )


def uplift(people: People, number: int) -> None:
    found = Uplift.objects.create(
        root=people.root, month=FIRST, campaign=campaign(people, number), method="x", status="settled"
    )
    store = Store.objects.get(code="st-1")
    StoreUplift.objects.create(root=people.root, month=FIRST, result=found, store=store, comparable=False)


def store_day(people: People, number: int) -> None:
    StoreDay.objects.create(
        date=FIRST + timedelta(days=number),
        month=month(0),
        root=people.root,
        store=Store.objects.get(code="st-1"),
        gross_profit=Decimal(1),
    )


def article(people: People, number: int) -> None:
    Article.objects.create(
        code=f"a-{number}",
        month=FIRST,
        root=people.root,
        unit=people.root,
        published=FIRST,
        title="a",
        kind="welfare",
        campaign=campaign(people, number),
    )


def finding(people: People, number: int) -> None:
    row = Finding.objects.get(ident="fi-1")
    row.pk, row.ident, row.campaign = None, f"fi-n-{number}", campaign(people, number)
    row.store = Store.objects.get(code="st-1")
    row.save(force_insert=True)


def settlement(people: People, number: int) -> None:
    period = Period.objects.create(root=people.root, month=month(number))
    Settlement.objects.create(period=period, revision=1)


def payout(people: People, number: int) -> None:
    found = Score.objects.get(staff__staff_no="p-peer", month=date(2024, 4, 1))
    Payout.objects.create(
        root=people.root,
        month=month(number),
        staff=found.staff,
        unit=found.unit,
        kind=PayoutKind.BONUS,
        score=found,
        nominal=Decimal(1),
        amount=Decimal(1),
    )


def fund(people: People, number: int) -> None:
    fund, _made = Fund.objects.get_or_create(scheme_code="ps-n", kind="reserve", root=people.root)
    zero = Decimal(0)
    FundMonth.objects.create(
        fund=fund,
        root=people.root,
        month=month(number),
        opening=zero,
        inflow=zero,
        outflow=zero,
        closing=zero,
    )


def job(people: People, number: int) -> None:
    jobs.enqueue("roll_up", arguments={"unit": str(uuid4())}, requested_by=people.user("director"))


LISTS: dict[str, Callable[[People, int], object]] = {
    "logs": log,
    "quotas": quota,
    "attainment": attainment,
    "scores": score,
    "campaigns": campaign,
    "uplifts": uplift,
    "store-days": store_day,
    "articles": article,
    "findings": finding,
    "settlements": settlement,
    "payouts": payout,
    "funds": fund,
    "jobs": job,
}


@pytest.mark.parametrize("name", LISTS)
def test_list_needs_as_many_queries_for_two_rows_as_for_twenty(people: People, name: str) -> None:
    program, add = Program(people, "director"), LISTS[name]

    def look() -> tuple[int, int]:
        program.rows(f"{name}/", limit=500)
        with CaptureQueriesContext(connection) as captured:
            shown = len(program.rows(f"{name}/", limit=500))
        return shown, len(captured)

    for number in range(2):
        add(people, number)
    few, queries = look()
    for number in range(2, 20):
        add(people, number)

    assert look() == (few + 18, queries)
    assert queries <= 15
