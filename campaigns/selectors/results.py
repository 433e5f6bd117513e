"""What came of plans and campaigns: daily results, readers, uplift, and the goals beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaigns.calculations.ratios import (
    FIGURES,
    ChannelRow,
    ChannelTotals,
    channel_totals,
    forecast,
    reached,
    return_on,
    shortfall,
)
from campaigns.models import Article, ArticleReading, Campaign, ChannelDay, Flow, Measure, Uplift
from core import registry

#: rows of daily results on a page; the export of the table has them all
DAYS_SHOWN = 40

Figures = Mapping[str, Decimal | int | None]


@dataclass(frozen=True)
class ChannelLine:
    """One channel of a campaign."""

    code: str
    name: str
    totals: ChannelTotals


@dataclass(frozen=True)
class DayLine:
    """One channel on one day, as entered."""

    day: date
    channel: str
    row: ChannelRow

    @property
    def roi(self) -> Decimal | None:
        return return_on(self.row)


@dataclass(frozen=True)
class Results:
    """The daily results of some campaigns, by channel, by day and as a whole.

    A page lists ``shown`` of the days, the latest ones; ``earlier``: how many lie before them.
    """

    channels: list[ChannelLine]
    days: list[DayLine]
    total: ChannelTotals
    by_campaign: Mapping[int, ChannelTotals]

    @property
    def shown(self) -> list[DayLine]:
        return self.days[-DAYS_SHOWN:]

    @property
    def earlier(self) -> int:
        return max(0, len(self.days) - DAYS_SHOWN)


def results_of(campaigns: Iterable[int]) -> Results:
    """The daily results: one query.  Rule: KQ-04, KQ-05, KQ-31."""
    by_channel: dict[tuple[str, str], list[ChannelRow]] = defaultdict(list)
    by_campaign: dict[int, list[ChannelRow]] = defaultdict(list)
    rows: list[ChannelRow] = []
    days: list[DayLine] = []
    found: Any = ChannelDay.objects.filter(campaign_id__in=list(campaigns)).order_by("date", "channel__code")
    for campaign, day, code, name, *figures in found.values_list(
        "campaign_id", "date", "channel__code", "channel__name", *FIGURES
    ):
        row = ChannelRow(**dict(zip(FIGURES, figures, strict=True)))
        rows.append(row)
        by_channel[code, name].append(row)
        by_campaign[campaign].append(row)
        days.append(DayLine(day, name, row))
    total = channel_totals(rows)
    return Results(
        channels=[
            ChannelLine(code, name, channel_totals(of_it))
            for (code, name), of_it in sorted(by_channel.items())
        ],
        days=days,
        total=total,
        by_campaign={
            campaign: total if len(of_it) == len(rows) else channel_totals(of_it)
            for campaign, of_it in by_campaign.items()
        },
    )


def daily_chart(results: Results) -> dict[str, Any] | None:
    """Cost and revenue by day; ``None`` with fewer than two days."""
    cost: dict[date, Decimal] = defaultdict(Decimal)
    revenue: dict[date, Decimal] = defaultdict(Decimal)
    for line in results.days:
        cost[line.day] += line.row.cost or 0
        revenue[line.day] += line.row.revenue or 0
    if len(cost) < 2:
        return None
    days = sorted(cost)
    return {
        "unit": _("yuan"),
        "places": 2,
        "labels": [f"{day:%m-%d}" for day in days],
        "series": [
            {"name": _("Revenue"), "values": [str(revenue[day]) for day in days], "tone": "c1", "area": True},
            {"name": _("Cost"), "values": [str(cost[day]) for day in days], "tone": "c3"},
        ],
    }


def computed_figures(campaigns: Sequence[int], total: ChannelTotals) -> Figures:
    """The figures that goals are compared with: two queries beside the daily results."""
    latest = ArticleReading.objects.filter(article=OuterRef("pk")).order_by("-date").values("readers")[:1]
    articles = Article.objects.filter(campaign_id__in=campaigns)
    articles = articles.annotate(counted=Coalesce("readers", Subquery(latest)))
    readers = articles.aggregate(sum=Sum("counted"))["sum"]
    uplift = Uplift.objects.filter(campaign_id__in=campaigns).aggregate(sum=Sum("uplift"))["sum"]
    return {
        Measure.IMPRESSIONS: total.impressions,
        Measure.CLICKS: total.clicks,
        Measure.LEADS: total.leads,
        Measure.ORDERS: total.orders,
        Measure.REVENUE: total.revenue,
        Measure.READERS: readers,
        Measure.UPLIFT: uplift,
    }


@dataclass(frozen=True)
class GoalLine:
    """A goal beside what came; ``forecast``: at the pace so far, while it runs."""

    measure: str
    name: str
    target: Decimal
    actual: Decimal | int | None
    share: Decimal | None
    forecast: Decimal | None

    @property
    def typed_in(self) -> bool:
        return self.measure == Measure.OTHER


def goal_lines(subject: Flow, figures: Figures, start: date, end: date, today: date) -> list[GoalLine]:
    """Plan against actual.  Rule: KQ-03, KQ-04; KQ-17 for the forecast."""
    elapsed, total = (min(today, end) - start).days + 1, (end - start).days + 1
    lines = []
    for goal in subject.goals:
        measure, target = goal["measure"], Decimal(goal["target"])
        actual: Any = figures.get(measure)
        if measure == Measure.OTHER:
            actual = Decimal(goal["actual"]) if goal.get("actual") else None
        lines.append(
            GoalLine(
                measure=measure,
                name=goal["name"] or str(Measure(measure).label),
                target=target,
                actual=actual,
                share=reached(actual, target),
                forecast=forecast(actual, elapsed, total) if start <= today < end else None,
            )
        )
    return lines


@dataclass(frozen=True)
class ArticleLine:
    """An article with its readings; ``readers`` and ``shortfall`` are those that count for pay.

    ``counted_on``: the day whose reading counts; ``None`` where a typed figure or no rule decides.
    """

    article: Article
    target: int | None
    counted_on: date | None
    readers: int | None
    readings: list[tuple[ArticleReading, Decimal | None]]
    shortfall: Decimal | None


def article_lines(campaign: Campaign) -> list[ArticleLine]:
    """The campaign's articles against their target: two queries, and those of the rules of reach.

    What an article should reach, and on which day that is counted, is a rule of the incentives, which
    register it as ``reach_targets``.  A typed figure wins over the readings, as it does for pay.

    Rule: HT-21.
    """
    articles = list(Article.objects.filter(campaign=campaign).order_by("published", "code"))
    readings: dict[int, list[ArticleReading]] = defaultdict(list)
    for reading in ArticleReading.objects.filter(article__in=articles).order_by("date"):
        readings[reading.article_id].append(reading)
    provider = registry.providers.get("reach_targets")
    rules: Mapping[int, tuple[int, date]] = provider(campaign, articles) if provider and articles else {}
    return [
        _article_line(article, readings[article.pk], *rules.get(article.pk, (None, None)))
        for article in articles
    ]


def _article_line(
    article: Article, readings: list[ArticleReading], target: int | None, day: date | None
) -> ArticleLine:
    readers, counted_on = article.readers, None
    if readers is None:
        counted_on = day
        readers = next((one.readers for one in readings if one.date == day), None)
    return ArticleLine(
        article=article,
        target=target,
        counted_on=counted_on,
        readers=readers,
        readings=[(reading, shortfall(reading.readers, target)) for reading in readings],
        shortfall=shortfall(readers, target),
    )
