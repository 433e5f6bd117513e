"""The tables of deduction rules and of the findings under them."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.columns import Choice, Code, Column, Day, Fixed, Integer, Ref, Share, Text
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from incentives.calculations.findings import acting_span
from incentives.models import Finding, FindingMode, FindingRule, FindingScope, FindingStatus, RoleHolder
from incentives.tables.schemes import SchemeChild, pool_roles, scheme_root, scheme_unit

register_messages(
    value_needed=_("This kind of deduction needs its value."),
    unknown_rule=_("The scheme has no deduction rule “%(code)s”."),
    percent_needed=_("A finding under this rule needs its percentage."),
    campaign_needed=_("A finding under this rule needs its campaign."),
)


class FindingRulesTable(SchemeChild):
    name = "finding_rules"
    label = "扣减规则"
    model = FindingRule
    columns = (
        Column("scheme", "激励方案", Code(), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True),
        Column("code", "编码", Code(), key=True, required=True),
        Column("role", "角色", Code(), required=True),
        Column("name", "名称", Text(100), required=True),
        Column("scope", "作用范围", Choice(FindingScope), required=True),
        Column("mode", "扣减方式", Choice(FindingMode), required=True),
        Column("value", "数值", Fixed(min=0, max=1000)),
        Column("due", "期限", Text(40)),
        Column("required", "应有数量", Integer()),
        Column("clause", "条款", Text(100)),
    )

    def build(self, context: ImportContext, row: Row) -> dict[str, Any]:
        fields = {column.field_name: row.values.get(column.name) for column in self.columns[2:]}
        fields["scheme_id"] = self.scheme_id(context, row)
        return fields

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        mode, value = fields["mode"], fields["value"]
        if mode in (FindingMode.PER_CASE, FindingMode.SHARE) and value is None:
            row.error("value", "value_needed")
        elif mode == FindingMode.PER_CASE and value > 1:
            row.error("value", "out_of_range", min=0, max=1)
        elif mode == FindingMode.SHARE and value < 1:
            row.error("value", "out_of_range", min=1, max=1000)
        scheme, role = row.get("scheme"), fields["role"]
        known = scheme in context.in_file["pool_schemes"] or scheme in context.codes("pool_schemes")
        if known and role and (scheme, role) not in pool_roles(context):
            row.error("role", "unknown_role", code=role)

    @property
    def key_fields(self) -> list[str]:
        return ["scheme", "code"]


class FindingsTable(Table):
    name = "findings"
    label = "考核事项"
    model = Finding
    derived = ("root_id", "acts_from", "acts_to", "proposed_by_id", "confirmed_by_id")
    lookup_field = "ident"
    root_column = "scheme"
    columns = (
        Column("id", "编号", Code(60), key=True, required=True, attribute="ident"),
        Column("scheme", "激励方案", Code(), required=True, attribute="scheme_code"),
        Column("rule", "规则", Code(), required=True, attribute="rule_code"),
        Column("date", "日期", Day(), required=True),
        Column("campaign", "活动", Ref("campaigns")),
        Column("occurrences", "次数", Integer(max=10_000)),
        Column("percent", "百分比", Share()),
        Column("store", "门店", Ref("stores")),
        Column("note", "说明", Text(500)),
        Column("evidence", "凭证", Text(500)),
        Column("assessor", "考核人", Text(60)),
        Column("answer", "答复", Text(500)),
        Column(
            "status",
            "状态",
            Choice(FindingStatus),
            default="proposed",
            states={"confirmed": "finding.confirm", "withdrawn": "finding.confirm"},
        ),
    )

    def prepare(self, context: ImportContext, rows: list[Row]) -> None:
        """(scheme, rule) → (valid from, scope, mode) of each version; rows with errors count as present."""
        rules: dict[tuple[str, str], list[tuple[date, str | None, str | None]]] = defaultdict(list)
        for scheme, code, day, scope, mode in FindingRule.objects.order_by("scheme__valid_from").values_list(
            "scheme__code", "code", "scheme__valid_from", "scope", "mode"
        ):
            rules[scheme, code].append((day, scope, mode))
        for other in context.rows.get("finding_rules", ()):
            if not other.sound and other.get("scheme") and other.get("code"):
                day = other.get("valid_from") or date.min
                rules[other.get("scheme"), other.get("code")].append(
                    (day, other.get("scope"), other.get("mode"))
                )
        context.known["finding rules"] = {
            key: sorted(versions, key=lambda v: v[0]) for key, versions in rules.items()
        }

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = scheme_root(context, row)
        day = fields["date"]
        fields["acts_from"], fields["acts_to"] = acting_span("month", day) if day else (None, None)
        self._sign(context, row, fields)
        scheme, rule = fields["scheme_code"], fields["rule_code"]
        versions = context.known["finding rules"].get((scheme, rule))
        if not versions:
            known = scheme in context.in_file["pool_schemes"] or fields["root_id"] is not None
            if rule and known:
                row.error("rule", "unknown_rule", code=rule)
            return
        _from, scope, mode = next((v for v in reversed(versions) if day and v[0] <= day), versions[0])
        if scope == FindingScope.YEAR and day:
            fields["acts_from"], fields["acts_to"] = acting_span("year", day)
        if mode == FindingMode.PERCENT and fields["percent"] is None:
            row.error("percent", "percent_needed")
        if scope == FindingScope.CAMPAIGN and fields["campaign_id"] is None and not row.get("campaign"):
            row.error("campaign", "campaign_needed")

    def _sign(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        """Who imports a proposal proposes it, and who imports that it holds confirms it.

        A finding that is new and confirmed was settled elsewhere: nobody proposed it here.
        """
        before, importer = row.before or {}, context.user.pk if context.user is not None else None
        confirmed = fields["status"] == FindingStatus.CONFIRMED
        fields["proposed_by_id"] = before.get("proposed_by_id")
        fields["confirmed_by_id"] = before.get("confirmed_by_id")
        if row.before is None and not confirmed:
            fields["proposed_by_id"] = importer
        if not confirmed:
            fields["confirmed_by_id"] = None
        elif before.get("status") != FindingStatus.CONFIRMED:
            fields["confirmed_by_id"] = importer

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return scheme_unit(context, fields["scheme_code"])

    def check_states(self, context: ImportContext, row: Row) -> None:
        """Nobody confirms what they proposed, or what hits themselves."""
        fields, before = row.fields, row.before or {}
        if fields["status"] != FindingStatus.CONFIRMED or before.get("status") == FindingStatus.CONFIRMED:
            return
        if fields["proposed_by_id"] is not None and fields["proposed_by_id"] == fields["confirmed_by_id"]:
            row.error("status", "same_person")
        elif _hits_importer(context, fields):
            row.error("status", "own_line")


def _hits_importer(context: ImportContext, fields: dict[str, Any]) -> bool:
    """Whether the importer held the role of the finding's rule on its day; read once an import."""
    known = context.known
    if "importer's roles" not in known:
        held = RoleHolder.objects.filter(staff__user=context.user)
        known["importer's roles"] = list(held.values_list("scheme_code", "role", "start", "end"))
        known["rule roles"] = set(FindingRule.objects.values_list("scheme__code", "code", "role"))
    scheme, rule, day = fields["scheme_code"], fields["rule_code"], fields["date"]
    return any(
        held_scheme == scheme
        and start <= day
        and (end is None or day <= end)
        and (scheme, rule, role) in known["rule roles"]
        for held_scheme, role, start, end in known["importer's roles"]
    )
