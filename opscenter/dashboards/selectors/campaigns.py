"""One campaign of a month: its stores day by day, the days it is compared with, its findings."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.models import Article, BaselineMethod, StoreDay, StoreUplift, Uplift
from campaigns.selectors.changes import ChangeLine, changes_printed
from core.exceptions import NotVisible
from incentives.models import Finding, FindingRule, Pool, PoolRole, PoolShare
from opscenter.dashboards import wording
from opscenter.dashboards.explain import PoolExplained, explain_pool
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import staff_names
from opscenter.dashboards.selectors.people import exact

STORES_SHOWN = 25
# Beyond so many days between the first and the last one a line would be mostly empty: only the days named.
LONGEST_LINE = 75


@dataclass(frozen=True)
class DayLine:
    """An activity day of a store: with what it is compared, and which days were passed over, by reason."""

    day: str
    counted: bool
    reason: str
    actual: Decimal | None
    compared: list[tuple[str, Decimal]]
    excluded: list[tuple[str, list[str]]]
    total: Decimal | None
    count: str
    mean: Decimal | None


@dataclass(frozen=True)
class StoreLine:
    row: StoreUplift
    reason: str
    days: list[DayLine]


@dataclass(frozen=True)
class CampaignDetail:
    """Everything the page of a campaign shows; pool and findings only for those who read money."""

    result: Uplift
    lacks: list[str]
    method: str
    method_source: str
    rule: BaselineMethod | None
    page: Page[StoreUplift]
    stores: list[StoreLine]
    totals: dict[str, Any]
    chart: dict[str, Any] | None
    pool: PoolExplained | None
    findings: list[tuple[Finding, FindingRule | None]]
    articles: list[Article]
    changes: list[ChangeLine]


def campaign_detail(scope: MonthScope, code: str, page: str) -> CampaignDetail:
    """A campaign of the month.  Raises ``NotVisible`` when there is none or it is out of reach."""
    result = (
        scope.of_campaigns(Uplift.objects)
        .select_related("campaign__unit")
        .filter(campaign__code=code)
        .first()
    )
    if result is None:
        raise NotVisible("campaign")
    rows = StoreUplift.objects.filter(result=result).select_related("store").order_by("store__code")
    shown = Paginator(rows, STORES_SHOWN).get_page(page)
    stores = [_store_line(row) for row in shown.object_list]
    settings = stores[0].row.steps.get("method", {}) if stores else {}
    totals = rows.filter(comparable=True).aggregate(actual=Sum("actual"), baseline=Sum("baseline"))
    return CampaignDetail(
        result=result,
        lacks=wording.lacks(result.missing),
        method=wording.named(wording.METHODS, result.method),
        method_source=wording.named(wording.METHOD_SOURCES, settings.get("source", "")),
        rule=_method_rule(result, settings),
        page=shown,
        stores=stores,
        totals=totals,
        chart=_chart(scope, stores),
        pool=_pool(scope, result),
        findings=_findings(scope, result),
        articles=list(
            Article.objects.visible_to(scope.user)
            .filter(campaign=result.campaign)
            .order_by("published", "code")
        ),
        changes=changes_printed([result.campaign_id]).get(result.campaign_id, []),
    )


def _method_rule(result: Uplift, settings: dict[str, str]) -> BaselineMethod | None:
    """The row of the rules that chose the method; the tree's ids stand in the stored steps."""
    if not settings.get("unit"):
        return None
    return (
        BaselineMethod.objects.filter(
            unit_id=int(settings["unit"]),
            type=result.campaign.type,
            scale=result.campaign.scale,
            valid_from=settings["valid_from"],
        )
        .select_related("unit")
        .first()
    )


def _store_line(row: StoreUplift) -> StoreLine:
    reason = wording.named(wording.STORE_REASONS, row.reason) if row.reason else ""
    return StoreLine(row, reason, [_day_line(step) for step in row.steps.get("days", [])])


def _day_line(step: dict[str, Any]) -> DayLine:
    excluded: dict[str, list[str]] = defaultdict(list)
    for one in step.get("excluded", ()):
        excluded[wording.named(wording.DAY_REASONS, one["reason"])].append(one["date"])
    lacking = step.get("lacks") or step.get("reason", "")
    words = wording.STORE_REASONS if step.get("lacks") else wording.DAY_REASONS
    reason = wording.named(words, lacking) if lacking else ""
    if step.get("campaign"):
        reason = f"{reason} {step['campaign']}"
    return DayLine(
        day=step["date"],
        counted=step["counted"] == "yes",
        reason=reason,
        actual=exact(step.get("actual")),
        compared=[(one["date"], Decimal(one["gross_profit"])) for one in step.get("baseline_days", ())],
        excluded=list(excluded.items()),
        total=exact(step.get("sum")),
        count=step.get("count", ""),
        mean=exact(step.get("mean")),
    )


def _chart(scope: MonthScope, stores: list[StoreLine]) -> dict[str, Any] | None:
    """The stores' gross profit by day, with the activity days, the baseline days and the days passed over."""
    used = [line for line in stores if line.row.comparable]
    active: dict[str, Decimal] = defaultdict(Decimal)
    base: dict[str, int] = defaultdict(int)
    passed: dict[str, set[str]] = defaultdict(set)
    for line in used:
        for day in line.days:
            if not day.counted or day.mean is None:
                continue
            active[day.day] += day.mean
            for when, _profit in day.compared:
                base[when] += 1
            for reason, dates in day.excluded:
                for when in dates:
                    passed[when].add(reason)
    if not active:
        return None
    named = sorted({*active, *base, *(when for when in passed if len(when) == len("2018-11-03"))})
    first, last = date.fromisoformat(named[0]), date.fromisoformat(named[-1])
    whole = (last - first).days <= LONGEST_LINE
    sums = StoreDay.objects.visible_to(scope.user).filter(
        store__in=[line.row.store_id for line in used], closed=False
    )
    sums = sums.filter(date__range=(first, last)) if whole else sums.filter(date__in=named)
    actual = {
        day.isoformat(): total
        for day, total in sums.order_by("date").values_list("date").annotate(total=Sum("gross_profit"))
    }
    labels = named
    if whole:
        labels = [(first + timedelta(days=k)).isoformat() for k in range((last - first).days + 1)]
    real, compared = _("Gross profit"), _("Baseline of the day")
    marks = []
    for when in labels:
        if when in active:
            marks.append({"series": real, "label": when, "tone": "c1", "note": _("activity day")})
        elif when in base:
            marks.append({"series": real, "label": when, "tone": "good", "note": _("compared with")})
        elif when in passed:
            note = _("passed over: %(reasons)s") % {"reasons": "、".join(sorted(passed[when]))}
            marks.append({"series": real, "label": when, "tone": "bad", "note": note})
    # Within a few weeks the day is enough; it must stay unique, marks are placed by it.
    short = {when: when[5:] if whole else when for when in labels}
    for mark in marks:
        mark["label"] = short[mark["label"]]
    return {
        "unit": _("yuan"),
        "places": 2,
        "labels": [short[when] for when in labels],
        "series": [
            {"name": real, "values": [actual.get(when) for when in labels], "tone": "c1", "area": True},
            {
                "name": compared,
                "values": [active.get(when) for when in labels],
                "tone": "c3",
                "dashed": True,
                "points": True,
            },
        ],
        "marks": marks,
    }


def _pool(scope: MonthScope, result: Uplift) -> PoolExplained | None:
    if not scope.sees_money:
        return None
    pool = (
        scope.of_campaigns(Pool.objects)
        .filter(campaign=result.campaign_id)
        .select_related("scheme__unit", "campaign")
        .first()
    )
    if pool is None:
        return None
    roles = {role.role: role for role in PoolRole.objects.filter(scheme=pool.scheme_id)}
    rules = {rule.code: rule for rule in FindingRule.objects.filter(scheme=pool.scheme_id)}
    shares = PoolShare.objects.filter(pool=pool).select_related("role").order_by("role__order", "role__pk")
    steps = [share.steps for share in shares]
    names = staff_names(holder["staff_no"] for step in steps for holder in step["holders"])
    uplifts = StoreUplift.objects.filter(result=result, comparable=True).order_by("store__code")
    articles = Article.objects.filter(code__in=[one["article"] for one in pool.steps["reach"]["articles"]])
    titles = dict(articles.values_list("code", "title"))
    return explain_pool(
        pool,
        steps,
        roles,
        rules,
        names,
        titles,
        [one for one in uplifts.values_list("uplift", flat=True) if one is not None],
    )


def _findings(scope: MonthScope, result: Uplift) -> list[tuple[Finding, FindingRule | None]]:
    """The findings about the campaign, with their rules; seen by those responsible for the whole."""
    found = list(
        Finding.objects.visible_to(scope.user)
        .filter(campaign=result.campaign_id)
        .select_related("store")
        .order_by("date", "ident")
    )
    rules = {
        (rule.scheme.code, rule.code): rule
        for rule in FindingRule.objects.filter(
            scheme__code__in={one.scheme_code for one in found},
            scheme__valid_from__lte=scope.month.last,
        )
        .select_related("scheme")
        .order_by("scheme__valid_from")
    }
    return [(one, rules.get((one.scheme_code, one.rule_code))) for one in found]
