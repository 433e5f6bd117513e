"""Rows of WORK as programs read them; fields are named as in the tables of the interchange."""

from typing import Any

from rest_framework import serializers

from campaigns.models import Article, Campaign, Measure, StoreDay, StoreUplift, Uplift
from core.api.serializers import MonthField, RowSerializer, code_of


class GoalSerializer(serializers.Serializer[Any]):
    """A goal with its number.  ``actual`` is typed only for a figure that is not counted here."""

    measure = serializers.ChoiceField(choices=Measure.choices)
    name = serializers.CharField(allow_blank=True)
    target = serializers.CharField(allow_blank=True)
    actual = serializers.CharField(allow_blank=True)


class CampaignSerializer(RowSerializer):
    """A campaign; it belongs to the month of its end.  ``stores`` are codes, ``*`` all of the unit.

    ``products`` are the single products it reports, ``channels`` codes, ``budget`` yuan.  ``fixed_method`` is
    what it is compared by since its approval, over ``fixed_n`` days and with ``fixed_align``; empty before.
    ``goals`` and ``budget`` are ``null`` unless ``results_shown``.
    """

    month = MonthField(read_only=True)
    unit = code_of("unit.code")
    stores = serializers.ListField(child=serializers.CharField(), read_only=True)
    products = serializers.ListField(child=serializers.CharField(), read_only=True)
    channels = serializers.ListField(child=serializers.CharField(), read_only=True)
    goals = GoalSerializer(many=True, read_only=True, allow_null=True)
    baseline_dates = serializers.ListField(child=serializers.CharField(), read_only=True)
    planned_in = serializers.CharField(source="planned_in.name", read_only=True, allow_null=True)
    results_shown = serializers.BooleanField(read_only=True)

    class Meta:
        model = Campaign
        fields = [
            *("id", "code", "name", "month", "unit", "type", "scale", "start", "end", "stores", "products"),
            *("pays", "status", "version", "aim", "goals", "channels", "budget", "results_shown"),
            *("planned_in", "baseline", "baseline_dates", "fixed_method", "fixed_n", "fixed_align"),
            *("plan", "summary"),
        ]

    def to_representation(self, instance: Any) -> Any:
        shown = super().to_representation(instance)
        return shown if instance.results_shown else {**shown, "goals": None, "budget": None}


class ProductUpliftSerializer(serializers.Serializer[Any]):
    """What a single product sold above its baseline; ``null`` where a day lacks it."""

    product = serializers.CharField()
    units = serializers.CharField(allow_null=True)


class StoreUpliftSerializer(RowSerializer):
    """A store's part of it; one that is not comparable has no figures and a reason."""

    store = code_of("store.code")

    class Meta:
        model = StoreUplift
        fields = ["store", "comparable", "reason", "actual", "baseline", "uplift", "visitors", "units"]


class UpliftSerializer(RowSerializer):
    """What a campaign brought above its baseline, as last computed: gross profit in yuan, visitors, units,
    and the units of its single products.
    """

    month = MonthField(read_only=True)
    campaign = code_of("campaign.code")
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    products = ProductUpliftSerializer(many=True, read_only=True)
    stores = StoreUpliftSerializer(many=True, read_only=True)

    class Meta:
        model = Uplift
        fields = [
            *("id", "month", "campaign", "method", "status", "missing"),
            *("uplift", "visitors", "units", "products", "stores"),
        ]


class StoreDaySerializer(RowSerializer):
    """A store's day: people who came in, pieces sold, revenue and gross profit in yuan.

    What is not known is ``null``, never 0.
    """

    month = MonthField(read_only=True)
    store = code_of("store.code")

    class Meta:
        model = StoreDay
        fields = ["id", "date", "month", "store", "visitors", "units", "revenue", "gross_profit", "closed"]


class ArticleSerializer(RowSerializer):
    """An article with its readers seven days after publishing, as far as they are known."""

    month = MonthField(read_only=True)
    unit = code_of("unit.code", allow_null=True)
    campaign = code_of("campaign.code", allow_null=True)

    class Meta:
        model = Article
        fields = [
            *("id", "code", "month", "unit", "published", "title", "kind", "campaign"),
            *("readers", "shares", "likes"),
        ]
