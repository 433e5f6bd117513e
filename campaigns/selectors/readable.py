"""Rows of WORK as one person may read them, with what a list of them shows."""

from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from campaigns.models import Article, Campaign, StoreDay, StoreUplift, Uplift

if TYPE_CHECKING:
    from core.models import User


def campaigns_readable(user: "User") -> "QuerySet[Campaign]":
    rows: QuerySet[Campaign] = Campaign.objects.visible_to(user).select_related("unit")
    return rows


def uplifts_readable(user: "User") -> "QuerySet[Uplift]":
    """The computed uplift of campaigns with the lines of their stores: two queries."""
    lines = StoreUplift.objects.select_related("store").defer("steps").order_by("store__code")
    rows: QuerySet[Uplift] = (
        Uplift.objects.visible_to(user)
        .select_related("campaign")
        .prefetch_related(Prefetch("stores", queryset=lines))
    )
    return rows


def store_days_readable(user: "User") -> "QuerySet[StoreDay]":
    rows: QuerySet[StoreDay] = StoreDay.objects.visible_to(user).select_related("store")
    return rows


def articles_readable(user: "User") -> "QuerySet[Article]":
    rows: QuerySet[Article] = Article.objects.visible_to(user).select_related("unit", "campaign")
    return rows
