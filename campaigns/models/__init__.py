"""WORK: stores and their days, campaigns, baselines, articles, channels and the uplift of a month."""

from campaigns.models.articles import Article, ArticleKind, ArticleReading
from campaigns.models.baselines import BaselineMethod, BaselineMethodCode, DateAlignment
from campaigns.models.campaigns import COUNTED_STATES, Campaign, CampaignScale, CampaignState, CampaignType
from campaigns.models.channels import Channel, ChannelDay, ChannelKind
from campaigns.models.results import StoreUplift, Uplift, UpliftStatus
from campaigns.models.stores import MemberDay, ProductDay, Store, StoreDay

__all__ = [
    "COUNTED_STATES",
    "Article",
    "ArticleKind",
    "ArticleReading",
    "BaselineMethod",
    "BaselineMethodCode",
    "Campaign",
    "CampaignScale",
    "CampaignState",
    "CampaignType",
    "Channel",
    "ChannelDay",
    "ChannelKind",
    "DateAlignment",
    "MemberDay",
    "ProductDay",
    "Store",
    "StoreDay",
    "StoreUplift",
    "Uplift",
    "UpliftStatus",
]
