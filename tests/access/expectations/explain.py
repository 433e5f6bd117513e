"""Explanations: one's own figures, and those of the people and campaigns one may see; amounts by money.read.

No figure is written anywhere: verifying one (POST) computes again and shows, a whole month asks for a job.
"""

from decimal import Decimal
from typing import Any

from campaigns.models import Campaign
from incentives.models import Payout, Pool, PoolRole, PoolScheme, PoolShare
from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import NOBODY, SEES, Who, who
from tests.access.world import World
from tests.people import APRIL as APRIL_MONTH

APRIL = "2024-04"
OWN_UNIT = "?unit=co"
#: act money.read on the whole organisation
MONEY = who("finance", "director", "auditor")
#: their own amount, and act money.read on the person's unit
AMOUNT: dict[str, Who] = {"staff": who("staff") | MONEY, "other": who("other") | MONEY}
THIRTY = Decimal("30.00")


def shared_pool(world: World, relation: str) -> None:
    """A pool of April whose two roles ``staff`` and ``other`` hold."""
    mine: dict[str, Any] = {"root": world.people.root, "month": APRIL_MONTH.first}
    pool = Pool.objects.create(
        campaign=Campaign.objects.get(code="c-b"),
        scheme=PoolScheme.objects.get(code="ps-1"),
        uplift=Decimal(300),
        amount=Decimal(60),
        shortfall=Decimal(0),
        paid=Decimal(60),
        held=Decimal(0),
        reserve=Decimal(0),
        steps={
            "rate": "0.20",
            "residual": "largest_remainder",
            "roles": [],
            "reach": {"articles": [], "means": {}, "combine": "max"},
        },
        **mine,
    )
    for role, name in (("editor", "staff"), ("planner", "other")):
        staff = world.people.staff(name)
        share = PoolShare.objects.create(
            pool=pool,
            role=PoolRole.objects.get(role=role),
            nominal=THIRTY,
            factor=Decimal(1),
            after_findings=THIRTY,
            payout=THIRTY,
            vacant=False,
            steps=_steps(role, staff.staff_no),
            **mine,
        )
        Payout.objects.create(
            staff=staff,
            unit=staff.unit,
            kind="pool",
            share=share,
            days=30,
            nominal=THIRTY,
            amount=THIRTY,
            **mine,
        )


def _steps(role: str, staff_no: str) -> dict[str, Any]:
    amounts = dict.fromkeys(("nominal", "after_findings", "payout"), "30.00")
    ones = dict.fromkeys(("annual_factor", "month_factor", "factor"), "1.0000")
    holder = {"staff_no": staff_no, "days": "30", "nominal_part": "30.00", "amount": "30.00"}
    return {
        "role": role, "share": "0.50", "withheld": "0.00", "vacant": "no", "findings": [],
        "holders": [holder], **amounts, **ones,
    }  # fmt: skip


def _of(name: str, **more: str) -> dict[str, str]:
    number = "x-outsider" if name == "outsider" else f"p-{name}"
    return {"month": APRIL, "staff_no": number, **more}


PAGES = [
    Page(
        "explain:person",
        read={**SEES, MISSING: NOBODY},
        objects={**{name: _of(name) for name in SEES}, MISSING: {"month": APRIL, "staff_no": "nobody"}},
    ),
    Page(
        "explain:score",
        read={name: SEES[name] for name in ("staff", "leader")},
        write={name: SEES[name] for name in ("staff", "leader")},
        objects={
            "staff": _of("staff"),
            "leader": _of("leader"),
            MISSING: {"month": APRIL, "staff_no": "nobody"},
        },
    ),
    Page(
        "explain:bonus",
        read={"staff": AMOUNT["staff"]},
        write={"staff": AMOUNT["staff"]},
        known={"staff": SEES["staff"]},
        objects={"staff": _of("staff"), MISSING: {"month": APRIL, "staff_no": "nobody"}},
    ),
    Page(
        "explain:rule",
        read={"staff": SEES["staff"]},
        objects={"staff": _of("staff", code="q-post"), MISSING: _of("staff", code="nothing")},
    ),
    Page(
        "explain:payout",
        read=AMOUNT,
        write=AMOUNT,
        objects={
            "staff": _of("staff", code="c-b", role="editor"),
            "other": _of("other", code="c-b", role="planner"),
            MISSING: _of("staff", code="c-b", role="nothing"),
        },
        prepare=shared_pool,
    ),
    Page(
        "explain:campaign",
        read={
            "own unit": SEES["peer"] - {"peer"},
            "other unit": SEES["other"] - {"other"},
            "other organisation": who("outsider"),
        },
        objects={
            "own unit": {"month": APRIL, "code": "c-a"},
            "other unit": {"month": APRIL, "code": "c-b"},
            "other organisation": {"month": APRIL, "code": "c-x"},
            MISSING: {"month": APRIL, "code": "nothing"},
        },
    ),
    Page(
        "explain:verify",
        read={"computed": MONEY, "locked": MONEY},
        write={"computed": MONEY, "locked": MONEY},
        objects={"computed": {"month": APRIL}, "locked": {"month": "2024-03"}, MISSING: {"month": "2020-01"}},
        query=OWN_UNIT,
    ),
    Page(
        "explain:compare",
        read={ANY: MONEY},
        write={ANY: MONEY},
        query=OWN_UNIT,
        data=lambda world, who: {"unit": "co", "before": APRIL, "after": "now"},
    ),
]
