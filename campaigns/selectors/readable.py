"""Rows of WORK as one person may read them, with what a list of them shows."""

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Prefetch, Q, QuerySet, Value, When

from campaigns.models import Article, Campaign, StoreDay, StoreUplift, Uplift
from departments.permissions import reach_of

if TYPE_CHECKING:
    from core.models import User


def campaigns_readable(user: "User") -> "QuerySet[Campaign]":
    """Campaigns; ``results_shown`` says whether the person may know goals and budget, as on its page."""
    rows: Any = Campaign.objects.visible_to(user).select_related("unit", "planned_in")
    found: QuerySet[Campaign] = rows.annotate(
        results_shown=Case(
            When(terms_shown(user), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )
    return found


def terms_shown(user: "User") -> Q:
    """Campaigns whose goals and budget the person may know: not those where they only have a task."""
    reach = reach_of(user)
    return Q(pk__isnull=False) if reach.everything else Q(unit_id__in=reach.units)


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
