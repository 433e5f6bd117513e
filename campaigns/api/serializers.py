"""Rows of WORK as programs read them; fields are named as in the tables of the interchange."""

from rest_framework import serializers

from campaigns.models import Article, Campaign, StoreDay, StoreUplift, Uplift
from core.api.serializers import MonthField, RowSerializer, code_of


class CampaignSerializer(RowSerializer):
    """A campaign; it belongs to the month of its end.  ``stores`` are codes, ``*`` all of the unit."""

    month = MonthField(read_only=True)
    unit = code_of("unit.code")
    stores = serializers.ListField(child=serializers.CharField(), read_only=True)
    products = serializers.ListField(child=serializers.CharField(), read_only=True)
    baseline_dates = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Campaign
        fields = [
            *("id", "code", "name", "month", "unit", "type", "scale", "start", "end", "stores", "products"),
            *("pays", "status", "baseline", "baseline_dates", "plan", "summary"),
        ]


class StoreUpliftSerializer(RowSerializer):
    """A store's part of it; one that is not comparable has no figures and a reason."""

    store = code_of("store.code")

    class Meta:
        model = StoreUplift
        fields = ["store", "comparable", "reason", "actual", "baseline", "uplift"]


class UpliftSerializer(RowSerializer):
    """What a campaign brought above its baseline, as last computed: gross profit in yuan, visitors, units."""

    month = MonthField(read_only=True)
    campaign = code_of("campaign.code")
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    stores = StoreUpliftSerializer(many=True, read_only=True)

    class Meta:
        model = Uplift
        fields = [
            *("id", "month", "campaign", "method", "status", "missing"),
            *("uplift", "visitors", "units", "stores"),
        ]


class StoreDaySerializer(RowSerializer):
    """A store's day.  What is not known is ``null``, never 0."""

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
