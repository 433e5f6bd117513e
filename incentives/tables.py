"""The tables of REWARD: pool schemes, roles, holders, deduction rules, findings, manuscripts, fund entries."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Fixed, Integer, Ref, Share, Text, money
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.tables import path_of, root_of, staff_roots
from finance.models import EntryKind, Fund, FundEntry, FundKind
from incentives.models import (
    AuthorKind,
    Combination,
    Finding,
    FindingMode,
    FindingRule,
    FindingScope,
    FindingStatus,
    Manuscript,
    ManuscriptStatus,
    PoolRole,
    PoolScheme,
    Residual,
    RoleHolder,
    WithheldTo,
)
from kpi.tables import version_of

register_messages(
    shares_not_one=_("Shares and reserve of the scheme sum to %(sum)s; they must sum to exactly 1."),
    value_needed=_("This kind of deduction needs its value."),
    unknown_role=_("The scheme has no role “%(code)s”."),
    unknown_rule=_("The scheme has no deduction rule “%(code)s”."),
    percent_needed=_("A finding under this rule needs its percentage."),
    campaign_needed=_("A finding under this rule needs its campaign."),
    holder_ends_before_start=_("The last day in post lies before the first."),
    scheme_needed=_("Name the incentive scheme: it does not follow from the author."),
    opening_fund=_("Money is released from the withheld fund only."),
    published_before_date=_("The manuscript is published before its date."),
)


class PoolSchemesTable(Table):
    name = "pool_schemes"
    label = "激励方案"
    model = PoolScheme
    act = "rules.edit"
    derived = ("root_id",)
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("rate", "计提比例", Share(), default=Decimal("0.20")),
        Column("reserve_share", "公账储备系数", Share(), default=Decimal("0.20")),
        # Empty: the year in which the version begins.
        Column("base_year", "基准年", Integer(min=1900, max=9999)),
        Column("growth", "年递增", Fixed(min=0, max=100), default=Decimal("0.20")),
        Column("activity_reach", "活动文章阅读目标", Integer(), default=3000),
        Column("welfare_reach", "公益文章阅读目标", Integer(), default=1000),
        Column("combine", "缺口合并", Choice(Combination), default="max"),
        Column("residual", "尾差", Choice(Residual), default="largest_remainder"),
        Column("withheld", "扣回去向", Choice(WithheldTo), default="hold"),
        Column("reach_days", "读数天数", Integer(min=0, max=365), default=7),
        Column("monthly_fund", "每月注资", money(), default=Decimal("2000.00")),
        Column("account_fee", "年费", money(), default=Decimal("200.00")),
        Column("account_fee_month", "年费月份", Integer(min=1, max=12), default=1),
        Column("fee_employee", "员工稿酬", money(), default=Decimal("100.00")),
        Column("fee_pharmacist", "药师稿酬", money(), default=Decimal("200.00")),
        Column("fee_customer", "客户稿酬", money(), default=Decimal("200.00")),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"])
        if fields["base_year"] is None:
            fields["base_year"] = fields["valid_from"].year
        stands = scheme_roots(context).get(fields["code"])
        if stands and fields["root_id"] and stands != fields["root_id"]:
            row.error("unit", "other_root", code=fields["code"])

    def create(self, context: ImportContext, rows: list[Row]) -> None:
        super().create(context, rows)
        for row in rows:
            scheme_roots(context)[row.fields["code"]] = row.fields["root_id"]
        Fund.objects.bulk_create(
            [
                Fund(scheme_code=row.fields["code"], root_id=row.fields["root_id"], kind=kind)
                for row in {row.fields["code"]: row for row in rows}.values()
                for kind in FundKind.values
            ],
            ignore_conflicts=True,  # a second version of a scheme shares the funds of the first
        )

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        _check_shares(context, {row.pk: row for row in rows if row.pk}, "reserve_share")


def scheme_roots(context: ImportContext) -> dict[str, int]:
    """scheme code → root id, read once an import."""
    if "scheme_roots" not in context.known:
        context.known["scheme_roots"] = dict(PoolScheme.objects.values_list("code", "root_id"))
    known: dict[str, int] = context.known["scheme_roots"]
    return known


def scheme_root(context: ImportContext, row: Row, column: str = "scheme") -> int | None:
    """The root of the scheme that a row names; an unknown scheme is an error."""
    code = row.get(column)
    if not code:
        return None
    found = scheme_roots(context).get(code)
    if found is None:
        context.check_known(row, column, "pool_schemes", code)
    return found


def _check_shares(context: ImportContext, by_scheme: dict[int, Row], column: str) -> None:
    """The shares of a version and its reserve sum to exactly 1.  Rule: HT-08."""
    if any(row.errors for name in ("pool_schemes", "pool_roles") for row in context.rows.get(name, ())):
        return
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for scheme, share in PoolRole.objects.filter(scheme_id__in=by_scheme).values_list("scheme_id", "share"):
        sums[scheme] += share
    reserves = dict(PoolScheme.objects.filter(pk__in=list(sums)).values_list("pk", "reserve_share"))
    for scheme, total in sums.items():
        if total + reserves[scheme] != 1:
            by_scheme[scheme].error(column, "shares_not_one", sum=total + reserves[scheme])


class SchemeChild(Table):
    """Rows of one version of a scheme."""

    act = "rules.edit"

    def scheme_id(self, context: ImportContext, row: Row) -> int | None:
        return version_of(context, row, "pool_schemes", PoolScheme, row.get("scheme"), row.get("valid_from"))

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return PoolScheme.objects.values_list("unit_id", flat=True).get(pk=fields["scheme_id"])

    def export_paths(self) -> list[str]:
        return ["scheme__code", "scheme__valid_from", *super().export_paths()[2:]]


class PoolRolesTable(SchemeChild):
    name = "pool_roles"
    label = "激励角色"
    model = PoolRole
    columns = (
        Column("scheme", "激励方案", Code(), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True),
        Column("role", "角色", Code(), key=True, required=True),
        Column("name", "名称", Text(60), required=True),
        Column("share", "系数", Share(), required=True),
        Column("order", "次序", Integer(max=30_000)),
        Column("unit", "组织", Ref("units")),
        Column("duty", "职责", Text(4000)),
        Column("assessor", "考核人", Code()),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {
            column.field_name: row.values.get(column.name)
            for column in self.columns[2:]
            if column.name != "unit"
        }
        fields["unit_id"] = context.resolve(row, self.columns[6], row.get("unit"))
        fields["scheme_id"] = self.scheme_id(context, row)
        return fields

    @property
    def key_fields(self) -> list[str]:  # type: ignore[override]
        return ["scheme", "role"]

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        touched = {row.fields["scheme_id"]: row for row in reversed(rows) if row.fields.get("scheme_id")}
        _check_shares(context, touched, "share")

    def queryset(self) -> QuerySet[Any]:
        return PoolRole.objects.order_by("scheme__code", "scheme__valid_from", "order", "pk")


class RoleHoldersTable(Table):
    name = "role_holders"
    label = "角色人员"
    model = RoleHolder
    act = "rules.edit"
    derived = ("root_id",)
    columns = (
        Column("scheme", "激励方案", Code(), key=True, required=True, attribute="scheme_code"),
        Column("role", "角色", Code(), key=True, required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("start", "开始日期", Day(), key=True, required=True),
        Column("end", "结束日期", Day()),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = scheme_root(context, row)
        known = context.known.setdefault(
            "roles", set(PoolRole.objects.values_list("scheme__code", "role"))
        ) | {(other.get("scheme"), other.get("role")) for other in context.rows.get("pool_roles", ())}
        if (fields["scheme_code"], fields["role"]) not in known and not row.errors:
            row.error("role", "unknown_role", code=fields["role"])
        if fields["end"] and fields["end"] < fields["start"]:
            row.error("end", "holder_ends_before_start")


class FindingRulesTable(SchemeChild):
    name = "finding_rules"
    label = "扣减规则"
    model = FindingRule
    columns = (
        Column("scheme", "激励方案", Code(), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("role", "角色", Code(), required=True),
        Column("name", "名称", Text(100), required=True),
        Column("scope", "作用范围", Choice(FindingScope), required=True),
        Column("mode", "扣减方式", Choice(FindingMode), required=True),
        Column("value", "数值", Fixed(min=0, max=1000)),
        Column("due", "期限", Text(40)),
        Column("required", "应有数量", Integer()),
        Column("clause", "条款", Text(100)),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {column.field_name: row.values.get(column.name) for column in self.columns[2:]}
        fields["scheme_id"] = self.scheme_id(context, row)
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        mode, value = fields["mode"], fields["value"]
        if mode in (FindingMode.PER_CASE, FindingMode.SHARE) and value is None:
            row.error("value", "value_needed")
        elif mode == FindingMode.PER_CASE and value > 1:
            row.error("value", "out_of_range", min=0, max=1)
        elif mode == FindingMode.SHARE and value < 1:
            row.error("value", "out_of_range", min=1, max=1000)
        known = context.known.setdefault(
            "version roles", set(PoolRole.objects.values_list("scheme_id", "role"))
        )
        in_file = {(other.get("scheme"), other.get("role")) for other in context.rows.get("pool_roles", ())}
        if (fields["scheme_id"], fields["role"]) not in known and (
            row.get("scheme"),
            fields["role"],
        ) not in in_file:
            row.error("role", "unknown_role", code=fields["role"])

    @property
    def key_fields(self) -> list[str]:  # type: ignore[override]
        return ["scheme", "code"]


class FindingsTable(Table):
    name = "findings"
    label = "考核事项"
    model = Finding
    derived = ("root_id", "acts_from", "acts_to")
    columns = (
        Column("id", "编号", Code(60), key=True, required=True, attribute="ident"),
        Column("scheme", "激励方案", Code(), required=True, attribute="scheme_code"),
        Column("rule", "规则", Code(), required=True, attribute="rule_code"),
        Column("date", "日期", Day(), required=True),
        Column("campaign", "活动", Ref("campaigns")),
        Column("occurrences", "次数", Integer(max=10_000)),
        Column("percent", "百分比", Share()),
        Column("store", "门店", Ref("stores")),
        Column("note", "说明", Text(500)),
        Column("evidence", "凭证", Text(500)),
        Column("assessor", "考核人", Text(60)),
        Column("answer", "答复", Text(500)),
        Column(
            "status",
            "状态",
            Choice(FindingStatus),
            default="proposed",
            states={"confirmed": "finding.confirm", "withdrawn": "finding.confirm"},
        ),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        rules: dict[tuple[str, str], list[tuple[date, str, str]]] = defaultdict(list)
        for scheme, code, day, scope, mode in FindingRule.objects.order_by("scheme__valid_from").values_list(
            "scheme__code", "code", "scheme__valid_from", "scope", "mode"
        ):
            rules[scheme, code].append((day, scope, mode))
        context.known["finding rules"] = rules
        context.known["file rules"] = {
            (other.get("scheme"), other.get("code")) for other in context.rows.get("finding_rules", ())
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = scheme_root(context, row)
        day = fields["date"]
        fields["acts_from"], fields["acts_to"] = day.replace(day=1), day.replace(day=1)
        key = (fields["scheme_code"], fields["rule_code"])
        versions = context.known["finding rules"].get(key, [])
        if not versions:
            if key not in context.known["file rules"] and not row.errors:
                row.error("rule", "unknown_rule", code=fields["rule_code"])
            return
        _from, scope, mode = next((v for v in reversed(versions) if v[0] <= day), versions[0])
        if scope == FindingScope.YEAR:
            fields["acts_from"], fields["acts_to"] = date(day.year + 1, 1, 1), date(day.year + 1, 12, 31)
        if mode == FindingMode.PERCENT and fields["percent"] is None:
            row.error("percent", "percent_needed")
        if scope == FindingScope.CAMPAIGN and fields["campaign_id"] is None and not row.get("campaign"):
            row.error("campaign", "campaign_needed")

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return fields["root_id"]


class ManuscriptsTable(Table):
    name = "manuscripts"
    label = "稿件"
    model = Manuscript
    derived = ("root_id", "month", "scheme_code")
    columns = (
        Column("id", "编号", Code(60), key=True, required=True, attribute="ident"),
        Column("date", "日期", Day(), required=True),
        Column("title", "标题", Text(200), required=True),
        Column("author_kind", "作者类别", Choice(AuthorKind), required=True),
        Column("author", "作者", Text(60), required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), attribute="staff"),
        Column("characters", "字数", Integer()),
        Column(
            "status",
            "状态",
            Choice(ManuscriptStatus),
            default="submitted",
            states={state: "manuscript.accept" for state in ("accepted", "published", "refused")},
        ),
        Column("published", "发表日期", Day()),
        Column("scheme", "激励方案", Code(), attribute="scheme_code"),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["scheme units"] = {
            unit: code for unit, code in PoolScheme.objects.values_list("unit_id", "code")
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        code = fields["scheme_code"] or self._scheme_of(context, row, fields)
        fields["scheme_code"] = code
        if not code:
            if not context.in_file["pool_schemes"]:
                row.error("scheme", "scheme_needed")
            return
        fields["root_id"] = scheme_roots(context).get(code)
        if fields["root_id"] is None:
            context.check_known(row, "scheme", "pool_schemes", code)
        booked = fields["published"] or fields["date"]
        fields["month"] = booked.replace(day=1) if fields["status"] == ManuscriptStatus.PUBLISHED else None

    def _scheme_of(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> str:
        """The nearest scheme of the author's unit, else the only one there is."""
        units: dict[int, str] = context.known["scheme units"]
        staff = staff_roots(context).get(fields["staff_id"])
        for unit in path_of(context, staff[1]) if staff else ():
            if unit in units:
                return units[unit]
        codes = set(units.values())
        return codes.pop() if len(codes) == 1 else ""

    def touched(self, fields: dict[str, Any]) -> Any:
        """The month its fee is booked in; one that is not published yet, the month of its date."""
        month = fields.get("month") or fields["date"].replace(day=1)
        return fields.get("root_id"), month, month

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return fields.get("root_id")


class FundEntriesTable(Table):
    name = "fund_entries"
    label = "资金台账"
    model = FundEntry
    act = "fund.enter"
    derived = ("root_id", "month")
    range_field = "date"
    columns = (
        Column("id", "编号", Code(60), key=True, required=True, attribute="ident"),
        Column("scheme", "激励方案", Code(), required=True),
        Column("fund", "资金", Choice(FundKind), required=True),
        Column("date", "日期", Day(), required=True),
        Column("kind", "类别", Choice(EntryKind), required=True),
        Column("amount", "金额", money(), required=True),
        Column("note", "说明", Text(500)),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["funds"] = {
            (scheme, kind): (pk, root)
            for pk, scheme, kind, root in Fund.objects.values_list("pk", "scheme_code", "kind", "root_id")
        }

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {column.field_name: row.values.get(column.name) for column in self.columns if column.name not in ("scheme", "fund")}  # fmt: skip
        scheme_root(context, row)
        fund = context.known["funds"].get((row.get("scheme"), row.get("fund")), (None, None))
        fields["fund_id"], fields["root_id"] = fund
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["month"] = fields["date"].replace(day=1)
        if fields["kind"] == EntryKind.RELEASE and row.get("fund") != FundKind.WITHHELD:
            row.error("fund", "opening_fund")

    def existing(self, context: ImportContext, rows: Any) -> QuerySet[Any]:
        return FundEntry.objects.filter(ident__in=[row.fields["ident"] for row in rows])

    def export_paths(self) -> list[str]:
        return ["ident", "fund__scheme_code", "fund__kind", "date", "kind", "amount", "note"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return fields["root_id"]


TABLES = (
    PoolSchemesTable(),
    PoolRolesTable(),
    RoleHoldersTable(),
    FindingRulesTable(),
    FindingsTable(),
    ManuscriptsTable(),
    FundEntriesTable(),
)
