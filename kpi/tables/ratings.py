"""The tables of what people say about a month: ratings and points."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import registry
from core.interchange.columns import Choice, Code, Column, Fixed, MonthOf, Ref, Text
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row
from kpi.models import PointKind, Rating, SchemeItem, ScorePoint
from kpi.tables.persons import MonthTable, own_names, own_staff_id

register_messages(
    same_person=_("Nobody approves what they proposed; name somebody else."),
    veto_needs_two=_("A veto needs who proposed it and, another person, who approved it."),
)


class RatingsTable(MonthTable):
    name = "ratings"
    label = "评分"
    model = Rating
    act = "rating.enter"
    derived = ("root_id", "rated_by_id")
    columns = (
        Column("month", "月份", MonthOf(), key=True, required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("scheme", "考核方案", Code(), key=True, required=True, attribute="scheme_code"),
        Column("item", "考核项", Code(), key=True, required=True, attribute="item_code"),
        Column("self", "自评", Fixed(places=2, min=0, max=100), attribute="self_score"),
        Column("score", "主管评分", Fixed(places=2, min=0, max=100), required=True),
        Column("remark", "评语", Text(500)),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        super().derive(context, row, fields)
        # Whoever imports another number gave it; the system gives no name.
        before = row.before or {}
        same = row.before is not None and before["score"] == fields["score"]
        fields["rated_by_id"] = before["rated_by_id"] if same else own_staff_id(context) or None
        scheme, item = fields["scheme_code"], fields["item_code"]
        if not scheme or not context.check_known(row, "scheme", "schemes", scheme) or not item:
            return
        if "items" not in context.known:
            context.known["items"] = set(SchemeItem.objects.values_list("scheme__code", "code")) | {
                (other.get("scheme"), other.get("code")) for other in context.rows.get("scheme_items", ())
            }
        if (scheme, item) not in context.known["items"]:
            row.error("item", "unknown_code", code=item, table=registry.tables["scheme_items"].label)

    def check_states(self, context: ImportContext, row: Row) -> None:
        """Nobody rates themselves: of their own lines only the self-rating is theirs."""
        if row.fields["staff_id"] == own_staff_id(context):
            row.error("score", "own_line")


class ScorePointsTable(MonthTable):
    name = "score_points"
    label = "加减分"
    model = ScorePoint
    columns = (
        Column("month", "月份", MonthOf(), key=True, required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), key=True, required=True, attribute="staff"),
        Column("code", "编码", Code(), key=True, required=True),
        Column("kind", "类别", Choice(PointKind), required=True),
        Column("points", "分数", Fixed(places=2, min=0, max=1000), default=Decimal(0)),
        Column("reason", "原因", Text(500), required=True),
        Column("evidence", "凭证", Text(500)),
        Column("proposed_by", "提出人", Text(60)),
        Column("approved_by", "批准人", Text(60), states={"*": "points.approve"}),
    )

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        super().derive(context, row, fields)
        if context.user is not None and not fields["proposed_by"]:
            # Without names a row is a settled fact; only the system may record one.
            fields["proposed_by"] = (row.before or {}).get("proposed_by") or context.user.get_username()
        if fields["approved_by"] and fields["approved_by"] == fields["proposed_by"]:
            row.error("approved_by", "same_person")
        if fields["kind"] == PointKind.VETO and fields["approved_by"] and not fields["proposed_by"]:
            row.error("proposed_by", "veto_needs_two")

    def check_states(self, context: ImportContext, row: Row) -> None:
        """A person signs with their own name only: proposes, or approves what somebody else has proposed."""
        names, before = own_names(context), row.before or {}
        proposed, approved = row.fields["proposed_by"], row.fields["approved_by"]
        if proposed != before.get("proposed_by", "") and proposed not in names:
            row.error("proposed_by", "state_not_allowed", value=proposed)
        if approved and approved != before.get("approved_by", ""):
            if approved not in names:
                row.error("approved_by", "state_not_allowed", value=approved)
            elif proposed in names or row.fields["staff_id"] == own_staff_id(context):
                row.error("approved_by", "own_line")
