"""A month at a glance: key figures, and what is missing, by name."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum, Value
from django.urls import reverse

from campaigns.models import Uplift
from core.money import ZERO, ratio, round_rate
from incentives.models import Payout, Pool
from kpi.models import Attainment, Score
from opscenter.dashboards import wording
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import lacking_names

MISSING_SHOWN = 6


@dataclass(frozen=True)
class Missing:
    """Somebody or something that is not settled, why, and where to read more."""

    name: str
    url: str
    lacks: list[str]


@dataclass(frozen=True)
class KeyFigures:
    """Sums over all that the person sees of the chosen unit; money only for those who read it."""

    attainment: Decimal | None
    attained: int
    lines: int
    scores: int
    grades: list[tuple[str, int]]
    campaigns: int
    uplift: Decimal | None
    pools: int
    pool_amount: Decimal
    held: Decimal
    reserve: Decimal
    to_pay: Decimal
    bonus: Decimal
    payees: int
    missing_people: int
    missing_campaigns: int
    missing: list[Missing] = field(default_factory=list)

    @property
    def missing_count(self) -> int:
        return self.missing_people + self.missing_campaigns

    @property
    def more_missing(self) -> int:
        return self.missing_count - len(self.missing)


def key_figures(scope: MonthScope) -> KeyFigures:
    """The month in ten numbers, in at most seven queries."""
    attainment = scope.of_people(Attainment.objects).aggregate(
        lines=Count("pk", filter=Q(rate__isnull=False)),
        attained=Count("pk", filter=Q(rate__gte=1)),
        total=Sum("rate"),
    )
    mean = ratio(attainment["total"] or 0, attainment["lines"])
    scores = scope.of_people(Score.objects)
    grades = scores.order_by("grade").values_list("grade", "status").annotate(count=Count("pk"))
    counted = list(grades)
    uplift = scope.of_campaigns(Uplift.objects).aggregate(
        count=Count("pk"), missing=Count("pk", filter=Q(status="missing")), total=Sum("uplift")
    )
    pools: dict[str, Any] = {"count": 0, "amount": ZERO, "held": ZERO, "reserve": ZERO}
    if scope.sees_money:
        pools = scope.of_campaigns(Pool.objects).aggregate(
            count=Count("pk"), amount=Sum("amount"), held=Sum("held"), reserve=Sum("reserve")
        )
    paid = (
        scope.of_people(Payout.objects)
        .filter(scope.amounts())
        .aggregate(
            total=Sum("amount"),
            bonus=Sum("amount", filter=Q(kind="bonus")),
            people=Count("staff", distinct=True),
        )
    )
    missing_people = sum(count for _grade, status, count in counted if status == "missing")
    graded: dict[str, int] = {}
    for grade, _status, count in counted:
        if grade is not None:
            graded[grade] = graded.get(grade, 0) + count
    return KeyFigures(
        attainment=None if mean is None else round_rate(mean),
        attained=attainment["attained"],
        lines=attainment["lines"],
        scores=sum(count for _grade, _status, count in counted),
        grades=sorted(graded.items()),
        campaigns=uplift["count"],
        uplift=uplift["total"],
        pools=pools["count"],
        pool_amount=pools["amount"] or ZERO,
        held=pools["held"] or ZERO,
        reserve=pools["reserve"] or ZERO,
        to_pay=paid["total"] or ZERO,
        bonus=paid["bonus"] or ZERO,
        payees=paid["people"],
        missing_people=missing_people,
        missing_campaigns=uplift["missing"],
        missing=_missing(scope, missing_people, uplift["missing"]),
    )


def _missing(scope: MonthScope, people: int, campaigns: int) -> list[Missing]:
    """The first few of what is not settled, campaigns before people; two queries."""
    if not people and not campaigns:
        return []
    lines = (
        scope.of_people(Score.objects)
        .filter(status="missing")
        .order_by()
        .values_list(Value("person"), "staff__name", "staff__staff_no", "missing")
    )
    found = list(
        scope.of_campaigns(Uplift.objects)
        .filter(status="missing")
        .order_by()
        .annotate(
            about=Value("campaign"), name=F("campaign__name"), number=F("campaign__code"), codes=F("missing")
        )
        .values_list("about", "name", "number", "codes")
        .union(lines, all=True)
        .order_by("about", "number")[:MISSING_SHOWN]
    )
    names = lacking_names(code for _about, _name, _number, codes in found for code in codes)
    return [
        Missing(name, reverse(f"month:{about}", args=[scope.month, number]), wording.lacks(codes, names))
        for about, name, number, codes in found
    ]
