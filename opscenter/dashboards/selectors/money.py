"""Campaigns, pools, payouts and funds of a month as lists."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from campaigns.models import Uplift
from core.money import ZERO
from departments.models import Staff
from finance.models import FundMonth
from incentives.models import Payout, Pool, PoolScheme
from incentives.selectors.held import held_amounts
from opscenter.dashboards import wording
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.people import PeopleFilter

PAGE_SIZE = 20


@dataclass(frozen=True)
class CampaignLine:
    """A campaign of the month with its uplift, and its pool for those who read money."""

    result: Uplift
    pool: Pool | None
    lacks: list[str]


@dataclass(frozen=True)
class CampaignBoard:
    page: Page[Uplift]
    lines: list[CampaignLine]


def campaigns_of_month(scope: MonthScope, text: str, *, missing: bool = False) -> "QuerySet[Uplift]":
    rows = scope.of_campaigns(Uplift.objects)
    if text:
        rows = rows.filter(Q(campaign__name__icontains=text) | Q(campaign__code__icontains=text))
    if missing:
        rows = rows.filter(status="missing")
    found: QuerySet[Uplift] = rows.select_related("campaign__unit").order_by(
        "campaign__end", "campaign__code"
    )
    return found


def campaign_board(scope: MonthScope, wanted: PeopleFilter, page: str) -> CampaignBoard:
    """One page of campaigns: three queries."""
    found = campaigns_of_month(scope, wanted.text, missing=wanted.missing)
    shown = Paginator(found, PAGE_SIZE).get_page(page)
    rows = list(shown.object_list)
    pools: dict[int, Pool] = {}
    if scope.sees_money:
        here = scope.of_campaigns(Pool.objects).filter(campaign__in=[row.campaign_id for row in rows])
        pools = {pool.campaign_id: pool for pool in here.defer("steps")}
    return CampaignBoard(
        shown,
        [CampaignLine(row, pools.get(row.campaign_id), wording.lacks(row.missing)) for row in rows],
    )


@dataclass(frozen=True)
class PayoutBoard:
    """One page of people with what they get, and the sums of all pages.

    ``held``: what of it waits for the answer to an appeal and is not paid yet.
    """

    page: Page[Any]
    nominal: Decimal
    amount: Decimal
    held: Decimal


def payout_board(scope: MonthScope, text: str, page: str) -> PayoutBoard:
    """What each person gets: pool parts and bonus, and what of it waits; four queries, or five."""
    rows = scope.of_people(Payout.objects).filter(scope.amounts())
    if text:
        rows = rows.filter(Q(staff__name__icontains=text) | Q(staff__staff_no__icontains=text))
    totals = rows.aggregate(nominal=Sum("nominal"), amount=Sum("amount"))
    people = (
        rows.order_by("staff__staff_no")
        .values("staff_id", "staff__staff_no", "staff__name", "unit__name")
        .annotate(
            roles=Count("pk", filter=Q(kind="pool")),
            pool=Sum("amount", filter=Q(kind="pool")),
            bonus=Sum("amount", filter=Q(kind="bonus")),
            before=Sum("nominal"),
            total=Sum("amount"),
        )
    )
    waiting = held_amounts(scope.root.pk, scope.month)
    shown = Paginator(people, PAGE_SIZE).get_page(page)
    shown.object_list = [{**row, "held": waiting.get(row["staff_id"])} for row in shown.object_list]
    seen = set(rows.filter(staff_id__in=waiting).values_list("staff_id", flat=True)) if waiting else set()
    return PayoutBoard(
        shown,
        totals["nominal"] or ZERO,
        totals["amount"] or ZERO,
        sum((amount for staff_id, amount in waiting.items() if staff_id in seen), ZERO),
    )


@dataclass(frozen=True)
class Movement:
    date: str
    what: str
    ident: str
    other: str
    amount: Decimal
    incoming: bool


@dataclass(frozen=True)
class FundLine:
    """A fund's month: opening + in − out = closing, its movements, and what waits for money."""

    row: FundMonth
    scheme: str
    movements: list[Movement]
    pending: list[Movement]


def fund_lines(scope: MonthScope) -> list[FundLine]:
    """The funds of the organisation; nothing for those who do not read money.  One query."""
    if not scope.sees_money:
        return []
    versions = PoolScheme.objects.filter(code=OuterRef("fund__scheme_code")).order_by("-valid_from")
    rows = list(
        FundMonth.objects.visible_to(scope.user)
        .filter(root=scope.root, month=scope.month.first)
        .select_related("fund")
        .annotate(scheme_name=Subquery(versions.values("name")[:1]))
        .order_by("fund__scheme_code", "fund__pk")
    )
    return [
        FundLine(
            row,
            row.scheme_name or row.fund.scheme_code,
            [_movement(row.fund.kind, step) for step in row.movements],
            [
                Movement(
                    step["date"],
                    wording.named(wording.MOVEMENTS, step["kind"]),
                    step["id"],
                    "",
                    Decimal(step["amount"]),
                    False,
                )
                for step in row.pending
            ],
        )
        for row in rows
    ]


def _movement(fund: str, step: dict[str, str]) -> Movement:
    incoming = step["destination"] == fund
    other = step["source"] if incoming else step["destination"]
    return Movement(
        step["date"],
        wording.named(wording.MOVEMENTS, step["kind"]),
        step["id"],
        wording.named(wording.ACCOUNTS, other),
        Decimal(step["amount"]),
        incoming,
    )


def payees(staff: Staff, scope: MonthScope) -> "QuerySet[Payout]":
    """What one person gets in the month, as far as the reader may know it."""
    found: QuerySet[Payout] = (
        scope.of_people(Payout.objects)
        .filter(scope.amounts(), staff=staff)
        .select_related("share__role", "share__pool__campaign", "share__pool__scheme", "score")
        .order_by("kind", "share__pool__campaign__end", "pk")
    )
    return found
