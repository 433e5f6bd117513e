"""REWARD, to look at: schemes, findings, manuscripts, and the settlement of a month."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from incentives.models import (
    Adjustment,
    BankAccount,
    BankFileColumn,
    BankFileProfile,
    Finding,
    FindingAnswer,
    FindingRule,
    Manuscript,
    ManuscriptRule,
    PaymentBatch,
    PaymentFile,
    PaymentLine,
    Payout,
    Pool,
    PoolRole,
    PoolScheme,
    PoolShare,
    RoleHolder,
    Settlement,
    SubmissionLink,
)


class PoolRoleInline(ReadOnlyInline):
    model = PoolRole


class FindingRuleInline(ReadOnlyInline):
    model = FindingRule


class FindingAnswerInline(ReadOnlyInline):
    model = FindingAnswer


class PoolShareInline(ReadOnlyInline):
    model = PoolShare
    fields = ("role", "nominal", "factor", "after_findings", "payout", "vacant")


@admin.register(PoolScheme)
class PoolSchemeAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "unit", "valid_from", "rate", "reserve_share", "combine", "withheld")
    search_fields = ("code", "name")
    list_select_related = ("unit",)
    inlines = (PoolRoleInline, FindingRuleInline)


@admin.register(RoleHolder)
class RoleHolderAdmin(ReadOnlyAdmin):
    list_display = ("scheme_code", "role", "staff", "start", "end")
    list_filter = ("scheme_code",)
    search_fields = ("staff__name", "staff__staff_no", "role")
    list_select_related = ("staff",)


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = (
        "ident",
        "date",
        "scheme_code",
        "rule_code",
        "campaign",
        "occurrences",
        "percent",
        "status",
    )
    list_filter = ("status", "scheme_code")
    search_fields = ("ident", "rule_code", "note")
    list_select_related = ("campaign",)
    date_hierarchy = "date"
    inlines = (FindingAnswerInline,)


@admin.register(Manuscript)
class ManuscriptAdmin(ReadOnlyAdmin):
    list_display = ("ident", "date", "title", "author_kind", "author", "status", "published")
    list_filter = ("status", "author_kind")
    search_fields = ("ident", "title", "author")
    date_hierarchy = "date"


@admin.register(ManuscriptRule)
class ManuscriptRuleAdmin(ReadOnlyAdmin):
    list_display = (
        "scheme_code",
        "valid_from",
        "author_kind",
        "min_characters",
        "max_characters",
        "screening",
    )
    list_filter = ("scheme_code", "author_kind")


@admin.register(SubmissionLink)
class SubmissionLinkAdmin(ReadOnlyAdmin):
    list_display = ("name", "scheme_code", "created_by", "created_at", "expires_at", "revoked_at")
    list_filter = ("scheme_code",)
    list_select_related = ("created_by",)
    exclude = ("sealed_token", "digest", "form_key")


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    list_display = ("period", "state", "revision", "computed_at", "computed_by", "locked_at", "locked_by")
    list_filter = ("period__state", "period__root")
    list_select_related = ("period__root", "computed_by", "locked_by")
    date_hierarchy = "computed_at"
    # The whole result with everybody's amounts is for those who read money.
    fields = (
        "period",
        "revision",
        "digest",
        "inputs_digest",
        "computed_at",
        "computed_by",
        "reviewed_at",
        "reviewed_by",
        "published_at",
        "approved_at",
        "approved_by",
        "locked_at",
        "locked_by",
    )

    @admin.display(ordering="period__state")
    def state(self, row: Settlement) -> str:
        return str(row.period.get_state_display())


class BankFileColumnInline(ReadOnlyInline):
    model = BankFileColumn


@admin.register(BankFileProfile)
class BankFileProfileAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "root", "file_type", "encoding", "marker", "max_rows")
    list_filter = ("root", "file_type")
    search_fields = ("code", "name")
    list_select_related = ("root",)
    inlines = (BankFileColumnInline,)


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    list_display = ("staff", "last_four", "branch", "changed_by", "changed_at")
    search_fields = ("staff__name", "staff__staff_no")
    list_select_related = ("staff", "changed_by")
    exclude = ("sealed_number",)


class PaymentFileInline(ReadOnlyInline):
    model = PaymentFile
    # Not the file itself: its page hands it out, with an audit row.
    fields = ("revision", "part", "profile", "count", "total", "reason", "made_by", "made_at")


@admin.register(PaymentBatch)
class PaymentBatchAdmin(ReadOnlyAdmin):
    list_display = ("number", "root", "month", "count", "total", "made_by", "made_at")
    list_filter = ("root",)
    search_fields = ("number",)
    list_select_related = ("root", "made_by")
    date_hierarchy = "month"
    inlines = (PaymentFileInline,)


@admin.register(PaymentLine)
class PaymentLineAdmin(ReadOnlyAdmin):
    list_display = ("batch", "name", "method", "last_four", "amount", "state", "settled_on", "received_at")
    list_filter = ("state", "method", "root")
    search_fields = ("payee", "name", "batch__number")
    list_select_related = ("batch",)
    date_hierarchy = "month"


@admin.register(Pool)
class PoolAdmin(ReadOnlyAdmin):
    list_display = ("month", "campaign", "scheme", "uplift", "amount", "shortfall", "paid", "held", "reserve")
    list_filter = ("root",)
    search_fields = ("campaign__code", "campaign__name")
    list_select_related = ("campaign", "scheme")
    date_hierarchy = "month"
    inlines = (PoolShareInline,)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ("month", "staff", "unit", "kind", "days", "nominal", "amount")
    list_filter = ("kind", "root")
    search_fields = ("staff__name", "staff__staff_no")
    list_select_related = ("staff", "unit")
    date_hierarchy = "month"


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ("month", "about_month", "staff", "amount", "reason", "proposed_by", "approved_by")
    search_fields = ("staff__name", "staff__staff_no", "reason")
    list_select_related = ("staff", "proposed_by", "approved_by")
    date_hierarchy = "month"
