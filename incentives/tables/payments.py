"""The tables of bank file layouts and their columns."""

import codecs
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Integer, Ref, Text, YesNo
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.tables.lookups import root_of
from incentives.models import BankFileColumn, BankFileProfile, ColumnSource, FileType, MarkerRow

register_messages(
    unknown_encoding=_("“%(code)s” is no encoding; usual are gb18030 and utf-8."),
    delimiter_needed=_("A text file needs the sign that separates its columns, for example |."),
    constant_needed=_("Say which text always stands in this column."),
)


class BankProfilesTable(Table):
    """How a bank wants its batch file.  Rule: domain.md §1.5."""

    name = "bank_profiles"
    label = "代发文件格式"
    model = BankFileProfile
    act = "bank_account.edit"
    derived = ("root_id",)
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("file_type", "文件类型", Choice(FileType), default="xlsx"),
        Column("delimiter", "分隔符", Text(1)),
        Column("encoding", "编码字符集", Text(20), default="gb18030"),
        Column("heading", "表头行", YesNo(), default=True),
        Column("marker", "标志行", Choice(MarkerRow), default="none"),
        Column("max_rows", "每份最多笔数", Integer(min=1, max=100_000), default=3000),
        Column("payer_name", "付款户名", Text(100)),
        Column("payer_account", "付款账号", Text(32)),
        Column("payer_branch", "付款开户行", Text(100)),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"])
        if fields["file_type"] == FileType.TXT and not fields["delimiter"]:
            row.error("delimiter", "delimiter_needed")
        try:
            codecs.lookup(fields["encoding"] or "")
        except LookupError:
            row.error("encoding", "unknown_encoding", code=fields["encoding"])
        for name in ("delimiter", "payer_name", "payer_account", "payer_branch"):
            fields[name] = fields[name] or ""

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return int(fields["unit_id"]) if fields["unit_id"] else None


class BankColumnsTable(Table):
    """The columns of a bank file, from left to right."""

    name = "bank_columns"
    label = "代发文件列"
    model = BankFileColumn
    act = "bank_account.edit"
    root_column = "profile"
    visible_through = "profile"
    columns = (
        Column("profile", "代发文件格式", Ref("bank_profiles"), key=True, required=True),
        Column("order", "序号", Integer(min=1, max=100), key=True, required=True),
        Column("header", "表头", Text(60), required=True),
        Column("source", "内容", Choice(ColumnSource), required=True),
        Column("text", "固定文字", Text(100)),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["source"] == ColumnSource.TEXT and not fields["text"]:
            row.error("text", "constant_needed")
        fields["text"] = fields["text"] or ""

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        if "bank profile units" not in context.known:
            context.known["bank profile units"] = dict(BankFileProfile.objects.values_list("pk", "unit_id"))
        units: dict[int, int] = context.known["bank profile units"]
        return units.get(fields["profile_id"])
