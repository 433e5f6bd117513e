"""The tables of manuscripts and of the rules for them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Codes, Column, Day, Integer, Ref, Text
from core.interchange.context import ImportContext, Touched
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.tables.lookups import path_of, staff_unit
from incentives.models import (
    AuthorKind,
    Manuscript,
    ManuscriptRule,
    ManuscriptStatus,
    OutsideLength,
    PassRule,
    PoolScheme,
)
from incentives.tables.schemes import pool_roles, scheme_root, scheme_roots, scheme_unit

register_messages(
    scheme_needed=_("Name the incentive scheme: it does not follow from the author."),
    most_below_least=_("The most characters are fewer than the least."),
)


class ManuscriptRulesTable(Table):
    """What each kind of author hands in, and its route.  No figure of a month depends on it, so a version
    that is in use may be changed.  Rule: HT-23, HT-24.
    """

    name = "manuscript_rules"
    label = "稿件规则"
    model = ManuscriptRule
    act = "rules.edit"
    derived = ("root_id",)
    date_column = "valid_from"
    root_column = "scheme"
    columns = (
        Column("scheme", "激励方案", Code(), key=True, required=True, attribute="scheme_code"),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("author_kind", "作者类别", Choice(AuthorKind), key=True, required=True),
        Column("min_characters", "最少字数", Integer()),
        Column("max_characters", "最多字数", Integer()),
        Column("outside", "超出字数", Choice(OutsideLength), default="warn"),
        Column("criteria", "评审标准", Text(2000)),
        Column("screening", "初审角色", Code()),
        # Empty: every role of the scheme.
        Column("voters", "表决角色", Codes()),
        Column("pass_rule", "通过条件", Choice(PassRule), default="holders"),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        scheme = fields["scheme_code"]
        fields["root_id"] = scheme_root(context, row)
        fields["screening"] = fields["screening"] or ""
        fields["voters"] = fields["voters"] or []
        if scheme in context.in_file["pool_schemes"] or scheme in scheme_roots(context):
            named = [("screening", fields["screening"]), *(("voters", role) for role in fields["voters"])]
            for column, role in named:
                if role and (scheme, role) not in pool_roles(context):
                    row.error(column, "unknown_role", code=role)
        least, most = fields["min_characters"], fields["max_characters"]
        if least is not None and most is not None and most < least:
            row.error("max_characters", "most_below_least")

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return scheme_unit(context, fields["scheme_code"])


class ManuscriptsTable(Table):
    name = "manuscripts"
    label = "稿件"
    model = Manuscript
    lookup_field = "ident"
    root_column = "scheme"
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
            states=dict.fromkeys(("accepted", "published", "refused"), "manuscript.accept"),
        ),
        Column("published", "发表日期", Day()),
        Column("scheme", "激励方案", Code(), attribute="scheme_code"),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["scheme units"] = dict(PoolScheme.objects.values_list("unit_id", "code"))

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """The scheme follows from the author where none is named; the month is that of the fee."""
        code = fields["scheme_code"] or self._scheme_of(context, fields)
        fields["scheme_code"] = code
        fields["root_id"] = scheme_roots(context).get(code)
        booked = fields["published"] or fields["date"]
        is_booked = fields["status"] == ManuscriptStatus.PUBLISHED and booked
        fields["month"] = booked.replace(day=1) if is_booked else None
        if row.get("scheme"):
            scheme_root(context, row)
        elif not code:
            if context.in_file["pool_schemes"]:
                row.blocked = True
            else:
                row.error("scheme", "scheme_needed")

    def _scheme_of(self, context: ImportContext, fields: dict[str, Any]) -> str:
        """The nearest scheme of the author's unit, else the only one there is."""
        units: dict[int, str] = context.known["scheme units"]
        for unit in path_of(context, staff_unit(context, fields["staff_id"])):
            if unit in units:
                return units[unit]
        codes = set(units.values())
        return codes.pop() if len(codes) == 1 else ""

    def touched(self, fields: dict[str, Any]) -> Touched | None:
        """The month its fee is booked in; one that is not published, the month of its date."""
        day = fields["month"] or fields["date"]
        return (fields["root_id"], day, day) if day else None

    def touched_before(self, fields: dict[str, Any]) -> Touched | None:
        """What was not published had touched no month yet: a late publication is booked in an open one."""
        return self.touched(fields) if fields["month"] else None

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return scheme_unit(context, fields["scheme_code"])
