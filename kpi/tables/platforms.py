"""The tables of places to promote: platforms and accounts."""

from typing import Any

from core.interchange.columns import Choice, Code, Codes, Column, Day, Ref, Text, YesNo
from core.interchange.context import ImportContext
from core.interchange.tables import Row, Table
from departments.tables.lookups import staff_root, staff_unit
from kpi.models import Account, Platform, PlatformKind


class PlatformsTable(Table):
    name = "platforms"
    label = "平台"
    model = Platform
    act = "rules.edit"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("kind", "类别", Choice(PlatformKind), required=True),
        Column("domains", "域名", Codes(), default=list),
        Column("opened", "启用日期", Day()),
        Column("closed", "关闭日期", Day()),
        Column("successor", "替代平台", Ref("platforms"), deferred=True),
    )


class AccountsTable(Table):
    name = "accounts"
    label = "账号"
    model = Account
    root_column = "staff_no"
    columns = (
        Column("platform", "平台", Ref("platforms"), key=True, required=True),
        Column("handle", "账号名", Code(100), key=True, required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), required=True, attribute="staff"),
        Column("verified", "已认证", YesNo(), default=False),
        Column("opened", "启用日期", Day()),
        Column("closed", "关闭日期", Day()),
        Column("client", "客户", Text(100)),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """An account does not move to another organisation."""
        before = staff_root(context, row.before["staff_id"]) if row.before else None
        after = staff_root(context, fields["staff_id"])
        if before and after and before != after:
            row.error("staff_no", "other_root", code=fields["handle"])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_unit(context, fields["staff_id"])
