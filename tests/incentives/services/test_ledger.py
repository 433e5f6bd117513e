"""The ledger of locked months: every 分 balanced, funds equal to the computed ones, nothing posted twice."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.exceptions import Conflict
from finance.models import FundEntry, FundMonth, Transfer
from incentives.models import PoolScheme
from incentives.services.ledger import balances, month_post
from tests.incentives.services.company import JULY, JUNE, MAY, Company
from tests.roll_up.deployments import load, sheets

pytestmark = pytest.mark.django_db
D = Decimal

# 2024-05 of alpha by hand, see tests/presets/alpha/EXPECTED.md: bonus + lead + writer + shop + manuscripts.
AFTER_MAY = {
    ("payable", "al-1"): D("1732.00") + D("25.89") + D("17.40") + D("5.51") + D("4.94") + D("80.00"),
    ("payable", "al-2"): D("1199.93") + D("10.48") + D("9.39"),
    ("payable", "al-3"): D("6.69") + D("4.50"),
    ("payable", "pharmacist:外药师"): D("300.00"),
    ("payable", "customer:外客户"): D("120.00"),
    ("reserve", "al-pool"): D("24.25"),
    ("company", ""): D("-3540.98"),
}


def held(company: Company) -> dict[tuple[str, str], Decimal]:
    """Every balance but those that are 0."""
    return {(str(kind), key): amount for (kind, key), amount in balances(company.root).items() if amount}


@pytest.mark.clause("HT-05", "HT-22")
def test_locked_month_is_posted_to_the_fen() -> None:
    company = Company()

    company.force_lock()

    assert held(company) == AFTER_MAY
    assert sum(balances(company.root).values()) == 0
    pools = {key: amount for (kind, key), amount in balances(company.root).items() if kind == "pool"}
    assert pools == {"al-c1": D(0), "al-c2": D(0)}


@pytest.mark.clause("HT-05")
def test_two_locked_months_hand_the_funds_on() -> None:
    company = Company()
    company.force_lock(MAY)
    company.force_lock(JUNE)

    assert held(company) == {
        **AFTER_MAY,
        ("maintenance", "al-pool"): D("500.00"),
        ("company", ""): D("-4040.98"),
    }
    closings = dict(FundMonth.objects.filter(month=JUNE.first).values_list("fund__kind", "closing"))
    assert closings == {"maintenance": D("500.00"), "reserve": D("24.25"), "withheld": D(0)}


def test_lock_settles_the_months_between() -> None:
    company = Company()
    company.force_lock(MAY)

    company.force_lock(JULY)

    assert company.state(JUNE) == "computed"
    assert held(company)["maintenance", "al-pool"] == D("1000.00")
    assert sum(balances(company.root).values()) == 0


def test_month_locked_after_a_later_one_hands_its_balances_back() -> None:
    company = Company()
    company.roll_up(MAY)
    company.force_lock(JUNE)
    assert held(company)["reserve", "al-pool"] == D("24.25")

    company.force_lock(MAY)

    assert held(company) == {
        **AFTER_MAY,
        ("maintenance", "al-pool"): D("500.00"),
        ("company", ""): D("-4040.98"),
    }


def test_fund_of_a_scheme_that_begins_later_brings_its_opening_along() -> None:
    company = Company()
    company.force_lock(MAY)
    scheme = {
        "code": "al-new",
        "name": "new",
        "unit": "al-retail",
        "valid_from": "2024-06-01",
        "base_year": "2024",
    }
    scheme |= {"rate": "0.10", "monthly_fund": "40.00"}
    opening = {
        "id": "new-opening",
        "scheme": "al-new",
        "fund": "reserve",
        "kind": "opening",
        "amount": "77.70",
    }
    opening |= {"date": "2024-06-01"}
    load(sheets({"pool_schemes": [scheme], "fund_entries": [opening]}))

    company.force_lock(JUNE)

    assert held(company)["reserve", "al-new"] == D("77.70")
    assert held(company)["maintenance", "al-new"] == D("40.00")
    assert held(company)["reserve", "al-pool"] == D("24.25")


def test_posting_twice_posts_once() -> None:
    company = Company()
    company.roll_up()
    with transaction.atomic():
        month_post(company.root, MAY)
        once = list(Transfer.objects.order_by("reference").values_list("reference", "amount"))

        month_post(company.root, MAY)

    assert list(Transfer.objects.order_by("reference").values_list("reference", "amount")) == once
    assert len(once) == len(set(once)) > 20


def test_posting_is_never_changed_or_removed() -> None:
    company = Company()
    company.force_lock()
    before = list(Transfer.objects.order_by("pk").values())
    for statement in (
        "UPDATE finance_transfer SET amount = amount + 1",
        "UPDATE finance_transfer SET note = 'x'",
        "DELETE FROM finance_transfer",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert list(Transfer.objects.order_by("pk").values()) == before


def test_ledger_refuses_a_posting_into_a_locked_month() -> None:
    company = Company()
    company.force_lock()
    row = Transfer.objects.order_by("pk").first()
    assert row is not None
    row.pk, row.reference = None, "again"

    with pytest.raises(IntegrityError, match="month_locked"), transaction.atomic():
        row.save(force_insert=True)


# --- the order of months ---------------------------------------------------------------------------------


def funds(result: dict[str, object]) -> dict[str, tuple[str, str]]:
    rows = result["funds"]
    return {row["fund"]: (row["opening"], row["closing"]) for row in rows}  # type: ignore[attr-defined]


def test_months_between_are_settled_first() -> None:
    company = Company()
    company.roll_up(MAY)

    july = company.roll_up(JULY)

    assert company.state(JUNE) == "computed"
    assert funds(july)["maintenance"] == ("500.00", "1000.00")
    assert funds(company.roll_up(JUNE))["maintenance"] == ("0.00", "500.00")


def test_first_month_opens_with_its_entries_and_nothing_before_it_is_made() -> None:
    company = Company()

    july = company.roll_up(JULY)

    assert company.state(JUNE) == "none"
    assert funds(july)["reserve"] == ("100.00", "100.00")
    assert funds(july)["maintenance"] == ("30.00", "530.00")


def test_changed_month_reaches_the_later_one_when_that_is_computed_again() -> None:
    company = Company()
    company.roll_up(JUNE)
    may = company.roll_up(MAY)
    assert funds(may)["reserve"] == ("100.00", "24.25")

    assert funds(company.roll_up(JUNE))["reserve"] == ("24.25", "24.25")


@pytest.mark.clause("HT-06")
def test_fee_that_waited_is_paid_first_when_money_comes() -> None:
    """Four fees of 500.00 find only the reserve of May's pools, 14.25; June brings 400.00 for them."""
    company = Company()
    FundEntry.objects.all().delete()
    PoolScheme.objects.update(monthly_fund=D(0), account_fee=D(0))
    may = company.roll_up(MAY)
    # The reserve's part of both pools, 14.25, goes to the first fee of 80.00.
    assert funds(may)["reserve"] == ("0.00", "0.00")
    waiting = FundMonth.objects.get(month=MAY.first, fund__kind="maintenance").pending
    assert [(row["id"], row["amount"]) for row in waiting] == [
        ("al-m1", "65.75"),
        ("al-m2", "150.00"),
        ("al-m3", "120.00"),
        ("al-m5", "150.00"),
    ]
    PoolScheme.objects.update(monthly_fund=D("400.00"))

    company.roll_up(JUNE)

    row = FundMonth.objects.get(month=JUNE.first, fund__kind="maintenance")
    paid = [(step["id"], step["amount"]) for step in row.movements if step["kind"] == "fee"]
    assert paid == [("al-m1", "65.75"), ("al-m2", "150.00"), ("al-m3", "120.00"), ("al-m5", "64.25")]
    assert [(step["id"], step["amount"]) for step in row.pending] == [("al-m5", "85.75")]


def test_month_whose_balances_a_locked_month_began_with_cannot_change_them() -> None:
    company = Company()
    company.roll_up(MAY)
    company.force_lock(JUNE)
    before = company.trace()
    company.roll_up(MAY)
    assert company.trace() == before
    FundEntry.objects.filter(ident="al-e2").update(amount=D("101.00"))

    with pytest.raises(Conflict) as refusal:
        company.roll_up(MAY)

    assert refusal.value.code == "later_month_locked"
    assert company.trace() == before
