"""The administration: log-ins can be opened and shut here; everything else is for looking at only.

Facts, rules and results change by import, by the pages and by their services, which check rights and keep
the record of who did what.  The administration shows them to whoever helps the others.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest

from core.models import ApiToken, AuditEvent, CalendarDay, Job, StoredFile, User


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table to look at: nothing can be added, changed or deleted."""

    # Counting a large table to show "of 3,000,000" costs more than it tells.
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows that belong to the one shown."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.register(User, UserAdmin)
# Rights come from the roles of people on units; groups of the framework would be a second, hidden source.
admin.site.unregister(Group)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = (
        "pk",
        "kind",
        "dedupe_key",
        "state",
        "attempts",
        "requested_by",
        "created_at",
        "finished_at",
    )
    list_filter = ("state", "kind")
    search_fields = ("dedupe_key",)
    list_select_related = ("requested_by",)
    date_hierarchy = "created_at"


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor_name", "action", "target_type", "target_text", "reason")
    list_filter = ("action",)
    search_fields = ("actor_name", "target_text", "target_id", "reason")
    date_hierarchy = "at"


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "content_type", "size", "owner", "created_at")
    list_filter = ("kind",)
    search_fields = ("name", "sha256")
    list_select_related = ("owner",)
    # The file itself is handed out by the pages, which check whose it is.
    exclude = ("file",)


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "kind", "note")
    list_filter = ("kind",)
    date_hierarchy = "date"


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "hint", "created_at", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("name", "user__username")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
