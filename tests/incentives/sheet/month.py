"""A computed month put straight into the result tables, in figures that are easy to add by hand.

Of n people the first plans both campaigns, all others write.  Pool A: planner 100.00 → 90.00,
each writer 20.00 → 16.00, a vacant designer 50.00, reserve 30.00.  Pool B: planner 10.01 → 10.01, each writer
1.00 → 0.00, reserve 0.99.  Bonuses in turn: 2000.00, none (data missing), 0.00 (veto).
"""

import datetime as dt
from decimal import Decimal

from campaigns.models import Campaign, Uplift
from core.models import User
from core.months import Month
from departments.models import Period, PeriodState, Position, Staff, Unit
from finance.models import Fund, FundMonth
from incentives.models import (
    Adjustment,
    FindingRule,
    Manuscript,
    Payout,
    Pool,
    PoolRole,
    PoolScheme,
    PoolShare,
    Settlement,
)
from kpi.models import AssessmentScheme, Score

MONTH = Month(2018, 11)
FIRST = MONTH.first
COMPUTED_AT = dt.datetime(2018, 12, 1, 1, 30, tzinfo=dt.UTC)
LOCKED_AT = dt.datetime(2018, 12, 5, 2, 0, tzinfo=dt.UTC)
DIGEST = "0123456789abcdef" * 4
D = Decimal


def unit(code: str, name: str, parent: Unit | None = None, kind: str = "department") -> Unit:
    made = Unit(code=code, name=name, parent=parent, kind=kind)
    made.root = parent.root if parent else None
    made.save()
    if parent is None:
        Unit.objects.filter(pk=made.pk).update(root=made)
        made.refresh_from_db()
    return made


def people(root: Unit, units: list[Unit], count: int) -> list[Staff]:
    post = Position.objects.create(unit=units[0], code="W", name="推广专员")
    return Staff.objects.bulk_create(
        [
            Staff(
                staff_no=f"S{number:05d}",
                name="=1+1" if number == 1 else f"员工{number}",
                root=root,
                unit=units[number % len(units)],
                position=post if number == 0 else None,
                joined=dt.date(2018, 1, 1),
            )
            for number in range(count)
        ]
    )


def scheme(root: Unit) -> tuple[PoolScheme, dict[str, PoolRole]]:
    made = PoolScheme.objects.create(
        code="P",
        name="门店激励",
        root=root,
        unit=root,
        valid_from=dt.date(2018, 1, 1),
        rate=D("0.20"),
        reserve_share=D("0.20"),
        base_year=2018,
        growth=D("0.20"),
        activity_reach=3000,
        welfare_reach=1000,
        combine="max",
        residual="largest_remainder",
        withheld="hold",
        reach_days=7,
        monthly_fund=D(2000),
        account_fee=D(200),
        account_fee_month=1,
        fee_employee=D(100),
        fee_pharmacist=D(200),
        fee_customer=D(200),
    )
    FindingRule.objects.create(
        scheme=made,
        code="late",
        role="writer",
        name="推文迟发",
        scope="campaign",
        mode="per_case",
        value=D("0.1"),
    )
    named = [("planner", "总策划", "0.15"), ("writer", "文案", "0.55"), ("designer", "美工", "0.10")]
    roles = {
        role: PoolRole.objects.create(scheme=made, role=role, name=name, share=D(share), order=order)
        for order, (role, name, share) in enumerate(named)
    }
    return made, roles


def pool(
    root: Unit,
    code: str,
    version: PoolScheme,
    lines: list[tuple[PoolRole, str, str, str, list[tuple[Staff, str, str, int]]]],
    *,
    reserve: str,
    shortfall: str,
    vacant: tuple[PoolRole, str] | None = None,
) -> None:
    """``lines``: role, nominal and payout of the whole role, its factor, and (person, part, paid, days)."""
    campaign = Campaign.objects.create(
        code=code,
        name=f"活动{code}",
        month=FIRST,
        root=root,
        unit=root,
        type="weekend",
        scale="small",
        start=dt.date(2018, 11, 3),
        end=dt.date(2018, 11, 4),
        stores=["*"],
    )
    paid = sum((D(payout) for _, _, payout, _, _ in lines), D(0))
    nominal = sum((D(amount) for _, amount, _, _, _ in lines), D(0)) + (D(vacant[1]) if vacant else 0)
    made = Pool.objects.create(
        root=root,
        month=FIRST,
        campaign=campaign,
        scheme=version,
        uplift=(nominal + D(reserve)) * 5,
        amount=nominal + D(reserve),
        shortfall=D(shortfall),
        paid=paid,
        held=nominal - paid,
        reserve=D(reserve),
    )
    for role, amount, payout, factor, parts in lines:
        late = [{"id": f"F-{code}", "rule": "late", "scope": "campaign", "effect": "0.1000"}]
        share = PoolShare.objects.create(
            root=root,
            month=FIRST,
            pool=made,
            role=role,
            nominal=D(amount),
            factor=D(factor),
            after_findings=D(amount),
            payout=D(payout),
            vacant=False,
            steps={"findings": late if role.role == "writer" else []},
        )
        Payout.objects.bulk_create(
            Payout(
                root=root,
                month=FIRST,
                staff=person,
                unit_id=person.unit_id,
                kind="pool",
                share=share,
                days=days,
                nominal=D(part),
                amount=D(given),
            )
            for person, part, given, days in parts
        )
    if vacant:
        PoolShare.objects.create(
            root=root,
            month=FIRST,
            pool=made,
            role=vacant[0],
            nominal=D(vacant[1]),
            factor=0,
            after_findings=0,
            payout=0,
            vacant=True,
        )


def bonuses(root: Unit, staff: list[Staff]) -> None:
    version = AssessmentScheme.objects.create(
        code="A",
        name="考核",
        unit=root,
        valid_from=dt.date(2018, 1, 1),
        cap=D("1.2"),
        threshold=D("0.6"),
        total_cap=D(120),
        bonus_max=D(10),
        deduct_max=D(30),
        appeal_days=5,
        pay_mode="by_grade",
        bands="A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50",
    )
    kinds = (
        {"total": D("89.13"), "grade": "B", "coefficient": D("1.00"), "bonus": D(2000), "status": "settled"},
        {"total": None, "grade": None, "bonus": None, "status": "missing", "missing": ["metric:CVR"]},
        {"total": D(70), "grade": "C", "coefficient": D(0), "veto": True, "bonus": D(0), "status": "settled"},
    )
    common = {"bonus_points": 0, "deduction_points": 0, "veto": False, "proration": D(1), "items": []}
    scores = Score.objects.bulk_create(
        Score(
            root=root,
            month=FIRST,
            staff=person,
            unit_id=person.unit_id,
            scheme=version,
            **{**common, **kinds[number % 3]},
        )
        for number, person in enumerate(staff)
    )
    Payout.objects.bulk_create(
        Payout(
            root=root,
            month=FIRST,
            staff=score.staff,
            unit_id=score.unit_id,
            kind="bonus",
            score=score,
            nominal=score.bonus,
            amount=score.bonus,
        )
        for score in scores
        if score.bonus is not None
    )


def fees(root: Unit, author: Staff) -> None:
    """Five pieces of one outsider at 200.00, one of an employee at 100.00; another one waits to be paid."""
    names = [(f"M{number}", "王药师", None, "200.00") for number in range(5)]
    names += [("M5", author.name, author, "100.00"), ("M6", "周顾客", None, "200.00")]
    for ident, writer, person, _ in names:
        Manuscript.objects.create(
            ident=ident,
            date=FIRST,
            month=FIRST,
            root=root,
            title=f"稿件{ident}",
            author_kind="employee" if person else "pharmacist",
            author=writer,
            staff=person,
            status="published",
            published=FIRST,
            scheme_code="P",
        )
    paid = [
        {
            "kind": "fee",
            "date": "2018-11-01",
            "id": ident,
            "source": "maintenance",
            "destination": "payable",
            "amount": amount,
        }
        for ident, _, _, amount in names[:6]
    ]
    monthly = {
        "kind": "monthly_fund",
        "date": "2018-11-01",
        "id": "2018-11",
        "source": "company",
        "destination": "maintenance",
        "amount": "600.00",
    }
    waiting = {"kind": "fee", "date": "2018-11-01", "id": "M6", "fund": "maintenance", "amount": "200.00"}
    FundMonth.objects.create(
        root=root,
        month=FIRST,
        fund=Fund.objects.create(scheme_code="P", root=root, kind="maintenance"),
        opening=D(500),
        inflow=D(600),
        outflow=D(1100),
        closing=D(0),
        movements=[monthly, *paid],
        pending=[waiting],
    )
    FundMonth.objects.create(
        root=root,
        month=FIRST,
        fund=Fund.objects.create(scheme_code="P", root=root, kind="reserve"),
        opening=D(0),
        inflow=D("30.99"),
        outflow=D(0),
        closing=D("30.99"),
        movements=[
            {
                "kind": "pool",
                "date": "2018-11-01",
                "id": code,
                "source": "pool",
                "destination": "reserve",
                "amount": amount,
            }
            for code, amount in (("CA", "30.00"), ("CB", "0.99"))
        ],
        pending=[],
    )


def make_month(count: int = 3, *, names: tuple[str, str] = ("运营部", "推广部")) -> Unit:
    """The root unit of a computed November 2018 with ``count`` people in two departments."""
    root = unit("R", "示例大药房有限公司", kind="company")
    first = unit("R1", names[0], root)
    group = unit("R1a", "一组", first, kind="group")
    second = unit("R2", names[1], root)
    staff = people(root, [group, second], count)
    version, roles = scheme(root)
    planner, writers = staff[0], staff[1:]
    many = len(writers)
    pool(
        root,
        "CA",
        version,
        [
            (roles["planner"], "100.00", "90.00", "1.0000", [(planner, "100.00", "90.00", 30)]),
            (
                roles["writer"],
                str(20 * many),
                str(16 * many),
                "0.9000",
                [(one, "20.00", "16.00", 15) for one in writers],
            ),
        ],
        reserve="30.00",
        shortfall="0.1000",
        vacant=(roles["designer"], "50.00"),
    )
    pool(
        root,
        "CB",
        version,
        [
            (roles["planner"], "10.01", "10.01", "1.0000", [(planner, "10.01", "10.01", 30)]),
            (roles["writer"], str(many), "0.00", "0.0000", [(one, "1.00", "0.00", 15) for one in writers]),
        ],
        reserve="0.99",
        shortfall="0",
    )
    bonuses(root, staff)
    fees(root, planner)
    clerk = User.objects.create_user("clerk", first_name="制单")
    boss = User.objects.create_user("boss", first_name="经理")
    Adjustment.objects.create(
        root=root,
        month=FIRST,
        about_month=dt.date(2018, 10, 1),
        staff=planner,
        amount=D(-50),
        reason="@上月多发",
        proposed_by=clerk,
        approved_by=boss,
    )
    Adjustment.objects.create(
        root=root,
        month=FIRST,
        about_month=dt.date(2018, 10, 1),
        staff=planner,
        amount=D(20),
        reason="未批",
        proposed_by=clerk,
    )
    lost = Campaign.objects.create(
        code="CC",
        name="活动CC",
        month=FIRST,
        root=root,
        unit=root,
        type="weekend",
        scale="small",
        start=FIRST,
        end=FIRST,
        stores=["*"],
    )
    Uplift.objects.create(
        root=root, month=FIRST, campaign=lost, method="fixed_dates", status="missing", missing=["no_stores"]
    )
    period = Period.objects.create(root=root, month=FIRST, state=PeriodState.COMPUTED)
    Settlement.objects.create(
        period=period,
        revision=3,
        result="{}",
        digest=DIGEST,
        computed_at=COMPUTED_AT,
        revised_at=COMPUTED_AT,
        computed_by=clerk,
    )
    return root


def lock(root: Unit) -> None:
    boss = User.objects.get(username="boss")
    Settlement.objects.filter(period__root=root).update(
        approved_by=boss, approved_at=LOCKED_AT, locked_by=boss, locked_at=LOCKED_AT
    )
    Period.objects.filter(root=root).update(state=PeriodState.LOCKED)
