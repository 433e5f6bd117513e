"""The table of a unit's month settings."""

from decimal import Decimal

from core.interchange.columns import Column, Day, Integer, Ref, Share
from departments.tables.versions import VersionedTable
from kpi.models import MonthPolicy


class MonthPoliciesTable(VersionedTable):
    name = "month_policies"
    label = "月度设置"
    model = MonthPolicy
    columns = (
        Column("unit", "组织", Ref("units"), key=True, required=True),
        Column("valid_from", "生效日期", Day(), key=True, required=True),
        Column("entry_close_day", "补录截止日", Integer(min=0, max=28), default=2),
        Column("sample_rate", "抽查比例", Share(), default=Decimal("0.10")),
        Column("sample_min", "最少抽查数", Integer(min=1, max=1000), default=3),
        Column("accept_bound", "放行上限", Share(), default=Decimal("0.10")),
        Column("burst_rows", "集中录入行数", Integer(min=0, max=10_000), default=50),
        Column("burst_minutes", "集中录入分钟", Integer(min=1, max=1440), default=1),
        Column("usual_factor", "日常倍数", Integer(min=0, max=1000), default=5),
        Column("self_due", "自评截止日", Integer(min=1, max=28), default=3),
        Column("manager_due", "评分截止日", Integer(min=1, max=28), default=5),
        Column("review_due", "复核截止日", Integer(min=1, max=28), default=7),
    )
