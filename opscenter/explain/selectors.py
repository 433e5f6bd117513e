"""What a payout is explained from: its pool, role, findings, articles, periods in post, documents."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from campaigns.models import Article
from core.exceptions import NotVisible
from core.months import Month
from departments.models import Document, Staff
from incentives.calculations.findings import Finding as FindingFacts
from incentives.calculations.month import PoolFacts, SchemeTerms
from incentives.models import Finding, FindingRule, Payout, Pool, PoolScheme, PoolShare, RoleHolder
from opscenter.dashboards.facts import frozen_facts, frozen_settlement
from opscenter.dashboards.scope import MonthScope
from opscenter.rules.versions import readable_units


@dataclass(frozen=True)
class FindingShown:
    """A finding that acts on a role: as computed, with its rule and, for who may see it, its row."""

    ident: str
    scope: str
    effect: str
    facts: FindingFacts | None
    rule: FindingRule | None
    row: Finding | None


@dataclass(frozen=True)
class Terms:
    """What the scheme's version says about reach."""

    base: dict[str, int]
    growth: Decimal
    base_year: int
    reach_days: int


@dataclass(frozen=True)
class Post:
    start: date
    end: date | None


@dataclass(frozen=True)
class PoolBasis:
    """All that the lines of one pool share.  ``documents``: titles of what the scheme's unit goes by;
    ``linked``: the reader may open the scheme's page."""

    pool: Pool
    month: Month
    terms: Terms
    findings: dict[str, FindingShown]
    articles: dict[str, Article]
    documents: tuple[str, ...] = ()
    linked: bool = False


@dataclass(frozen=True)
class PayoutBasis:
    payout: Payout
    share: PoolShare
    posts: tuple[Post, ...]
    pool: PoolBasis


@dataclass(frozen=True)
class PoolFrozen:
    """What the frozen inputs say about one pool's scheme; empty while the month is open."""

    findings: dict[str, FindingFacts] = field(default_factory=dict)
    posts: dict[tuple[str, str], tuple[Post, ...]] = field(default_factory=dict)
    terms: Terms | None = None


def payout_row(scope: MonthScope, staff: Staff, code: str, role: str) -> Payout:
    """The person's part of a role's line.  Raises ``NotVisible`` unless the reader reads this amount."""
    found: Payout | None = (
        scope.of_people(Payout.objects)
        .filter(scope.amounts(), staff=staff, share__role__role=role, share__pool__campaign__code=code)
        .select_related("share__role", "share__pool__campaign__unit", "share__pool__scheme__unit")
        .first()
    )
    if found is None or found.share is None:
        raise NotVisible("payout")
    return found


def payout_basis(scope: MonthScope, payout: Payout, staff: Staff) -> PayoutBasis:
    """What the payout came about from: six queries, or seven of a frozen month."""
    share = payout.share
    if share is None:
        raise NotVisible("payout")
    frozen = _frozen_of(scope, share.pool.scheme.code)
    code, role = share.pool.scheme.code, share.role.role
    posts = frozen.posts.get((role, staff.staff_no))
    if posts is None:
        posts = _periods(code, role, staff, scope.month)
    return PayoutBasis(payout, share, posts, pool_basis(scope, share.pool, [share.steps], frozen))


def pool_basis(
    scope: MonthScope, pool: Pool, shares: Iterable[dict[str, Any]], frozen: PoolFrozen | None = None
) -> PoolBasis:
    """Findings, articles and documents of a pool.  ``shares``: the stored steps of its roles."""
    if frozen is None:
        frozen = _frozen_of(scope, pool.scheme.code)
    codes = [one["article"] for one in pool.steps["reach"]["articles"]]
    return PoolBasis(
        pool=pool,
        month=scope.month,
        terms=frozen.terms or _terms(pool.scheme),
        findings=_findings(scope, pool, shares, frozen),
        articles={one.code: one for one in Article.objects.filter(code__in=codes).select_related("campaign")},
        documents=documents_of(scope, pool.scheme.unit_id),
        linked=reads_rules_of(scope, pool.scheme.unit_id),
    )


def reads_rules_of(scope: MonthScope, unit_id: int) -> bool:
    """Whether the reader may open the pages of the unit's rules."""
    units = readable_units(scope.user, scope.tree)
    return units is None or unit_id in units


def documents_of(scope: MonthScope, unit_id: int) -> tuple[str, ...]:
    """The titles of the documents of the nearest unit upward, as they stand in the month; one query."""
    path = scope.tree.path(unit_id)
    rows = Document.objects.filter(
        Q(effective_from__isnull=True) | Q(effective_from__lte=scope.month.last), unit_id__in=path
    ).order_by("effective_from", "version")
    by_unit: dict[int, dict[str, str]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id or 0, {})[row.number] = row.title
    nearest = next((by_unit[unit] for unit in path if unit in by_unit), {})
    return tuple(title for _number, title in sorted(nearest.items()))


def _terms(scheme: PoolScheme | SchemeTerms) -> Terms:
    return Terms(
        {"activity": scheme.activity_reach, "welfare": scheme.welfare_reach},
        scheme.growth,
        scheme.base_year,
        scheme.reach_days,
    )


def _periods(scheme: str, role: str, staff: Staff, month: Month) -> tuple[Post, ...]:
    rows = (
        RoleHolder.objects.filter(scheme_code=scheme, role=role, staff=staff, start__lte=month.last)
        .filter(Q(end__isnull=True) | Q(end__gte=month.first))
        .order_by("start")
    )
    return tuple(Post(row.start, row.end) for row in rows)


def _frozen_of(scope: MonthScope, scheme: str) -> PoolFrozen:
    """The part of a locked month's frozen facts that one scheme's pools were computed from."""
    settlement = frozen_settlement(scope)
    if settlement is None:
        return PoolFrozen()
    facts: PoolFacts = frozen_facts(settlement, "pool")
    terms = next((one for one in facts.schemes if one.code == scheme), None)
    posts: dict[tuple[str, str], tuple[Post, ...]] = {}
    for post in facts.posts.get(scheme, ()):
        key = (post.role, post.staff_no)
        posts[key] = (*posts.get(key, ()), Post(post.start, post.end))
    return PoolFrozen(
        {one.id: one for one in facts.findings.get(scheme, ())},
        posts,
        None if terms is None else _terms(terms),
    )


def _findings(
    scope: MonthScope, pool: Pool, shares: Iterable[dict[str, Any]], frozen: PoolFrozen
) -> dict[str, FindingShown]:
    """The findings that act on the roles, with what their effect was computed from; three queries."""
    steps = {one["id"]: one for share in shares for one in share.get("findings", ())}
    if not steps:
        return {}
    rules = {rule.code: rule for rule in FindingRule.objects.filter(scheme=pool.scheme_id)}
    rows = {row.ident: row for row in Finding.objects.filter(ident__in=steps).select_related("campaign")}
    seen = set(Finding.objects.visible_to(scope.user).filter(ident__in=steps).values_list("ident", flat=True))
    return {
        ident: FindingShown(
            ident=ident,
            scope=step["scope"],
            effect=step["effect"],
            facts=frozen.findings.get(ident) or _facts(rows.get(ident), rules.get(step["rule"])),
            rule=rules.get(step["rule"]),
            row=rows.get(ident) if ident in seen else None,
        )
        for ident, step in steps.items()
    }


def _facts(row: Finding | None, rule: FindingRule | None) -> FindingFacts | None:
    """A finding with its rule as a calculation takes it, while the month is open."""
    if row is None or rule is None:
        return None
    values: dict[str, Any] = {"scope": rule.scope, "mode": rule.mode}
    return FindingFacts(
        id=row.ident,
        rule=row.rule_code,
        role=rule.role,
        date=row.date,
        value=rule.value,
        occurrences=row.occurrences,
        percent=row.percent,
        campaign=row.campaign.code if row.campaign else "",
        **values,
    )
