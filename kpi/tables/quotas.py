"""The table of quota rules, and the activities that they name."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Codes, Column, Day, Fixed, Integer, Ref, Text
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row
from departments.models import Document
from departments.tables.versions import VersionedTable
from kpi.models import Basis, DayBasis, QuotaPeriod, QuotaRule, Surplus

register_messages(valid_to_before_from=_("The rule ends before it begins."))


def document_named(context: ImportContext, row: Row, column: str) -> int | None:
    """The id of the newest version of the document with a number."""
    number = row.values.get(column)
    if not number:
        return None
    if "documents" not in context.known:
        rows = Document.objects.values_list("number", "pk", "effective_from", "version")
        context.known["documents"] = {
            number: pk
            for number, pk, _from, _version in sorted(rows, key=lambda item: (item[2] or date.min, item[3]))
        }
    if number not in context.known["documents"]:
        context.check_known(row, column, "documents", number)
        row.blocked = True
    return context.known["documents"].get(number)


class QuotaRulesTable(VersionedTable):
    name = "quota_rules"
    label = "任务量"
    model = QuotaRule
    coded_by = "code"
    columns = (
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("activities", "动作", Codes(), required=True),
        Column("platforms", "平台", Codes(), required=True),
        Column("basis", "计量对象", Choice(Basis), required=True),
        Column("period", "周期", Choice(QuotaPeriod), required=True),
        Column("amount", "数量", Fixed(min=0), required=True),
        Column("accounts_required", "账号数", Integer(min=1, max=1000), default=1),
        Column("platforms_required", "平台数", Integer(min=1, max=1000)),
        Column("day_basis", "计日方式", Choice(DayBasis), default="calendar"),
        Column("surplus", "超额结转", Choice(Surplus), default="none"),
        Column("weight", "权重", Fixed(min=0), default=Decimal(1)),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("valid_to", "失效日期", Day()),
        Column("document", "制度", Ref("documents", "number")),
        Column("clause", "条款", Text(100)),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {
            column.field_name: row.values.get(column.name)
            for column in self.columns
            if column.name not in ("unit", "document")
        }
        fields["unit_id"] = context.resolve(row, self.columns[0], row.get("unit"))
        fields["document_id"] = document_named(context, row, "document")
        for code in row.get("platforms") or ():
            context.check_known(row, "platforms", "platforms", code)
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["valid_to"] and fields["valid_from"] and fields["valid_to"] < fields["valid_from"]:
            row.error("valid_to", "valid_to_before_from")


def known_activities(context: ImportContext) -> set[str]:
    """Activities with a row, and those that a quota rule names."""
    if "activities" not in context.known:
        known = set(context.codes("activities")) | context.in_file["activities"]
        for codes in QuotaRule.objects.values_list("activities", flat=True):
            known.update(codes)
        for row in context.rows.get("quota_rules", ()):
            known.update(row.get("activities") or ())
        context.known["activities"] = known
    found: set[str] = context.known["activities"]
    return found
