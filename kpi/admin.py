"""MEASURE, to look at: platforms, rules, logs, ratings and the results of a month."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from kpi.models import (
    Account,
    Appeal,
    AssessmentScheme,
    Attainment,
    DutyTick,
    EvidenceImage,
    LogCheck,
    LogEntry,
    LogSample,
    Metric,
    MetricValue,
    MonthPolicy,
    Platform,
    QuotaRule,
    Rating,
    SchemeItem,
    Score,
    ScorePoint,
)


class SchemeItemInline(ReadOnlyInline):
    model = SchemeItem


@admin.register(Platform)
class PlatformAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind", "opened", "closed", "successor")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    list_select_related = ("successor",)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("platform", "handle", "staff", "verified", "opened", "closed")
    list_filter = ("platform", "verified")
    search_fields = ("handle", "staff__name", "staff__staff_no")
    list_select_related = ("platform", "staff")


@admin.register(QuotaRule)
class QuotaRuleAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit", "basis", "period", "amount", "valid_from", "valid_to", "clause")
    list_filter = ("basis", "period")
    search_fields = ("code", "name", "clause", "unit__name")
    list_select_related = ("unit",)


@admin.register(MonthPolicy)
class MonthPolicyAdmin(ReadOnlyAdmin):
    list_display = ("unit", "valid_from", "entry_close_day", "sample_rate", "self_due", "manager_due")
    list_select_related = ("unit",)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ("date", "staff", "platform", "activity", "handle", "count", "status")
    list_filter = ("status", "platform")
    search_fields = ("row_id", "handle", "staff__name", "staff__staff_no")
    list_select_related = ("staff", "platform")
    date_hierarchy = "date"


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit_of_measure", "direction")
    search_fields = ("code", "name")


@admin.register(MetricValue)
class MetricValueAdmin(ReadOnlyAdmin):
    list_display = ("month", "metric", "staff", "unit", "value", "target")
    list_filter = ("metric",)
    search_fields = ("staff__name", "staff__staff_no", "unit__name")
    list_select_related = ("metric", "staff", "unit")
    date_hierarchy = "month"


@admin.register(AssessmentScheme)
class AssessmentSchemeAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit", "position", "valid_from", "pay_mode")
    search_fields = ("code", "name")
    list_select_related = ("unit", "position")
    inlines = (SchemeItemInline,)


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("month", "staff", "scheme_code", "item_code", "self_score", "score")
    search_fields = ("staff__name", "staff__staff_no", "item_code")
    list_select_related = ("staff",)
    date_hierarchy = "month"


@admin.register(ScorePoint)
class ScorePointAdmin(ReadOnlyAdmin):
    list_display = ("month", "staff", "kind", "points", "reason", "proposed_by", "approved_by")
    list_filter = ("kind",)
    search_fields = ("staff__name", "staff__staff_no", "reason")
    list_select_related = ("staff",)
    date_hierarchy = "month"


@admin.register(Attainment)
class AttainmentAdmin(ReadOnlyAdmin):
    list_display = ("month", "staff", "rule", "applicable", "target", "credited", "raw", "rate")
    list_filter = ("applicable", "root")
    search_fields = ("staff__name", "staff__staff_no", "rule__code", "rule__name")
    list_select_related = ("staff", "rule")
    date_hierarchy = "month"


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = ("month", "staff", "scheme", "total", "grade", "coefficient", "status")
    list_filter = ("status", "grade", "root")
    search_fields = ("staff__name", "staff__staff_no")
    list_select_related = ("staff", "scheme")
    date_hierarchy = "month"


@admin.register(DutyTick)
class DutyTickAdmin(ReadOnlyAdmin):
    list_display = ("date", "staff", "duty", "at")
    search_fields = ("staff__name", "staff__staff_no", "duty__item")
    list_select_related = ("staff", "duty__unit")
    date_hierarchy = "date"


@admin.register(EvidenceImage)
class EvidenceImageAdmin(ReadOnlyAdmin):
    list_display = ("file", "width", "height", "dhash", "sha256")
    search_fields = ("dhash", "sha256")
    list_select_related = ("file",)


@admin.register(LogCheck)
class LogCheckAdmin(ReadOnlyAdmin):
    list_display = ("at", "entry", "staff", "number", "verdict", "reason", "by")
    list_filter = ("verdict",)
    search_fields = ("staff__name", "staff__staff_no", "reason")
    list_select_related = ("entry__platform", "entry__staff", "staff", "by")
    date_hierarchy = "at"
    raw_id_fields = ("entry", "sample")


@admin.register(LogSample)
class LogSampleAdmin(ReadOnlyAdmin):
    list_display = ("month", "unit", "population", "size", "outcome", "drawn_by", "drawn_at")
    list_filter = ("outcome",)
    list_select_related = ("unit", "drawn_by")
    date_hierarchy = "month"


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    list_display = ("month", "staff", "title", "state", "created_at", "decided_by", "decided_at")
    list_filter = ("state", "kind", "root")
    search_fields = ("staff__name", "staff__staff_no", "title")
    list_select_related = ("staff", "decided_by")
    date_hierarchy = "month"
