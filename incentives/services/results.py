"""The result rows of a month: pools, shares, payouts, fund months.  Replaced as a whole, in batches."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.bulk import insert_rows
from core.money import smallest_units
from core.months import Month
from departments.models import Staff
from finance.calculations.funds import FUNDS
from finance.models import Fund, FundMonth
from incentives.calculations.month import CampaignSettlement, MonthSettlement
from incentives.models import Payout, PayoutKind, Pool, PoolShare
from kpi.models import Score
from kpi.services import clear_results


def clear(root_id: int, month: Month) -> None:
    """Remove what points at other results first."""
    for model in (Payout, PoolShare, Pool, FundMonth):
        clear_results(model, root_id, month)


def pools_record(
    root_id: int,
    month: Month,
    settlement: MonthSettlement,
    campaigns: Mapping[str, int],
    people: Mapping[str, tuple[int, int]],
) -> None:
    """Write pools, the lines of their roles and what each holder gets.

    ``people``: staff number → (id, unit) of everybody employed in the month.
    """
    settled = [one for one in settlement.campaigns if one.pool and one.scheme]
    roles = {one.scheme.key: one.scheme.role_keys for one in settled if one.scheme}
    holders = {
        holder.staff_no for one in settled if one.pool for line in one.pool.roles for holder in line.holders
    }
    staff = {staff_no: people[staff_no] for staff_no in holders & people.keys()}
    if former := holders - people.keys():
        # A role may outlast its holder's employment.
        rows = Staff.objects.filter(staff_no__in=former).values_list("staff_no", "pk", "unit_id")
        staff |= {staff_no: (pk, unit) for staff_no, pk, unit in rows}
    pools = Pool.objects.bulk_create([_pool(root_id, month, one, campaigns) for one in settled])
    lines = [
        (row, line) for row, one in zip(pools, settled, strict=True) if one.pool for line in one.pool.roles
    ]
    shares = PoolShare.objects.bulk_create(
        [
            PoolShare(
                root_id=root_id,
                month=month.first,
                pool=row,
                role_id=roles[row.scheme_id][line.role],
                nominal=line.nominal,
                factor=line.factor,
                after_findings=line.after_findings,
                payout=line.payout,
                vacant=line.vacant,
                steps=_line_steps(row, line.role),
            )
            for row, line in lines
        ],
        batch_size=1000,
    )
    Payout.objects.bulk_create(
        [
            Payout(
                root_id=root_id,
                month=month.first,
                staff_id=staff[holder.staff_no][0],
                unit_id=staff[holder.staff_no][1],
                kind=PayoutKind.POOL,
                share=share,
                days=holder.days,
                nominal=holder.nominal_part,
                amount=holder.amount,
            )
            for share, (_row, line) in zip(shares, lines, strict=True)
            for holder in line.holders
        ],
        batch_size=1000,
    )


def _pool(root_id: int, month: Month, one: CampaignSettlement, campaigns: Mapping[str, int]) -> Pool:
    found = one.pool
    if found is None or one.scheme is None or one.reach is None:
        raise ValueError(f"{one.result.uplift.campaign} has no pool")
    return Pool(
        root_id=root_id,
        month=month.first,
        campaign_id=campaigns[found.campaign],
        scheme_id=one.scheme.key,
        uplift=found.uplift,
        amount=found.amount,
        shortfall=found.shortfall,
        paid=found.paid,
        held=found.held,
        reserve=found.reserve,
        steps={**found.steps, "reach": one.reach.steps},
    )


def _line_steps(row: Pool, role: str) -> dict[str, object]:
    return next((line for line in row.steps["roles"] if line["role"] == role), {})


def bonuses_record(root_id: int, month: Month) -> None:
    """One payout for each bonus of the month."""
    rows: Any = Score.objects.filter(root_id=root_id, month=month.first, bonus__isnull=False).values_list(
        "pk", "staff_id", "unit_id", "bonus"
    )
    first = month.first.isoformat()
    fields = ("root", "month", "staff", "unit", "kind", "score", "nominal", "amount")
    payouts: list[tuple[object, ...]] = []
    for score, staff, unit, bonus in rows.iterator(chunk_size=20_000):
        paid = smallest_units(bonus, 2)
        payouts.append((root_id, first, staff, unit, PayoutKind.BONUS.value, score, paid, paid))
    insert_rows(Payout, fields, payouts)


def funds_record(root_id: int, month: Month, settlement: MonthSettlement) -> None:
    """Each fund's month with its movements, and what waits to be paid."""
    funds = {
        (scheme, kind): pk
        for pk, scheme, kind in Fund.objects.filter(scheme_code__in=settlement.funds).values_list(
            "pk", "scheme_code", "kind"
        )
    }
    rows = []
    for scheme, found in settlement.funds.items():
        for name in FUNDS:
            balance = found.balances[name]
            movements = [
                step
                for step in _steps(found.steps["movements"])
                if name in (step["source"], step["destination"])
            ]
            pending = [step for step in _steps(found.steps["pending"]) if step["fund"] == name]
            rows.append(
                FundMonth(
                    root_id=root_id,
                    month=month.first,
                    fund_id=funds[scheme, name],
                    opening=balance.opening,
                    inflow=balance.received,
                    outflow=balance.spent,
                    closing=balance.closing,
                    movements=movements,
                    pending=pending,
                )
            )
    FundMonth.objects.bulk_create(rows)


def _steps(value: object) -> Iterable[dict[str, str]]:
    return value if isinstance(value, list) else ()
