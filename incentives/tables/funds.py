"""The table of fund entries."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Text, money
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from finance.models import EntryKind, Fund, FundEntry, FundKind
from incentives.tables.schemes import scheme_root

register_messages(release_fund=_("Money is released from the withheld fund only."))


class FundEntriesTable(Table):
    name = "fund_entries"
    label = "资金台账"
    model = FundEntry
    act = "fund.enter"
    derived = ("root_id", "month")
    lookup_field = "ident"
    root_column = "scheme"
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
        fields = {
            column.field_name: row.values.get(column.name)
            for column in self.columns
            if column.name not in ("scheme", "fund")
        }
        scheme_root(context, row)
        fund = context.known["funds"].get((row.get("scheme"), row.get("fund")), (None, None))
        fields["fund_id"], fields["root_id"] = fund
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["month"] = fields["date"].replace(day=1) if fields["date"] else None
        if fields["kind"] == EntryKind.RELEASE and row.get("fund") not in (None, FundKind.WITHHELD):
            row.error("fund", "release_fund")

    def export_paths(self) -> list[str]:
        return ["ident", "fund__scheme_code", "fund__kind", "date", "kind", "amount", "note"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return int(fields["root_id"]) if fields["root_id"] else None
