"""Reads of REWARD, set-based: everything that a month's pools and funds are computed from."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import Q

from campaigns.models import Article, ArticleReading
from core.money import ZERO
from core.months import Month
from departments.selectors import UnitTree
from finance.calculations.funds import Fund as FundName
from finance.calculations.funds import Payable
from finance.models import EntryKind, FundEntry, FundMonth
from incentives.calculations.findings import Finding as FindingFacts
from incentives.calculations.month import ArticleFacts, PoolFacts, SchemeTerms
from incentives.calculations.pool import Post, Role
from incentives.calculations.pool import Scheme as PoolTerms
from incentives.models import (
    Finding,
    FindingRule,
    FindingStatus,
    Manuscript,
    ManuscriptStatus,
    PoolRole,
    PoolScheme,
    RoleHolder,
)


def scheme_versions(units: set[int], month: Month) -> dict[str, PoolScheme]:
    """The version of each scheme that holds in the month: the latest begun by its end."""
    rows = PoolScheme.objects.filter(unit_id__in=units, valid_from__lte=month.last).order_by("valid_from")
    return {row.code: row for row in rows}


def _terms(schemes: dict[str, Any]) -> tuple[SchemeTerms, ...]:
    roles: dict[int, list[Role]] = defaultdict(list)
    keys: dict[int, dict[str, int]] = defaultdict(dict)
    versions = [row.pk for row in schemes.values()]
    for role in PoolRole.objects.filter(scheme_id__in=versions).order_by("pk"):
        roles[role.scheme_id].append(Role(role.role, role.share, role.order))
        keys[role.scheme_id][role.role] = role.pk
    return tuple(
        SchemeTerms(
            key=row.pk,
            code=row.code,
            unit=row.unit_id,
            rate=row.rate,
            reserve_share=row.reserve_share,
            pool=PoolTerms(row.rate, tuple(roles[row.pk]), row.reserve_share, row.residual)
            if roles[row.pk]
            else None,
            withheld=row.withheld,
            base_year=row.base_year,
            growth=row.growth,
            activity_reach=row.activity_reach,
            welfare_reach=row.welfare_reach,
            combine=row.combine,
            reach_days=row.reach_days,
            monthly_fund=row.monthly_fund,
            account_fee=row.account_fee,
            account_fee_month=row.account_fee_month,
            fees={
                "employee": row.fee_employee,
                "pharmacist": row.fee_pharmacist,
                "customer": row.fee_customer,
            },
            role_keys=keys[row.pk],
        )
        # Where a unit has several, the one that began last counts for its campaigns.
        for row in sorted(schemes.values(), key=lambda row: (row.valid_from, row.code))
    )


def _posts(codes: list[str], month: Month) -> dict[str, tuple[Post, ...]]:
    found: dict[str, list[Post]] = defaultdict(list)
    rows: Any = (
        RoleHolder.objects.filter(scheme_code__in=codes, start__lte=month.last)
        .filter(Q(end__isnull=True) | Q(end__gte=month.first))
        .order_by("start", "staff__staff_no", "scheme_code", "role")
        .values_list("scheme_code", "role", "staff__staff_no", "start", "end")
    )
    for scheme, *post in rows:
        found[scheme].append(Post(*post))
    return {scheme: tuple(posts) for scheme, posts in found.items()}


def _findings(
    schemes: dict[str, PoolScheme], campaigns: list[str], month: Month
) -> dict[str, tuple[FindingFacts, ...]]:
    """Confirmed findings that may act on the month: of the month, of its campaigns, and of the year before.

    A finding is judged by the version of the rules that holds in the month; a yearly one by the version that
    held at the end of its year.
    """
    last_year = month.year - 1
    rules: dict[str, list[tuple[date, dict[str, Any]]]] = defaultdict(list)
    by_version: dict[int, dict[str, Any]] = defaultdict(dict)
    for held in FindingRule.objects.filter(scheme__code__in=schemes).select_related("scheme").order_by("pk"):
        if held.scheme_id not in by_version:
            rules[held.scheme.code].append((held.scheme.valid_from, by_version[held.scheme_id]))
        by_version[held.scheme_id][held.code] = held
    rows: Any = (
        Finding.objects.filter(scheme_code__in=schemes, status=FindingStatus.CONFIRMED)
        .filter(
            Q(date__range=(month.first, month.last))
            | Q(campaign__code__in=campaigns)
            | Q(date__year=last_year)
        )
        .select_related("campaign")
        .order_by("date", "ident")
    )
    found: dict[str, list[FindingFacts]] = defaultdict(list)
    for row in rows:
        rule = by_version[schemes[row.scheme_code].pk].get(row.rule_code)
        if row.date.year == last_year:
            begun = [version for version in rules[row.scheme_code] if version[0] <= date(last_year, 12, 31)]
            past = max(begun, key=itemgetter(0))[1].get(row.rule_code) if begun else None
            if past is not None and past.scope == "year":
                rule = past
        if rule is None:
            continue
        found[row.scheme_code].append(
            FindingFacts(
                id=row.ident,
                rule=row.rule_code,
                role=rule.role,
                scope=rule.scope,
                mode=rule.mode,
                date=row.date,
                value=rule.value,
                occurrences=row.occurrences,
                percent=row.percent,
                campaign=row.campaign.code if row.campaign else "",
            )
        )
    return {scheme: tuple(items) for scheme, items in found.items()}


def _articles(units: set[int], month: Month) -> tuple[ArticleFacts, ...]:
    rows: Any = list(
        Article.objects.filter(month=month.first)
        .filter(
            Q(unit_id__in=units)
            | Q(unit__isnull=True, campaign__unit_id__in=units)
            | Q(unit__isnull=True, campaign__isnull=True)
        )
        .select_related("campaign")
        .order_by("code")
    )
    readings: dict[int, dict[date, int]] = defaultdict(dict)
    for article, day, readers in ArticleReading.objects.filter(article__in=rows).values_list(
        "article_id", "date", "readers"
    ):
        readings[article][day] = readers
    return tuple(
        ArticleFacts(
            code=row.code,
            kind=row.kind,
            unit=row.unit_id or (row.campaign.unit_id if row.campaign else None),
            published=row.published,
            readers=row.readers,
            readings=readings[row.pk],
        )
        for row in rows
    )


def _manuscripts(codes: list[str], month: Month) -> dict[str, Any]:
    found: dict[str, list[Any]] = defaultdict(list)
    rows = Manuscript.objects.filter(
        scheme_code__in=codes, status=ManuscriptStatus.PUBLISHED, month=month.first
    ).values_list("scheme_code", "published", "date", "ident", "author_kind")
    for scheme, published, day, ident, kind in rows:
        found[scheme].append((published or day, ident, kind))
    return {scheme: tuple(sorted(items)) for scheme, items in found.items()}


def _fund_rows(codes: list[str], month: Month) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the month starts with and what it is asked to pay, by scheme: openings, pending, payables.

    The first month settled starts with the ``opening`` entries; every other one with the closing of the month
    before and what waited there.
    """
    openings: dict[str, dict[FundName, Decimal]] = {}
    pending: dict[str, list[Payable]] = defaultdict(list)
    before: Any = FundMonth.objects.filter(
        fund__scheme_code__in=codes, month=month.plus(-1).first
    ).select_related("fund")
    for row in before:
        openings.setdefault(row.fund.scheme_code, {})[row.fund.kind] = row.closing
        pending[row.fund.scheme_code] += [
            Payable(
                item["kind"],
                date.fromisoformat(item["date"]),
                item["id"],
                Decimal(item["amount"]),
                item["fund"],
            )
            for item in row.pending
        ]
    settled = set(openings)
    payables: dict[str, list[Payable]] = defaultdict(list)
    entries: Any = FundEntry.objects.filter(fund__scheme_code__in=codes, date__lte=month.last).select_related(
        "fund"
    )
    for entry in entries.order_by("date", "ident"):
        scheme, fund = entry.fund.scheme_code, entry.fund.kind
        if entry.kind == EntryKind.OPENING:
            if scheme not in settled:
                balance = openings.setdefault(scheme, {})
                balance[fund] = balance.get(fund, ZERO) + entry.amount
        elif entry.date >= month.first:
            payables[scheme].append(Payable(entry.kind, entry.date, entry.ident, entry.amount, fund))
    return (
        openings,
        {scheme: tuple(items) for scheme, items in pending.items()},
        {scheme: tuple(items) for scheme, items in payables.items()},
    )


def pool_facts(root_id: int, month: Month, tree: UnitTree, campaigns: list[str]) -> PoolFacts:
    """Everything the month's pools and funds are computed from, in a fixed number of queries."""
    units = {unit for unit, root in tree.roots.items() if root == root_id}
    schemes = scheme_versions(units, month)
    codes = sorted(schemes)
    openings, pending, payables = _fund_rows(codes, month)
    return PoolFacts(
        month=month,
        paths={unit: tree.path(unit) for unit in sorted(units)},
        schemes=_terms(schemes),
        posts=_posts(codes, month),
        findings=_findings(schemes, campaigns, month),
        articles=_articles(units, month),
        manuscripts=_manuscripts(codes, month),
        payables=payables,
        openings=openings,
        pending=pending,
    )
