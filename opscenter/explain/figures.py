"""The figures of a month that two settlements are compared by: from its result rows, or from facts now."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from campaigns.calculations.month import uplifts
from campaigns.models import Campaign, Uplift
from core.money import ZERO, fraction, round_half_up
from core.months import Month
from incentives.calculations.frozen import MonthFacts
from incentives.calculations.month import CampaignSettlement, MonthSettlement, settle
from incentives.calculations.pool import RoleShare
from incentives.models import FindingRule, Payout, PayoutKind, Pool, PoolRole, PoolScheme
from kpi.calculations.month import PersonScore, assess
from kpi.models import AssessmentScheme, Score
from opscenter.explain.reasons import Bonus, CampaignFigures, Figures, Part

RuleNames = dict[tuple[int, str], str]


@dataclass(frozen=True)
class MonthFigures:
    """Staff number → what the person gets; campaign code → its uplift and pool."""

    people: dict[str, Figures]
    campaigns: dict[str, CampaignFigures]


def rule_names(schemes: Collection[int]) -> RuleNames:
    """(scheme version, code) → what people call the deduction rule; one query, or none."""
    if not schemes:
        return {}
    rows = FindingRule.objects.filter(scheme__in=schemes).values_list("scheme_id", "code", "name")
    return {(scheme, code): name for scheme, code, name in rows}


# --- from the stored rows ------------------------------------------------------------------------------
def people_figures(root_id: int, month: Month, staff: Collection[int] | None = None) -> dict[str, Figures]:
    """Staff number → what they get and from what; three queries.  ``staff``: of these people (ids) only."""
    mine = Q(root_id=root_id, month=month.first)
    if staff is not None:
        mine &= Q(staff__in=staff)
    rows = list(
        Payout.objects.filter(mine, kind=PayoutKind.POOL)
        .select_related("staff", "share__role", "share__pool__campaign")
        .order_by("share__pool__campaign__code", "share__role__order", "pk")
    )
    names = rule_names({row.share.pool.scheme_id for row in rows if row.share})
    parts: dict[str, list[Part]] = defaultdict(list)
    for row in rows:
        if row.share is not None:
            parts[row.staff.staff_no].append(_stored_part(row, row.share, names))
    bonuses = {
        score.staff.staff_no: bonus_of(score)
        for score in Score.objects.filter(mine, bonus__isnull=False).select_related("scheme", "staff")
    }
    return {who: Figures(tuple(parts.get(who, ())), bonuses.get(who)) for who in {*parts, *bonuses}}


def _stored_part(row: Payout, share: Any, names: RuleNames) -> Part:
    pool, steps = share.pool, share.steps
    return Part(
        campaign=pool.campaign.code,
        role=share.role.role,
        role_name=share.role.name,
        pool=pool.amount,
        nominal=share.nominal,
        after_findings=share.after_findings,
        payout=share.payout,
        amount=row.amount,
        days=row.days or 0,
        all_days=sum(int(one["days"]) for one in steps.get("holders", ())),
        findings=tuple(
            names.get((pool.scheme_id, one["rule"]), one["rule"]) for one in steps.get("findings", ())
        ),
    )


def bonus_of(score: Score) -> Bonus:
    """A stored score as the factors of its bonus; paid by score the factor is the total over 100."""
    return Bonus(
        amount=score.bonus or ZERO,
        base=score.bonus_base or ZERO,
        total=score.total or ZERO,
        grade=score.grade or "",
        factor=_bonus_factor(score.scheme.pay_mode, score.total, score.coefficient),
        proration=score.proration,
        veto=score.veto,
        scheme=score.scheme.name,
        valid_from=score.scheme.valid_from.isoformat(),
    )


def _bonus_factor(pay_mode: str, total: Decimal | None, coefficient: Decimal | None) -> Decimal:
    if pay_mode == "by_score":
        return round_half_up(fraction(total or ZERO) / 100, 4)  # exact: a total has two decimals
    return coefficient or ZERO


def campaign_figures(root_id: int, month: Month) -> dict[str, CampaignFigures]:
    """Campaign code → its uplift and pool of the month; three queries."""
    mine = {"root_id": root_id, "month": month.first}
    pools = {pool.campaign_id: pool for pool in Pool.objects.filter(**mine).select_related("scheme")}
    names = rule_names({pool.scheme_id for pool in pools.values()})
    rows: Any = (
        Uplift.objects.filter(**mine)
        .select_related("campaign")
        .annotate(used=Count("stores", filter=Q(stores__comparable=True)))
        .order_by("campaign__code")
    )
    return {
        row.campaign.code: _stored_campaign(row, row.used, pools.get(row.campaign_id), names) for row in rows
    }


def _stored_campaign(row: Uplift, used: int, pool: Pool | None, names: RuleNames) -> CampaignFigures:
    if pool is None:
        return CampaignFigures(row.campaign.code, row.campaign.name, row.uplift, used)
    steps = pool.steps
    found = dict.fromkeys(one["rule"] for role in steps["roles"] for one in role["findings"])
    return CampaignFigures(
        code=row.campaign.code,
        name=row.campaign.name,
        uplift=row.uplift,
        stores=used,
        pool=pool.amount,
        rate=Decimal(steps["rate"]),
        shortfall=pool.shortfall,
        paid=pool.paid,
        held=pool.held,
        scheme=_version(pool.scheme.name, pool.scheme.valid_from.isoformat()),
        findings=tuple(names.get((pool.scheme_id, code), code) for code in found),
    )


def _version(name: str, valid_from: str) -> str:
    return f"{name} {valid_from}"


def stored_figures(root_id: int, month: Month) -> MonthFigures:
    """A month as it was last computed."""
    return MonthFigures(people_figures(root_id, month), campaign_figures(root_id, month))


# --- from facts, without writing -----------------------------------------------------------------------
@dataclass(frozen=True)
class _Names:
    """What the ids and codes of facts are called."""

    rules: RuleNames
    roles: dict[int, str]
    pools: dict[int, str]
    campaigns: dict[str, str]
    schemes: dict[int, tuple[str, str]]


def computed_figures(facts: MonthFacts) -> MonthFigures:
    """A month as its facts give it now: computed in memory, nothing is written."""
    settlement = settle(facts.pool, uplifts(facts.uplift))
    names = _names_of(facts, settlement)
    parts: dict[str, list[Part]] = defaultdict(list)
    for one in settlement.campaigns:
        if one.pool is not None and one.scheme is not None:
            for line in one.pool.roles:
                for who, part in _computed_parts(one, line, names):
                    parts[who].append(part)
    bonuses = {
        person.person.staff_no: _computed_bonus(person.score, names)
        for person in assess(facts.assessment)
        if person.score is not None and person.score.score.bonus is not None
    }
    people = {who: Figures(tuple(parts.get(who, ())), bonuses.get(who)) for who in {*parts, *bonuses}}
    return MonthFigures(
        people,
        {one.result.uplift.campaign: _computed_campaign(one, names) for one in settlement.campaigns},
    )


def _names_of(facts: MonthFacts, settlement: MonthSettlement) -> _Names:
    """Five queries, whatever the size of the month."""
    keys = [terms.key for terms in facts.pool.schemes]
    codes = [one.result.uplift.campaign for one in settlement.campaigns]
    versions = AssessmentScheme.objects.filter(pk__in=[one.key for one in facts.assessment.schemes])
    return _Names(
        rules=rule_names(keys),
        roles=dict(PoolRole.objects.filter(scheme__in=keys).values_list("pk", "name")),
        pools={
            pk: _version(name, day.isoformat())
            for pk, name, day in PoolScheme.objects.filter(pk__in=keys).values_list(
                "pk", "name", "valid_from"
            )
        },
        campaigns=dict(Campaign.objects.filter(code__in=codes).values_list("code", "name")),
        schemes={
            pk: (name, day.isoformat()) for pk, name, day in versions.values_list("pk", "name", "valid_from")
        },
    )


def _computed_parts(one: CampaignSettlement, line: RoleShare, names: _Names) -> Iterable[tuple[str, Part]]:
    if one.pool is None or one.scheme is None:
        return
    key = one.scheme.key
    for holder in line.holders:
        yield (
            holder.staff_no,
            Part(
                campaign=one.pool.campaign,
                role=line.role,
                role_name=names.roles.get(one.scheme.role_keys.get(line.role, 0), line.role),
                pool=one.pool.amount,
                nominal=line.nominal,
                after_findings=line.after_findings,
                payout=line.payout,
                amount=holder.amount,
                days=holder.days,
                all_days=sum(other.days for other in line.holders),
                findings=tuple(names.rules.get((key, item.rule), item.rule) for item in line.findings),
            ),
        )


def _computed_bonus(scored: PersonScore, names: _Names) -> Bonus:
    found, version = scored.score, scored.scheme
    name, valid_from = names.schemes.get(version.key, (version.scheme.code, ""))
    return Bonus(
        amount=found.bonus or ZERO,
        base=scored.bonus_base or ZERO,
        total=found.total or ZERO,
        grade=found.grade or "",
        factor=_bonus_factor(version.scheme.pay_mode, found.total, found.coefficient),
        proration=found.proration or ZERO,
        veto=found.veto,
        scheme=name,
        valid_from=valid_from,
    )


def _computed_campaign(one: CampaignSettlement, names: _Names) -> CampaignFigures:
    uplift, pool = one.result.uplift, one.pool
    name = names.campaigns.get(uplift.campaign, uplift.campaign)
    used = sum(1 for store in uplift.stores if store.comparable)
    if pool is None or one.scheme is None:
        return CampaignFigures(uplift.campaign, name, uplift.uplift, used)
    key = one.scheme.key
    found = dict.fromkeys(item.rule for line in pool.roles for item in line.findings)
    return CampaignFigures(
        code=uplift.campaign,
        name=name,
        uplift=uplift.uplift,
        stores=used,
        pool=pool.amount,
        rate=one.scheme.rate,
        shortfall=pool.shortfall,
        paid=pool.paid,
        held=pool.held,
        scheme=names.pools.get(key, one.scheme.code),
        findings=tuple(names.rules.get((key, code), code) for code in found),
    )
