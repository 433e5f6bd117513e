"""Explanations need as many queries for a large month as for a small one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Store, StoreUplift, Uplift
from core.models import User
from departments.models import Staff, Unit
from incentives.models import Payout, PoolShare
from incentives.services.closing import month_lock
from kpi.models import LogEntry
from tests.opscenter.alpha import MONTH
from tests.people.pages import assert_bounded

BASE = "/explain/2024-05/"


@pytest.fixture
def client_of(users: dict[str, User]) -> Any:
    def client(who: str) -> Client:
        found = Client()
        found.force_login(users[who])
        return found

    return client


def more_stores() -> None:
    """Twenty more comparable stores of al-c1."""
    first = StoreUplift.objects.filter(result__campaign__code="al-c1", comparable=True)[:1].get()
    result = Uplift.objects.get(campaign__code="al-c1")
    for number in range(20):
        store = Store.objects.create(
            code=f"z-{number:02}", name=f"店 {number}", root=first.root, unit=first.store.unit
        )
        StoreUplift.objects.create(
            root=first.root, month=first.month, result=result, store=store, comparable=True,
            actual=first.actual, baseline=first.baseline, uplift=first.uplift, steps=first.steps,
        )  # fmt: skip


def more_payees() -> None:
    """Twenty more holders of a role, each with a payout."""
    share = PoolShare.objects.filter(pool__campaign__code="al-c1")[:1].get()
    unit = share.root
    for number in range(20):
        person = Staff.objects.create(
            staff_no=f"z-{number:02}", name=f"人 {number}", root=unit, unit=unit, joined=date(2024, 1, 1)
        )
        Payout.objects.create(
            root=unit, month=MONTH.first, staff=person, unit=unit, kind="pool", share=share, days=1,
            nominal=Decimal(1), amount=Decimal(1),
        )  # fmt: skip


def more_logs() -> None:
    row = LogEntry.objects.filter(staff__staff_no="al-1", activity__isnull=False, date__month=5)[:1].get()
    for number in range(20):
        row.pk, row.row_key, row.row_id = None, f"z-{number}", f"z-{number}"
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("who", "path", "grow"),
    [
        ("al-2", "people/al-2/pool/al-c1/writer/", more_stores),
        ("al-4", "campaigns/al-c1/", more_stores),
        ("al-2", "people/al-2/", more_stores),
        ("al-4", "people/al-1/score/", more_payees),
        ("al-4", "people/al-1/bonus/", more_payees),
        ("al-1", "people/al-1/rules/al-post/", more_logs),
    ],
)
def test_trees_are_bounded(client_of: Any, who: str, path: str, grow: Any) -> None:
    assert_bounded(client_of(who), BASE + path, grow, limit=25)


def test_comparison_is_bounded(client_of: Any, root: Unit) -> None:
    from core.months import Month
    from incentives.services.roll_up import month_roll_up

    month_roll_up(actor=None, root=root, month=Month(2024, 4))
    path = "/explain/compare/?unit=al-company&before=2024-04&after=2024-05"
    assert_bounded(client_of("al-4"), path, more_payees, limit=25)


def test_tree_of_a_frozen_month_is_bounded(client_of: Any, root: Unit) -> None:
    month_lock(actor=None, root=root, month=MONTH, force=True, reason="year end")
    assert_bounded(client_of("al-2"), f"{BASE}people/al-2/pool/al-c1/writer/", lambda: None, limit=25)


def test_stores_stand_on_pages_and_their_terms_add_up(client_of: Any) -> None:
    more_stores()
    page = client_of("al-2").get(f"{BASE}people/al-2/pool/al-c1/writer/?page=2").content.decode()
    assert "z-19" in page
    assert "z-05" not in page
