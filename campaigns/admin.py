"""WORK, to look at: campaigns, articles, stores with their days, and the uplift of a month."""

from django.contrib import admin

from campaigns.models import (
    Article,
    ArticleReading,
    BaselineMethod,
    Campaign,
    CampaignChange,
    CampaignDocument,
    CampaignTask,
    Channel,
    ChannelDay,
    MemberDay,
    Plan,
    PlanChange,
    ProductDay,
    ResearchNote,
    Store,
    StoreDay,
    StoreUplift,
    TaskTemplate,
    Uplift,
)
from core.admin import ReadOnlyAdmin, ReadOnlyInline


class ReadingInline(ReadOnlyInline):
    model = ArticleReading
    fields = ("date", "readers", "shares", "likes")


class StoreUpliftInline(ReadOnlyInline):
    model = StoreUplift
    fields = ("store", "comparable", "reason", "actual", "baseline", "uplift")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit", "type", "scale", "start", "end", "status", "pays")
    list_filter = ("type", "scale", "status", "pays")
    search_fields = ("code", "name")
    list_select_related = ("unit",)
    date_hierarchy = "end"


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "kind", "published", "campaign", "readers")
    list_filter = ("kind",)
    search_fields = ("code", "title")
    list_select_related = ("campaign",)
    date_hierarchy = "published"
    inlines = (ReadingInline,)


@admin.register(BaselineMethod)
class BaselineMethodAdmin(ReadOnlyAdmin):
    list_display = ("unit", "type", "scale", "valid_from", "method", "n", "align", "clause")
    list_filter = ("type", "scale", "method")
    list_select_related = ("unit",)


@admin.register(Store)
class StoreAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit", "opened", "closed")
    search_fields = ("code", "name")
    list_select_related = ("unit",)


@admin.register(StoreDay)
class StoreDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "store", "visitors", "units", "revenue", "gross_profit", "closed")
    list_filter = ("closed",)
    search_fields = ("store__code", "store__name")
    list_select_related = ("store",)
    date_hierarchy = "date"


@admin.register(ProductDay)
class ProductDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "store", "product", "units", "gross_profit")
    search_fields = ("product", "store__code")
    list_select_related = ("store",)
    date_hierarchy = "date"


@admin.register(MemberDay)
class MemberDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "unit", "number")
    list_select_related = ("unit",)
    date_hierarchy = "date"


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind")
    search_fields = ("code", "name")


@admin.register(ChannelDay)
class ChannelDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "channel", "campaign", "cost", "clicks", "leads", "orders", "revenue")
    list_filter = ("channel",)
    list_select_related = ("channel", "campaign")
    date_hierarchy = "date"


@admin.register(Uplift)
class UpliftAdmin(ReadOnlyAdmin):
    list_display = ("month", "campaign", "method", "status", "uplift", "visitors", "units")
    list_filter = ("status", "method", "root")
    search_fields = ("campaign__code", "campaign__name")
    list_select_related = ("campaign",)
    date_hierarchy = "month"
    inlines = (StoreUpliftInline,)


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    list_display = ("name", "unit", "horizon", "start", "end", "status", "parent")
    list_filter = ("horizon", "status")
    search_fields = ("name", "unit__name")
    list_select_related = ("unit", "parent")
    date_hierarchy = "start"


@admin.register(PlanChange)
class PlanChangeAdmin(ReadOnlyAdmin):
    list_display = ("plan", "reason", "proposed_by", "proposed_at", "decision", "decided_by", "decided_at")
    list_filter = ("decision",)
    search_fields = ("plan__name", "reason")
    list_select_related = ("plan", "proposed_by", "decided_by")
    date_hierarchy = "proposed_at"


@admin.register(CampaignChange)
class CampaignChangeAdmin(ReadOnlyAdmin):
    list_display = (
        "campaign",
        "reason",
        "proposed_by",
        "proposed_at",
        "decision",
        "decided_by",
        "decided_at",
    )
    list_filter = ("decision",)
    search_fields = ("campaign__code", "campaign__name", "reason")
    list_select_related = ("campaign", "proposed_by", "decided_by")
    date_hierarchy = "proposed_at"


@admin.register(ResearchNote)
class ResearchNoteAdmin(ReadOnlyAdmin):
    list_display = ("plan", "subject", "source", "author", "written_at")
    list_filter = ("subject",)
    search_fields = ("plan__name", "text", "source")
    list_select_related = ("plan", "author")
    date_hierarchy = "written_at"


@admin.register(CampaignDocument)
class CampaignDocumentAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "kind", "author", "written_at")
    list_filter = ("kind",)
    search_fields = ("campaign__code", "campaign__name")
    list_select_related = ("campaign", "author")
    date_hierarchy = "written_at"


@admin.register(CampaignTask)
class CampaignTaskAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "kind", "title", "unit", "to_unit", "owner", "due", "done_at", "done_by")
    list_filter = ("kind",)
    search_fields = ("title", "campaign__code", "campaign__name", "owner__name")
    list_select_related = ("campaign", "unit", "to_unit", "owner", "done_by")
    date_hierarchy = "due"


@admin.register(TaskTemplate)
class TaskTemplateAdmin(ReadOnlyAdmin):
    list_display = ("unit", "kind", "title", "by_unit", "to_unit", "lead_days")
    list_filter = ("kind",)
    search_fields = ("title", "unit__name")
    list_select_related = ("unit", "by_unit", "to_unit")
