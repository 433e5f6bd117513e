"""WHO, to look at: units, people, documents, and the months of an organisation."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from departments.models import (
    Activity,
    Assignment,
    Document,
    Duty,
    Grant,
    Leave,
    Period,
    Position,
    ReminderChannel,
    ReminderDelivery,
    RuleAcknowledgement,
    RuleDraft,
    Staff,
    Unit,
    UnitPlacement,
    WebhookDelivery,
    WebhookEndpoint,
)


class PlacementInline(ReadOnlyInline):
    model = UnitPlacement
    fk_name = "unit"


class AssignmentInline(ReadOnlyInline):
    model = Assignment


class GrantInline(ReadOnlyInline):
    model = Grant


class LeaveInline(ReadOnlyInline):
    model = Leave


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "kind", "parent", "head")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    list_select_related = ("parent", "head")
    inlines = (PlacementInline,)


@admin.register(Staff)
class StaffAdmin(ReadOnlyAdmin):
    list_display = ("staff_no", "name", "unit", "position", "role", "joined", "left", "user")
    list_filter = ("role", "root")
    search_fields = ("staff_no", "name", "user__username")
    list_select_related = ("unit", "position", "user")
    # Amounts and telephone numbers are for those who read them by their role, not for support.
    exclude = ("phone", "bonus_base")
    inlines = (AssignmentInline, GrantInline, LeaveInline)


@admin.register(Position)
class PositionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit", "headcount")
    search_fields = ("code", "name", "unit__name")
    list_select_related = ("unit",)


@admin.register(Duty)
class DutyAdmin(ReadOnlyAdmin):
    list_display = ("unit", "number", "category", "item", "position")
    search_fields = ("item", "summary", "unit__name")
    list_select_related = ("unit", "position")


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("number", "version", "title", "unit", "effective_from", "precedence")
    search_fields = ("number", "title")
    list_select_related = ("unit",)


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    list_display = ("root", "month", "state")
    list_filter = ("state", "root")
    list_select_related = ("root",)
    date_hierarchy = "month"


@admin.register(ReminderChannel)
class ReminderChannelAdmin(ReadOnlyAdmin):
    list_display = ("unit", "name", "kind", "active", "quiet_from", "quiet_to")
    list_filter = ("kind", "active")
    list_select_related = ("unit",)
    exclude = ("sealed",)


@admin.register(ReminderDelivery)
class ReminderDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("channel", "day", "topic", "state", "attempts", "error")
    list_filter = ("state",)
    list_select_related = ("channel",)
    date_hierarchy = "day"


@admin.register(RuleDraft)
class RuleDraftAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "code", "unit", "valid_from", "state", "author", "approver", "created_at")
    list_filter = ("state", "kind")
    search_fields = ("name", "code", "unit__name")
    list_select_related = ("unit", "author", "approver")
    date_hierarchy = "created_at"


@admin.register(RuleAcknowledgement)
class RuleAcknowledgementAdmin(ReadOnlyAdmin):
    list_display = ("staff", "month", "at")
    search_fields = ("staff__name", "staff__staff_no")
    list_select_related = ("staff",)
    date_hierarchy = "month"


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "root", "active", "created_at")
    list_filter = ("active",)
    list_select_related = ("root",)
    # An address may hold somebody's secret; its host is shown.
    exclude = ("url", "secret")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("endpoint", "event", "state", "attempts", "status", "error", "created_at", "delivered_at")
    list_filter = ("state", "event")
    list_select_related = ("endpoint",)
    date_hierarchy = "created_at"
    # A message may hold amounts, which are for those who read money.
    exclude = ("body",)
