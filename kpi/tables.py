"""The tables of MEASURE: platforms, accounts, quota rules, logs, metrics, schemes, ratings, points."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.interchange.columns import (
    Choice,
    Code,
    Codes,
    Column,
    Day,
    Fixed,
    Integer,
    MonthOf,
    Ref,
    Share,
    Text,
    YesNo,
)
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.models import Document, Duty
from departments.tables import path_of, position_near, root_of, staff_roots
from kpi.calculations.schemes import band_problems, item_problems, parse_bands, parse_item, parse_source
from kpi.models import (
    Account,
    AssessmentScheme,
    Basis,
    DayBasis,
    LogEntry,
    LogStatus,
    Metric,
    MetricDirection,
    MetricValue,
    PayMode,
    Platform,
    PlatformKind,
    PointKind,
    QuotaPeriod,
    QuotaRule,
    Rating,
    SchemeItem,
    ScoreMethod,
    ScorePoint,
    Surplus,
)

register_messages(
    valid_to_before_from=_("The rule ends before it begins."),
    no_version=_("The scheme “%(code)s” has no version valid from %(day)s."),
    weights_not_100=_("The weights of the scheme sum to %(sum)s; they must sum to exactly 100.00."),
    bad_bands=_("Write the grades as A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50: falling bounds down to 0."),
    bad_source=_("Write the source as quota:CODE, quota:a+b, quota:*, metric:CODE or rating."),
    bad_params=_("Write the steps as 1.00:10,0.80:8,0:0 (falling bounds down to 0), or the points per case."),
    same_person=_("Nobody approves what they proposed; name somebody else."),
    veto_needs_two=_("A veto needs who proposed it and, another person, who approved it."),
    partner_is_self=_("The partner must be somebody else."),
    not_activity=_("No quota rule and no activity row names “%(code)s”."),
)


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
    columns = (
        Column("platform", "平台", Ref("platforms"), key=True, required=True),
        Column("handle", "账号名", Code(100), key=True, required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), required=True, attribute="staff"),
        Column("verified", "已认证", YesNo(), default=False),
        Column("opened", "启用日期", Day()),
        Column("closed", "关闭日期", Day()),
        Column("client", "客户", Text(100)),
    )

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_roots(context).get(fields["staff_id"], (None, None))[1]


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
    return context.known["documents"].get(number)  # type: ignore[no-any-return]


class QuotaRulesTable(Table):
    name = "quota_rules"
    label = "任务量"
    model = QuotaRule
    act = "rules.edit"
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
        if fields["valid_to"] and fields["valid_to"] < fields["valid_from"]:
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


class LogsTable(Table):
    name = "logs"
    label = "推广日志"
    model = LogEntry
    act = "log.verify"
    derived = ("root_id", "month", "row_key")
    range_field = "date"
    columns = (
        Column("row_id", "行号", Code(64), key=True),
        Column("date", "日期", Day(), required=True),
        Column("staff_no", "工号", Ref("staff", "staff_no"), required=True, attribute="staff"),
        Column("platform", "平台", Ref("platforms"), required=True),
        Column("activity", "动作", Code(), required=True),
        Column("handle", "账号名", Code(100)),
        Column("count", "数量", Integer(max=1_000_000_000_000), required=True),
        Column("url", "链接", Text(500)),
        Column("partner", "互动同事", Ref("staff", "staff_no")),
        Column("status", "状态", Choice(LogStatus), default="submitted",
               states={"valid": "log.verify", "rejected": "log.verify"}),  # fmt: skip
        Column("supersedes", "更正行号", Code(64), deferred=True),
        Column("duty", "职责", Integer(min=1)),
        Column("note", "备注", Text(500)),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        self._staff = context.codes("staff")
        self._platforms = context.codes("platforms")
        self._activities = known_activities(context)
        self._people = staff_roots(context)
        self._duties: dict[tuple[int, int], int] | None = None

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        values = row.values
        fields: dict[str, Any] = {
            "row_id": values["row_id"],
            "date": values["date"],
            "staff_id": self._staff.get(values["staff_no"]),
            "platform_id": self._platforms.get(values["platform"]),
            "activity": values["activity"],
            "handle": values["handle"] or "",
            "count": values["count"],
            "url": values["url"] or "",
            "partner_id": self._staff.get(values["partner"]) if values["partner"] else None,
            "status": values["status"],
            "duty_id": self._duty(context, row) if values["duty"] else None,
            "note": values["note"] or "",
            "row_key": self._row_key(values),
        }
        if fields["staff_id"] is None and values["staff_no"]:
            context.check_known(row, "staff_no", "staff", values["staff_no"])
        if fields["platform_id"] is None and values["platform"]:
            context.check_known(row, "platform", "platforms", values["platform"])
        if fields["partner_id"] is None and values["partner"]:
            context.check_known(row, "partner", "staff", values["partner"])
        if values["activity"] and values["activity"] not in self._activities:
            row.error("activity", "not_activity", code=values["activity"])
        return fields

    def _row_key(self, values: dict[str, Any]) -> str:
        """The row's own id, or a digest of all columns but count, status and note."""
        if values["row_id"]:
            return f"id:{values['row_id']}"
        parts = [
            str(values[name] or "")
            for name in ("date", "staff_no", "platform", "activity", "handle", "url", "partner", "supersedes", "duty")
        ]
        return "key:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]

    def _duty(self, context: ImportContext, row: Row) -> int | None:
        """The duty with the number, of the person's unit or the nearest above that has it."""
        if self._duties is None:
            self._duties = {
                (unit, number): pk for pk, unit, number in Duty.objects.values_list("pk", "unit_id", "number")
            }
        staff = self._staff.get(row.values["staff_no"])
        for unit in path_of(context, self._people[staff][1]) if staff in self._people else ():
            if (unit, row.values["duty"]) in self._duties:
                return self._duties[unit, row.values["duty"]]
        if staff is not None and row.values["duty"] not in context.in_file["duties"]:
            row.error("duty", "unknown_code", code=row.values["duty"], table="职责")
        return None

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        if fields["staff_id"] is None or fields["platform_id"] is None:
            return  # the person or the platform stands in the file, with errors of their own
        fields["root_id"] = self._people[fields["staff_id"]][0]
        fields["month"] = fields["date"].replace(day=1)
        if fields["partner_id"] == fields["staff_id"]:
            row.error("partner", "partner_is_self")

    def refer(self, context: ImportContext, row: Row, column: Column) -> int | None:
        """The row that this one replaces; only the named rows are looked up."""
        if "superseded" not in context.known:
            named = {other.get("supersedes") for other in context.rows[self.name]} - {None, ""}
            context.known["superseded"] = dict(
                LogEntry.objects.filter(row_id__in=named).values_list("row_id", "pk")
            )
        code = row.get("supersedes")
        target: int | None = context.known["superseded"].get(code)
        if code and target is None and code not in context.in_file[self.name]:
            row.error("supersedes", "unknown_code", code=code, table=self.label)
        return target

    def key_of(self, fields: dict[str, Any]) -> tuple[Any, ...]:
        return (fields.get("row_key"),)

    @property
    def key_fields(self) -> list[str]:  # type: ignore[override]
        return ["row_key"]

    def existing(self, context: ImportContext, rows: Iterable[Row]) -> QuerySet[Any]:
        keys = [row.fields["row_key"] for row in rows]
        return LogEntry.objects.filter(row_key__in=keys)

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return self._people.get(fields["staff_id"], (None, None))[1]

    def queryset(self) -> QuerySet[Any]:
        return LogEntry.objects.order_by("date", "pk")

    def export_paths(self) -> list[str]:
        swap = {"supersedes": "supersedes__row_id", "duty": "duty__number"}
        return [swap.get(path, path) for path in super().export_paths()]


class MonthTable(Table):
    """Rows of a person's month; the organisation is the person's."""

    derived = ("root_id",)
    range_field = "month"

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = staff_roots(context).get(fields["staff_id"], (None, None))[0]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_roots(context).get(fields["staff_id"], (None, None))[1]


class MetricsTable(Table):
    name = "metrics"
    label = "指标"
    model = Metric
    act = "rules.edit"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit_of_measure", "计量单位", Text(30)),
        Column("direction", "方向", Choice(MetricDirection), default="more"),
    )


class MetricValuesTable(Table):
    name = "metric_values"
    label = "指标值"
    model = MetricValue
    derived = ("root_id",)
    range_field = "month"
    columns = (
        Column("metric", "指标", Ref("metrics"), key=True, required=True),
        Column("subject", "对象", Code(), key=True, required=True),
        Column("month", "月份", MonthOf(), key=True, required=True),
        Column("value", "数值", Fixed(), required=True),
        Column("target", "目标值", Fixed()),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        subject = row.get("subject")
        staff_id = context.codes("staff").get(subject)
        unit_id = None if staff_id else context.codes("units").get(subject)
        if subject and not staff_id and not unit_id and subject not in context.in_file["units"]:
            context.check_known(row, "subject", "staff", subject)
        return {
            "metric_id": context.resolve(row, self.columns[0], row.get("metric")),
            "staff_id": staff_id,
            "unit_id": unit_id,
            "month": row.get("month"),
            "value": row.get("value"),
            "target": row.get("target"),
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        staff = staff_roots(context).get(fields["staff_id"])
        fields["root_id"] = staff[0] if staff else root_of(context, fields["unit_id"])

    @property
    def key_fields(self) -> list[str]:  # type: ignore[override]
        return ["metric", "staff", "unit", "month"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        staff = staff_roots(context).get(fields["staff_id"])
        return staff[1] if staff else fields["unit_id"]

    def export_paths(self) -> list[str]:
        return ["metric__code", "subject", "month", "value", "target"]

    def queryset(self) -> QuerySet[Any]:
        from django.db.models.functions import Coalesce

        return MetricValue.objects.annotate(subject=Coalesce("staff__staff_no", "unit__code")).order_by(
            "month", "metric__code", "subject"
        )


class SchemesTable(Table):
    name = "schemes"
    label = "考核方案"
    model = AssessmentScheme
    act = "rules.edit"
    columns = (
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("unit", "组织", Ref("units"), required=True),
        Column("position", "岗位", Ref("positions")),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("cap", "上限", Fixed(min=0, max=100), default=Decimal("1.20")),
        Column("threshold", "门槛", Share(), default=Decimal("0.60")),
        Column("total_cap", "总分上限", Fixed(places=2, min=0), default=Decimal("120.00")),
        Column("bonus_max", "加分上限", Fixed(places=2, min=0), default=Decimal("10.00")),
        Column("deduct_max", "扣分上限", Fixed(places=2, min=0), default=Decimal("30.00")),
        Column("appeal_days", "申诉工作日", Integer(max=365), default=5),
        Column("pay_mode", "奖金方式", Choice(PayMode), default="by_grade"),
        Column("bands", "等级", Text(300), default="A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50"),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {
            column.field_name: row.values.get(column.name)
            for column in self.columns
            if column.name not in ("unit", "position")
        }
        fields["unit_id"] = context.resolve(row, self.columns[2], row.get("unit"))
        fields["position_id"] = position_near(context, row, "position", fields["unit_id"])
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        try:
            bands = sorted(parse_bands(fields["bands"]), key=lambda band: -band.bound)
        except ValueError:
            bands = []
        if band_problems(bands):
            row.error("bands", "bad_bands")


def version_of(
    context: ImportContext, row: Row, table_name: str, model: type[Any], code: str | None, valid_from: date | None
) -> int | None:
    """The id of a scheme's version; without a date the one valid today (else its first)."""
    key = f"versions:{table_name}"
    if key not in context.known:
        versions: dict[str, list[tuple[date, int]]] = defaultdict(list)
        for pk, scheme, day in model.objects.order_by("valid_from").values_list("pk", "code", "valid_from"):
            versions[scheme].append((day, pk))
        context.known[key] = versions
    if not code:
        return None
    versions = context.known[key].get(code, [])
    if not versions:
        context.check_known(row, "scheme", table_name, code)
        return None
    if valid_from:
        found = dict(versions).get(valid_from)
        in_file = any(
            other.get("code") == code and other.get("valid_from") == valid_from
            for other in context.rows.get(table_name, ())
        )
        if found is None and not in_file:
            row.error("valid_from", "no_version", code=code, day=valid_from)
        return found
    begun = [pk for day, pk in versions if day <= context.today]
    return begun[-1] if begun else versions[0][1]


def item_problem(fields: dict[str, Any]) -> tuple[str, str] | None:
    """(column, problem) of an item whose source, method and parameters do not fit together."""
    try:
        parse_source(fields["source"])
    except ValueError:
        return "source", "bad_source"
    try:
        item = parse_item(
            fields["code"] or "", fields["weight"] or Decimal(0), fields["source"], fields["method"], fields["params"]
        )
    except ValueError:
        return "params", "bad_params"
    return ("params", "bad_params") if item_problems(item) else None


class SchemeItemsTable(Table):
    name = "scheme_items"
    label = "考核项"
    model = SchemeItem
    act = "rules.edit"
    columns = (
        Column("scheme", "考核方案", Code(), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("name", "名称", Text(100), required=True),
        Column("weight", "权重", Fixed(places=2, min=0, max=100), required=True),
        Column("source", "数据来源", Text(200), required=True),
        Column("method", "计分方法", Choice(ScoreMethod), default="linear"),
        Column("params", "参数", Text(300)),
        Column("clause", "条款", Text(100)),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {column.field_name: row.values.get(column.name) for column in self.columns[2:]}
        fields["scheme_id"] = version_of(
            context, row, "schemes", AssessmentScheme, row.get("scheme"), row.get("valid_from")
        )
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        problem = item_problem(fields)
        if problem:
            row.error(*problem)
        elif fields["source"].startswith("metric:"):
            context.check_known(row, "source", "metrics", fields["source"].removeprefix("metric:").strip())

    @property
    def key_fields(self) -> list[str]:  # type: ignore[override]
        return ["scheme", "code"]

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return AssessmentScheme.objects.values_list("unit_id", flat=True).get(pk=fields["scheme_id"])

    def after(self, context: ImportContext, rows: list[Row]) -> None:
        """The weights of a version sum to exactly 100.00.  Rule: KQ-22."""
        touched = {row.fields["scheme_id"]: row for row in reversed(rows) if row.fields.get("scheme_id")}
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for scheme, weight in SchemeItem.objects.filter(scheme_id__in=touched).values_list("scheme_id", "weight"):
            sums[scheme] += weight
        broken = {row.fields.get("scheme_id") for row in rows if row.errors}
        for scheme, row in touched.items():
            if sums[scheme] != 100 and scheme not in broken:
                row.error("weight", "weights_not_100", sum=sums[scheme])

    def export_paths(self) -> list[str]:
        return ["scheme__code", "scheme__valid_from", *super().export_paths()[2:]]


class RatingsTable(MonthTable):
    name = "ratings"
    label = "评分"
    model = Rating
    act = "rating.enter"
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
        if not context.check_known(row, "scheme", "schemes", fields["scheme_code"]):
            return
        if "items" not in context.known:
            context.known["items"] = set(SchemeItem.objects.values_list("scheme__code", "code")) | {
                (item.get("scheme"), item.get("code")) for item in context.rows.get("scheme_items", ())
            }
        if (fields["scheme_code"], fields["item_code"]) not in context.known["items"]:
            row.error("item", "unknown_code", code=fields["item_code"], table=SchemeItemsTable.label)


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
        if fields["approved_by"] and fields["approved_by"] == fields["proposed_by"]:
            row.error("approved_by", "same_person")
        if fields["kind"] == PointKind.VETO and bool(fields["approved_by"]) > bool(fields["proposed_by"]):
            row.error("proposed_by", "veto_needs_two")
        if context.user is not None and not fields["proposed_by"]:
            # Without names a row is a settled fact; only the system may record one.
            fields["proposed_by"] = context.user.get_username()


TABLES = (
    PlatformsTable(),
    AccountsTable(),
    QuotaRulesTable(),
    LogsTable(),
    MetricsTable(),
    MetricValuesTable(),
    SchemesTable(),
    SchemeItemsTable(),
    RatingsTable(),
    ScorePointsTable(),
)
