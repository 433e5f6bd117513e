"""The table of manuscripts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Integer, Ref, Text
from core.interchange.context import ImportContext, Touched
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.tables.lookups import path_of, staff_unit
from incentives.models import AuthorKind, Manuscript, ManuscriptStatus, PoolScheme
from incentives.tables.schemes import scheme_root, scheme_roots, scheme_unit

register_messages(scheme_needed=_("Name the incentive scheme: it does not follow from the author."))


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
