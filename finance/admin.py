"""COST, to look at: funds with their months and entries, and the ledger."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from finance.models import Fund, FundEntry, FundMonth, FundRequest, LedgerAccount, Transfer


@admin.register(Fund)
class FundAdmin(ReadOnlyAdmin):
    list_display = ("scheme_code", "kind", "root")
    list_filter = ("kind", "root")
    list_select_related = ("root",)


@admin.register(FundEntry)
class FundEntryAdmin(ReadOnlyAdmin):
    list_display = ("ident", "date", "fund", "kind", "amount", "note")
    list_filter = ("kind",)
    search_fields = ("ident", "note")
    list_select_related = ("fund",)
    date_hierarchy = "date"


@admin.register(FundMonth)
class FundMonthAdmin(ReadOnlyAdmin):
    list_display = ("month", "fund", "opening", "inflow", "outflow", "closing")
    list_filter = ("root",)
    list_select_related = ("fund",)
    date_hierarchy = "month"


@admin.register(FundRequest)
class FundRequestAdmin(ReadOnlyAdmin):
    list_display = ("requested_at", "fund", "amount", "purpose", "state", "requested_by", "decided_by")
    list_filter = ("state", "root")
    search_fields = ("purpose",)
    list_select_related = ("fund", "requested_by", "decided_by")
    date_hierarchy = "requested_at"


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ("root", "kind", "key")
    list_filter = ("kind", "root")
    search_fields = ("key",)
    list_select_related = ("root",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("date", "source", "target", "amount", "kind", "reference")
    list_filter = ("kind", "root")
    search_fields = ("reference", "note")
    list_select_related = ("source", "target")
    date_hierarchy = "date"
