"""What the cockpit shows of the money: the way from uplift to payouts, the funds, changed baselines."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.selectors.changes import ChangeLine, changes_printed
from core.models import User
from core.money import ZERO
from core.months import Month
from departments.models import Unit
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from incentives.models import Pool, PoolShare
from opscenter.cockpit.counts import CampaignOpen
from opscenter.dashboards.scope import MonthScope, periods_seen


@dataclass(frozen=True)
class Flow:
    """The pools of a month added up: uplift → pool → reserve, findings, reach → paid.  Rule: HT-07, HT-08.

    ``company``: what of the uplift is not in a pool and stays with the company.
    """

    campaigns: int
    uplift: Decimal
    pool: Decimal
    reserve: Decimal
    by_findings: Decimal
    by_reach: Decimal
    paid: Decimal

    @property
    def company(self) -> Decimal:
        return self.uplift - self.pool

    @property
    def held(self) -> Decimal:
        return self.by_findings + self.by_reach

    @property
    def lines(self) -> list[tuple[str, Decimal, bool]]:
        """(what, amount with its sign, whether it is a sum) in the order in which they follow."""
        return [
            (_("Uplift"), self.uplift, True),
            (pgettext("part of the uplift", "Company"), -self.company, False),
            (_("Pools"), self.pool, True),
            (_("Reserve"), -self.reserve, False),
            (_("Findings"), -self.by_findings, False),
            (_("Reach"), -self.by_reach, False),
            (_("Paid"), self.paid, True),
        ]

    @property
    def chart(self) -> dict[str, Any]:
        return {
            "unit": _("yuan"),
            "places": 2,
            "steps": [
                {"label": label, "value": amount, **({"total": True} if total else {})}
                for label, amount, total in self.lines
            ],
        }


def money_flow(scope: MonthScope) -> Flow | None:
    """The month's pools; nothing when there is none.  One query.

    A vacant role's share counts with what findings took, a share that reach took with reach: what is paid,
    withheld and reserved is the pool, to the 分.
    """
    shares = PoolShare.objects.filter(pool=OuterRef("pk")).order_by().values("pool")
    sums = (
        Pool.objects.visible_to(scope.user)
        .filter(root=scope.root, month=scope.month.first)
        .annotate(
            nominal_sum=Subquery(shares.annotate(figure=Sum("nominal")).values("figure")),
            left_sum=Subquery(shares.annotate(figure=Sum("after_findings")).values("figure")),
        )
        .aggregate(
            campaigns=Count("pk"),
            uplift=Sum("uplift"),
            pool=Sum("amount"),
            reserve=Sum("reserve"),
            paid=Sum("paid"),
            nominal=Sum("nominal_sum"),
            left=Sum("left_sum"),
        )
    )
    if not sums["campaigns"]:
        return None
    nominal, left = sums["nominal"] or ZERO, sums["left"] or ZERO
    return Flow(
        campaigns=sums["campaigns"],
        uplift=sums["uplift"],
        pool=sums["pool"],
        reserve=sums["reserve"],
        by_findings=nominal - left,
        by_reach=left - sums["paid"],
        paid=sums["paid"],
    )


@dataclass(frozen=True)
class Changed:
    """A campaign whose comparison was changed after its approval, with the changes in words."""

    campaign: CampaignOpen
    lines: list[ChangeLine]


def changed_campaigns(campaigns: list[CampaignOpen]) -> list[Changed]:
    """Two queries at most.  Rule: KQ-04: a later change is printed on every statement."""
    found = changes_printed([one.pk for one in campaigns]) if campaigns else {}
    return [Changed(one, found[one.pk]) for one in campaigns if one.pk in found]


def month_to_close(user: User) -> Month | None:
    """The oldest computed month that is not locked, else the latest one with a result; ``None`` without any.

    Of the organisations whose money the person reads.
    """
    seen = periods_seen(user).filter(period__root__in=money_roots(user))
    waiting = seen.exclude(period__state__in=FROZEN).order_by("period__month")
    latest = seen.order_by("-period__month")
    found = next(
        (day for rows in (waiting, latest) for day in rows.values_list("period__month", flat=True)[:1]), None
    )
    return Month.of(found) if found else None


def money_roots(user: User) -> "QuerySet[Any]":
    """The organisations whose money the person reads as a whole."""
    reach = reach_of(user)
    roots: QuerySet[Any] = (
        Unit.objects.without_tree_fields().visible_to(user).filter(parent__isnull=True).order_by("code")
    )
    return roots if reach.everything else roots.filter(pk__in=reach.units_for("money.read"))
