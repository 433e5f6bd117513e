"""What channels cost and brought a day, by a profile of each channel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.months import days
from opscenter.example.sheets import Fact
from opscenter.example.window import Window, draw


@dataclass(frozen=True)
class ChannelProfile:
    """An ordinary working day: cost in yuan, impressions, clicks per 10,000 impressions, leads per 1,000
    clicks, orders per 100 leads, revenue of an order in yuan; ``day_off``: percent of it on a day off."""

    channel: str
    cost: int
    impressions: int
    clicks: int
    leads: int
    orders: int
    order_value: int
    day_off: int = 70


def channel_days(
    window: Window,
    profiles: Sequence[ChannelProfile],
    campaign: str | None = None,
    span: tuple[date, date] | None = None,
) -> Iterator[Fact]:
    """The days of a span (default: from the first of last month) up to yesterday."""
    first, last = span or (window.last.first, window.yesterday)
    for day in days(first, min(last, window.yesterday)):
        for profile in profiles:
            rng = draw("channel", profile.channel, day)
            level = (100 if window.calendar.is_workday(day) else profile.day_off) * rng.randint(85, 115)
            impressions = profile.impressions * level // 10_000
            clicks = impressions * profile.clicks * rng.randint(90, 110) // 1_000_000
            leads = clicks * profile.leads * rng.randint(80, 120) // 100_000
            orders = leads * profile.orders * rng.randint(70, 130) // 10_000
            yield (
                "channel_days",
                {
                    "date": day,
                    "channel": profile.channel,
                    "campaign": campaign,
                    "cost": Decimal(profile.cost * level // 100).scaleb(-2),
                    "impressions": impressions,
                    "clicks": clicks,
                    "leads": leads,
                    "orders": orders,
                    "revenue": Decimal(orders * profile.order_value * rng.randint(85, 115)).scaleb(-2),
                },
            )
