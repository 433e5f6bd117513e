"""WORK: plans and campaigns, stores and their days, baselines, articles, channels, the uplift of a month."""

from campaigns.models.articles import Article, ArticleKind, ArticleReading
from campaigns.models.baselines import BaselineMethod, BaselineMethodCode, DateAlignment
from campaigns.models.campaigns import FIXED_TERMS, METHOD_TERM, Campaign, CampaignScale, CampaignType
from campaigns.models.changes import CampaignChange, Change, Decision, PlanChange
from campaigns.models.channels import Channel, ChannelDay, ChannelKind
from campaigns.models.documents import CampaignDocument, DocumentKind
from campaigns.models.flow import COUNTED_STATES, OPEN_STATES, CampaignState, Flow, Measure
from campaigns.models.plans import HORIZONS, NoteSubject, Plan, PlanHorizon, ResearchNote
from campaigns.models.results import StoreUplift, Uplift, UpliftStatus
from campaigns.models.stores import MemberDay, ProductDay, Store, StoreDay
from campaigns.models.tasks import CampaignTask, TaskKind, TaskTemplate

__all__ = [
    "COUNTED_STATES",
    "FIXED_TERMS",
    "HORIZONS",
    "METHOD_TERM",
    "OPEN_STATES",
    "Article",
    "ArticleKind",
    "ArticleReading",
    "BaselineMethod",
    "BaselineMethodCode",
    "Campaign",
    "CampaignChange",
    "CampaignDocument",
    "CampaignScale",
    "CampaignState",
    "CampaignTask",
    "CampaignType",
    "Change",
    "Channel",
    "ChannelDay",
    "ChannelKind",
    "DateAlignment",
    "Decision",
    "DocumentKind",
    "Flow",
    "Measure",
    "MemberDay",
    "NoteSubject",
    "Plan",
    "PlanChange",
    "PlanHorizon",
    "ProductDay",
    "ResearchNote",
    "Store",
    "StoreDay",
    "StoreUplift",
    "TaskKind",
    "TaskTemplate",
    "Uplift",
    "UpliftStatus",
]
