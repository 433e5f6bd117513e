"""The tables of incentive schemes: versions, roles with their shares, and who holds them."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Fixed, Integer, Ref, Share, Text, money
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.tables.lookups import root_of
from departments.tables.versions import VersionedTable, VersionPartsTable
from finance.models import Fund, FundKind
from incentives.models import Combination, PoolRole, PoolScheme, Residual, RoleHolder, WithheldTo
from kpi.tables.versions import same_root, summed, version_of, version_unit

register_messages(
    shares_not_one=_("Shares and reserve of the scheme sum to %(sum)s; they must sum to exactly 1."),
    unknown_role=_("The scheme has no role “%(code)s”."),
    scheme_twice=_(
        "The unit has the incentive scheme “%(code)s” from this date on already; it can have one."
    ),
    holder_ends_before_start=_("The last day in post lies before the first."),
)

#: who assesses a role without being one: the general manager and the deputy
OUTSIDE_ASSESSORS = ("gm", "vice_gm")


def scheme_roots(context: ImportContext) -> dict[str, int]:
    """scheme code → root id, of the database and of the sound rows of the file, read once an import."""
    if "scheme roots" not in context.known:
        context.known["scheme roots"] = dict(PoolScheme.objects.values_list("code", "root_id"))
    known: dict[str, int] = context.known["scheme roots"]
    return known


def scheme_root(context: ImportContext, row: Row) -> int | None:
    """The root of the scheme that a row names; an unknown scheme is an error."""
    code = row.get("scheme")
    if not code:
        return None
    if code not in context.codes("pool_schemes"):
        context.check_known(row, "scheme", "pool_schemes", code)
        row.blocked = True
    return scheme_roots(context).get(code)


def scheme_unit(context: ImportContext, code: str | None) -> int | None:
    """The unit of a scheme's latest version."""
    return version_unit(context, PoolScheme, context.codes("pool_schemes").get(code or ""))


def pool_roles(context: ImportContext) -> set[tuple[str, str]]:
    """(scheme code, role) of all versions, in the database and in the file."""
    if "pool roles" not in context.known:
        context.known["pool roles"] = set(PoolRole.objects.values_list("scheme__code", "role")) | {
            (row.get("scheme"), row.get("role")) for row in context.rows.get("pool_roles", ())
        }
    known: set[tuple[str, str]] = context.known["pool roles"]
    return known


class PoolSchemesTable(VersionedTable):
    name = "pool_schemes"
    label = "激励方案"
    model = PoolScheme
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
        if fields["base_year"] is None and fields["valid_from"]:
            fields["base_year"] = fields["valid_from"].year
        scheme_roots(context)
        same_root(context, row, "scheme roots", fields["code"], fields["root_id"])

    def create(self, context: ImportContext, rows: list[Row]) -> None:
        """A new scheme gets its funds; a second version shares those of the first."""
        super().create(context, rows)
        roots = {row.fields["code"]: row.fields["root_id"] for row in rows}
        Fund.objects.bulk_create(
            [
                Fund(scheme_code=code, root_id=root, kind=kind)
                for code, root in roots.items()
                for kind in FundKind.values
            ],
            ignore_conflicts=True,
        )

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        told = {row.fields["scheme_id"] for row in context.rows.get("pool_roles", ())}
        changed = {row.pk: row for row in rows if row.pk is not None and row.pk not in told}
        self._check_one_a_unit(rows)
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for version, share in PoolRole.objects.filter(scheme_id__in=changed).values_list(
            "scheme_id", "share"
        ):
            sums[version] += share
        for version, total in sums.items():
            row = changed[version]
            if total + row.fields["reserve_share"] != 1:
                row.error("reserve_share", "shares_not_one", sum=total + row.fields["reserve_share"])

    @staticmethod
    def _check_one_a_unit(rows: list[Row]) -> None:
        """A campaign feeds one scheme: a unit has one from a date on."""
        others: dict[tuple[Any, Any], set[str]] = defaultdict(set)
        for unit, start, code in PoolScheme.objects.values_list("unit_id", "valid_from", "code"):
            others[unit, start].add(code)
        for row in rows:
            found = others[row.fields["unit_id"], row.fields["valid_from"]] - {row.fields["code"]}
            if row.sound and row.outcome != "unchanged" and found:
                row.error("unit", "scheme_twice", code=min(found))


class SchemeChild(VersionPartsTable):
    """Rows of one version of a scheme."""

    parent = "pool_schemes"
    visible_through = "scheme"
    date_column = "valid_from"
    root_column = "scheme"

    def scheme_id(self, context: ImportContext, row: Row) -> int | None:
        return version_of(context, row, "pool_schemes", PoolScheme, row.get("scheme"), row.get("valid_from"))

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return version_unit(context, PoolScheme, fields["scheme_id"])

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

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """The assessor is a role of the scheme or one of the two who stand above it."""
        assessor = fields["assessor"]
        if (
            assessor
            and assessor not in OUTSIDE_ASSESSORS
            and (row.get("scheme"), assessor) not in pool_roles(context)
        ):
            row.error("assessor", "unknown_role", code=assessor)

    @property
    def key_fields(self) -> list[str]:
        return ["scheme", "role"]

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """The shares of a version and its reserve sum to exactly 1.  Rule: HT-08."""
        reserves: dict[Any, Decimal | None] = dict(PoolScheme.objects.values_list("pk", "reserve_share"))
        for other in context.rows.get("pool_schemes", ()):
            reserves[other.pk or (other.get("code"), other.get("valid_from"))] = other.get("reserve_share")
        for version, (row, total) in summed(context, rows, PoolRole, "role", "share").items():
            reserve = reserves.get(version)
            if reserve is not None and total + reserve != 1:
                row.error("share", "shares_not_one", sum=total + reserve)

    def queryset(self) -> QuerySet[Any]:
        return PoolRole.objects.order_by(
            "scheme__code", "scheme__valid_from", F("order").asc(nulls_last=True), "pk"
        )


class RoleHoldersTable(Table):
    name = "role_holders"
    label = "角色人员"
    model = RoleHolder
    act = "rules.edit"
    derived = ("root_id",)
    date_column = "start"
    root_column = "scheme"
    columns = (
        Column("scheme", "激励方案", Code(), key=True, required=True, attribute="scheme_code"),
        Column("role", "角色", Code(), key=True, required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("start", "开始日期", Day(), key=True, required=True),
        Column("end", "结束日期", Day()),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        scheme, role = fields["scheme_code"], fields["role"]
        fields["root_id"] = scheme_root(context, row)
        known = scheme in context.in_file["pool_schemes"] or scheme in scheme_roots(context)
        if known and role and (scheme, role) not in pool_roles(context):
            row.error("role", "unknown_role", code=role)
        if fields["end"] and fields["start"] and fields["end"] < fields["start"]:
            row.error("end", "holder_ends_before_start")

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return scheme_unit(context, fields["scheme_code"])
