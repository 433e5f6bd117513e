"""The table of campaigns: what is approved is fixed, whoever imports it."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    COUNTED_STATES,
    FIXED_TERMS,
    BaselineMethodCode,
    Campaign,
    CampaignScale,
    CampaignState,
    CampaignType,
    MemberDay,
)
from campaigns.services.methods import DECIDING, methods_imported
from campaigns.tables.months import first_of
from core.interchange.columns import (
    Choice,
    Code,
    Codes,
    Column,
    Day,
    Days,
    Ref,
    Text,
    YesNo,
)
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from core.workdays import WorkCalendar
from departments.selectors import work_calendar
from departments.tables.lookups import root_of

register_messages(
    campaign_ends_before_start=_("The campaign ends before it begins."),
    dates_needed=_("The method fixed_dates needs its dates in baseline_dates."),
    baseline_not_before=_("A baseline date must lie before the campaign."),
    approved_terms=_("It is approved: propose the change on its page; somebody else decides about it."),
    own_approval=_("Nobody approves a plan of their own."),
)


class CampaignsTable(Table):
    name = "campaigns"
    label = "活动"
    model = Campaign
    lookup_field = "code"
    date_column = "end"
    derived = ("root_id", "month")
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("type", "活动类型", Choice(CampaignType), required=True),
        Column("scale", "规模", Choice(CampaignScale), required=True),
        Column("start", "开始日期", Day(), required=True),
        Column("end", "结束日期", Day(), required=True),
        Column("stores", "门店", Codes(), required=True),
        Column("products", "单品", Codes(), default=list),
        Column("pays", "计提", YesNo(), default=True),
        Column(
            "status",
            "状态",
            Choice(CampaignState),
            default="approved",
            states=dict.fromkeys(
                ("approved", "running", "reviewed", "closed", "returned"), "campaign.approve"
            ),
        ),
        Column("baseline", "基线", Choice(BaselineMethodCode)),
        Column("baseline_dates", "基线日期", Days(), default=list),
        Column("plan", "书面方案", YesNo()),
        Column("summary", "书面总结", YesNo()),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        context.known["work_calendar"] = work_calendar()
        context.known["member_days"] = set(MemberDay.objects.values_list("root_id", "date"))
        if context.user is not None:
            mine = Q(author=context.user) | Q(edited_by=context.user) | Q(submitted_by=context.user)
            context.known["own_campaigns"] = set(Campaign.objects.filter(mine).values_list("code", flat=True))

    def check_states(self, context: ImportContext, row: Row) -> None:
        """What no single person can do on a page: change the terms of what is approved, approve their own."""
        if row.before is None:
            return
        stood, status = row.before["status"] in COUNTED_STATES, row.fields["status"]
        # The unit decides which stores "*" means and which rules hold.
        changed = [name for name in ("unit_id", *FIXED_TERMS) if row.before[name] != row.fields[name]]
        if stood and changed:
            row.error(changed[0].removesuffix("_id"), "approved_terms")
        if not stood and status in COUNTED_STATES and row.fields["code"] in context.known["own_campaigns"]:
            row.error("status", "own_approval")

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """What comes approved has its baseline method from then on, by the rules of the file as well."""
        written = [row for row in rows if row.sound and row.outcome in ("created", "updated")]
        fixed = [row.stands for row in written if _approved_anew(row)]
        freed = [row.stands for row in written if row.fields["status"] not in COUNTED_STATES]
        methods_imported(fixed, freed)

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = super().build(context, row)
        fields["baseline"] = fields["baseline"] or ""
        for code in row.get("stores") or ():
            if code != "*":
                context.check_known(row, "stores", "stores", code)
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = root_of(context, fields["unit_id"])
        start, end = fields["start"], fields["end"]
        fields["month"] = first_of(end)
        if start and end and end < start:
            row.error("end", "campaign_ends_before_start")
        if fields["baseline"] == BaselineMethodCode.FIXED_DATES and not fields["baseline_dates"]:
            row.error("baseline_dates", "dates_needed")
        if start and any(day >= start.isoformat() for day in fields["baseline_dates"] or ()):
            row.error("baseline_dates", "baseline_not_before")
        if row.sound:
            self._warn(context, row, fields)

    def _warn(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """A type or scale that does not fit the dates is a warning."""
        calendar: WorkCalendar = context.known["work_calendar"]
        codes = []
        first, last = fields["start"], fields["end"]
        days = (last - first).days + 1
        if fields["type"] == CampaignType.WEEKEND and (
            days > 2 or any(calendar.is_workday(day) or calendar.is_holiday(day) for day in {first, last})
        ):
            codes.append("not_a_weekend")
        # Member days without a unit hold for every organisation.
        known = {day for root, day in context.known["member_days"] if root in (None, fields["root_id"])}
        if fields["type"] == CampaignType.MEMBER_DAY and not known.issuperset({first, last}):
            codes.append("not_a_member_day")
        if fields["scale"] == CampaignScale.SMALL and (days > 1 or len(fields["stores"]) > 1):
            codes.append("not_small")
        if fields["scale"] == CampaignScale.MEDIUM and days > 1:
            codes.append("not_medium")
        for code in codes:
            context.warnings.append(
                {
                    "sheet": row.sheet,
                    "row": row.number,
                    "column": "type" if code in ("not_a_weekend", "not_a_member_day") else "scale",
                    "value": fields["code"],
                    "code": code,
                    "message": str(WARNINGS[code]),
                }
            )


def _approved_anew(row: Row) -> bool:
    """Whether the row makes a campaign count, or gives one that counts other terms to be compared by."""
    if row.fields["status"] not in COUNTED_STATES:
        return False
    if row.before is None or row.before["status"] not in COUNTED_STATES:
        return True
    decide = ("unit_id", "start", *DECIDING)
    return any(row.before[name] != row.fields[name] for name in decide)


WARNINGS = {
    "not_a_weekend": _("A weekend campaign, but its days are not a weekend."),
    "not_a_member_day": _("A member-day campaign, but its days are not member days."),
    "not_small": _("A small campaign, but it has more than one store or day."),
    "not_medium": _("A medium campaign, but it has more than one day."),
}
